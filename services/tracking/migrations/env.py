from libs.chassis.migrate import run_migrations
from services.tracking.store import metadata

run_migrations(metadata)

from libs.chassis.migrate import run_migrations
from services.labels.store import metadata

run_migrations(metadata)

from libs.chassis.migrate import run_migrations
from services.rules.store import metadata

run_migrations(metadata)

from libs.chassis.migrate import run_migrations
from services.toy.store import metadata

run_migrations(metadata)

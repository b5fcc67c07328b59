from services.bench.store import metadata

from libs.chassis.migrate import run_migrations

run_migrations(metadata)

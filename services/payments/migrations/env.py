from libs.chassis.migrate import run_migrations
from services.payments.store import metadata

run_migrations(metadata)

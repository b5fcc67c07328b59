from libs.chassis.migrate import run_migrations
from services.orders.store import metadata

run_migrations(metadata)

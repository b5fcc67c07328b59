from libs.chassis.migrate import run_migrations
from services.notifications.store import metadata

run_migrations(metadata)

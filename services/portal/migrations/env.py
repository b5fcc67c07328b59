from libs.chassis.migrate import run_migrations
from services.portal.store import metadata

run_migrations(metadata)

"""Databases: roles, migrations and row-level security. `python -m libs.chassis.migrate portal orders ...`."""

import argparse
import importlib
import logging
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, MetaData, NullPool, Table, create_engine, text
from sqlalchemy.exc import ProgrammingError

from libs.chassis.settings import Settings, load
from libs.chassis.store import OUTSIDE_RLS

_TEMPLATE = '''"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
'''


def migrate(service: str, settings: Settings) -> None:
    """Bring the database of `service` to its newest version: create what is missing, migrate, and close it to others."""
    prepare(service, settings)
    command.upgrade(_config(service), "head")
    with _engine(settings.owner_database(service)).begin() as db:
        secure(db, _metadata(service), settings.database(service).username or "")


def prepare(service: str, settings: Settings) -> None:
    """Create the two roles and the database of `service` where the server is ours to do so."""
    if settings.database_server is None:
        return  # the database was made by its administrator, and <SERVICE>_OWNER_DATABASE_URL names it
    owner, app = settings.owner_database(service), settings.database(service)
    engine = create_engine(settings.server(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as db:
        for role in (owner, app):
            _make_role(db, role)
        found = db.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": owner.database})
        if not found:
            db.execute(text(f'CREATE DATABASE "{owner.database}" OWNER "{owner.username}"'))
        db.execute(text(f'REVOKE ALL ON DATABASE "{owner.database}" FROM PUBLIC'))
        db.execute(text(f'GRANT CONNECT ON DATABASE "{owner.database}" TO "{app.username}"'))


def _make_role(db: Connection, role: URL) -> None:
    found = db.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role.username})
    password = f" PASSWORD '{role.password}'" if role.password else ""
    verb = "ALTER" if found else "CREATE"
    db.execute(text(f'{verb} ROLE "{role.username}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS{password}'))


def secure(db: Connection, metadata: MetaData, app: str) -> None:
    """Give the application role its rights, and put every table with a retailer under forced row-level security.

    Derived from the tables each time, so that a new table cannot be forgotten. A table may take rights away by its
    info key `grants` ("SELECT, INSERT" for one that only grows).
    """
    db.execute(text(f'GRANT USAGE ON SCHEMA public TO "{app}"'))
    db.execute(text(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{app}"'))
    for table in metadata.sorted_tables:
        rights = table.info.get("grants", "SELECT, INSERT, UPDATE, DELETE")
        db.execute(text(f'REVOKE ALL ON "{table.name}" FROM "{app}"'))
        db.execute(text(f'GRANT {rights} ON "{table.name}" TO "{app}"'))
        if is_tenant(table):
            _force_row_level_security(db, table.name)


def is_tenant(table: Table) -> bool:
    """Whether the table's rows belong to retailers and are seen by none other."""
    return "retailer_id" in table.c and OUTSIDE_RLS not in table.info


def _force_row_level_security(db: Connection, table: str) -> None:
    # An unset setting is '' after a transaction that had it, and NULL before: both must see nothing.
    mine = "retailer_id = nullif(current_setting('app.retailer_id', true), '')::uuid"
    db.execute(text(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'))
    db.execute(text(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'))
    db.execute(text(f'DROP POLICY IF EXISTS own_rows ON "{table}"'))
    db.execute(text(f'CREATE POLICY own_rows ON "{table}" USING ({mine}) WITH CHECK ({mine})'))


def run_migrations(metadata: MetaData) -> None:
    """What each service's `migrations/env.py` calls."""
    service = metadata.info["service"]
    with _engine(load().owner_database(service)).connect() as db:
        # The owner is under row-level security too; a migration that moves data sets the retailer for each.
        context.configure(connection=db, target_metadata=metadata, compare_server_default=False)
        with context.begin_transaction():
            context.run_migrations()


def _engine(url: URL) -> Engine:
    return create_engine(url, poolclass=NullPool)


def _metadata(service: str) -> MetaData:
    return importlib.import_module(f"services.{service}.store").metadata


def _config(service: str) -> Config:
    config = Config()
    folder = Path(importlib.import_module(f"services.{service}").__path__[0]) / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def new(service: str, words: str, settings: Settings) -> None:
    """Write the next migration of `service` from the difference between its tables and its database."""
    prepare(service, settings)
    config = _config(service)
    versions = Path(config.get_main_option("script_location") or "") / "versions"
    versions.mkdir(exist_ok=True)
    try:
        command.upgrade(config, "head")
    except ProgrammingError as wrong:
        raise SystemExit(f"cannot bring {service} to its newest version first: {wrong.orig}") from None
    template = versions.parent / "script.py.mako"  # Alembic reads it from this folder only
    template.write_text(_TEMPLATE)
    number = f"{len(list(versions.glob('[0-9]*.py'))) + 1:04d}"
    try:
        command.revision(config, message=words, rev_id=number, autogenerate=True)
    finally:
        template.unlink()


def main() -> None:
    """Migrate the services named, in turn; each is whole or unchanged."""
    options = argparse.ArgumentParser(prog="python -m libs.chassis.migrate", description=__doc__)
    options.add_argument("services", nargs="*")
    options.add_argument("--new", nargs=2, metavar=("SERVICE", "WORDS"), help="write a migration from the difference")
    given: Any = options.parse_args()
    logging.basicConfig(level=logging.WARNING)
    settings = load()
    if given.new:
        service, words = given.new
        new(service, words, settings)
    for service in given.services:
        migrate(service, settings)


if __name__ == "__main__":
    main()

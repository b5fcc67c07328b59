"""Staff and keys that were there before names and scopes were are kept, and may what they could."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from libs.chassis.ids import new_id
from libs.chassis.migrate import migrate, prepare
from libs.chassis.settings import load

MIGRATIONS = Path(__file__).parents[3] / "services" / "portal" / "migrations"
FORMER_STAFF = text("""
INSERT INTO staff (id, retailer_id, email, password_hash, role)
VALUES (:id, :retailer, 'robin@alder.example', 'hash', 'manager')""")
FORMER_KEY = text("""
INSERT INTO api_keys (key_hash, retailer_id, label, prefix, created_at)
VALUES ('\\x01', :retailer, 'set-up', 'hw_abcde', now())""")


@pytest.fixture
def former(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A database of its own, as the first version made it."""
    monkeypatch.setenv("DATABASE_PREFIX", f"{environment['DATABASE_PREFIX']}_people")
    load.cache_clear()
    prepare("portal", load())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, "0001")
    yield config
    monkeypatch.undo()
    load.cache_clear()


def test_staff_and_keys_of_before_are_kept_and_so_is_the_way_back(former):
    retailer = new_id()
    engine = create_engine(load().owner_database("portal"), poolclass=NullPool)
    with engine.begin() as db:
        db.execute(FORMER_STAFF, {"id": new_id(), "retailer": retailer})
        db.execute(FORMER_KEY, {"retailer": retailer})

    migrate("portal", load())
    with engine.begin() as db:
        staff = db.execute(text("SELECT name, email, role, password_hash, disabled_at FROM staff")).all()
        keys = db.execute(text("SELECT id IS NOT NULL, scopes, created_by, revoked_at FROM api_keys")).all()
    command.downgrade(former, "0001")
    with engine.begin() as db:
        left = db.execute(text("SELECT email, password_hash, prefix FROM staff, api_keys")).all()

    assert staff == [("robin", "robin@alder.example", "manager", "hash", None)]
    assert keys == [(True, ["returns.read", "scans.write"], "system", None)]
    assert left == [("robin@alder.example", "hash", "hw_abcde")]

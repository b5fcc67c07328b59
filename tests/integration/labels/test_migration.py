"""Labels that were issued before they had last days are kept, and go on without one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from libs.chassis.ids import new_id
from libs.chassis.migrate import migrate
from libs.chassis.settings import load

MIGRATIONS = Path(__file__).parents[3] / "services" / "labels" / "migrations"
SET_RETAILER = text("SELECT set_config('app.retailer_id', :retailer, true)")
FORMER_BOOKING = text("""
INSERT INTO bookings (id, retailer_id, reference, return_id, parcel, purpose, carrier, request, document_id, state, planned_at)
VALUES (:id, :retailer, :reference, :return, 1, 'return', 'own', '{}', :document, :state, now())""")


@pytest.fixture
def former(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database of its own, as the second version made it."""
    monkeypatch.setenv("DATABASE_PREFIX", f"{environment['DATABASE_PREFIX']}_former")
    load.cache_clear()
    migrate("labels", load())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    command.downgrade(config, "0002")
    yield
    monkeypatch.undo()
    load.cache_clear()


def test_former_bookings_are_kept_in_their_states_and_have_no_last_day(former):
    alder = str(new_id())
    engine = create_engine(load().owner_database("labels"), poolclass=NullPool)
    with engine.begin() as db:
        db.execute(SET_RETAILER, {"retailer": alder})
        for state in ("done", "void"):
            ids = {"id": new_id(), "return": new_id(), "document": new_id()}
            db.execute(FORMER_BOOKING, ids | {"retailer": alder, "reference": state, "state": state})

    migrate("labels", load())

    with engine.begin() as db:
        db.execute(SET_RETAILER, {"retailer": alder})
        kept = db.execute(text("SELECT state, expires_at FROM bookings ORDER BY state")).all()
        ended = db.execute(text("UPDATE bookings SET state = 'expired' WHERE state = 'done' RETURNING state")).scalars()
        assert [tuple(row) for row in kept] == [("done", None), ("void", None)]
        assert list(ended) == ["expired"]

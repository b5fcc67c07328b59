"""Mails that were made before the whole life of a return was told are kept, and what they say happened is known."""

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

MIGRATIONS = Path(__file__).parents[3] / "services" / "notifications" / "migrations"
SET_RETAILER = text("SELECT set_config('app.retailer_id', :retailer, true)")
FORMER_MAIL = text("""
INSERT INTO messages (id, retailer_id, return_id, template, part, state, at, planned_at)
VALUES (:id, :retailer, :return, :template, :part, 'done', now(), now())""")


@pytest.fixture
def former(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A database of its own, as the first version made it."""
    monkeypatch.setenv("DATABASE_PREFIX", f"{environment['DATABASE_PREFIX']}_former")
    load.cache_clear()
    migrate("notifications", load())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    command.downgrade(config, "0001")
    yield config
    monkeypatch.undo()
    load.cache_clear()


def test_the_mails_of_every_retailer_are_kept_and_say_what_happened(former):
    alder, kite, return_id = str(new_id()), str(new_id()), str(new_id())
    engine = create_engine(load().owner_database("notifications"), poolclass=NullPool)
    for retailer in (alder, kite):
        with engine.begin() as db:
            db.execute(SET_RETAILER, {"retailer": retailer})
            for template in ("return_submitted", "in_transit"):
                row = {
                    "id": new_id(),
                    "retailer": retailer,
                    "return": new_id(),
                    "template": template,
                    "part": "parcel 1",
                }
                db.execute(FORMER_MAIL, row | ({"return": return_id} if retailer == alder else {}))

    migrate("notifications", load())

    with engine.begin() as db:
        db.execute(SET_RETAILER, {"retailer": alder})
        mails = db.execute(text("SELECT subject_id::text, about, details::text FROM messages")).all()
        happened = db.execute(text("SELECT what FROM happenings WHERE subject_id = :id"), {"id": return_id}).scalars()
        assert mails == [(return_id, "parcel 1", "{}")] * 2
        assert sorted(happened) == ["moving", "scanned", "submitted"]
    with engine.begin() as db:
        assert db.execute(text("SELECT count(*) FROM messages")).scalar() == 0

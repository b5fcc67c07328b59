"""Shops that were connected before their tokens could end stay connected, and no retailer comes to have two."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from libs.chassis.ids import new_id
from libs.chassis.migrate import migrate
from libs.chassis.settings import load

MIGRATIONS = Path(__file__).parents[3] / "services" / "orders" / "migrations"
SET_RETAILER = text("SELECT set_config('app.retailer_id', :retailer, true)")
SHOP = text("""
INSERT INTO shops (id, retailer_id, domain, currency, prefix, suffix, scopes, token, connected_at)
VALUES (:id, :retailer, :domain, 'GBP', 'AL-', '', '{read_orders}', 'sealed', now())""")


@pytest.fixture
def former(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database of its own, as the second version made it."""
    monkeypatch.setenv("DATABASE_PREFIX", f"{environment['DATABASE_PREFIX']}_connector")
    load.cache_clear()
    migrate("orders", load())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    command.downgrade(config, "0002")
    yield
    monkeypatch.undo()
    load.cache_clear()


def test_a_shop_stays_connected_with_its_token_and_takes_the_place_of_a_second_one(former):
    alder = str(new_id())
    engine = create_engine(load().owner_database("orders"), poolclass=NullPool)
    row = {"retailer": alder, "id": new_id(), "domain": "alder-demo.myshopify.com"}
    with engine.begin() as db:
        db.execute(SET_RETAILER, {"retailer": alder})
        db.execute(SHOP, row)

    migrate("orders", load())

    with engine.begin() as db:
        db.execute(SET_RETAILER, {"retailer": alder})
        [kept] = db.execute(text("SELECT token, expires_at, installed, lost_at, disconnected_at FROM shops")).all()
        second = row | {"id": new_id(), "domain": "alder-outlet.myshopify.com"}
        with pytest.raises(IntegrityError), db.begin_nested():
            db.execute(SHOP, second)
        db.execute(text("UPDATE shops SET token = NULL, disconnected_at = now()"))
        db.execute(SHOP, second)
    assert (bytes(kept.token), kept.expires_at, kept.installed) == (b"sealed", None, False)
    assert (kept.lost_at, kept.disconnected_at) == (None, None)

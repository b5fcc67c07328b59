"""Orders that were read before anybody asked for weights, tariff numbers and origins are read again; a retailer's own are not."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from libs.chassis.ids import new_id
from libs.chassis.migrate import migrate
from libs.chassis.settings import load
from tests.integration.orders.test_backfill_migration import SET_RETAILER, SHOP

MIGRATIONS = Path(__file__).parents[3] / "services" / "orders" / "migrations"
ORDER = text("""
INSERT INTO orders (id, retailer_id, shop_id, shop_order_id, known, source, heard_at, read_at)
VALUES (:id, :retailer, :shop, :number, '{}', :source, :heard, :read)""")
READ = "2026-11-20T12:00:00Z"


def test_orders_of_shops_are_read_again_when_they_are_next_asked_for(environment, monkeypatch):
    monkeypatch.setenv("DATABASE_PREFIX", f"{environment['DATABASE_PREFIX']}_goods")
    load.cache_clear()
    migrate("orders", load())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    command.downgrade(config, "0011")
    engine = create_engine(load().owner_database("orders"), poolclass=NullPool)
    retailer, shop = new_id(), new_id()
    orders = {
        "read": ("shop", "2026-11-20T11:59:00Z", READ),
        "imported": ("shop", None, READ),
        "heard of": ("shop", "2026-11-20T12:30:00Z", READ),
        "never read": ("shop", "2026-11-20T12:30:00Z", None),
        "brought": ("retailer", None, READ),
    }
    with engine.begin() as db:
        db.execute(SET_RETAILER, {"retailer": str(retailer)})
        db.execute(SHOP, {"id": shop, "retailer": retailer, "domain": "alder-demo.myshopify.com", "gone": None})
        for number, (source, heard, read) in orders.items():
            told = {"id": new_id(), "number": number, "source": source, "heard": heard, "read": read}
            db.execute(ORDER, told | {"retailer": retailer, "shop": shop})

    for _ in range(2):
        migrate("orders", load())

    with engine.begin() as db:
        db.execute(SET_RETAILER, {"retailer": str(retailer)})
        again = db.execute(text("SELECT shop_order_id FROM orders WHERE heard_at > read_at ORDER BY 1"))
        assert again.scalars().all() == ["heard of", "imported", "read"]
        forced = db.execute(text("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'orders'"))
        assert set(forced.scalars()) == {True}
    load.cache_clear()

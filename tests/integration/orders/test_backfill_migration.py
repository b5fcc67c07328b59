"""Shops connected before their orders were read by the page are planned to be read, once, whoever they are of."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from libs.chassis.ids import new_id
from libs.chassis.migrate import migrate
from libs.chassis.settings import load

MIGRATIONS = Path(__file__).parents[3] / "services" / "orders" / "migrations"
SET_RETAILER = text("SELECT set_config('app.retailer_id', :retailer, true)")
SHOP = text("""
INSERT INTO shops (id, retailer_id, domain, currency, prefix, suffix, scopes, token, connected_at, disconnected_at)
VALUES (:id, :retailer, :domain, 'GBP', 'AL-', '', '{read_orders}', 'sealed', now(), :gone)""")


def test_a_shop_connected_before_the_sweep_is_imported_and_swept_from_now_on(environment, monkeypatch):
    monkeypatch.setenv("DATABASE_PREFIX", f"{environment['DATABASE_PREFIX']}_backfill")
    load.cache_clear()
    migrate("orders", load())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    command.downgrade(config, "0008")
    engine = create_engine(load().owner_database("orders"), poolclass=NullPool)
    shops = [(new_id(), new_id(), "alder-demo.myshopify.com", None), (new_id(), new_id(), "old.myshopify.com", "now")]
    for shop_id, retailer, domain, gone in shops:
        with engine.begin() as db:
            db.execute(SET_RETAILER, {"retailer": str(retailer)})
            db.execute(SHOP, {"id": shop_id, "retailer": retailer, "domain": domain, "gone": gone})

    for _ in range(2):
        migrate("orders", load())

    found = {}
    for shop_id, retailer, *_ in shops:
        with engine.begin() as db:
            db.execute(SET_RETAILER, {"retailer": str(retailer)})
            scans = db.execute(text("SELECT kind FROM scans WHERE shop_id = :id ORDER BY kind"), {"id": shop_id})
            claims = db.execute(text("SELECT kind FROM claims WHERE subject = :id ORDER BY kind"), {"id": shop_id})
            found[shop_id] = (scans.scalars().all(), claims.scalars().all())
    with engine.begin() as db:
        forced = db.execute(text("SELECT relforcerowsecurity FROM pg_class WHERE relname IN ('shops', 'scans')"))
        assert set(forced.scalars()) == {True}
    load.cache_clear()
    assert list(found.values()) == [(["import", "sweep"], ["imports", "sweeps"]), ([], [])]

"""The shops' buckets of points, one row a shop, so that all processes together ask no more than the shop answers."""

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store, Unit
from services.orders.domain.shops import Shop
from services.orders.domain.throttle import Bucket, Told
from services.orders.store.tables import metadata, shop_buckets


class Buckets(Store):
    """Points taken before a call, and counted again after it."""

    service, metadata = "orders", metadata

    def take(self, shop: Shop, cost: float, *, person: bool) -> float:
        """Take the points of a call: 0.0. Where they are not there, seconds to wait, and nothing is taken."""
        with self.unit(retailer_id=shop.retailer_id) as unit:
            bucket = _locked(unit, shop)
            wait = bucket.wait(cost, person=person)
            if not wait:
                _write(unit, shop, bucket.take(cost))
        return wait

    def hear(self, shop: Shop, told: Told, *, reserved: float) -> None:
        """The bucket as the shop's answer says it is."""
        with self.unit(retailer_id=shop.retailer_id) as unit:
            _write(unit, shop, _locked(unit, shop).hear(told, reserved=reserved))

    def hold(self, shop: Shop, seconds: float) -> None:
        """The shop asks to be left alone for so long."""
        with self.unit(retailer_id=shop.retailer_id) as unit:
            _write(unit, shop, _locked(unit, shop).hold(seconds))


def _locked(unit: Unit, shop: Shop) -> Bucket:
    """The bucket as it is by now, ours until the commit. A shop that was never asked has a standard plan's."""
    # The database's own time: points come back in real time, whatever the clock of the sandbox says.
    age = func.extract("epoch", func.clock_timestamp() - shop_buckets.c.measured_at).label("age")
    found = select(shop_buckets, age).where(shop_buckets.c.shop_id == shop.id).with_for_update()
    row = unit.db.execute(found).one_or_none()
    if row is None:
        _make(unit, shop)
        row = unit.db.execute(found).one()
    return Bucket(row.size, row.available, row.restore, row.held).later(float(row.age))


def _make(unit: Unit, shop: Shop) -> None:
    first = Bucket()
    values = {
        "shop_id": shop.id,
        "retailer_id": unit.retailer_id,
        "size": first.size,
        "available": first.available,
        "restore": first.restore,
        "held": first.held,
        "measured_at": func.clock_timestamp(),
    }
    unit.db.execute(insert(shop_buckets).values(values).on_conflict_do_nothing())


def _write(unit: Unit, shop: Shop, bucket: Bucket) -> None:
    unit.db.execute(
        update(shop_buckets)
        .where(shop_buckets.c.shop_id == shop.id)
        .values(
            size=bucket.size,
            available=bucket.available,
            restore=bucket.restore,
            held=bucket.held,
            measured_at=func.clock_timestamp(),
        )
    )

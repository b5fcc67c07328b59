"""How far the import and the sweep of each shop are: each page is kept together with the place where the next begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from libs.chassis.store import Store, Unit
from libs.contracts.orders_shops import ImportState, ImportV1
from services.orders.domain import scans as domain
from services.orders.domain.lookup import OrderNotFound
from services.orders.domain.orders import BoughtOrder, absorb
from services.orders.domain.scans import Kind, Listed, Scan
from services.orders.domain.shops import Shop
from services.orders.store.returns import REFRESHES
from services.orders.store.rows import Change, is_fresh, known_of, lock, write
from services.orders.store.scan_plans import FIELDS, WEBHOOKS, WORKS, values_of
from services.orders.store.scan_tables import scans
from services.orders.store.shops import shop_of
from services.orders.store.tables import metadata, settlements


@dataclass(frozen=True, slots=True)
class ToScan:
    """A page about to be read."""

    shop: Shop
    scan: Scan
    at: datetime


class Scans(Store):
    """One import and one sweep a shop."""

    service, metadata = "orders", metadata

    def begin(self, retailer_id: UUID, shop_id: UUID, kind: Kind) -> ToScan | None:
        """The page that is next; None when there is nothing to read, or we have no way into the shop any more.

        The next try is planned before the page is read, so that no failure, and no end of this process, ends the scan.
        """
        with self.unit(retailer_id=retailer_id) as unit:
            shop, row = shop_of(unit), _held(unit, shop_id, kind)
            scan = domain.begun(_scan(row), unit.now) if row else None
            if scan is None or shop is None or shop.id != shop_id or shop.disconnected_at:
                return None
            again = domain.AGAIN if shop.is_open else domain.EVERY
            unit.claim(WORKS[kind], account=shop.domain, subject=shop.id, after=again)
            if not shop.is_open:
                return None
            _write(unit, shop.id, scan)
            return ToScan(shop, scan, unit.now)

    def expect(self, asked: ToScan, orders: int | None) -> None:
        """Keep how many orders the shop says there are."""
        with self.unit(retailer_id=asked.shop.retailer_id) as unit:
            unit.db.execute(update(scans).where(*_is(asked.shop.id, asked.scan.kind)).values(expected=orders))

    def keep(self, asked: ToScan, orders: Sequence[Listed], *, after: str | None) -> None:
        """Keep a page and plan the next. One that somebody else has kept meanwhile changes nothing."""
        with self.unit(retailer_id=asked.shop.retailer_id) as unit:
            row = _held(unit, asked.shop.id, asked.scan.kind)
            if row is None or (row.began_at, row.after) != (asked.scan.began_at, asked.scan.after):
                return
            kept = _keep_orders(unit, asked, orders)
            changes = [order.updated_at for order in orders]
            scan = domain.turned(_scan(row), changes, kept=kept, after=after, now=unit.now)
            _write(unit, asked.shop.id, scan)
            if (pause := domain.pause(scan)) is not None:
                unit.claim(WORKS[scan.kind], account=asked.shop.domain, subject=asked.shop.id, after=pause)
            if scan.kind is Kind.SWEEP and scan.ended_at is not None:
                unit.claim(WEBHOOKS, account=asked.shop.domain, subject=asked.shop.id)

    def put_off(self, asked: ToScan, by: timedelta) -> None:
        """The shop declines: begin this run anew, later, for it may be the place that it does not know any more."""
        with self.unit(retailer_id=asked.shop.retailer_id) as unit:
            unit.db.execute(update(scans).where(*_is(asked.shop.id, asked.scan.kind)).values(after=None))
            unit.claim(WORKS[asked.scan.kind], account=asked.shop.domain, subject=asked.shop.id, after=by)

    def progress(self, retailer_id: UUID) -> ImportV1:
        """How far the import is. Raises OrderNotFound without a shop that is imported."""
        with self.unit(retailer_id=retailer_id) as unit:
            shop = shop_of(unit)
            row = _held(unit, shop.id, Kind.IMPORT) if shop else None
        if row is None:
            raise OrderNotFound()
        state = ImportState.DONE if row.ended_at else ImportState.RUNNING if row.began_at else ImportState.WAITING
        return ImportV1(
            state=state,
            listed=row.listed,
            expected=row.expected,
            since=row.since,
            began_at=row.began_at,
            ended_at=row.ended_at,
        )


def _keep_orders(unit: Unit, asked: ToScan, orders: Sequence[Listed]) -> int:
    """How many of the orders were news. Those that cannot be told from the page are to be read alone."""
    listed = {order.shop_order_id: order for order in orders}
    rows = lock(unit, asked.shop, listed)
    returned, changes = _with_returns_of_ours(unit, [row.id for row in rows]), []
    for row in rows:
        order, known = listed[row.shop_order_id], known_of(row)
        if _is_known(row, known.order, order):
            continue
        if order.reading is None or row.id in returned:
            changes.append(Change(row, known, heard_at=asked.at))
            unit.claim(REFRESHES, account=asked.shop.domain, subject=row.id)
        else:
            changes.append(Change(row, absorb(known, order.reading), read_at=order.reading.read_at))
    write(unit, asked.shop.id, changes)
    return len(changes)


def _is_known(row: Row[Any], known: BoughtOrder | None, listed: Listed) -> bool:
    """Whether nothing is learned. Of a change that is newer than the page somebody has told us, and it is read soon."""
    if known is None or known.updated_at < listed.updated_at:
        return False
    return known.updated_at > listed.updated_at or is_fresh(heard_at=row.heard_at, read_at=row.read_at)


def _with_returns_of_ours(unit: Unit, order_ids: list[UUID]) -> set[UUID]:
    """The orders of which a return of ours may hold units: what the page says of them is not all."""
    asked = select(settlements.c.order_id).where(settlements.c.order_id.in_(order_ids)).distinct()
    return {order_id for order_id in unit.db.execute(asked).scalars() if order_id is not None}


def _held(unit: Unit, shop_id: UUID, kind: Kind) -> Row[Any] | None:
    return unit.db.execute(select(scans).where(*_is(shop_id, kind)).with_for_update()).one_or_none()


def _is(shop_id: UUID, kind: Kind) -> tuple[Any, ...]:
    return scans.c.shop_id == shop_id, scans.c.kind == kind.value


def _scan(row: Row[Any]) -> Scan:
    return Scan(Kind(row.kind), **{name: getattr(row, name) for name in FIELDS})


def _write(unit: Unit, shop_id: UUID, scan: Scan) -> None:
    unit.db.execute(update(scans).where(*_is(shop_id, scan.kind)).values(**values_of(scan)))

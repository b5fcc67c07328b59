"""Orders that a retailer brings itself: kept in the same index as those of a shop, and counted by our own settlements."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.orders import OrderGiven, OrderOutcome, OrderSaved, OrdersSavedV1, OrdersV1, OrderV1
from services.orders.domain import native
from services.orders.domain.lookup import is_number, number_key
from services.orders.domain.native import Source
from services.orders.domain.orders import identity, view
from services.orders.domain.shops import NoShop, OtherShopConnected, Shop, ShopKind
from services.orders.domain.steps import Action, State
from services.orders.store.rows import Change, keep, known_of, lock, write
from services.orders.store.shops import shop_of
from services.orders.store.tables import metadata, orders, settlements, shops

MOST_OF_A_NUMBER = 100  # orders told of one number


class NativeOrders(Store):
    """Keeps what a retailer tells of its orders, and tells orders by their number."""

    service, metadata = "orders", metadata

    def connect(self, retailer_id: UUID, currency: str) -> Shop:
        """Let the retailer bring its orders itself. Raises OtherShopConnected."""
        with self.unit(retailer_id=retailer_id) as unit:
            nothing: dict[str, Any] = {"prefix": "", "suffix": "", "scopes": [], "token": None}
            own = {"id": new_id(), "retailer_id": retailer_id, "connected_at": unit.now, "kind": ShopKind.NATIVE}
            fresh = insert(shops).values(domain=f"native:{retailer_id}", currency=currency, **own, **nothing)
            unit.db.execute(fresh.on_conflict_do_nothing())
            mine = shop_of(unit)
            if mine is None or not mine.is_native:
                raise OtherShopConnected(mine.domain if mine else "Another shop")
            return mine

    def save(self, retailer_id: UUID, given: Sequence[OrderGiven]) -> OrdersSavedV1:
        """Keep all of them or none, each as it was told last. Raises NoShop, KeptByTheShop or MixedCurrencies."""
        with self.unit(retailer_id=retailer_id) as unit:
            shop = shop_of(unit)
            if shop is None:
                raise NoShop()
            for order in given:
                native.check(order, shop_is_native=shop.is_native)
            rows = {row.id: row for row in lock(unit, shop, map(native.key_of, given))}
            desk = _Desk(shop, rows, _settled_units(unit, rows), unit.now)
            saved = tuple(desk.take(order) for order in given)
            write(unit, shop.id, list(desk.changes.values()))
            return OrdersSavedV1(orders=saved)

    def recount(self, retailer_id: UUID, order_id: UUID) -> bool:
        """Count anew what can still come back, after a settlement. False for an order that a shop tells of."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(orders).where(orders.c.id == order_id).with_for_update()).one_or_none()
            if row is None or row.source != Source.RETAILER:
                return False
            recount(unit, row)
            return True

    def list(self, retailer_id: UUID, number: str) -> OrdersV1:
        """The orders with this number, whoever tells of them, the newest first."""
        with self.unit(retailer_id=retailer_id) as unit:
            views = unit.db.execute(
                select(orders.c.view)
                .where(orders.c.number_key == (number_key(number) or ""), orders.c.view.is_not(None))
                .limit(MOST_OF_A_NUMBER)
            ).scalars()
            found = [OrderV1.model_validate(told) for told in views]
        named = [order for order in found if is_number(number, order.number)]
        return OrdersV1(orders=tuple(sorted(named, key=lambda order: order.placed_at, reverse=True)))


@dataclass(slots=True)
class _Desk:
    """Orders as they come in: what each was before, and what becomes of it. Of one told twice the last word stands."""

    shop: Shop
    rows: dict[UUID, Row[Any]]
    settled: Mapping[UUID, Counter[UUID]]
    now: datetime
    changes: dict[UUID, Change] = field(default_factory=dict)

    def take(self, given: OrderGiven) -> OrderSaved:
        """Note what the order changes, if anything."""
        order_id = identity(self.shop.id, native.key_of(given))
        return OrderSaved(order_id=order_id, number=given.number, outcome=self._outcome(order_id, given))

    def _outcome(self, order_id: UUID, given: OrderGiven) -> OrderOutcome:
        row, change = self.rows[order_id], self.changes.get(order_id)
        before = change.known if change else known_of(row)
        if native.is_stale(given, before):
            return OrderOutcome.UNCHANGED
        known = native.known_from(given, self.shop.id, self.settled[order_id], self.now)
        if view(known, self.shop.id) == view(before, self.shop.id):
            return OrderOutcome.UNCHANGED
        self.changes[order_id] = Change(row, known, read_at=self.now, source=Source.RETAILER)
        return OrderOutcome.CREATED if before.order is None else OrderOutcome.CHANGED


def recount(unit: Unit, row: Row[Any]) -> None:
    """Count anew what can still come back of an order whose row is ours until the commit."""
    settled = _settled_units(unit, [row.id])[row.id]
    known = native.recounted(known_of(row), row.shop_id, settled, unit.now)
    keep(unit, row, row.shop_id, known, read_at=unit.now)


def _settled_units(unit: Unit, order_ids: Iterable[UUID]) -> dict[UUID, Counter[UUID]]:
    """By order, how many units of each of its lines our settlements have given something for."""
    units: dict[UUID, Counter[UUID]] = {order_id: Counter() for order_id in order_ids}
    opened = select(settlements.c.return_id, settlements.c.order_id).where(
        settlements.c.action == Action.OPEN_RETURN, settlements.c.order_id.in_(list(units))
    )
    returns = opened.distinct().subquery()
    done = (
        select(returns.c.order_id, settlements.c.asked)
        .join(returns, returns.c.return_id == settlements.c.return_id)
        .where(settlements.c.action == Action.SETTLE, settlements.c.state == State.DONE)
    )
    for order_id, asked in unit.db.execute(done):
        units[order_id].update({UUID(line["order_line_id"]): line["quantity"] for line in asked["lines"]})
    return units

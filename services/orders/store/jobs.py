"""A planned step read with all that its call needs, and what our own returns hold of an order."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, select

from libs.chassis.errors import Transient
from libs.chassis.store import Unit
from libs.contracts.values import Money
from services.orders.domain.jobs import Job, Request
from services.orders.domain.settlements import ENDED, Action, State
from services.orders.store import returns
from services.orders.store.shops import shop_from
from services.orders.store.tables import orders, settlement_lines, settlements, shops


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a return of ours that is open at the shop and not settled: the shop counts it as gone."""

    line_id: UUID
    order_line_id: UUID
    quantity: int


def job_of(unit: Unit, settlement_id: UUID) -> Job | None:
    """The step; None when it has its outcome. Raises Transient while its return or its order is not there."""
    # The database's own time: a lease on the outside world is real, whatever the clock of the sandbox says.
    sent_for = (func.now() - settlements.c.sent_at).label("sent_for")
    row = unit.db.execute(select(settlements, sent_for).where(settlements.c.id == settlement_id)).one()
    if row.state in ENDED:
        return None
    opening = returns.find(unit, row.return_id, Action.OPEN_RETURN)
    if opening is None or (row.id != opening.id and opening.state != State.DONE):
        raise Transient("the return is not open at the shop yet")
    bought = select(orders.c.shop_order_id, orders.c.view).where(orders.c.id == opening.order_id)
    order = unit.db.execute(bought).one_or_none()
    if order is None or order.view is None:
        raise Transient("the order is not in the index yet")
    return _job(unit, row, opening, order)


def _job(unit: Unit, row: Row[Any], opening: Row[Any], order: Row[Any, Any]) -> Job:
    shop = shop_from(unit.db.execute(select(shops).where(shops.c.id == row.shop_id)).one())
    return Job(
        id=row.id,
        return_id=row.return_id,
        number=opening.asked["number"],
        action=Action(row.action),
        key=row.key,
        state=State(row.state),
        shop=shop,
        shop_order_id=order.shop_order_id,
        shop_return_id=opening.reference or "",
        lines=returns.lines_of(row),
        places={line.id: place for place, line in enumerate(returns.lines_of(opening), start=1)},
        shop_lines={UUID(line["id"]): line["shop_line_id"] for line in order.view["lines"]},
        tracking_number=row.asked.get("tracking_number", ""),
        owed=Money(amount=row.owed_amount or 0, currency=row.owed_currency or shop.currency),
        request=Request(**row.request) if row.request else None,
        sent_for=row.sent_for,
        taken=_taken(unit, row),
    )


def _taken(unit: Unit, row: Row[Any]) -> frozenset[str]:
    """The shop's ids of what other settlements of the return have made."""
    others = select(settlements.c.reference).where(
        settlements.c.return_id == row.return_id,
        settlements.c.action == Action.SETTLE,
        settlements.c.id != row.id,
        settlements.c.reference.is_not(None),
    )
    return frozenset(unit.db.execute(others).scalars())


def held_lines(unit: Unit, order_id: UUID) -> frozenset[Held]:
    """What our own returns of an order hold at the shop now."""
    openings = unit.db.execute(_open_at_the_shop(order_id)).all()
    lines = [line for opening in openings for line in returns.lines_of(opening)]
    given = (
        select(settlement_lines.c.line_id)
        .join(settlements)
        .where(settlement_lines.c.line_id.in_([line.id for line in lines]), settlements.c.state == State.DONE)
    )
    settled = set(unit.db.execute(given).scalars())
    return frozenset(Held(line.id, line.order_line_id, line.quantity) for line in lines if line.id not in settled)


def _open_at_the_shop(order_id: UUID) -> Any:
    closing = settlements.alias()
    closed = exists().where(
        closing.c.return_id == settlements.c.return_id,
        closing.c.action == Action.CLOSE_RETURN,
        closing.c.state == State.DONE,
    )
    opened = (settlements.c.action == Action.OPEN_RETURN) & (settlements.c.state == State.DONE)
    return select(settlements).where(settlements.c.order_id == order_id, opened, ~closed)

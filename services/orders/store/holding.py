"""What our own returns hold of an order, and what their settlements take off what can still come back of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, exists, select

from libs.chassis.store import Unit
from services.orders.domain.native import Source
from services.orders.domain.orders import Settled, less_settled
from services.orders.domain.steps import Action, State
from services.orders.store.facts import lines_of
from services.orders.store.native import recount
from services.orders.store.rows import keep, known_of
from services.orders.store.tables import orders, settlement_lines, settlements


@dataclass(frozen=True, slots=True)
class Held:
    """Units of a return of ours that the shop counts as gone, and that portal keeps from being returned again."""

    line_id: UUID
    order_line_id: UUID
    quantity: int


def held_lines(unit: Unit, order_id: UUID) -> frozenset[Held]:
    """What our own returns of an order hold at the shop now: what is not settled and not given up.

    A return that was closed holds on to what came of it, though nothing was given for it.
    """
    openings = unit.db.execute(_opened_at_the_shop(order_id)).all()
    free, settled = _let_go(unit, openings), _settled_lines(unit, openings)
    return frozenset(
        Held(line.id, line.order_line_id, left)
        for opening in openings
        for line in lines_of(opening)
        if line.id not in settled and (left := line.quantity - free.get(line.id, 0)) > 0
    )


def still_held(before: Iterable[Held], now: Iterable[Held]) -> frozenset[Held]:
    """What was held all the time between the two."""
    then = {held.line_id: held.quantity for held in before}
    both = (held for held in now if held.line_id in then)
    return frozenset(Held(held.line_id, held.order_line_id, min(held.quantity, then[held.line_id])) for held in both)


def take_off(unit: Unit, settlement: Row[Any], opening: Row[Any]) -> None:
    """What was settled cannot come back again, from this commit on: whoever is told of it finds it so.

    The shop's next reading says the same. It may come late, though, or not at all.
    """
    row = unit.db.execute(select(orders).where(orders.c.id == opening.order_id).with_for_update()).one_or_none()
    if row is None or row.view is None:
        return
    if row.source == Source.RETAILER:
        recount(unit, row)
        return
    shop_lines = {UUID(line["id"]): line["shop_line_id"] for line in row.view["lines"]}
    opened = {line.id: line.quantity for line in lines_of(opening)}  # all of it: no reading adds a part of it back
    taken = tuple(
        Settled(line.id, shop_lines[line.order_line_id], opened.get(line.id, line.quantity))
        for line in lines_of(settlement)
        if line.order_line_id in shop_lines
    )
    keep(unit, row, row.shop_id, less_settled(known_of(row), *taken))


def _opened_at_the_shop(order_id: UUID) -> Any:
    """Asks for the openings that are in force; whether the return is closed is with each."""
    ending = settlements.alias()
    over = and_(  # the effect of closing and of cancelling is the shop's return itself
        ending.c.return_id == settlements.c.return_id,
        ending.c.state == State.DONE,
        ending.c.reference == settlements.c.reference,
    )
    closed = exists().where(over, ending.c.action == Action.CLOSE_RETURN)
    cancelled = exists().where(over, ending.c.action == Action.CANCEL_RETURN)
    opened = (settlements.c.action == Action.OPEN_RETURN) & (settlements.c.state == State.DONE)
    return select(settlements, closed.label("closed")).where(settlements.c.order_id == order_id, opened, ~cancelled)


def _settled_lines(unit: Unit, openings: Iterable[Row[Any]]) -> set[UUID]:
    lines = [line.id for opening in openings for line in lines_of(opening)]
    given = (
        select(settlement_lines.c.line_id)
        .join(settlements)
        .where(settlement_lines.c.line_id.in_(lines), settlements.c.state == State.DONE)
    )
    return set(unit.db.execute(given).scalars())


def _let_go(unit: Unit, openings: Iterable[Row[Any]]) -> dict[UUID, int]:
    """How many units of each line never came and were given up: with the closing, or before it once the shop has done so."""
    closed = {opening.return_id: opening.closed for opening in openings}
    released = select(settlements.c.return_id, settlements.c.state, settlements.c.asked).where(
        settlements.c.return_id.in_(closed), settlements.c.action == Action.RELEASE_UNITS
    )
    return {
        UUID(line_id): units
        for row in unit.db.execute(released)
        if row.state == State.DONE or closed[row.return_id]
        for line_id, units in row.asked.get("not_arrived", {}).items()
    }

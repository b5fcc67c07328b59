"""How many units of each order line are in returns: taken and given back under a row lock, so that none comes back twice."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.store import Unit
from libs.contracts.values import OrderLine
from services.portal.domain import Return
from services.portal.store.tables import open_quantities


class LineTaken(Exception):
    """Another open return holds these units of the order line."""

    def __init__(self, order_line_id: UUID) -> None:
        super().__init__(order_line_id)
        self.order_line_id = order_line_id


def take(unit: Unit, wanted: Mapping[UUID, int], returnable: Mapping[UUID, int]) -> None:
    """Take units, lines in one order, so that racers queue and cannot deadlock. Raises LineTaken."""
    for order_line_id, units in sorted(wanted.items()):
        if not units:
            continue
        row = upsert(open_quantities).values(retailer_id=unit.retailer_id, order_line_id=order_line_id, quantity=units)
        taken = unit.db.execute(
            row.on_conflict_do_update(
                index_elements=["retailer_id", "order_line_id"],
                set_={"quantity": open_quantities.c.quantity + units},
            ).returning(open_quantities.c.quantity)
        ).scalar_one()
        if taken > returnable.get(order_line_id, taken):
            raise LineTaken(order_line_id)


def follow(unit: Unit, before: Return, after: Return) -> None:
    """Give up what `after` no longer holds, or take again what it holds anew.

    From its settlement on the shop itself counts a unit as returned: subtracted here too, it would count twice.
    """
    had, has = before.held_units(), after.held_units()
    for order_line_id in sorted(had.keys() | has.keys()):  # in the order in which they are taken
        more = has.get(order_line_id, 0) - had.get(order_line_id, 0)
        if more > 0:
            take(unit, {order_line_id: more}, {})
        elif more < 0:
            unit.db.execute(
                update(open_quantities)
                .where(
                    open_quantities.c.retailer_id == unit.retailer_id,
                    open_quantities.c.order_line_id == order_line_id,
                )
                .values(quantity=func.greatest(0, open_quantities.c.quantity + more))
            )


def open_units(db: Connection, lines: Sequence[OrderLine]) -> dict[UUID, int]:
    """How many units of each line are in open returns."""
    rows = db.execute(
        select(open_quantities.c.order_line_id, open_quantities.c.quantity).where(
            open_quantities.c.order_line_id.in_([line.id for line in lines])
        )
    )
    return {row.order_line_id: row.quantity for row in rows}

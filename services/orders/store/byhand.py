"""What a person says of a settlement that was refused or is unknown, recorded once with its money."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from libs.chassis.store import Store, Unit
from libs.contracts.orders import RecordSettlementV1, SettlementOutcome, SettlementV1
from libs.contracts.values import ReturnLine
from services.orders.domain.settlements import BY_HAND, NotNow, SettlementNotFound, groups
from services.orders.domain.shops import Shop
from services.orders.domain.steps import Action, Ending, Intent, State
from services.orders.store import returns
from services.orders.store.tables import metadata, settlements

_OPEN_TO_A_PERSON = (State.REFUSED, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Named:
    """A settlement, and which of its lines a person speaks of."""

    row: Row[Any]
    lines: tuple[ReturnLine, ...]

    @property
    def is_whole(self) -> bool:
        """Whether they are all its lines."""
        return len(self.lines) == len(returns.lines_of(self.row))

    def is_said_already(self, ending: Ending) -> bool:
        """Whether the person tells nothing new."""
        if ending.state is State.REFUSED:
            return bool(self.row.state == State.REFUSED and (self.row.code == BY_HAND or not self.is_whole))
        return bool(self.row.state == State.DONE and self.row.reference == ending.reference)


class HandRecords(Store):
    """Ends settlements as a person found them at the shop."""

    service, metadata = "orders", metadata

    def record(self, retailer_id: UUID, told: RecordSettlementV1) -> SettlementV1:
        """The settlements with their state now; a repeat changes nothing. Raises SettlementNotFound or NotNow."""
        ending = _ending(told)
        with self.unit(retailer_id=retailer_id) as unit:
            shop = returns.take(unit, told.return_id)
            ended = [_record(unit, shop, named, ending, by=told.by) for named in _last_settlements(unit, told)]
            return SettlementV1(settlement_ids=tuple(ended), state=ending.state)


def _ending(told: RecordSettlementV1) -> Ending:
    if told.outcome is SettlementOutcome.REFUSED:
        return Ending(State.REFUSED, code=BY_HAND, words=told.words)
    if not told.reference:
        raise NotNow("Name the shop's own refund.")
    return Ending(State.DONE, reference=told.reference, words=told.words)


def _last_settlements(unit: Unit, told: RecordSettlementV1) -> list[Named]:
    """The settlements that the lines were in last."""
    of_return = select(settlements).where(
        settlements.c.return_id == told.return_id, settlements.c.action == Action.SETTLE
    )
    last: dict[UUID, Row[Any]] = {}
    for row in unit.db.execute(of_return.order_by(settlements.c.planned_at, settlements.c.id)).all():
        last.update({line.id: row for line in returns.lines_of(row)})
    if not told.line_ids or not set(told.line_ids) <= set(last):
        raise SettlementNotFound()
    found = {last[line_id].id: last[line_id] for line_id in told.line_ids}
    return [
        Named(row, tuple(line for line in returns.lines_of(row) if line.id in told.line_ids)) for row in found.values()
    ]


def _record(unit: Unit, shop: Shop, named: Named, ending: Ending, *, by: str) -> UUID:
    """The id of the settlement that the ending is recorded of."""
    row = named.row
    if named.is_said_already(ending):
        return row.id
    if row.state not in _OPEN_TO_A_PERSON:
        raise NotNow(f"The settlement is {row.state}.")
    if row.state == State.UNKNOWN and not named.is_whole:
        raise NotNow("Lines that may have been settled together are recorded together.")
    if ending.state is State.DONE:
        _refuse_anothers_refund(unit, row, ending)
    settlement_id = row.id if named.is_whole else _plan_apart(unit, shop, named)
    if ending.state is State.DONE and row.state == State.REFUSED:  # it had let its lines go
        returns.hold(unit, settlement_id, [line.id for line in named.lines])
    returns.end(unit, shop, settlement_id, ending, before=(*_OPEN_TO_A_PERSON, State.PLANNED), recorded_by=by)
    return settlement_id


def _plan_apart(unit: Unit, shop: Shop, named: Named) -> UUID:
    """Some lines of a refused settlement were settled after all: they get one of their own."""
    (group,) = groups(named.lines)
    told = {"number": named.row.asked["number"], "lines": [line.model_dump(mode="json") for line in group.lines]}
    part = f"{group.part}-by-hand"
    planned = returns.plan(unit, shop, Intent(named.row.return_id, Action.SETTLE, told, part, owed=group.owed))
    assert planned is not None  # a settlement of just these lines would have been their last
    return planned


def _refuse_anothers_refund(unit: Unit, row: Row[Any], ending: Ending) -> None:
    same = select(settlements.c.id).where(
        settlements.c.action == Action.SETTLE, settlements.c.reference == ending.reference, settlements.c.id != row.id
    )
    if unit.db.execute(same).first() is not None:
        raise NotNow(f"{ending.reference} is the refund of another settlement.")

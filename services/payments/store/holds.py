"""Holds on shoppers' cards, one for each exchange that is given at once, and disputes of what was paid."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.payments import DisputeV1, HoldV1, PaymentDisputedV1, RecordDisputeV1, RecordHoldV1
from libs.contracts.portal import HoldRequestedV1
from libs.contracts.values import Money
from services.payments import domain
from services.payments.domain import Hold, HoldState, NoHold, NotPaid, State
from services.payments.store.charges import charge_of, row_of
from services.payments.store.tables import disputes, holds, metadata
from services.payments.store.turns import Effect, Ended, ended_at, enter, in_turn

_TAKEN = frozenset({State.PAID, State.REFUNDED})  # a bank may dispute what was given back too


class Holds(Store):
    """Records each hold once; each change, its entries in the ledger and the fact it causes share one commit."""

    service, metadata = "payments", metadata

    def request(self, fact: Envelope[HoldRequestedV1]) -> None:
        """Await a hold, unless its return has ended by then; one that stands since before the end is stated once more."""
        asked = Hold(fact.data.line_id, fact.data.amount, attempt=fact.data.attempt)
        if asked.amount.amount < 0:
            raise Permanent("a hold below zero")
        with self.unit(fact) as unit:
            if unit.seen:
                return
            in_turn(unit, fact.data.return_id)
            row, over = _row(unit, fact.data.return_id, asked.line_id), ended_at(unit, fact.data.return_id)
            if row is None:
                _open(unit, fact, domain.end_hold(asked) if over is not None and over >= fact.time else asked)
            elif over is not None and row.asked_at <= over < fact.time:
                after = domain.hold_again(_hold(row), asked)
                _change(unit, row.id, asked_at=fact.time, **_written(after))
                unit.announce(domain.hold_told(row.return_id, row.id, after))

    def record(self, retailer_id: UUID, said: RecordHoldV1) -> HoldV1:
        """Keep a person's word on a hold and state it; refused as `payments.no_hold` or `payments.not_now`."""
        with self.unit(retailer_id=retailer_id) as unit:
            in_turn(unit, said.return_id)
            row = _row(unit, said.return_id, said.line_id)
            if row is None:
                raise NoHold()
            after = domain.record_hold(_hold(row), said.outcome, said.words)
            _move(unit, row, after, note=f"{said.by}: {said.words}", by=said.by)
            return HoldV1(hold_id=row.id, state=after.state, amount=after.amount)

    def dispute(self, retailer_id: UUID, said: RecordDisputeV1) -> DisputeV1:
        """Keep a dispute and state it, once for its reference; refused as `payments.not_paid`."""
        with self.unit(retailer_id=retailer_id) as unit:
            in_turn(unit, said.return_id)
            charge_id, amount = _paid(unit, said)
            row = insert(disputes).values(
                id=new_id(),
                retailer_id=unit.retailer_id,
                return_id=said.return_id,
                charge_id=charge_id,
                line_id=said.line_id,
                amount_amount=amount.amount,
                amount_currency=amount.currency,
                reference=said.reference,
                words=said.words,
                recorded_by=said.by,
                created_at=unit.now,
            )
            made = unit.db.execute(row.on_conflict_do_nothing().returning(disputes.c.id)).scalar()
            if made is None:
                return _disputed(unit, said)
            told = said.model_dump(exclude={"return_id"})
            unit.announce(PaymentDisputedV1(return_id=said.return_id, charge_id=charge_id, amount=amount, **told))
            return DisputeV1(dispute_id=made, reference=said.reference, amount=amount)


def give_up(unit: Unit, fact: Ended, why: str) -> None:
    """Give up each hold of an ended return that was never placed. One that is placed stays so: a person releases it."""
    mine = (holds.c.return_id == fact.data.return_id, holds.c.asked_at <= fact.time)
    for row in unit.db.execute(select(holds).where(*mine).order_by(holds.c.id)).all():
        _move(unit, row, domain.end_hold(_hold(row)), note=why)


def _paid(unit: Unit, said: RecordDisputeV1) -> tuple[UUID, Money]:
    """The charge, or the captured hold, that the shopper paid, and how much."""
    row = row_of(unit, said.return_id, said.line_id)
    if row is not None and State(row.state) in _TAKEN:
        return row.id, charge_of(row).price
    held = _row(unit, said.return_id, said.line_id) if said.line_id is not None else None
    if held is not None and HoldState(held.state) is HoldState.CAPTURED:
        return held.id, _hold(held).amount
    raise NotPaid()


def _disputed(unit: Unit, said: RecordDisputeV1) -> DisputeV1:
    which = (disputes.c.return_id == said.return_id, disputes.c.reference == said.reference)
    row = unit.db.execute(select(disputes).where(*which)).one()
    amount = Money(amount=row.amount_amount, currency=row.amount_currency)
    return DisputeV1(dispute_id=row.id, reference=row.reference, amount=amount)


def _row(unit: Unit, return_id: UUID, line_id: UUID) -> Row[Any] | None:
    return unit.db.execute(select(holds).where(holds.c.return_id == return_id, holds.c.line_id == line_id)).first()


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        line_id=row.line_id,
        amount=Money(amount=row.amount_amount, currency=row.amount_currency),
        state=HoldState(row.state),
        attempt=row.attempt,
        reference=row.reference,
    )


def _open(unit: Unit, fact: Envelope[HoldRequestedV1], hold: Hold) -> None:
    unit.db.execute(
        insert(holds).values(
            id=new_id(),
            retailer_id=unit.retailer_id,
            return_id=fact.data.return_id,
            line_id=hold.line_id,
            asked_at=fact.time,
            created_at=unit.now,
            changed_at=unit.now,
            **_written(hold),
        )
    )


def _move(unit: Unit, row: Row[Any], after: Hold, *, note: str, by: str | None = None) -> None:
    before = _hold(row)
    if after == before:
        return
    _change(unit, row.id, changed_at=unit.now, **_written(after))
    enter(unit, Effect(row.return_id, row.id, row.line_id), domain.hold_entries(before, after), note=note)
    unit.announce(domain.hold_told(row.return_id, row.id, after, by=by))


def _change(unit: Unit, hold_id: UUID, **values: Any) -> None:
    unit.db.execute(update(holds).where(holds.c.id == hold_id).values(**values))


def _written(hold: Hold) -> dict[str, Any]:
    return {
        "state": hold.state,
        "amount_amount": hold.amount.amount,
        "amount_currency": hold.amount.currency,
        "attempt": hold.attempt,
        "reference": hold.reference,
    }

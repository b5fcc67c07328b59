"""Charges: the fee of a return's label and the difference of each exchange, and what became of the money."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.payments import FeeV1, RecordFeeV1
from libs.contracts.portal import DifferenceRequestedV1, FeeRequestedV1
from libs.contracts.values import LabelTerms, Money
from services.payments import domain
from services.payments.domain import DIFFERENCE, LABEL_FEE, OWED, WHOLE, Charge, NegativePrice, NoFee, Reason, State
from services.payments.store.tables import charges, metadata
from services.payments.store.turns import Effect, Ended, ended_at, enter, in_turn

Asking = Envelope[FeeRequestedV1] | Envelope[DifferenceRequestedV1]


class Charges(Store):
    """Records each charge once; each change, its entries in the ledger and the fact it causes share one commit."""

    service, metadata = "payments", metadata

    def request(self, fact: Envelope[FeeRequestedV1]) -> None:
        """Waive the fee where nothing is owed; a fee that is owed stays awaited and states nothing.

        A return may have ended already, by a fact that overtook this one: then nothing is awaited or stated.
        """
        asked = _assess(fact.data.label, fact.data.price)
        self._request(fact, replace(asked, voucher=fact.data.voucher, attempt=fact.data.attempt))

    def request_difference(self, fact: Envelope[DifferenceRequestedV1]) -> None:
        """Await what an exchange costs more, as a fee that is owed is awaited."""
        asked = _assess(LabelTerms.PAID, fact.data.price)
        self._request(fact, replace(asked, line_id=fact.data.line_id, attempt=fact.data.attempt))

    def _request(self, fact: Asking, asked: Charge) -> None:
        with self.unit(fact) as unit:
            if unit.seen:
                return
            in_turn(unit, fact.data.return_id)
            row, over = row_of(unit, fact.data.return_id, asked.line_id), ended_at(unit, fact.data.return_id)
            if row is None:
                ended = over is not None and over >= fact.time
                _open(unit, fact, domain.end(asked) if ended else asked, silent=ended)
            elif over is not None and fact.time <= over:
                return  # asked before the end, and overtaken by it
            elif over is not None and row.asked_at <= over:
                _open_anew(unit, fact, row, asked)
            elif _same(row, asked):
                _change(unit, row.id, asked_at=max(row.asked_at, fact.time))
            else:
                raise Permanent("the fee was asked for before, on other terms")

    def record(self, retailer_id: UUID, said: RecordFeeV1) -> FeeV1:
        """Keep a person's word on a fee and state it; refused as `payments.no_fee` or `payments.not_now`."""
        with self.unit(retailer_id=retailer_id) as unit:
            in_turn(unit, said.return_id)
            row = row_of(unit, said.return_id, said.line_id)
            if row is None:
                raise NoFee()
            before = charge_of(row)
            voucher = said.voucher if said.line_id is None else None
            after = domain.record(before, said.outcome, said.words, voucher=voucher)
            if after != before:
                _move(unit, row, after, note=f"{said.by}: {said.words}", by=said.by)
            return FeeV1(charge_id=row.id, state=after.state, price=after.price)


def end(unit: Unit, fact: Ended, become: Callable[[Charge], Charge], why: str) -> None:
    """Have the charges of an ended return `become` what its end makes of them; what was asked for since stays."""
    mine = (charges.c.return_id == fact.data.return_id, charges.c.asked_at <= fact.time)
    for row in unit.db.execute(select(charges).where(*mine).order_by(charges.c.id)).all():
        before = charge_of(row)
        after = become(before)
        if after != before:
            _move(unit, row, after, note=why)


def row_of(unit: Unit, return_id: UUID, line_id: UUID | None) -> Row[Any] | None:
    """The charge of the return's label, or of a line's difference."""
    which = (
        charges.c.return_id == return_id,
        charges.c.purpose == (LABEL_FEE if line_id is None else DIFFERENCE),
        charges.c.part == (WHOLE if line_id is None else str(line_id)),
    )
    return unit.db.execute(select(charges).where(*which)).first()


def charge_of(row: Row[Any]) -> Charge:
    """The charge that this row holds."""
    return Charge(
        label=LabelTerms(row.label),
        price=Money(amount=row.price_amount, currency=row.price_currency),
        state=State(row.state),
        reason=Reason(row.reason) if row.reason else None,
        reference=row.reference,
        voucher=row.voucher,
        line_id=row.line_id,
        attempt=row.attempt,
    )


def _assess(label: LabelTerms, price: Money) -> Charge:
    try:
        return domain.assess(label, price)
    except NegativePrice as wrong:
        raise Permanent(f"a fee below zero: {wrong}") from None


def _same(row: Row[Any], asked: Charge) -> bool:
    return (charge_of(row).label, charge_of(row).price) == (asked.label, asked.price)


def _open(unit: Unit, fact: Asking, charge: Charge, *, silent: bool) -> None:
    of = Effect(fact.data.return_id, new_id(), charge.line_id)
    unit.db.execute(
        insert(charges).values(
            id=of.id,
            retailer_id=unit.retailer_id,
            return_id=of.return_id,
            purpose=LABEL_FEE if of.line_id is None else DIFFERENCE,
            part=WHOLE if of.line_id is None else str(of.line_id),
            line_id=of.line_id,
            asked_at=fact.time,
            created_at=unit.now,
            changed_at=unit.now,
            **_written(charge),
        )
    )
    enter(unit, of, domain.entries(OWED, charge), note=charge.reason or charge.state)
    if not silent:
        unit.announce(domain.told(of.return_id, of.id, charge))


def _open_anew(unit: Unit, fact: Asking, row: Row[Any], asked: Charge) -> None:
    """The return goes on after its end: what was paid or waived is said once more, anything else is owed again."""
    after = domain.again(charge_of(row), asked)
    kept = after is not asked
    if kept and not _same(row, asked):
        raise Permanent("the fee was asked for before, on other terms")
    _change(unit, row.id, asked_at=fact.time, changed_at=unit.now, **_written(after))
    if not kept:
        of = Effect(row.return_id, row.id, row.line_id)
        enter(unit, of, domain.entries(OWED, after), note=after.reason or after.state)
    unit.announce(domain.told(row.return_id, row.id, after))


def _move(unit: Unit, row: Row[Any], charge: Charge, *, note: str, by: str | None = None) -> None:
    _change(unit, row.id, changed_at=unit.now, **_written(charge))
    enter(unit, Effect(row.return_id, row.id, row.line_id), domain.entries(row.state, charge), note=note)
    unit.announce(domain.told(row.return_id, row.id, charge, by=by))


def _change(unit: Unit, charge_id: UUID, **values: Any) -> None:
    unit.db.execute(update(charges).where(charges.c.id == charge_id).values(**values))


def _written(charge: Charge) -> dict[str, Any]:
    return {
        "label": charge.label,
        "price_amount": charge.price.amount,
        "price_currency": charge.price.currency,
        "state": charge.state,
        "reason": charge.reason,
        "reference": charge.reference,
        "voucher": charge.voucher,
        "attempt": charge.attempt,
    }

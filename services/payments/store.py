"""Charges, one for each fee of a return, and the ledger that says what became of the money."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Row,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from libs.chassis import ledger
from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit, money, tables, tenant_id
from libs.contracts.base import Envelope
from libs.contracts.payments import FeeV1, RecordFeeV1
from libs.contracts.portal import FeeRequestedV1, ReturnCancelledV1, ReturnExpiredV1
from libs.contracts.values import LabelTerms, Money
from services.payments import domain
from services.payments.domain import LABEL_FEE, OWED, WHOLE, Charge, NegativePrice, NoFee, Reason, State

metadata = tables("payments")
charges = Table(
    "charges",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("label", Text, nullable=False),
    *money("price"),
    Column("voucher", Text),
    Column("reason", Text),
    Column("reference", Text),
    Column("asked_at", DateTime(timezone=True), nullable=False),  # by the newest fact that asked for it
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id", "return_id", "purpose", "part"),
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
    CheckConstraint("price_amount >= 0", name="price"),
)
ended_returns = Table(
    "ended_returns",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("return_id", Uuid, primary_key=True),
    Column("ended_at", DateTime(timezone=True), nullable=False),  # by the newest fact that says so
)
ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("return_id", Uuid, nullable=False),
    Column("line_id", Uuid),
    Column("account", Text, nullable=False),
    *money("amount"),
    Column("effect_id", Uuid, nullable=False),
    Column("note", Text, nullable=False),
    *ledger.chain(),
    UniqueConstraint("retailer_id", "seq"),
    info={"grants": "SELECT, INSERT"},
)
Index(None, ledger_entries.c.retailer_id, ledger_entries.c.return_id)


class Charges(Store):
    """Records each fee once; each change, its entries in the ledger and the fact it causes share one commit."""

    service, metadata = "payments", metadata

    def request(self, fact: Envelope[FeeRequestedV1]) -> None:
        """Waive the fee where nothing is owed; a fee that is owed stays awaited and states nothing.

        A return may have ended already, by a fact that overtook this one: then nothing is awaited or stated.
        """
        try:
            asked = domain.assess(fact.data.label, fact.data.price)
        except NegativePrice as wrong:
            raise Permanent(f"a fee below zero: {wrong}") from None
        with self.unit(fact) as unit:
            if unit.seen:
                return
            _in_turn(unit, fact.data.return_id)
            row, ended_at = _row(unit, fact.data.return_id), _ended_at(unit, fact.data.return_id)
            if row is None:
                ended = ended_at is not None and ended_at >= fact.time
                _open(unit, fact, domain.end(asked) if ended else asked, silent=ended)
            elif ended_at is not None and fact.time <= ended_at:
                return  # asked before the end, and overtaken by it
            elif ended_at is not None and row.asked_at <= ended_at:
                _open_anew(unit, fact, row, asked)
            elif _same(row, asked):
                _change(unit, row.id, asked_at=max(row.asked_at, fact.time))
            else:
                raise Permanent("the fee was asked for before, on other terms")

    def end(self, fact: Envelope[ReturnCancelledV1] | Envelope[ReturnExpiredV1], why: str) -> None:
        """Give up a fee that is still owed, whether it is known by now or comes later; one asked for since stays."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            return_id = fact.data.return_id
            _in_turn(unit, return_id)
            _keep_end(unit, fact)
            row = _row(unit, return_id)
            if row is None or row.asked_at > fact.time:
                return
            before = _charge(row)
            after = domain.end(before)
            if after != before:
                _move(unit, row, after, note=why)

    def record(self, retailer_id: UUID, said: RecordFeeV1) -> FeeV1:
        """Keep a person's word on a fee and state it; refused as `payments.no_fee` or `payments.not_now`."""
        with self.unit(retailer_id=retailer_id) as unit:
            _in_turn(unit, said.return_id)
            row = _row(unit, said.return_id)
            if row is None:
                raise NoFee()
            before = _charge(row)
            after = domain.record(before, said.outcome, said.words)
            if after != before:
                _move(unit, row, after, note=f"{said.by}: {said.words}")
            return FeeV1(charge_id=row.id, state=after.state, price=after.price)


def _in_turn(unit: Unit, return_id: UUID) -> None:
    """Wait for whoever holds this return: its fee and its end must not miss each other."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{unit.retailer_id}:{return_id}", 0))))


def _row(unit: Unit, return_id: UUID) -> Row[Any] | None:
    fee = (charges.c.return_id == return_id, charges.c.purpose == LABEL_FEE, charges.c.part == WHOLE)
    return unit.db.execute(select(charges).where(*fee)).first()


def _charge(row: Row[Any]) -> Charge:
    return Charge(
        label=LabelTerms(row.label),
        price=Money(amount=row.price_amount, currency=row.price_currency),
        state=State(row.state),
        reason=Reason(row.reason) if row.reason else None,
        reference=row.reference,
    )


def _same(row: Row[Any], asked: Charge) -> bool:
    return (_charge(row).label, _charge(row).price) == (asked.label, asked.price)


def _ended_at(unit: Unit, return_id: UUID) -> Any:
    return unit.db.execute(
        select(ended_returns.c.ended_at).where(ended_returns.c.return_id == return_id)
    ).scalar_one_or_none()


def _keep_end(unit: Unit, fact: Envelope[ReturnCancelledV1] | Envelope[ReturnExpiredV1]) -> None:
    new = insert(ended_returns).values(retailer_id=unit.retailer_id, return_id=fact.data.return_id, ended_at=fact.time)
    unit.db.execute(
        new.on_conflict_do_update(
            index_elements=["retailer_id", "return_id"],
            set_={"ended_at": func.greatest(ended_returns.c.ended_at, new.excluded.ended_at)},
        )
    )


def _open(unit: Unit, fact: Envelope[FeeRequestedV1], charge: Charge, *, silent: bool) -> None:
    charge_id = new_id()
    unit.db.execute(
        insert(charges).values(
            id=charge_id,
            retailer_id=unit.retailer_id,
            return_id=fact.data.return_id,
            purpose=LABEL_FEE,
            part=WHOLE,
            voucher=fact.data.voucher,
            asked_at=fact.time,
            created_at=unit.now,
            changed_at=unit.now,
            **_written(charge),
        )
    )
    _enter(unit, fact.data.return_id, charge_id, OWED, charge, note=charge.reason or charge.state)
    if not silent:
        unit.announce(domain.told(fact.data.return_id, charge_id, charge))


def _open_anew(unit: Unit, fact: Envelope[FeeRequestedV1], row: Row[Any], asked: Charge) -> None:
    """The return goes on after its end: what was paid or waived is said once more, anything else is owed again."""
    before = _charge(row)
    after = domain.again(before, asked)
    if after == before and not _same(row, asked):
        raise Permanent("the fee was asked for before, on other terms")
    _change(unit, row.id, asked_at=fact.time, voucher=fact.data.voucher, changed_at=unit.now, **_written(after))
    if after != before:
        _enter(unit, row.return_id, row.id, OWED, after, note=after.reason or after.state)
    unit.announce(domain.told(row.return_id, row.id, after))


def _move(unit: Unit, row: Row[Any], charge: Charge, *, note: str) -> None:
    _change(unit, row.id, changed_at=unit.now, **_written(charge))
    _enter(unit, row.return_id, row.id, row.state, charge, note=note)
    unit.announce(domain.told(row.return_id, row.id, charge))


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
    }


def _enter(unit: Unit, return_id: UUID, charge_id: UUID, left: str, charge: Charge, *, note: str) -> None:
    rows = (
        {
            "id": new_id(),
            "at": unit.now,
            "return_id": return_id,
            "account": entry.account,
            "amount_amount": entry.amount.amount,
            "amount_currency": entry.amount.currency,
            "effect_id": charge_id,
            "note": note,
        }
        for entry in domain.entries(left, charge)
    )
    ledger.append(unit.db, ledger_entries, unit.retailer_id, rows)

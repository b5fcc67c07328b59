"""Charges, one for each fee of a return, and the ledger that says what became of the money."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Table, Text, UniqueConstraint, Uuid, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis import ledger
from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit, money, tables, tenant_id
from libs.contracts.base import Envelope
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.portal import FeeRequestedV1
from services.payments.domain import LABEL_FEE, WHOLE, Charge, NegativePrice, State, assess, entries

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
    Column("reason", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id", "return_id", "purpose", "part"),
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
    CheckConstraint("price_amount >= 0", name="price"),
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
    """Records each fee once, with its entries in the ledger and the fact it causes in one commit."""

    service, metadata = "payments", metadata

    def request(self, fact: Envelope[FeeRequestedV1]) -> None:
        """Waive the fee where nothing is owed; a fee that is owed stays awaited and states nothing."""
        asked = fact.data
        try:
            charge = assess(asked.label, asked.price)
        except NegativePrice as wrong:
            raise Permanent(f"a fee below zero: {wrong}") from None
        with self.unit(fact) as unit:
            if unit.seen:
                return
            charge_id = _record(unit, asked.return_id, charge)
            if charge_id is None:
                return
            _enter(unit, asked.return_id, charge_id, charge)
            if charge.reason is not None:
                unit.announce(
                    FeeWaivedV1(
                        return_id=asked.return_id, charge_id=charge_id, reason=charge.reason, price=charge.price
                    )
                )


def _record(unit: Unit, return_id: UUID, charge: Charge) -> UUID | None:
    """The new charge's id; None where the return has the same one. Parked where it has another."""
    terms = {"label": charge.label, "price_amount": charge.price.amount, "price_currency": charge.price.currency}
    values = {
        "id": new_id(),
        "retailer_id": unit.retailer_id,
        "return_id": return_id,
        "purpose": LABEL_FEE,
        "part": WHOLE,
        "state": charge.state,
        "reason": charge.reason,
        "created_at": unit.now,
        "changed_at": unit.now,
        **terms,
    }
    made = unit.db.execute(insert(charges).values(values).on_conflict_do_nothing().returning(charges.c.id)).scalar()
    if made is None and _terms_of(unit, return_id) != terms:
        raise Permanent("the fee was asked for before, on other terms")
    return made


def _terms_of(unit: Unit, return_id: UUID) -> dict[str, Any]:
    fee = (charges.c.return_id == return_id, charges.c.purpose == LABEL_FEE, charges.c.part == WHOLE)
    terms = select(charges.c.label, charges.c.price_amount, charges.c.price_currency).where(*fee)
    return dict(unit.db.execute(terms).mappings().one())


def _enter(unit: Unit, return_id: UUID, charge_id: UUID, charge: Charge) -> None:
    rows = (
        {
            "id": new_id(),
            "at": unit.now,
            "return_id": return_id,
            "account": entry.account,
            "amount_amount": entry.amount.amount,
            "amount_currency": entry.amount.currency,
            "effect_id": charge_id,
            "note": charge.reason or charge.state,
        }
        for entry in entries(charge)
    )
    ledger.append(unit.db, ledger_entries, unit.retailer_id, rows)

"""The tables of payments."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, Table, Text, UniqueConstraint, Uuid, text

from libs.chassis import ledger
from libs.chassis.store import money, tables, tenant_id
from services.payments.domain import HoldState, State

metadata = tables("payments")


def _one_of(states: type[State] | type[HoldState]) -> str:
    return f"state IN ({', '.join(repr(str(state)) for state in states)})"


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
    Column("line_id", Uuid),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    Column("asked_at", DateTime(timezone=True), nullable=False),  # by the newest fact that asked for it
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id", "return_id", "purpose", "part"),
    CheckConstraint(_one_of(State), name="state"),
    CheckConstraint("price_amount >= 0", name="price"),
)
holds = Table(
    "holds",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False),
    Column("line_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    *money("amount"),
    Column("reference", Text),
    Column("attempt", Integer, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),  # by the newest fact that asked for it
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id", "return_id", "line_id"),
    CheckConstraint(_one_of(HoldState), name="state"),
    CheckConstraint("amount_amount >= 0", name="amount"),
)
disputes = Table(
    "disputes",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False),
    Column("charge_id", Uuid, nullable=False),  # or the hold that was captured
    Column("line_id", Uuid),
    *money("amount"),
    Column("reference", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id", "return_id", "reference"),
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

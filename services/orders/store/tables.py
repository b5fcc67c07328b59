"""The tables of orders."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.chassis import ledger
from libs.chassis.store import money, tables, tenant_id
from services.orders.domain.steps import Action, State

metadata = tables("orders")
shops = Table(
    "shops",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("domain", Text, nullable=False, unique=True),
    Column("currency", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("connected_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id"),
)
orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_id", Uuid, ForeignKey("shops.id"), nullable=False),
    Column("shop_order_id", Text, nullable=False),
    Column("number_key", Text),
    Column("email_key", LargeBinary),
    Column("known", JSONB, nullable=False),
    Column("view", JSONB),
    Column("heard_at", DateTime(timezone=True)),
    Column("read_at", DateTime(timezone=True)),
)
Index(None, orders.c.retailer_id, orders.c.number_key)
settlements = Table(
    "settlements",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_id", Uuid, ForeignKey("shops.id"), nullable=False),
    Column("return_id", Uuid, nullable=False),
    Column("order_id", Uuid),
    Column("action", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked", JSONB, nullable=False),
    Column("request", JSONB),
    Column("reference", Text),
    *money("owed", nullable=True),
    Column("code", Text),
    Column("words", Text),
    Column("recorded_by", Text),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    UniqueConstraint("retailer_id", "return_id", "action", "part"),
    CheckConstraint(f"action IN ({', '.join(repr(str(action)) for action in Action)})", name="action"),
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
)
Index(None, settlements.c.retailer_id, settlements.c.order_id)
# One refund of the shop is the effect of one settlement.
Index(
    "uq_settlements_retailer_id_refund",
    settlements.c.retailer_id,
    settlements.c.reference,
    unique=True,
    postgresql_where=(settlements.c.action == Action.SETTLE.value) & (settlements.c.owed_amount > 0),
)
# A return line is in one settlement at a time, whatever groups it is asked in; a refused one lets it go.
settlement_lines = Table(
    "settlement_lines",
    metadata,
    Column("line_id", Uuid, primary_key=True),
    tenant_id(),
    Column("settlement_id", Uuid, ForeignKey("settlements.id"), nullable=False, index=True),
)
ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("return_id", Uuid, nullable=False),
    Column("line_id", Uuid, nullable=False),
    Column("account", Text, nullable=False),
    *money("amount"),
    Column("effect_id", Uuid, nullable=False),
    Column("note", Text, nullable=False),
    *ledger.chain(),
    UniqueConstraint("retailer_id", "seq"),
    info={"grants": "SELECT, INSERT"},
)
Index(None, ledger_entries.c.retailer_id, ledger_entries.c.return_id)

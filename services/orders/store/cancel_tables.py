"""The tables of orders cancelled before they are sent, and of the webhooks that shops are asked to send."""

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, ForeignKey, Index, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.chassis.store import money, tenant_id
from services.orders.domain.steps import State
from services.orders.store.tables import metadata

cancellations = Table(
    "cancellations",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_id", Uuid, ForeignKey("shops.id"), nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("number", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("whole", Boolean, nullable=False),
    *money("owed"),
    *money("shipping"),
    Column("request", JSONB),
    Column("job", Text),
    Column("reference", Text),
    Column("code", Text),
    Column("words", Text),
    Column("recorded_by", Text),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
)
Index(None, cancellations.c.retailer_id, cancellations.c.order_id)
# What a connected shop was asked to tell us, and what of that it does not. The address is sealed: it opens our door.
webhook_checks = Table(
    "webhook_checks",
    metadata,
    Column("shop_id", Uuid, ForeignKey("shops.id"), primary_key=True),
    tenant_id(),
    Column("address", LargeBinary),
    Column("missing", ARRAY(Text), nullable=False, server_default="{}"),
    Column("words", Text),
    Column("checked_at", DateTime(timezone=True)),
)

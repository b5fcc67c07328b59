"""Orders that are cancelled before they are sent."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import money, tenant_id
from services.portal.store.tables.base import MOMENT, SEARCHED, metadata

cancellations = Table(
    "cancellations",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("number", SEARCHED, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("contact", JSONB, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("whole", Boolean, nullable=False),
    *money("shipping"),
    *money("amount"),
    Column("reason", Text),
    Column("by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("words", Text),
    Column("reference", Text),
    Column("history", JSONB, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
)
Index(None, cancellations.c.retailer_id, cancellations.c.number, unique=True)
Index(None, cancellations.c.retailer_id, cancellations.c.key, unique=True)
Index(None, cancellations.c.retailer_id, cancellations.c.token_hash, unique=True)
Index(None, cancellations.c.retailer_id, cancellations.c.created_at, cancellations.c.id)
# An order has one cancellation under way at a time.
Index(
    "uq_cancellations_under_way",
    cancellations.c.retailer_id,
    cancellations.c.order_id,
    unique=True,
    postgresql_where=cancellations.c.ended_at.is_(None),
)

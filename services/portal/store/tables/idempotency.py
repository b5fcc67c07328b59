"""What programs asked for by an idempotency key, and what they were answered."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.portal.store.tables.base import MOMENT, metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("effect_id", Uuid, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("held_until", MOMENT, nullable=False),
    Column("status", Integer),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("created_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
)
Index(None, idempotency_keys.c.retailer_id, idempotency_keys.c.expires_at)

"""Webhooks in: where they come to, and each as it came."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import OUTSIDE_RLS, tenant_id
from services.portal.store.tables.base import MOMENT, metadata

endpoints = Table(
    "endpoints",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("retailer_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    info={OUTSIDE_RLS: "read to learn whose webhook an address is"},
)
Index(None, endpoints.c.retailer_id, endpoints.c.source, endpoints.c.name, unique=True)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("endpoint_id", Uuid, nullable=False),
    Column("delivery_key", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", MOMENT, nullable=False),
)
Index(None, deliveries.c.endpoint_id, deliveries.c.delivery_key, unique=True)
Index(
    "ix_deliveries_kept", deliveries.c.retailer_id, deliveries.c.received_at, postgresql_where=deliveries.c.body != ""
)

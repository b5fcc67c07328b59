"""The tables that reading a shop's orders, and knowing its products, collections and returns, need."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.chassis.store import tenant_id
from services.orders.domain.scans import Kind
from services.orders.store.tables import metadata

scans = Table(
    "scans",
    metadata,
    Column("shop_id", Uuid, ForeignKey("shops.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    tenant_id(),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("after", Text),
    Column("newest", DateTime(timezone=True)),
    Column("listed", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("expected", Integer),
    Column("began_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint(f"kind IN ({', '.join(repr(str(kind)) for kind in Kind)})", name="kind"),
)
products = Table(
    "products",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_id", Uuid, ForeignKey("shops.id"), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("known", JSONB, nullable=False),
)
product_collections = Table(
    "product_collections",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_id", Uuid, ForeignKey("shops.id"), nullable=False),
    Column("handles", ARRAY(Text), nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
)
shop_returns = Table(
    "shop_returns",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_order_id", Text, nullable=False),
)
collections = Table(
    "collections",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("shop_id", Uuid, ForeignKey("shops.id"), nullable=False),
    Column("handle", Text, nullable=False),
    Column("shop_collection_id", Text, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
)

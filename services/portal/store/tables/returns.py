"""The returns, their lines and photos, and all that happened to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.chassis.store import OUTSIDE_RLS, money, tenant_id
from services.portal.store.tables.base import MOMENT, SEARCHED, metadata

returns = Table(
    "returns",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("number", SEARCHED, nullable=False),
    Column("kind", Text, nullable=False, server_default="return"),
    Column("order_id", Uuid, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("order_key", SEARCHED, Computed("lower(order_number)", persisted=True)),
    Column("contact", JSONB, nullable=False),
    Column("email", SEARCHED, Computed("lower(contact ->> 'email')", persisted=True)),
    Column("address", JSONB, nullable=False),
    Column("awaiting", Text, nullable=False),
    Column("label", Text, nullable=False),
    *money("fee"),
    Column("lane_id", Uuid),
    Column("inspect", Boolean, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("decision", JSONB, nullable=False),
    Column("known", JSONB, nullable=False),
    Column("since", MOMENT, nullable=False),
    *money("owed"),
    Column("submit_key", Text, nullable=False),
    Column("submit_digest", LargeBinary, nullable=False),
    Column("status_path", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
)
Index(None, returns.c.retailer_id, returns.c.number, unique=True)
Index(None, returns.c.retailer_id, returns.c.submit_key, unique=True)
Index(None, returns.c.retailer_id, returns.c.order_key)
Index(None, returns.c.retailer_id, returns.c.email)
Index(None, returns.c.retailer_id, returns.c.awaiting, returns.c.updated_at.desc())
Index(None, returns.c.retailer_id, returns.c.updated_at.desc())

return_lines = Table(
    "return_lines",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("order_line_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("variant", Text),
    Column("sku", Text),
    Column("image", Text),
    Column("quantity", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sub_reason", Text),
    Column("comment", Text),
    Column("resolution", Text, nullable=False),
    *money("owed"),
    Column("stage", Text, nullable=False),
    Column("keep_item", Boolean, nullable=False),
    Column("money", Text, nullable=False),
    Column("known", JSONB, nullable=False),
    Column("hs_code", Text),
    Column("origin", Text),
    Column("grams", Integer),
    Column("shipped_as", ARRAY(Text), nullable=False, server_default="{}"),
)

tracking_numbers = Table(
    "tracking_numbers",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("tracking_number", SEARCHED, primary_key=True),
    Column("return_id", Uuid, primary_key=True),
)

review_links = Table(
    "review_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("return_id", Uuid, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    info={OUTSIDE_RLS: "read to learn which return a review link opens"},
)

open_quantities = Table(
    "open_quantities",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("order_line_id", Uuid, primary_key=True),
    Column("quantity", Integer, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    tenant_id(),
    Column("return_id", Uuid),
    Column("message_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("effect", Text, nullable=False),
    Column("by", Text),
    Column("data", JSONB, nullable=False),
)
Index(None, facts.c.return_id, facts.c.id)
Index(None, facts.c.retailer_id, facts.c.id)

photos = Table(
    "photos",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_line_id", Uuid, nullable=False, index=True),
    Column("object_key", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("by_hub", Boolean, nullable=False, server_default=false()),  # taken at the inspection
)

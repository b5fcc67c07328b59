"""Portal's tables: retailers and who may act for them, the returns, and the webhooks that came in."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.chassis.store import OUTSIDE_RLS, money, tables, tenant_id

metadata = tables("portal")
_moment = DateTime(timezone=True)
_SEARCHED = Text(collation="C")  # by its bytes, so that what begins alike lies together in an index

retailers = Table(
    "retailers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("currency", Text, nullable=False),
    Column("look", JSONB, nullable=False),
    Column("image_origin", Text),
    Column("created_at", _moment, nullable=False),
    info={OUTSIDE_RLS: "read to learn which retailer an address is for"},
)
hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("retailer", Uuid, nullable=False),
    info={OUTSIDE_RLS: "read to learn which retailer an address is for"},
)
staff = Table(
    "staff",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    info={OUTSIDE_RLS: "read at sign-in, before the retailer is known"},
)
api_keys = Table(
    "api_keys",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("label", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("created_at", _moment, nullable=False),
    Column("revoked_at", _moment),
    info={OUTSIDE_RLS: "read to learn whose key it is"},
)
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("created_at", _moment, nullable=False),
    Column("seen_at", _moment, nullable=False),
    Column("expires_at", _moment, nullable=False, index=True),
    info={OUTSIDE_RLS: "read to learn whose session it is"},
)
link_tokens = Table(
    "link_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("return_id", Uuid, nullable=False),
    Column("expires_at", _moment, nullable=False),
    info={OUTSIDE_RLS: "read to learn which return a link opens"},
)
rate_buckets = Table(
    "rate_buckets",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", _moment, nullable=False, index=True),
    info={OUTSIDE_RLS: "counts tries by address before any retailer is known"},
)
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
    Column("received_at", _moment, nullable=False),
)
Index(None, deliveries.c.endpoint_id, deliveries.c.delivery_key, unique=True)

returns = Table(
    "returns",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("number", _SEARCHED, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("order_key", _SEARCHED, Computed("lower(order_number)", persisted=True)),
    Column("contact", JSONB, nullable=False),
    Column("email", _SEARCHED, Computed("lower(contact ->> 'email')", persisted=True)),
    Column("address", JSONB, nullable=False),
    Column("awaiting", Text, nullable=False),
    Column("label", Text, nullable=False),
    *money("fee"),
    Column("lane_id", Uuid, nullable=False),
    Column("inspect", Boolean, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("decision", JSONB, nullable=False),
    Column("tracking_number", _SEARCHED),
    Column("document_id", Uuid),
    Column("label_trouble", Text),
    Column("reached", ARRAY(Text), nullable=False),
    Column("kept", JSONB, nullable=False),
    *money("owed"),
    Column("submit_key", Text, nullable=False),
    Column("submit_digest", LargeBinary, nullable=False),
    Column("status_path", Text, nullable=False),
    Column("created_at", _moment, nullable=False),
    Column("updated_at", _moment, nullable=False),
)
Index(None, returns.c.retailer_id, returns.c.number, unique=True)
Index(None, returns.c.retailer_id, returns.c.submit_key, unique=True)
Index(None, returns.c.retailer_id, returns.c.order_key)
Index(None, returns.c.retailer_id, returns.c.email)
Index(None, returns.c.retailer_id, returns.c.tracking_number)
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
    Column("money", Text, nullable=False),
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
    Column("at", _moment, nullable=False),
    Column("effect", Text, nullable=False),
    Column("data", JSONB, nullable=False),
)
Index(None, facts.c.return_id, facts.c.id)

photos = Table(
    "photos",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_line_id", Uuid, nullable=False, index=True),
    Column("object_key", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("created_at", _moment, nullable=False),
)

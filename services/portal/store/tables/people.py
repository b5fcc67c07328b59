"""Retailers, and who may act for them."""

from sqlalchemy import Boolean, Column, Float, Index, LargeBinary, Table, Text, Uuid, false
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.chassis.store import OUTSIDE_RLS
from services.portal.store.tables.base import MOMENT, metadata

retailers = Table(
    "retailers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("currency", Text, nullable=False),
    Column("look", JSONB, nullable=False),
    Column("image_origin", Text),
    Column("lookup_by", ARRAY(Text), nullable=False, server_default="{email}"),
    Column("review_email", Text),
    Column("may_cancel", Boolean, nullable=False, server_default=false()),
    Column("created_at", MOMENT, nullable=False),
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
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("role", Text, nullable=False),
    Column("invited_at", MOMENT),
    Column("seen_at", MOMENT),
    Column("disabled_at", MOMENT),
    info={OUTSIDE_RLS: "read at sign-in, before the retailer is known"},
)
Index(None, staff.c.retailer_id)

staff_links = Table(
    "staff_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    info={OUTSIDE_RLS: "read to learn whose invite or reset a link is"},
)
Index(None, staff_links.c.member_id, staff_links.c.purpose, unique=True)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("label", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("last_used_at", MOMENT),
    Column("revoked_at", MOMENT),
    info={OUTSIDE_RLS: "read to learn whose key it is"},
)
Index(None, api_keys.c.retailer_id)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("seen_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False, index=True),
    info={OUTSIDE_RLS: "read to learn whose session it is"},
)
Index(None, sessions.c.subject)

link_tokens = Table(
    "link_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("return_id", Uuid, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    info={OUTSIDE_RLS: "read to learn which return a link opens"},
)
rate_buckets = Table(
    "rate_buckets",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", MOMENT, nullable=False, index=True),
    info={OUTSIDE_RLS: "counts tries by address before any retailer is known"},
)

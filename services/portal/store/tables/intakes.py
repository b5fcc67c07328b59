"""Requests kept while an order or its terms could not be looked up, and the photos that no return holds yet."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, Uuid, false
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.chassis.store import OUTSIDE_RLS, tenant_id
from services.portal.store.tables.base import MOMENT, SEARCHED, metadata
from services.portal.store.tables.returns import photos

intakes = Table(
    "intakes",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("number", SEARCHED, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("contact", JSONB, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("items", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("photos", JSONB, nullable=False),
    Column("order_id", Uuid),
    Column("picked", JSONB, nullable=False),
    Column("submit_key", Text),
    Column("proof", Boolean, nullable=False, server_default=false()),
    Column("looks", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("can", ARRAY(Text), nullable=False),
    Column("cannot", ARRAY(Text), nullable=False),
    Column("matched_by", Text),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
)
Index(None, intakes.c.retailer_id, intakes.c.number, unique=True)
Index(None, intakes.c.retailer_id, intakes.c.digest, unique=True)
Index(None, intakes.c.retailer_id, intakes.c.state, intakes.c.created_at)

intake_links = Table(
    "intake_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("retailer_id", Uuid, nullable=False),
    Column("intake_id", Uuid, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    info={OUTSIDE_RLS: "read to learn which kept request a link opens"},
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("object_key", Text, nullable=False),
    Column("kept_until", MOMENT, nullable=False),
)
Index(None, uploads.c.retailer_id, uploads.c.object_key, unique=True)
Index(None, photos.c.retailer_id, photos.c.object_key)  # whether a return holds a photo

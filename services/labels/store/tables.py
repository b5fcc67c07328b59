"""The tables of labels."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import money, tables, tenant_id
from services.labels.domain import State

metadata = tables("labels")
looks = Table(
    "looks",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("look", JSONB, nullable=False),
    Column("as_of", DateTime(timezone=True), nullable=False),
)
hubs = Table(
    "hubs",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("address", JSONB, nullable=False),
)
lanes = Table(
    "lanes",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("country", Text, nullable=False),
    Column("hub", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("service", Text, nullable=False),
    *money("price"),
    Column("on", Boolean, nullable=False),
    Column("place", Integer, nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    UniqueConstraint("retailer_id", "country", "hub", "carrier", "service"),
    ForeignKeyConstraint(["retailer_id", "hub"], ["hubs.retailer_id", "hubs.code"]),
)
bookings = Table(
    "bookings",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("reference", Text, nullable=False, unique=True),
    Column("return_id", Uuid, nullable=False),
    Column("parcel", Integer, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    Column("carrier", Text, nullable=False),
    Column("request", JSONB, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("tracking_number", Text),
    Column("refusal_code", Text),
    Column("refusal_words", Text),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
    Column("recorded_by", Text),  # the person whose word the outcome is
    Column("recorded_words", Text),
    Column("expires_at", DateTime(timezone=True)),  # when the label's last day is over; none where there is no label
    Column("voided_at", DateTime(timezone=True)),
    UniqueConstraint("retailer_id", "return_id", "parcel", "purpose", "attempt"),
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
)
voids = Table(
    "voids",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("return_id", Uuid, primary_key=True),
    Column("parcel", Integer, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("asked_at", DateTime(timezone=True), nullable=False),
)
documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("booking_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("object_key", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("booking_id", "kind"),
)

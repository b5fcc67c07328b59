"""The tables of tracking."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import tables, tenant_id

metadata = tables("tracking")
parcels = Table(
    "parcels",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False),
    Column("booking_id", Uuid),  # none for a parcel without a label of ours
    Column("parcel", Integer, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("tracking_number", Text, nullable=False),
    Column("hub", Text),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id", "tracking_number", "carrier"),
)
Index(None, parcels.c.retailer_id, parcels.c.return_id)
scans = Table(
    "scans",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), index=True),  # none until the parcel's label is known
    Column("tracking_number", Text, nullable=False),
    Column("carrier", Text),  # none at a hub, which reads any parcel
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("raw_code", Text, nullable=False),
    Column("carrier_time", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("arrival", BigInteger, Identity(), nullable=False),  # the order of commits for one number; clocks differ
    Column("place", Text),
    Column("description", Text),
    Column("by", Text),
    Column("implied", Boolean, nullable=False, server_default=text("false")),
    Column("voided_at", DateTime(timezone=True)),
    Column("voided_by", Text),
    Column("voided_words", Text),
    UniqueConstraint("retailer_id", "tracking_number", "key"),
)
milestones = Table(
    "milestones",
    metadata,
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), primary_key=True),
    Column("milestone", Text, primary_key=True),
    tenant_id(),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("implied", Boolean, nullable=False),
    Column("place", Text),
    Column("stated_at", DateTime(timezone=True), nullable=False),
)
troubles = Table(
    "troubles",
    metadata,
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), primary_key=True),
    Column("trouble", Text, primary_key=True),
    tenant_id(),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("stated_at", DateTime(timezone=True), nullable=False),
)
void_labels = Table(  # by booking: the parcel of the label may not be known yet
    "void_labels",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("booking_id", Uuid, primary_key=True),
    Column("voided_at", DateTime(timezone=True), nullable=False),
)
inspections = Table(
    "inspections",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False),
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("extras", JSONB, nullable=False),
    Column("words", Text),
    Column("by", Text, nullable=False),
    Column("inspected_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id", "return_id", "key"),
)
inspection_lines = Table(
    "inspection_lines",
    metadata,
    Column("inspection_id", Uuid, ForeignKey("inspections.id"), primary_key=True),
    Column("place", Integer, primary_key=True),  # one line may have come in several conditions
    tenant_id(),
    Column("line_id", Uuid, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("condition", Text, nullable=False),
    Column("words", Text),
    CheckConstraint("quantity >= 0", name="quantity"),
)

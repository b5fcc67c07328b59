"""The tables of tracking."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import OUTSIDE_RLS, tables, tenant_id

metadata = tables("tracking")

LANE = ("country", "carrier", "service", "hub")  # what a lane is known by; empty where a part is not known
parcels = Table(
    "parcels",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False),
    Column("booking_id", Uuid),  # none for a parcel without a label of ours
    Column("parcel", Integer, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("account", Text),  # at the carrier; none where the retailer has only the one
    Column("tracking_number", Text, nullable=False),
    Column("hub", Text),
    Column("country", Text),  # where it comes from: with the carrier, the service and the hub it makes the lane
    Column("service", Text),
    Column("expected_days", Integer),  # how long the lane is said to take
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("heard_at", DateTime(timezone=True)),  # when the carrier last said anything of it
    Column("asked_at", DateTime(timezone=True)),  # when the carrier was last asked
    Column("turn_at", DateTime(timezone=True)),  # the moment kept for the next question
    Column("confirmed_at", DateTime(timezone=True)),  # since when hints of it count
)
ACCOUNT = func.coalesce(parcels.c.account, parcels.c.carrier)  # whose numbers a parcel's number is unique among
Index(
    "uq_parcels_retailer_id_tracking_number_account",
    parcels.c.retailer_id,
    parcels.c.tracking_number,
    ACCOUNT,
    unique=True,
)
Index(None, parcels.c.retailer_id, parcels.c.return_id)
number_owners = Table(
    "number_owners",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of the number
    Column("retailer_id", Uuid, primary_key=True),
    info={OUTSIDE_RLS: "tells a hub that a parcel is another retailer's; holds no number, and nothing of the parcel"},
)
turns = Table(  # one row for each account that is asked: when it may be asked next
    "turns",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("next_at", DateTime(timezone=True), nullable=False),
)
scans = Table(
    "scans",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), index=True),  # none until the parcel's label is known
    Column("tracking_number", Text, nullable=False),
    Column("carrier", Text),  # whose numbers it is one of: an account; none at a hub, which reads any parcel
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
    Column("hint", Boolean, nullable=False, server_default=text("false")),  # its reporter signs nothing
    Column("voided_at", DateTime(timezone=True)),
    Column("voided_by", Text),
    Column("voided_words", Text),
    UniqueConstraint("retailer_id", "tracking_number", "key"),
)
Index(  # what somebody scanned last
    "ix_scans_of_hubs",
    scans.c.retailer_id,
    scans.c.by,
    scans.c.arrival,
    postgresql_where=scans.c.source == text("'hub'"),
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
    Column("disposition", Text),  # what becomes of the goods
    Column("photos", JSONB, nullable=False, server_default=text("'[]'")),  # portal's ids of them
    CheckConstraint("quantity >= 0", name="quantity"),
)
stretches = Table(  # what processes of the former release count, which know no lane; dropped in the next one
    "stretches",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("carrier", Text, primary_key=True),
    Column("hub", Text, primary_key=True),
    Column("until", Text, primary_key=True),  # the milestone that was reached
    Column("day", Date, primary_key=True),  # on which it was
    Column("hours", Integer, primary_key=True),
    Column("parcels", Integer, nullable=False),
)
lane_steps = Table(  # how long each parcel of a lane took from one milestone to a later one
    "lane_steps",
    metadata,
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), primary_key=True),
    Column("since", Text, primary_key=True),
    Column("until", Text, primary_key=True),
    tenant_id(),
    *(Column(part, Text, nullable=False) for part in LANE),
    Column("day", Date, nullable=False),  # on which it was over
    Column("hours", Integer, nullable=False),
)
Index("ix_lane_steps_pace", *(lane_steps.c[name] for name in ("retailer_id", *LANE, "since", "until", "day", "hours")))
lane_paces = Table(  # what these add up to, found once a day for each step that is known
    "lane_paces",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    *(Column(part, Text, primary_key=True) for part in (*LANE, "since", "until")),
    Column("found_on", Date, nullable=False),
    Column("median", Interval, nullable=False),
    Column("slow", Interval, nullable=False),
    Column("parcels", Integer, nullable=False),
)
promises = Table(  # what is expected of a parcel, the last that was told of each milestone
    "promises",
    metadata,
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), primary_key=True),
    Column("milestone", Text, primary_key=True),
    tenant_id(),
    Column("expected_at", DateTime(timezone=True), nullable=False),
    Column("latest_at", DateTime(timezone=True), nullable=False),
    Column("parcels", Integer, nullable=False),  # by so many of the lane's; by its setting where there are none
    Column("delayed_at", DateTime(timezone=True)),  # when it was stated that it was not kept
)
consolidations = Table(  # bags and pallets in which a hub sends on what it received
    "consolidations",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("key", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("hub", Text),
    Column("by", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("delivered_at", DateTime(timezone=True)),
    UniqueConstraint("retailer_id", "key"),
    UniqueConstraint("retailer_id", "code"),
)
Index(None, consolidations.c.retailer_id, consolidations.c.opened_at)
packed = Table(
    "packed",
    metadata,
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), primary_key=True),  # in one only
    tenant_id(),
    Column("consolidation_id", Uuid, ForeignKey("consolidations.id"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("packed_at", DateTime(timezone=True), nullable=False),
)

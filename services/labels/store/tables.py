"""The tables of labels."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import money, tables, tenant_id
from libs.contracts.labels import LaneMethod, Pricing
from services.labels.domain import State, VoidState

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
    Column("hours", Text),
    Column("reasons", JSONB, nullable=False, server_default=text("'[]'")),  # which it takes; all, where it names none
    Column("product_types", JSONB, nullable=False, server_default=text("'[]'")),
    Column("on", Boolean, nullable=False, server_default=text("true")),
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
    Column("fallback", Text),
    Column("postcode_from", Text(collation="C"), nullable=False, server_default=""),  # what they begin with
    Column("postcode_to", Text(collation="C"), nullable=False, server_default=""),
    Column("method", Text, nullable=False, server_default=LaneMethod.LABEL),
    Column("pricing", Text, nullable=False, server_default=Pricing.FIXED),
    Column("percent", Integer, nullable=False, server_default=text("0")),
    *money("cost", nullable=True),
    Column("least_grams", Integer, nullable=False, server_default=text("0")),
    Column("most_grams", Integer),
    Column("default", Boolean, nullable=False, server_default=text("false")),
    Column("rates_city", Text),  # from where the carrier is asked for its rates, if it is
    Column("rates_postcode", Text),
    Column("expected_days", Integer),
    UniqueConstraint(
        "retailer_id",
        "country",
        "postcode_from",
        "postcode_to",
        "hub",
        "carrier",
        "service",
        "method",
        "least_grams",
        name="uq_lanes_key",
    ),
    ForeignKeyConstraint(["retailer_id", "hub"], ["hubs.retailer_id", "hubs.code"]),
)
Index("ix_lanes_in_force", lanes.c.retailer_id, lanes.c.country, postgresql_where=lanes.c.retired_at.is_(None))
Index("ix_lanes_default", lanes.c.retailer_id, postgresql_where=lanes.c.default & lanes.c.retired_at.is_(None))
rates = Table(
    "rates",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("lane_id", Uuid, ForeignKey("lanes.id"), nullable=False),
    Column("up_to", Integer, nullable=False),  # grams: the heaviest parcel of the band, for which it is asked
    Column("place", Text, nullable=False),  # from where
    *money("cost", nullable=True),
    Column("service", Text),
    Column("fetched_at", DateTime(timezone=True)),
    Column("error_words", Text),  # what went wrong since
    Column("failed_at", DateTime(timezone=True)),
    UniqueConstraint("lane_id", "up_to"),
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
    Column("account_id", Uuid),  # whose label it is; a void goes to the same account, whichever is on by then
    Column("carrier_ref", Text),  # the carrier's own name for it, kept before the step that must not be repeated
    *money("cost", nullable=True),  # what the carrier asked for the label
    *money("quoted", nullable=True),  # what the lane was to cost when this was planned
    Column(
        "turned_down", JSONB, nullable=False, server_default=text("'[]'")
    ),  # by carriers whose lane allowed another way
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
    Column("state", Text, nullable=False, server_default=VoidState.PLANNED),
    Column("sent_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
    Column("refusal_code", Text),
    Column("refusal_words", Text),
    Column("asks", Integer, nullable=False, server_default=text("1")),  # how often the carrier was to be asked
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in VoidState)})", name="state"),
)
carrier_accounts = Table(
    "carrier_accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("carrier", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("on", Boolean, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("secrets", LargeBinary, nullable=False),  # sealed, bound to the retailer
    Column("kept", JSONB, nullable=False),  # which secrets are there
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("saved_by", Text, nullable=False),
    Column("checked_at", DateTime(timezone=True)),
    Column("checked_words", Text),
    UniqueConstraint("retailer_id", "carrier", "mode"),
    CheckConstraint("mode IN ('test', 'live')", name="mode"),
)
Index(
    None,
    carrier_accounts.c.retailer_id,
    carrier_accounts.c.carrier,
    unique=True,
    postgresql_where=carrier_accounts.c.on,
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
    Column("reads", Integer, nullable=False, server_default=text("0")),  # how often it was handed out
    Column("read_at", DateTime(timezone=True)),
    UniqueConstraint("booking_id", "kind"),
)

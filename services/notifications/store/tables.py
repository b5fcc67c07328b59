"""The tables of notifications."""

from sqlalchemy import CheckConstraint, Column, DateTime, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import money, tables, tenant_id
from services.notifications.domain import State

MOMENT = DateTime(timezone=True)

metadata = tables("notifications")
looks = Table(
    "looks",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("look", JSONB, nullable=False),
    Column("as_of", MOMENT, nullable=False),
)
recipients = Table(
    "recipients",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    tenant_id(),
    Column("number", Text, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("contact", JSONB, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("status_url", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
)
happenings = Table(
    "happenings",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    tenant_id(),
    Column("first_at", MOMENT, nullable=False),
    Column("last_at", MOMENT, nullable=False),
)
messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("subject_id", Uuid, nullable=False),
    Column("return_id", Uuid),
    Column("template", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("tracking_number", Text),
    Column("document_id", Uuid),
    *money("amount", nullable=True),
    Column("details", JSONB, nullable=False),
    Column("planned_at", MOMENT, nullable=False),
    Column("sent_at", MOMENT),
    Column("settled_at", MOMENT),
    Column("refusal_words", Text),
    UniqueConstraint("retailer_id", "subject_id", "template", "part"),
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
)
addressees = Table(
    "addressees",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    tenant_id(),
    Column("contact", JSONB, nullable=False),
)

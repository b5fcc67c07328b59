"""The table of the requests about persons' data."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid, false, text
from sqlalchemy.dialects.postgresql import ARRAY

from libs.chassis.store import tenant_id
from services.orders.store.tables import metadata

MOMENT = DateTime(timezone=True)

# `email` is sealed, and there only until the request is done. The ids are those of the batch in hand: of a person there is
# one, of a shop there are many. `stated` is the hash of what was last stated.
person_requests = Table(
    "person_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("subject_key", LargeBinary, nullable=False),
    Column("shop_id", Uuid),
    Column("email", LargeBinary),
    Column("order_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("return_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("intake_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("delivery_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("waiting_orders", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("open_returns", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("answered", ARRAY(Text), nullable=False, server_default="{}"),
    Column("everybody", Boolean, nullable=False, server_default=false()),
    Column("orders", Integer, nullable=False, server_default=text("0")),
    Column("returns", Integer, nullable=False, server_default=text("0")),
    Column("looks", Integer, nullable=False, server_default=text("0")),
    Column("received_at", MOMENT, nullable=False),
    Column("due_at", MOMENT, nullable=False),
    Column("stated_at", MOMENT),
    Column("stated", LargeBinary),
    Column("warned_at", MOMENT),
    Column("late_at", MOMENT),
    Column("ended_at", MOMENT),
    Column("export_until", MOMENT),
)
Index(
    "uq_person_requests_open",
    person_requests.c.retailer_id,
    person_requests.c.kind,
    person_requests.c.subject_key,
    unique=True,
    postgresql_where=person_requests.c.ended_at.is_(None),
)
Index(None, person_requests.c.retailer_id, person_requests.c.id)

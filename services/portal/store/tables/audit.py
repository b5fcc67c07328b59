"""Who did what: two rows an act, one before it and one with its outcome, in one chain a retailer."""

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis import ledger
from libs.chassis.store import tenant_id
from services.portal.store.tables.base import MOMENT, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("act", Uuid, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text),
    Column("outcome", Text),
    Column("request_id", Uuid, nullable=False),
    Column("detail", JSONB, nullable=False),
    *ledger.chain(),
    UniqueConstraint("retailer_id", "seq"),
    info={"grants": "SELECT, INSERT"},
)
Index(None, audit.c.retailer_id, audit.c.act)

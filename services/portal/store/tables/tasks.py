"""What people must do."""

from sqlalchemy import Column, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import tenant_id
from services.portal.store.tables.base import MOMENT, metadata

tasks = Table(
    "tasks",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("return_id", Uuid),
    Column("number", Text),
    Column("role", Text, nullable=False),
    Column("words", Text),
    Column("detail", JSONB, nullable=False),
    Column("opened_at", MOMENT, nullable=False),
    Column("cleared_at", MOMENT),
    Column("cleared_by", Text),
    Column("cleared_words", Text),
)
Index(
    "ix_tasks_open",
    tasks.c.retailer_id,
    tasks.c.kind,
    tasks.c.subject,
    unique=True,
    postgresql_where=tasks.c.cleared_at.is_(None),
)
Index(None, tasks.c.return_id)
Index(
    "ix_tasks_by_age", tasks.c.retailer_id, tasks.c.opened_at, tasks.c.id, postgresql_where=tasks.c.cleared_at.is_(None)
)

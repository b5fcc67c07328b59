"""The tables of rules."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.store import tables, tenant_id
from libs.contracts.rules_policies import PolicyState, ReplayState

MOMENT = DateTime(timezone=True)

metadata = tables("rules")

policies = Table(
    "policies",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("version", Integer),  # a draft has none
    Column("state", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("by", Text),
    Column("words", Text),
    Column("restores", Integer),
    Column("created_at", MOMENT, nullable=False),
    Column("published_at", MOMENT),
    Column("superseded_at", MOMENT),
    UniqueConstraint("retailer_id", "version"),
    CheckConstraint(f"state IN ({', '.join(repr(state.value) for state in PolicyState)})", name="state"),
    CheckConstraint(f"(version IS NULL) = (state = '{PolicyState.DRAFT}')", name="numbered"),
)
Index(
    "uq_policies_in_force",
    policies.c.retailer_id,
    unique=True,
    postgresql_where=text(f"state = '{PolicyState.PUBLISHED}'"),
)
Index("uq_policies_draft", policies.c.retailer_id, unique=True, postgresql_where=text(f"state = '{PolicyState.DRAFT}'"))

cases = Table(
    "cases",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    tenant_id(),
    Column("number", Text, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("decided_at", MOMENT, nullable=False),
    Column("asked", JSONB, nullable=False),
    Column("given", JSONB, nullable=False),
    Column("chosen", JSONB, nullable=False),
)
Index(None, cases.c.retailer_id, cases.c.decided_at, cases.c.return_id)

replays = Table(
    "replays",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("state", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("since", MOMENT, nullable=False),
    Column("until", MOMENT, nullable=False),
    Column("total", Integer, nullable=False),
    Column("tally", JSONB, nullable=False),
    Column("reached_at", MOMENT),  # the case that was tried last: here a killed process's successor goes on
    Column("reached_id", Uuid),
    Column("started_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    Column("words", Text),
    CheckConstraint(f"state IN ({', '.join(repr(state.value) for state in ReplayState)})", name="state"),
)
Index(None, replays.c.retailer_id, replays.c.started_at)

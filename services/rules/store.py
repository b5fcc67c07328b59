"""The policies of each retailer: every version is kept, one is in force."""

from collections import OrderedDict
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.chassis.store import Store, Unit, tables, tenant_id
from libs.contracts.rules import PolicyPublishedV1, PolicyV1
from services.rules import domain
from services.rules.policy import Document, compiled
from services.rules.settings import RulesSettings

DRAFT, PUBLISHED, SUPERSEDED = "draft", "published", "superseded"

metadata = tables("rules")
policies = Table(
    "policies",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("superseded_at", DateTime(timezone=True)),
    UniqueConstraint("retailer_id", "version"),
    CheckConstraint(f"state IN ('{DRAFT}', '{PUBLISHED}', '{SUPERSEDED}')", name="state"),
)
Index("uq_policies_in_force", policies.c.retailer_id, unique=True, postgresql_where=text(f"state = '{PUBLISHED}'"))


class Policies(Store):
    """Publishes policies and gives the one in force, compiled.

    A version never changes, so its compiled form is kept by its id. Which version is in force is asked each time:
    one indexed row, and a publish holds at once in every process, where a cache with a time limit would let two
    pages of one return see two policies.
    """

    service, metadata = "rules", metadata

    def __init__(self) -> None:
        self._compiled: OrderedDict[UUID, domain.Policy] = OrderedDict()

    def publish(self, retailer_id: UUID, document: Document) -> PolicyV1:
        """Put `document` in force as the next version; the same document again changes nothing."""
        written = document.model_dump(mode="json")  # whole, so that a default that changes later changes no version
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"policies:{retailer_id}", 0))))
            newest = _in_force(unit)
            if newest is not None and _document(unit, newest.id) == written:
                return PolicyV1(policy_id=newest.id, version=newest.version)
            published = _replace(unit, written)
            unit.announce(PolicyPublishedV1(policy_id=published.policy_id, version=published.version))
            return published

    def in_force(self, retailer_id: UUID) -> domain.Policy:
        """The retailer's published policy, ready to decide with; refused as `rules.no_policy`."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = _in_force(unit)
            if found is None:
                raise domain.NoPolicy()
            policy = self._compiled.get(found.id)
            if policy is None:
                policy = compiled(Document.model_validate(_document(unit, found.id)), found.version)
        self._keep(found.id, policy)
        return policy

    def _keep(self, policy_id: UUID, policy: domain.Policy) -> None:
        self._compiled[policy_id] = policy
        self._compiled.move_to_end(policy_id)
        while len(self._compiled) > load(RulesSettings).policies_kept:
            self._compiled.popitem(last=False)


def _in_force(unit: Unit) -> Row[Any, Any] | None:
    of_the_retailer = policies.c.retailer_id == unit.retailer_id
    return unit.db.execute(
        select(policies.c.id, policies.c.version).where(of_the_retailer, policies.c.state == PUBLISHED)
    ).first()


def _document(unit: Unit, policy_id: UUID) -> dict[str, Any]:
    return unit.db.execute(select(policies.c.document).where(policies.c.id == policy_id)).scalar_one()


def _replace(unit: Unit, document: dict[str, Any]) -> PolicyV1:
    mine = policies.c.retailer_id == unit.retailer_id
    unit.db.execute(
        update(policies).where(mine, policies.c.state == PUBLISHED).values(state=SUPERSEDED, superseded_at=unit.now)
    )
    last = unit.db.execute(select(func.coalesce(func.max(policies.c.version), 0)).where(mine)).scalar_one()
    published = PolicyV1(policy_id=new_id(), version=last + 1)
    unit.db.execute(
        insert(policies).values(
            id=published.policy_id,
            retailer_id=unit.retailer_id,
            version=published.version,
            state=PUBLISHED,
            document=document,
            created_at=unit.now,
            published_at=unit.now,
        )
    )
    return published

"""The policies of each retailer: every version is kept, one is in force, one more is a draft."""

import json
from collections import OrderedDict
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, insert, select, update

from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.chassis.store import Store, Unit
from libs.contracts.errors import Refused
from libs.contracts.rules import PolicyPublishedV1, PolicyV1
from libs.contracts.rules_policies import PolicyState, PolicyVersion
from services.rules import domain
from services.rules.policy import Document, compiled
from services.rules.settings import RulesSettings
from services.rules.store.tables import metadata, policies

Written = dict[str, Any]


class Policies(Store):
    """Keeps drafts, publishes versions and gives the one in force, compiled.

    A version never changes, so its compiled form is kept by its id. Which version is in force is asked each time:
    one indexed row, and a publish holds at once in every process, where a cache with a time limit would let two
    pages of one return see two policies.
    """

    service, metadata = "rules", metadata

    def __init__(self) -> None:
        self._compiled: OrderedDict[UUID, domain.Policy] = OrderedDict()

    def publish(
        self,
        retailer_id: UUID,
        document: Document,
        *,
        by: str | None = None,
        words: str | None = None,
        replaces: int | None = None,
    ) -> PolicyV1:
        """Put `document` in force as the next version; the same document again changes nothing.

        Refused as `rules.policy_moved` where `replaces` is given and another version is in force.
        """
        written = document.model_dump(mode="json")  # whole, so that a default that changes later changes no version
        with self.unit(retailer_id=retailer_id) as unit:
            newest = _taking_turns(unit)
            if replaces is not None and (newest is None or newest.version != replaces):
                raise _moved(newest)
            unit.db.execute(
                delete(policies).where(
                    _mine(unit), policies.c.state == PolicyState.DRAFT, policies.c.document == written
                )
            )
            if newest is not None and _document(unit, newest.id) == written:
                return PolicyV1(policy_id=newest.id, version=newest.version)
            return _put_in_force(unit, written, by=by, words=words)

    def restore(self, retailer_id: UUID, version: int, *, by: str, words: str | None = None) -> PolicyV1:
        """Put an earlier version in force again, as the next one; refused as `rules.no_policy`."""
        with self.unit(retailer_id=retailer_id) as unit:
            newest = _taking_turns(unit)
            document = unit.db.scalar(select(policies.c.document).where(_mine(unit), policies.c.version == version))
            if document is None:
                raise _none_of(version, draft=False)
            if newest is not None and newest.version == version:
                return PolicyV1(policy_id=newest.id, version=version)
            return _put_in_force(unit, document, by=by, words=words, restores=version, leaves=PolicyState.ROLLED_BACK)

    def save_draft(
        self, retailer_id: UUID, document: Document, *, replaces: str | None, by: str, words: str | None = None
    ) -> PolicyVersion:
        """Keep `document` as the draft, in place of the one with the digest `replaces`; refused as `rules.draft_moved`."""
        written = document.model_dump(mode="json")
        with self.unit(retailer_id=retailer_id) as unit:
            _taking_turns(unit)
            draft = policies.c.state == PolicyState.DRAFT
            there = unit.db.scalar(select(policies.c.document).where(_mine(unit), draft))
            present = digest(there) if there is not None else None
            if present not in (replaces, digest(written)):
                raise Refused("rules.draft_moved", "another draft was saved meanwhile")
            unit.db.execute(delete(policies).where(_mine(unit), draft))
            row = {"document": written, "by": by, "words": words, "state": PolicyState.DRAFT, "created_at": unit.now}
            return version_of(
                unit.db.execute(
                    insert(policies).values(id=new_id(), retailer_id=unit.retailer_id, **row).returning(policies)
                ).one()
            )

    def versions(self, retailer_id: UUID) -> tuple[PolicyVersion, ...]:
        """The draft, if there is one, then every version, the newest first."""
        with self.look(retailer_id) as db:
            rows = db.execute(select(policies).order_by(policies.c.version.desc().nulls_first()))
            return tuple(version_of(row) for row in rows)

    def written(
        self, retailer_id: UUID, *, version: int | None = None, draft: bool = False
    ) -> tuple[PolicyVersion, Written]:
        """A version with its document: by number, else the draft, else the one in force; refused as `rules.no_policy`."""
        with self.look(retailer_id) as db:
            row = db.execute(_which(version, draft)).first()
        if row is None:
            raise _none_of(version, draft=draft)
        return version_of(row), row.document

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


def digest(document: Written) -> str:
    """What tells two documents apart: 16 hex digits of SHA-256 over their data."""
    return sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:16]


def version_of(row: Row[Any, Any]) -> PolicyVersion:
    """A row of the table without its document."""
    return PolicyVersion(
        policy_id=row.id,
        version=row.version,
        state=PolicyState(row.state),
        digest=digest(row.document),
        by=row.by,
        words=row.words,
        restores=row.restores,
        created_at=row.created_at,
        published_at=row.published_at,
        superseded_at=row.superseded_at,
    )


def _mine(unit: Unit) -> Any:
    return policies.c.retailer_id == unit.retailer_id


def _none_of(version: int | None, *, draft: bool) -> domain.NoPolicy:
    if version is not None:
        return domain.NoPolicy(f"there is no version {version}")
    return domain.NoPolicy("there is no draft") if draft else domain.NoPolicy()


def _which(version: int | None, draft: bool) -> Select[Any]:
    if version is not None:
        return select(policies).where(policies.c.version == version)
    return select(policies).where(policies.c.state == (PolicyState.DRAFT if draft else PolicyState.PUBLISHED))


def _taking_turns(unit: Unit) -> Row[Any, Any] | None:
    """The version in force, once nobody else is changing this retailer's policies."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"policies:{unit.retailer_id}", 0))))
    return _in_force(unit)


def _in_force(unit: Unit) -> Row[Any, Any] | None:
    return unit.db.execute(
        select(policies.c.id, policies.c.version).where(_mine(unit), policies.c.state == PolicyState.PUBLISHED)
    ).first()


def _document(unit: Unit, policy_id: UUID) -> Written:
    return unit.db.execute(select(policies.c.document).where(policies.c.id == policy_id)).scalar_one()


def _put_in_force(
    unit: Unit,
    document: Written,
    *,
    by: str | None,
    words: str | None,
    restores: int | None = None,
    leaves: PolicyState = PolicyState.SUPERSEDED,
) -> PolicyV1:
    unit.db.execute(
        update(policies)
        .where(_mine(unit), policies.c.state == PolicyState.PUBLISHED)
        .values(state=leaves, superseded_at=unit.now)
    )
    last = unit.db.execute(select(func.coalesce(func.max(policies.c.version), 0)).where(_mine(unit))).scalar_one()
    published = PolicyV1(policy_id=new_id(), version=last + 1)
    unit.db.execute(
        insert(policies).values(
            id=published.policy_id,
            retailer_id=unit.retailer_id,
            version=published.version,
            state=PolicyState.PUBLISHED,
            document=document,
            by=by,
            words=words,
            restores=restores,
            created_at=unit.now,
            published_at=unit.now,
        )
    )
    unit.announce(PolicyPublishedV1(policy_id=published.policy_id, version=published.version))
    return published


def _moved(newest: Row[Any, Any] | None) -> Refused:
    there = f"version {newest.version} is in force" if newest is not None else "no version is in force"
    return Refused("rules.policy_moved", f"{there} by now: compare, and publish again")

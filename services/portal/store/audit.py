"""The audit: who did what to what, with its outcome, in a chain that only grows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from libs.chassis import ledger
from libs.chassis.clock import now
from libs.chassis.context import current
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.store import Store, Unit
from services.portal.access import Actor
from services.portal.domain.tasks import TaskKind
from services.portal.store.tables import audit, metadata
from services.portal.store.tasks import Tasks

AUDITS = "audits"  # the kind of planned work that asks after an act
DONE, REFUSED, FAILED = "done", "refused", "failed"
ANSWERS_WITHIN = timedelta(minutes=5)  # an act without an outcome after this long has lost its process
_PLANNED = metadata.tables["claims"]
_ended = audit.alias("ended")
_ACTS = (
    select(audit, _ended.c.outcome.label("how"), _ended.c.detail.label("then"))
    .outerjoin(
        _ended,
        and_(_ended.c.retailer_id == audit.c.retailer_id, _ended.c.act == audit.c.act, _ended.c.outcome.is_not(None)),
    )
    .where(audit.c.outcome.is_(None))
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: as it was begun, and as it ended. Without an `outcome` it is under way, or was lost."""

    id: UUID
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str | None
    outcome: str | None
    request_id: UUID
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class Record:
    """An act under way. Whoever does it says here what came of it."""

    id: UUID
    outcome: str = DONE
    detail: dict[str, Any] = field(default_factory=dict)

    def after(self, **detail: Any) -> None:
        """Say what is now, in ids, numbers and codes."""
        self.detail |= detail

    def refuse(self, code: str) -> None:
        """Say that nothing was done, and why."""
        self.outcome = REFUSED
        self.detail["code"] = code


class Audit(Store):
    """Two rows an act, the second with the outcome. Details hold ids, numbers and codes, and nothing of a shopper."""

    service, metadata = "portal", metadata

    @contextmanager
    def of(self, actor: Actor, action: str, *, subject: object = None, **before: Any) -> Iterator[Record]:
        """Write that `actor` sets out to do `action`, let it be done, and write how it ended; `before` is what was.

        What is raised inside goes on: an exception with a `code`, or an answer below 500, is a refusal, others a failure.
        """
        record = Record(self.begin(actor, action, subject, before, current().correlation_id))
        try:
            yield record
        except Exception as failure:
            outcome, code = _told(failure)
            self._end(actor, action, record.id, outcome, record.detail | {"code": code})
            raise
        self._end(actor, action, record.id, record.outcome, record.detail)

    def begin(self, actor: Actor, action: str, subject: object, detail: Mapping[str, Any], request_id: UUID) -> UUID:
        """Write the first row of an act, before it; its id."""
        act = new_id()
        with self.unit(retailer_id=actor.retailer_id) as unit:
            self._append(unit, act, actor, action, act, request_id, detail, subject=subject)
            unit.claim(AUDITS, account=str(actor.retailer_id), subject=act, after=ANSWERS_WITHIN)
        return act

    def end(self, actor: Actor, action: str, act: UUID, outcome: str, detail: Mapping[str, Any]) -> None:
        """Write the second row of an act, with its outcome: `done`, `refused` or `failed`."""
        with self.unit(retailer_id=actor.retailer_id) as unit:
            self._append(unit, new_id(), actor, action, act, current().correlation_id, detail, outcome=outcome)
            unit.db.execute(delete(_PLANNED).where(_PLANNED.c.kind == AUDITS, _PLANNED.c.subject == act))

    def note(self, unit: Unit, actor: Actor, action: str, subject: object, **detail: Any) -> None:
        """Write both rows of an act that is done with the caller's transaction, and not without it."""
        act, request_id = new_id(), current().correlation_id
        self._append(unit, act, actor, action, act, request_id, {}, subject=subject)
        self._append(unit, new_id(), actor, action, act, request_id, detail, outcome=DONE)

    def ask_after(self, retailer_id: UUID, act: UUID) -> None:
        """Call a person where nobody wrote how this act ended."""
        entry = self.entry(retailer_id, act)
        if entry is None or entry.outcome is not None:
            return
        told = {"action": entry.action, "subject": entry.subject, "actor": entry.actor, "seq": entry.seq}
        with self.unit(retailer_id=retailer_id) as unit:
            Tasks().raise_for(unit, kind=TaskKind.AUDIT_WITHOUT_OUTCOME, subject=act, detail=told)

    def list(self, retailer_id: UUID, *, before: int | None = None, limit: int = 50) -> Sequence[Entry]:
        """The retailer's acts, the newest first; those whose `seq` is under `before`."""
        mine = _ACTS.where(audit.c.retailer_id == retailer_id)
        if before is not None:
            mine = mine.where(audit.c.seq < before)
        with self.look(retailer_id) as db:
            return [_as_entry(row) for row in db.execute(mine.order_by(audit.c.seq.desc()).limit(limit))]

    def entry(self, retailer_id: UUID, act: UUID) -> Entry | None:
        """One act."""
        with self.look(retailer_id) as db:
            row = db.execute(_ACTS.where(audit.c.retailer_id == retailer_id, audit.c.id == act)).first()
        return _as_entry(row) if row else None

    def unended(self, retailer_id: UUID, older_than: timedelta = ANSWERS_WITHIN) -> Sequence[Entry]:
        """The acts begun at least so long ago of which nobody wrote how they ended, the oldest first."""
        mine = _ACTS.where(audit.c.retailer_id == retailer_id, audit.c.at <= now() - older_than)
        with self.look(retailer_id) as db:
            found = db.execute(mine.where(_ended.c.outcome.is_(None)).order_by(audit.c.seq))
            return [_as_entry(row) for row in found]

    def count(self, retailer_id: UUID) -> int:
        """How many rows the retailer's chain has."""
        with self.look(retailer_id) as db:
            return _last(db, retailer_id)

    def broken_at(self, retailer_id: UUID) -> int | None:
        """The number of the first row that was changed, removed or moved; None while the chain is whole."""
        with self.look(retailer_id) as db:
            return ledger.broken_at(db, audit, retailer_id)

    def _end(self, actor: Actor, action: str, act: UUID, outcome: str, detail: Mapping[str, Any]) -> None:
        try:
            self.end(actor, action, act, outcome, detail)
        except SQLAlchemyError as away:  # what was done is done: the row left open becomes a task
            log.error("portal.audit_not_ended", act=str(act), outcome=outcome, error=type(away).__name__)

    @staticmethod
    def _append(
        unit: Unit,
        id: UUID,
        actor: Actor,
        action: str,
        act: UUID,
        request_id: UUID,
        detail: Mapping[str, Any],
        **more: Any,
    ) -> None:
        row = {
            "id": id,
            "act": act,
            "at": unit.now,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "action": action,
            "request_id": request_id,
            "detail": json.loads(json.dumps(detail, default=str)),
        }
        subject = more.pop("subject", None)
        row |= more | {"subject": None if subject is None else str(subject)}
        ledger.append(unit.db, audit, unit.retailer_id, [row])


def _told(failure: Exception) -> tuple[str, str]:
    """How an act ended that raised, and the code for it."""
    status = getattr(failure, "status_code", getattr(failure, "status", None))
    code = getattr(failure, "code", None) or (status and f"http.{status}")
    if isinstance(failure, SQLAlchemyError) or code is None or (status or 0) >= 500:
        return FAILED, type(failure).__name__
    return REFUSED, str(code)


def _last(db: Connection, retailer_id: UUID) -> int:
    newest = select(func.max(audit.c.seq)).where(audit.c.retailer_id == retailer_id)
    return db.execute(newest).scalar() or 0


def _as_entry(row: Any) -> Entry:
    return Entry(
        row.id,
        row.seq,
        row.at,
        f"{row.actor_kind} {row.actor_name}" if row.actor_kind != row.actor_name else row.actor_name,
        row.action,
        row.subject,
        row.how,
        row.request_id,
        row.detail,
        row.then or {},
    )

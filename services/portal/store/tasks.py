"""What people must do: opened by what a return knows or by what came beside it, and cleared by the act that is its answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.orders_shops import ShopAccessLostV1, ShopConnectedV1
from services.portal.domain import TASKS, Return, Task, TaskKind, tasks_of
from services.portal.domain.tasks import role_of
from services.portal.store.tables import metadata, tasks


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task as people see it. `subject` is what the clearing act names; `acts` are what clears it, the usual one first."""

    id: UUID
    kind: TaskKind
    subject: str
    role: str
    title: str
    acts: tuple[str, ...]
    return_id: UUID | None
    number: str | None
    words: str | None
    detail: dict[str, Any]
    opened_at: datetime
    cleared_at: datetime | None
    cleared_by: str | None


class Tasks(Store):
    """The list of what is to be done for a retailer."""

    service, metadata = "portal", metadata

    def list(
        self,
        retailer_id: UUID,
        *,
        role: str | None = None,
        kind: str | None = None,
        after: tuple[datetime, UUID] | None = None,
        limit: int = 50,
    ) -> tuple[OpenTask, ...]:
        """Open tasks, the oldest first; `after` is the moment and id of the last one seen."""
        found = select(tasks).where(tasks.c.cleared_at.is_(None)).order_by(tasks.c.opened_at, tasks.c.id).limit(limit)
        if role:
            found = found.where(tasks.c.role == role)
        if kind:
            found = found.where(tasks.c.kind == kind)
        if after:
            found = found.where(tuple_(tasks.c.opened_at, tasks.c.id) > after)
        with self.look(retailer_id) as db:
            return tuple(_as_task(row) for row in db.execute(found))

    def counts(self, retailer_id: UUID) -> dict[str, int]:
        """How many tasks each role has open."""
        counted = select(tasks.c.role, func.count().label("many")).where(tasks.c.cleared_at.is_(None))
        with self.look(retailer_id) as db:
            return {row.role: row.many for row in db.execute(counted.group_by(tasks.c.role))}

    def of_return(self, retailer_id: UUID, return_id: UUID) -> tuple[OpenTask, ...]:
        """The open tasks of one return, the oldest first."""
        mine = select(tasks).where(tasks.c.return_id == return_id, tasks.c.cleared_at.is_(None))
        with self.look(retailer_id) as db:
            return tuple(_as_task(row) for row in db.execute(mine.order_by(tasks.c.opened_at, tasks.c.id)))

    def get(self, retailer_id: UUID, task_id: UUID) -> OpenTask | None:
        """The task with this id, open or cleared."""
        with self.look(retailer_id) as db:
            row = db.execute(select(tasks).where(tasks.c.id == task_id)).first()
        return _as_task(row) if row else None

    def clear(self, retailer_id: UUID, task_id: UUID, *, by: str, words: str | None = None) -> bool:
        """Clear a task that stands by itself; False when it is none, or was cleared before."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = update(tasks).where(tasks.c.id == task_id, tasks.c.cleared_at.is_(None), tasks.c.return_id.is_(None))
            cleared = mine.values(cleared_at=unit.now, cleared_by=by, cleared_words=words).returning(tasks.c.id)
            return unit.db.execute(cleared).first() is not None

    def hear_of_shop(self, fact: Envelope[ShopAccessLostV1] | Envelope[ShopConnectedV1]) -> None:
        """A shop that lets us in no more is to be connected again; once it is, there is nothing to do."""
        told = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            if isinstance(told, ShopConnectedV1):
                self.done(unit, kind=TaskKind.SHOP_ACCESS_LOST, subject=told.shop_id, by="system")
                return
            detail = {"shop": told.domain, "code": told.code}
            self.raise_for(unit, kind=TaskKind.SHOP_ACCESS_LOST, subject=told.shop_id, detail=detail, words=told.words)

    def raise_for(
        self,
        unit: Unit,
        *,
        kind: str,
        subject: object,
        detail: dict[str, Any] | None = None,
        words: str | None = None,
        number: str | None = None,
    ) -> None:
        """Open a task that belongs to no return, once while it is open, in the caller's transaction."""
        what = TaskKind(kind)
        row = {
            "kind": what,
            "subject": str(subject),
            "role": TASKS[what].role,
            "words": words,
            "number": number,
            "detail": detail or {},
        }
        _open(unit, [row])

    def done(self, unit: Unit, *, kind: str, subject: object, by: str) -> None:
        """Clear the open task of this kind and subject, if any, in the caller's transaction."""
        _clear(unit, [(TaskKind(kind), str(subject))], by)


def follow(unit: Unit, before: Return | None, after: Return, by: str) -> None:
    """Open the tasks that `after` has and `before` had not, and clear those that are gone."""
    had = tasks_of(before) if before is not None else frozenset[Task]()
    has = tasks_of(after)
    were = {(task.kind, task.subject) for task in had}
    are = {(task.kind, task.subject) for task in has}
    gone = [(kind, _subject(after, subject)) for kind, subject in were - are]
    new = sorted(task for task in has if (task.kind, task.subject) not in were)
    if gone:
        _clear(unit, gone, by)
    if new:
        _open(unit, [_row(after, task) for task in new])


def _subject(ret: Return, subject: str) -> str:
    return f"{ret.id}/{subject}"


def _row(ret: Return, task: Task) -> dict[str, Any]:
    return {
        "kind": task.kind,
        "subject": _subject(ret, task.subject),
        "return_id": ret.id,
        "number": ret.number,
        "role": role_of(ret, task.kind),
        "words": task.words,
        "detail": {},
    }


def _open(unit: Unit, rows: Collection[dict[str, Any]]) -> None:
    own = {"retailer_id": unit.retailer_id, "opened_at": unit.now}
    whole = [{"return_id": None, "number": None, **row, "id": new_id(), **own} for row in rows]
    once = upsert(tasks).on_conflict_do_nothing(
        index_elements=["retailer_id", "kind", "subject"], index_where=tasks.c.cleared_at.is_(None)
    )
    unit.db.execute(once, whole)


def _clear(unit: Unit, keys: Collection[tuple[str, str]], by: str) -> None:
    unit.db.execute(
        update(tasks)
        .where(
            tasks.c.retailer_id == unit.retailer_id,
            tasks.c.cleared_at.is_(None),
            tuple_(tasks.c.kind, tasks.c.subject).in_(list(keys)),
        )
        .values(cleared_at=unit.now, cleared_by=by)
    )


def _as_task(row: Any) -> OpenTask:
    owed = TASKS[TaskKind(row.kind)]
    return OpenTask(
        row.id,
        TaskKind(row.kind),
        row.subject.removeprefix(f"{row.return_id}/"),
        row.role,
        owed.words,
        owed.acts,
        row.return_id,
        row.number,
        row.words,
        row.detail,
        row.opened_at,
        row.cleared_at,
        row.cleared_by,
    )

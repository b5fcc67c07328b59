"""From returns and tasks to the lists of the admin."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import quote, urlencode
from uuid import UUID

from services.portal.access import May, to_clear
from services.portal.domain import ENDED, Awaiting, Return, TaskKind, tasks_of
from services.portal.store.returns import Listed, Page
from services.portal.store.tasks import OpenTask
from services.portal.web import phrases, views
from services.portal.web.deeds import DEEDS, About

OPEN = tuple(state for state in Awaiting if state not in ENDED)


def returns_page(staff: views.Staff, found: Page, q: str, awaiting: Awaiting | None) -> views.ReturnsPage:
    """The list, with a tab for each state that returns wait in and how many wait there."""
    everything = views.View("All", "/admin", None, awaiting is None)
    tabs = tuple(
        views.View(
            phrases.STATUSES[state].staff, f"/admin?status={state}", found.counts.get(state, 0), awaiting is state
        )
        for state in OPEN
    )
    asked = {name: value for name, value in (("q", q), ("status", awaiting)) if value}
    older = f"/admin?{urlencode({**asked, 'before': cursor(*found.older)})}" if found.older else None
    rows = tuple(_row(row) for row in found.rows)
    return views.ReturnsPage(staff, (everything, *tabs), rows, q, awaiting or "", tuple(Awaiting), older)


def _row(listed: Listed) -> views.ReturnRow:
    ret = listed.ret
    return views.ReturnRow(
        ret.number,
        ret.contact.name,
        ret.contact.email,
        tuple(line.asked.title for line in ret.lines),
        tuple(dict.fromkeys(line.resolution for line in ret.lines)),
        ret.awaiting,
        ret.owed,
        listed.updated_at,
        len(tasks_of(ret)),
        ret.known.overdue,
        ret.kind,
    )


def cursor(at: datetime, id: UUID) -> str:
    """Where a page of a list ends, for the address of the next one."""
    return f"{at.isoformat()}~{id}"


def place(cursor: str) -> tuple[datetime, UUID] | None:
    """The moment and id in a cursor, or None where it is none of ours."""
    at, _, id = cursor.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(id)) if moment.tzinfo else None
    except ValueError:
        return None


def address_of(ret: Return, code: str, of: str = "") -> str:
    """The page of a deed."""
    return f"/admin/returns/{ret.number}/{code}" + (f"?of={quote(of)}" if of else "")


def task_row(task: OpenTask, may: Collection[May]) -> views.TaskRow:
    """A task with the pages of the acts that clear it, for those who may do them."""
    return views.TaskRow(
        task.title,
        task.opened_at,
        task.role,
        _ways(task, may),
        _about(task),
        _said(task),
    )


def _said(task: OpenTask) -> str | None:
    """What is known of it, in words; a code is spelled out."""
    if task.kind is TaskKind.REVIEW:
        return "Held by: " + (task.words or "staff").replace("_", " ")
    if task.words:
        return task.words
    told = (f"{name} {value}" for name, value in task.detail.items() if value is not None and name != "intake")
    return ", ".join(told) or None


def _about(task: OpenTask) -> views.Link | None:
    if task.number is None:
        return None
    if task.return_id is None:
        return views.Link(task.number, f"/admin/intakes/{task.number}")
    return views.Link(task.number, f"/admin/returns/{task.number}")


def _ways(task: OpenTask, may: Collection[May]) -> tuple[views.Link, ...]:
    if task.return_id is None:
        return _beside(task, may)
    return tuple(
        views.Link(DEEDS[code].words, _way(task, code))
        for code in task.acts
        if code in DEEDS and DEEDS[code].needs(f"{task.kind}:{task.subject}") <= frozenset(may)
    )


def _beside(task: OpenTask, may: Collection[May]) -> tuple[views.Link, ...]:
    """The ways to clear a task that stands by itself."""
    ways = []
    if "match" in task.acts and May.WRITE_RETURNS in may:
        ways.append(views.Link("Find the order", f"/admin/intakes/{task.number}"))
    if "cancellation" in task.detail and May.READ_RETURNS in may:
        return (views.Link("Look and record", f"/admin/cancellations/{task.detail['cancellation']}"),)
    if to_clear(task.role) <= frozenset(may):
        ways.append(views.Link("Clear", f"/admin/tasks/{task.id}"))
    return tuple(ways)


def _way(task: OpenTask, code: str) -> str:
    """The page of a deed that clears the task; where a line or parcel is to be chosen first, the return's own page."""
    page = f"/admin/returns/{task.number}"
    match DEEDS[code].about:
        case About.MARK:
            return f"{page}/{code}?of={quote(f'{task.kind}:{task.subject}')}"
        case About.PARCEL:
            parcel = task.subject.partition("/")[0]  # a mark names the parcel first, and then what of it
            return f"{page}/{code}?of={parcel}" if parcel.isdigit() else f"{page}#parcels"
        case About.LINE:
            return f"{page}/{code}?of={task.subject}" if _is_id(task.subject) else f"{page}#items"
        case _:
            return f"{page}/{code}"


def _is_id(subject: str) -> bool:
    try:
        return str(UUID(subject)) == subject
    except ValueError:
        return False

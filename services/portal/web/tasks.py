"""The admin's list of what people must do, and the tasks that belong to no return: cleared with words, or by a match."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from services.portal.access import May, Role, to_clear
from services.portal.domain import TaskKind
from services.portal.matching import NoSuchIntake
from services.portal.reach import Portal
from services.portal.store.intakes import Kept, State
from services.portal.store.tasks import OpenTask
from services.portal.web import desk, phrases, pictures, views
from services.portal.web.acts import AWAY, written
from services.portal.web.deeds.deed import note
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.receipts import way_to_receipt
from services.portal.web.seats import NotForThisRole, Seat, seated

router = APIRouter(include_in_schema=False)
A_PAGE = 50
EVERYBODY = "all"
OWNERS = (Role.AGENT, Role.HUB, Role.FINANCE, Role.MERCHANDISER, Role.MANAGER)
DONE = {
    "cleared": views.Notice("ok", "The task is cleared."),
    "matched": views.Notice("ok", "The order is matched. The shopper is sent a link to go on."),
    "before": views.Notice("info", "It was seen to before."),
}
NOT_FOUND = "No order has this number and email. Check both."

Reading = Annotated[Seat, seated(May.READ_RETURNS)]
Writing = Annotated[Seat, seated(May.WRITE_RETURNS)]
Clearing = Annotated[Seat, seated(May.CLEAR_TASKS)]


@router.get("/admin/tasks")
def tasks(
    request: Request, here: Here, answering: Answering, seat: Reading, role: str = "", after: str = "", done: str = ""
) -> Response:
    """Open tasks, the oldest first: those of the person's own role, unless another is asked for."""
    whose = role if role in {*OWNERS, EVERYBODY} else _usual(seat)
    only = None if whose == EVERYBODY else whose
    found = here.tasks.list(seat.retailer.id, role=only, after=desk.place(after), limit=A_PAGE + 1)
    rows, counts = found[:A_PAGE], here.tasks.counts(seat.retailer.id)
    last = f"/admin/tasks?role={whose}&after={desk.cursor(rows[-1].opened_at, rows[-1].id)}" if rows else None
    page = views.TasksPage(
        seat.view,
        _tabs(whose, counts),
        tuple(desk.task_row(task, seat.actor.may) for task in rows),
        last if len(found) > A_PAGE else None,
        DONE.get(done),
    )
    return answering.answer(request, "tasks", page, seat.retailer)


def _usual(seat: Seat) -> str:
    """Whose tasks somebody sees first: a manager and a viewer have everybody's."""
    return (
        seat.member.role if seat.member.role in {Role.AGENT, Role.HUB, Role.FINANCE, Role.MERCHANDISER} else EVERYBODY
    )


def _tabs(whose: str, counts: dict[str, int]) -> tuple[views.View, ...]:
    everybody = views.View("Everybody", f"/admin/tasks?role={EVERYBODY}", sum(counts.values()), whose == EVERYBODY)
    each = (
        views.View(phrases.ROLES[role][0], f"/admin/tasks?role={role}", counts.get(role, 0), whose == role)
        for role in OWNERS
    )
    return (everybody, *each)


@router.get("/admin/tasks/{task_id}")
def task(request: Request, here: Here, answering: Answering, task_id: UUID, seat: Reading) -> Response:
    """A task that stands by itself, with what is known of it."""
    found = _task(here, seat, task_id)
    if found.return_id is not None:
        return answering.go(f"/admin/returns/{found.number}")
    if found.cleared_at is not None:
        return answering.go("/admin/tasks?done=before")
    return _task_page(request, here, answering, seat, found)


@router.post("/admin/tasks/{task_id}")
def clear(request: Request, here: Here, answering: Answering, task_id: UUID, form: Words, seat: Clearing) -> Response:
    """Clear it, with what was done about it."""
    here.forms.check(request, said(form, "csrf"))
    found, words = _task(here, seat, task_id), said(form, "words", most=1000)
    for missing in sorted(to_clear(found.role) - seat.actor.may):
        raise NotForThisRole(missing)
    if not words:
        return _task_page(request, here, answering, seat, found, problems={"words": "Write what you did about it"})
    with here.audit.of(seat.actor, "task.clear", subject=task_id, before={"kind": found.kind}) as record:
        cleared = here.tasks.clear(seat.retailer.id, task_id, by=str(seat.actor), words=words)
        if not cleared:
            record.refuse("tasks.not_open")
    return answering.go(f"/admin/tasks?done={'cleared' if cleared else 'before'}")


def _task(here: Portal, seat: Seat, task_id: UUID) -> OpenTask:
    found = here.tasks.get(seat.retailer.id, task_id)
    if found is None:
        raise HTTPException(404)
    return found


def _task_page(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    found: OpenTask,
    *,
    problems: dict[str, str] | None = None,
) -> Response:
    sheet = views.Sheet(
        "clear",
        found.title,
        (),
        "Clear the task",
        (note("What you did about it", "Kept with the task, for your colleagues."),),
        f"/admin/tasks/{found.id}",
        seat.view.csrf,
        str(new_id()),
        problems=problems or {},
    )
    told = tuple((name.replace("_", " ").capitalize(), str(value)) for name, value in found.detail.items() if value)
    words, photos = _aside(here, seat, found)
    page = views.ActPage(seat.view, views.Link("Tasks", "/admin/tasks"), sheet, facts=(*told, *words), photos=photos)
    return answering.answer(request, "act", page, seat.retailer, status=422 if problems else 200)


def _aside(here: Portal, seat: Seat, found: OpenTask) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """What the hub said and showed of a parcel that nobody knows."""
    aside = here.hub.aside(seat.retailer.id, UUID(found.subject)) if found.kind is TaskKind.UNKNOWN_PARCEL else None
    if aside is None:
        return (), ()
    words = (("What the hub says", aside.words),) if aside.words else ()
    return words, tuple(f"/hub/scans/{aside.scan_id}/photos/{photo.name}" for photo in aside.photos)


@router.get("/admin/intakes/{number}")
def intake(request: Request, here: Here, answering: Answering, number: str, seat: Reading) -> Response:
    """A kept request, or a proof of purchase, with its photos, and the form that finds its order."""
    return _intake_page(request, here, answering, seat, _kept(here, seat, number))


@router.post("/admin/intakes/{number}")
def match(request: Request, here: Here, answering: Answering, number: str, form: Words, seat: Writing) -> Response:
    """Match it with the order of this number and email: the shopper is sent a link to go on."""
    here.forms.check(request, said(form, "csrf"))
    kept, order, email = _kept(here, seat, number), said(form, "order", most=64), said(form, "email")
    wanted = {"order": (order, "Enter the order’s number"), "email": (email, "Enter the email of the order")}
    problems = {name: needs for name, (value, needs) in wanted.items() if not value}
    if problems:
        return _intake_page(request, here, answering, seat, kept, form=form, problems=problems, status=422)
    try:
        with here.audit.of(seat.actor, "intake.match", subject=kept.number):
            matched = here.matching.match(seat.retailer.id, kept.id, order, email, seat.actor)
    except NoSuchIntake:
        raise HTTPException(404) from None
    except Refused as refused:
        said_ = NOT_FOUND if refused.code == "orders.not_found" else refused.detail or refused.code
        return _intake_page(request, here, answering, seat, kept, form=form, problems={"order": said_}, status=422)
    except (Unavailable, Failed):
        return _intake_page(request, here, answering, seat, kept, form=form, notice=AWAY, status=503)
    return answering.go(f"/admin/tasks?done={'matched' if matched else 'before'}")


@router.get("/admin/intakes/{number}/photos/{name}")
def intake_photo(here: Here, number: str, name: str, seat: Reading) -> Response:
    """A photo of a kept request."""
    kept = _kept(here, seat, number)
    return pictures.shown(here, next((photo.object_key for photo in kept.photos if photo.name == name), None))


def _kept(here: Portal, seat: Seat, number: str) -> Kept:
    found = here.intakes.get(seat.retailer.id, number=number.upper())
    if found is None:
        raise HTTPException(404)
    return found


def _intake_page(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    kept: Kept,
    *,
    form: FormData | None = None,
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    matched = kept.state is State.MATCHED
    blanks = (
        views.Blank("order", "text", "Order number", kept.order_number, most=64),
        views.Blank("email", "text", "Email of the order", kept.contact.email, most=254),
    )
    sheet = views.Sheet(
        "match",
        f"Find the order of {kept.number}",
        ("The shopper is sent a link to go on with it.",),
        "Match it with this order",
        () if matched or May.WRITE_RETURNS not in seat.actor.may else (views.Group(blanks),),
        f"/admin/intakes/{kept.number}",
        seat.view.csrf,
        str(new_id()),
    )
    if form is not None:
        sheet = sheet.filled(written(form), problems or {})
    notice = notice or way_to_receipt(kept, seat)
    if matched:
        notice = views.Notice("ok", f"Matched by {(kept.matched_by or 'nobody').removeprefix('staff ')}.")
    photos = tuple(f"/admin/intakes/{kept.number}/photos/{photo.name}" for photo in kept.photos)
    page = views.ActPage(
        seat.view, views.Link("Tasks", "/admin/tasks"), sheet, notice, facts=_facts(kept), photos=photos
    )
    response = answering.answer(request, "act", page, seat.retailer, status=status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _facts(kept: Kept) -> tuple[tuple[str, str], ...]:
    why = {
        "proof": "A receipt in place of the order",
        "order": "The order could not be looked up",
        "submit": "The return could not be made",
    }
    facts = (
        ("Why it was kept", why.get(kept.kind, "The order’s terms could not be told")),
        ("Name", kept.contact.name),
        ("Email", kept.contact.email),
        ("Order", kept.order_number),
        ("Items", kept.items),
        ("Reason", kept.reason),
        ("Can come back", ", ".join(kept.can)),
        ("Cannot", "; ".join(kept.cannot)),
    )
    return tuple((name, value) for name, value in facts if value)

"""The page of requests about persons' data: what is asked, how far it is, and one more by an email address.

The address goes to orders and nowhere else: neither the audit nor the page's own address holds it.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.clock import now
from libs.chassis.errors import Failed, Unavailable
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.orders_persons import (
    BeginPersonRequestV1,
    GetPersonExportV1,
    ListPersonRequestsV1,
    PersonExportV1,
    PersonRequest,
    PersonRequestKind,
)
from services.portal.access import SYSTEM, Actor, May
from services.portal.meant import meant_by
from services.portal.store.limits import SUBMIT_BY_ADDRESS
from services.portal.web import views
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated
from services.portal.web.sitting import Shop

router = APIRouter(include_in_schema=False)
Managing = Annotated[Seat, seated(May.MANAGE_PERSONS)]

WAIT = 5.0  # seconds for orders to answer
NOTICES = {
    "export": views.Notice("ok", "The data is being gathered. You get an email with a link to it."),
    "erase": views.Notice("ok", "The data is being erased. What an open return needs is erased when that return ends."),
}
AWAY = views.Notice("bad", "The service that leads these requests is not answering. Try again in a minute.")
SURE = "This takes the person out of every service, and cannot be undone. {meant}"
BY_HAND = (PersonRequestKind.EXPORT, PersonRequestKind.ERASE)


@router.get("/admin/persons")
def persons(request: Request, answering: Answering, seat: Managing, done: str = "") -> Response:
    """The requests, and a form to make one."""
    return _page(request, answering, seat, notice=NOTICES.get(done))


@router.post("/admin/persons")
def begin(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Export or erase whoever has this address; to erase is asked once more."""
    here.forms.check(request, said(form, "csrf"))
    email, kind = said(form, "email"), said(form, "kind")
    if kind not in BY_HAND:
        raise HTTPException(400)
    if kind == PersonRequestKind.ERASE and not said(form, "sure") and "@" in email:
        return _ask_once_more(request, here, answering, seat, email)
    wish = BeginPersonRequestV1(kind=PersonRequestKind(kind), email=email, by=seat.actor.name)
    try:
        with here.audit.of(seat.actor, f"person.{kind}") as record:
            record.after(request_id=ask(seat.retailer.id, wish, timeout=WAIT).request.request_id)
    except Refused as no:
        return _page(request, answering, seat, email=email, problems={"email": no.detail}, status=422)
    except (Unavailable, Failed):
        return _page(request, answering, seat, email=email, notice=AWAY, status=503)
    return Pages.go(f"/admin/persons?done={kind}")


@router.get("/admin/persons/{id}/export")
def export(here: Here, seat: Managing, id: UUID) -> Response:
    """The export that a request made."""
    return _fetched(here, seat.actor, id)


@router.get("/{slug}/x/{token}")
def linked(request: Request, here: Here, shop: Shop, token: str) -> Response:
    """The same for whoever holds the link that was mailed, while it works."""
    here.bound(request, SUBMIT_BY_ADDRESS)
    found = here.persons.behind(token)
    if found is None or found[0] != shop.id:
        raise HTTPException(404)
    return _fetched(here, Actor(shop.id, SYSTEM, "link", "link"), found[1])


def _ask_once_more(request: Request, here: Here, answering: Answering, seat: Seat, email: str) -> Response:
    try:
        found = meant_by(here.persons, seat.retailer.id, email)
    except (Unavailable, Failed):
        return _page(request, answering, seat, email=email, notice=AWAY, status=503)
    counted = {"Orders": found.orders, "returns": found.returns, "of them open": found.open_returns}
    counted |= {"kept requests": found.kept_requests}
    meant = ", ".join(f"{name}: {many}" for name, many in counted.items()) + "."
    return _page(
        request, answering, seat, email=email, notice=views.Notice("warn", SURE.format(meant=meant)), is_sure=True
    )


def _fetched(here: Here, actor: Actor, request_id: UUID) -> Response:
    try:
        found: PersonExportV1 = ask(actor.retailer_id, GetPersonExportV1(request_id=request_id), timeout=WAIT)
    except Refused:
        raise HTTPException(404) from None
    here.persons.fetched(actor, request_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.filename}"', "Cache-Control": "no-store"}
    return Response(found.content, media_type="application/zip", headers=headers)


def _page(
    request: Request,
    answering: Answering,
    seat: Seat,
    *,
    email: str = "",
    is_sure: bool = False,
    problems: views.Problems | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    try:
        found, is_known = ask(seat.retailer.id, ListPersonRequestsV1(), timeout=WAIT).requests, True
    except (Unavailable, Failed):
        found, is_known, notice = (), False, AWAY
    rows = tuple(_row(each) for each in found)
    view = views.PersonsPage(seat.view, rows, email, is_sure, problems or {}, notice, is_known)
    return answering.answer(request, "persons", view, seat.retailer, status=status)


def _row(found: PersonRequest) -> views.PersonRow:
    waits = (*found.silent, *(("open returns",) if found.open_returns else ()))
    has_export = found.export_until is not None and found.export_until > now()
    return views.PersonRow(
        str(found.request_id),
        found.kind,
        found.state,
        found.by,
        found.received_at,
        found.due_at,
        is_late=found.ended_at is None and found.due_at <= now(),
        orders=found.orders,
        returns=found.returns,
        waits_for=waits if found.ended_at is None else (),
        export=f"/admin/persons/{found.request_id}/export" if has_export else None,
    )

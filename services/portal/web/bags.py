"""The hub's pages of bags and pallets: begun, filled by scanning, closed, and received at the retailer."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.tracking_consolidations import ConsolidationV1
from services.portal import consolidating
from services.portal.access import May
from services.portal.reach import Portal
from services.portal.web import views
from services.portal.web.acts import AWAY
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
BAGS = "/hub/bags"
DONE = {
    "opened": views.Notice("ok", "It is open. Print its label, and scan what goes into it."),
    "packed": views.Notice("ok", "It is in. Scan the next one."),
    "before": views.Notice("info", "It was in before."),
    "closed": views.Notice("ok", "It is closed: all that is in it is on its way to the retailer."),
    "received": views.Notice("ok", "It is received, with all that is in it."),
}
REFUSALS = {
    "tracking.not_found": "No bag or pallet has this code.",
    "tracking.no_parcel": "No parcel has this code.",
    "tracking.not_received": "This parcel is not received yet. Scan it on the hub’s page first.",
    "tracking.not_open": "It is closed, and takes no more.",
    "tracking.empty": "There is nothing in it. Scan a parcel first.",
    "tracking.not_closed": "It was not closed at its hub. Close it first.",
}

Scanning = Annotated[Seat, seated(May.SCAN)]


@router.get(BAGS)
def bags(
    request: Request, here: Here, answering: Answering, seat: Scanning, done: str = "", code: str = ""
) -> Response:
    """The newest bags and pallets; or the page of the one with this code, which is what its label leads to."""
    if code:
        return _opened(request, here, answering, seat, code[:200])
    return _bags_page(request, here, answering, seat, notice=DONE.get(done))


@router.post(BAGS)
def begin(request: Request, here: Here, answering: Answering, seat: Scanning, form: Words) -> Response:
    """Begin one, once for the form's own id."""
    here.forms.check(request, said(form, "csrf"))
    once, hub = said(form, "once", most=80) or str(new_id()), said(form, "hub", most=40)
    try:
        with here.audit.of(seat.actor, "consolidation.open", subject=once):
            bag = consolidating.begin(here.hub, seat.actor, key=once, hub=hub)
    except (Unavailable, Failed):
        return _bags_page(request, here, answering, seat, notice=AWAY, status=503)
    return answering.go(f"{BAGS}/{bag.consolidation_id}?done=opened")


@router.post(f"{BAGS}/receive")
def receive(request: Request, here: Here, answering: Answering, seat: Scanning, form: Words) -> Response:
    """Receive one at the retailer, by its code."""
    here.forms.check(request, said(form, "csrf"))
    code = said(form, "code", most=200)
    try:
        with here.audit.of(seat.actor, "consolidation.receive", subject=code):
            if not code:
                raise Refused("tracking.not_found")
            received = consolidating.receive(here.hub, seat.actor, code)
    except Refused as refused:
        problems = {"code": _words(refused)}
        return _bags_page(request, here, answering, seat, code=code, problems=problems, status=422)
    except (Unavailable, Failed):
        return _bags_page(request, here, answering, seat, code=code, notice=AWAY, status=503)
    after = f"{BAGS}/{received.consolidation_id}?done=received" if said(form, "back") else f"{BAGS}?done=received"
    return answering.go(after)


@router.get(f"{BAGS}/{{bag_id}}/label")
def label(here: Here, bag_id: UUID, seat: Scanning) -> Response:
    """What is to stand on it, as PDF to be printed."""
    found = consolidating.label(here.hub, seat.actor, bag_id, url=here.settings.url)
    if found is None:
        raise HTTPException(404)
    headers = {
        "Content-Disposition": f'inline; filename="{found.filename}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get(f"{BAGS}/{{bag_id}}")
def bag(request: Request, here: Here, answering: Answering, bag_id: UUID, seat: Scanning, done: str = "") -> Response:
    """One, with what is in it."""
    return _bag_page(request, here, answering, seat, bag_id, notice=DONE.get(done))


@router.post(f"{BAGS}/{{bag_id}}")
def pack(request: Request, here: Here, answering: Answering, bag_id: UUID, seat: Scanning, form: Words) -> Response:
    """Put a parcel in, by any code on it."""
    here.forms.check(request, said(form, "csrf"))
    code = said(form, "code", most=200)

    def act() -> str:
        with here.audit.of(seat.actor, "consolidation.pack", subject=str(bag_id)):
            if not code:
                raise Refused("tracking.no_parcel")
            repeated = consolidating.pack(here.hub, seat.actor, bag_id, code).repeated
        return "before" if repeated else "packed"

    return _tried(request, here, answering, seat, bag_id, act, code=code)


@router.post(f"{BAGS}/{{bag_id}}/close")
def close(request: Request, here: Here, answering: Answering, bag_id: UUID, seat: Scanning, form: Words) -> Response:
    """Close it and send it on."""
    here.forms.check(request, said(form, "csrf"))

    def act() -> str:
        with here.audit.of(seat.actor, "consolidation.close", subject=str(bag_id)):
            consolidating.close(here.hub, seat.actor, bag_id)
        return "closed"

    return _tried(request, here, answering, seat, bag_id, act)


def _opened(request: Request, here: Portal, answering: Pages, seat: Seat, code: str) -> Response:
    try:
        found = consolidating.newest(here.hub, seat.actor, code=code)
    except (Unavailable, Failed):
        return _bags_page(request, here, answering, seat, code=code, notice=AWAY, status=503)
    if found:
        return answering.go(f"{BAGS}/{found[0].consolidation_id}")
    problems = {"code": REFUSALS["tracking.not_found"]}
    return _bags_page(request, here, answering, seat, code=code, problems=problems, status=404)


def _tried(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    bag_id: UUID,
    act: Callable[[], str],
    *,
    code: str = "",
) -> Response:
    try:
        return answering.go(f"{BAGS}/{bag_id}?done={act()}")
    except Refused as refused:
        problems = {"code": _words(refused)}
        return _bag_page(request, here, answering, seat, bag_id, code=code, problems=problems, status=422)
    except (Unavailable, Failed):
        return _bag_page(request, here, answering, seat, bag_id, code=code, notice=AWAY, status=503)


def _words(refused: Refused) -> str:
    return REFUSALS.get(refused.code) or f"That cannot be done: {refused.detail}."


def _told(bag: ConsolidationV1) -> views.Bag:
    parcels = tuple(
        (each.tracking_number, views.Link(each.number, f"/admin/returns/{each.number}") if each.number else None)
        for each in bag.parcels
    )
    address = f"{BAGS}/{bag.consolidation_id}"
    return views.Bag(bag.code, address, bag.state, bag.hub or "", bag.opened_at, parcels)


def _bags_page(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    *,
    code: str = "",
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    try:
        found = consolidating.newest(here.hub, seat.actor)
    except (Unavailable, Failed):
        found, notice, status = (), AWAY, 503
    page = views.BagsPage(
        seat.view, tuple(_told(each) for each in found), str(new_id()), "", code, problems or {}, notice
    )
    return answering.answer(request, "bags", page, seat.retailer, status=status)


def _bag_page(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    bag_id: UUID,
    *,
    code: str = "",
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    found = consolidating.newest(here.hub, seat.actor, bag_id)
    if not found:
        raise HTTPException(404)
    page = views.BagPage(seat.view, _told(found[0]), code, problems or {}, notice)
    return answering.answer(request, "bag", page, seat.retailer, status=status)

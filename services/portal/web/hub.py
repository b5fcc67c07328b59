"""The hub's page: one field for a hand scanner, a big answer, the last scans with a way back, and parcels set aside."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from libs.chassis.clock import now
from libs.chassis.errors import Failed, Unavailable
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.tracking import HubResult, HubScan, HubScansV1, ListScansV1, ScanAsked
from services.portal import barcodes, photos, scanning
from services.portal.access import May
from services.portal.reach import Portal
from services.portal.web import assets, hub_words, pictures, uploading, views
from services.portal.web.acts import AWAY
from services.portal.web.deeds.deed import note
from services.portal.web.forms import Answers, Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
SHIFT = timedelta(hours=12)  # what is counted and listed: of one shift
LISTED = 12
ASIDE = "quarantine"  # the folder of photos of parcels that nobody knows
CAMERA = "camera=(self), geolocation=(), microphone=(), payment=()"
DONE = {
    "void": views.Notice("ok", "The scan is taken back. A task says so."),
    "aside": views.Notice("ok", "The parcel is set aside, with what you showed and said. A task is open for it."),
    "inspected": views.Notice("ok", "The inspection is saved. Scan the next parcel."),
}
NOTHING = {"code": "Scan or type the code on the parcel"}
UNREAD = {"label": "No code can be read on it. Hold the phone closer, straight above the code, and in good light"}
OFFLINE = views.Notice(
    "warn", "There is no connection. What you scan waits on this device, and is sent when it is back."
)

Scanning = Annotated[Seat, seated(May.SCAN)]


@router.get("/hub")
def hub(
    request: Request,
    here: Here,
    answering: Answering,
    seat: Scanning,
    hub: str = "",
    scan: UUID | None = None,
    result: str = "",
    code: str = "",
    done: str = "",
) -> Response:
    """The field, what the scan `scan` met, and the last scans of this person."""
    try:
        last = _last(seat)
    except (Unavailable, Failed):
        return _page(request, answering, seat, HubScansV1(scans=()), hub=hub, notice=AWAY, status=503)
    shown = _shown(here, seat, last, scan)
    if shown is None and result == HubResult.ANOTHER_RETAILER:
        shown = hub_words.of_another(code[:200])
    return _page(request, answering, seat, last, hub=hub, scanned=shown, notice=DONE.get(done), here=here)


@router.post("/hub")
def scan(request: Request, here: Here, answering: Answering, seat: Scanning, form: Words) -> Response:
    """Record one scan, once for the form's own id."""
    here.forms.check(request, said(form, "csrf"))
    code = said(form, "code", most=200)
    return _recorded(request, here, answering, seat, form, code, problems={} if code else NOTHING)


@router.post("/hub/photo")
def scan_photo(request: Request, here: Here, answering: Answering, seat: Scanning, form: Answers) -> Response:
    """Record the scan of the code in a photo, for a phone whose camera no script may use."""
    here.forms.check(request, said(form, "csrf"))
    try:
        code = next(iter(_codes(form)), "")
        problems = {} if code else UNREAD
    except Refused as refused:
        code, problems = "", {"label": photos.WORDS[refused.code]}
    return _recorded(request, here, answering, seat, form, code, problems=problems)


@router.post("/hub/read")
def read(request: Request, here: Here, seat: Scanning, form: Answers) -> Response:
    """The codes in a frame of a phone's camera, the one in its middle first. Nothing is recorded or kept."""
    here.forms.check(request, said(form, "csrf"))
    try:
        codes = _codes(form)
    except Refused:
        codes = ()
    return JSONResponse({"codes": codes}, headers={"Cache-Control": "no-store"})


@router.get("/hub/offline")
def offline(request: Request, here: Here, answering: Answering, seat: Scanning) -> Response:
    """The page as a device keeps it, to be opened without a connection: with nothing that was scanned."""
    try:
        last = _last(seat)
    except (Unavailable, Failed):
        last = HubScansV1(scans=())
    return _page(request, answering, seat, HubScansV1(scans=(), hubs=last.hubs), hub="", notice=OFFLINE, away=True)


@router.get("/hub/worker.js")
def worker() -> Response:
    """The script that opens the hub's page without a connection."""
    headers = {"Service-Worker-Allowed": "/hub", "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(assets.script("worker").plain, media_type="text/javascript", headers=headers)


@router.get("/hub/scans/{scan_id}/undo")
def undo_page(request: Request, here: Here, answering: Answering, scan_id: UUID, seat: Scanning) -> Response:
    """Ask why a scan is taken back."""
    return _undo_page(request, answering, seat, _scan(seat, scan_id))


@router.post("/hub/scans/{scan_id}/undo")
def undo(request: Request, here: Here, answering: Answering, scan_id: UUID, seat: Scanning, form: Words) -> Response:
    """Take it back, while its return gave no money."""
    here.forms.check(request, said(form, "csrf"))
    words, found = said(form, "words", most=500), _scan(seat, scan_id)
    if not words:
        return _undo_page(request, answering, seat, found, problems={"words": "Write why it is taken back"})
    try:
        with here.audit.of(seat.actor, "scan.void", subject=str(scan_id)):
            scanning.void(here.hub, here.returns, seat.actor, scan_id, words)
    except scanning.MoneyMoved as moved:
        return _undo_page(request, answering, seat, found, notice=views.Notice("bad", moved.detail), status=409)
    except Refused:
        raise HTTPException(404) from None
    return answering.go("/hub?done=void")


@router.post("/hub/scans/{scan_id}/keep")
def set_aside(
    request: Request, here: Here, answering: Answering, scan_id: UUID, seat: Scanning, form: Answers
) -> Response:
    """Keep photos and words of a parcel that nobody knows, for whoever finds out whose it is."""
    here.forms.check(request, said(form, "csrf"))
    found, words = _scan(seat, scan_id), said(form, "words", most=500)
    files = [file for file in form.getlist("photo") if isinstance(file, UploadFile) and file.size]
    before = here.hub.aside(seat.retailer.id, scan_id)
    kept = before.photos if before else ()
    taken, wrong = uploading.take(here, request, seat.retailer, files, kept, place=ASIDE)
    if wrong or not (taken or words):
        problems = {"photo": wrong or "Add a photo of the label, or say what you see"}
        last, shown = _last(seat), hub_words.scanned(found, None, before, csrf=seat.view.csrf)
        return _page(request, answering, seat, last, hub=found.hub or "", scanned=shown, problems=problems, here=here)
    with here.audit.of(seat.actor, "scan.set_aside", subject=str(scan_id)):
        here.hub.set_aside(seat.retailer.id, scan_id, taken, words=words or None, by=str(seat.actor))
    return answering.go("/hub?done=aside")


@router.get("/hub/scans/{scan_id}/photos/{name}")
def photo(here: Here, scan_id: UUID, name: str, seat: Annotated[Seat, seated(May.READ_RETURNS)]) -> Response:
    """A photo of a parcel that nobody knows."""
    aside = here.hub.aside(seat.retailer.id, scan_id)
    photos = aside.photos if aside else ()
    return pictures.shown(here, next((each.object_key for each in photos if each.name == name), None))


def _recorded(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    form: FormData,
    code: str,
    *,
    problems: dict[str, str],
) -> Response:
    """The page that shows what the scan of `code` met, or what is wrong with it."""
    at, once = said(form, "hub", most=40), said(form, "once", most=80)
    try:
        if problems:
            return _page(request, answering, seat, _last(seat), hub=at, problems=problems, here=here)
        asked = ScanAsked(code=code, hub=at or None, client_scan_id=once or None)
        [answer] = scanning.record(here.hub, seat.actor, [asked])
    except (Unavailable, Failed):
        empty = HubScansV1(scans=())
        return _page(request, answering, seat, empty, hub=at, code=code, once=once, notice=AWAY, status=503)
    return answering.go(hub_words.after(answer, at))


def _codes(form: FormData) -> tuple[str, ...]:
    """The codes in the picture that a form brings. Raises Refused where it is none."""
    file = next((form[name] for name in ("photo", "label") if name in form), None)
    return barcodes.codes_in(file.file) if isinstance(file, UploadFile) and file.size else ()


def _last(seat: Seat) -> HubScansV1:
    mine = ListScansV1(by=str(seat.actor), since=now() - SHIFT, most=500)
    return ask(seat.retailer.id, mine)


def _scan(seat: Seat, scan_id: UUID) -> HubScan:
    found = scanning.find(seat.actor, scan_id)
    if found is None:
        raise HTTPException(404)
    return found


def _shown(here: Portal, seat: Seat, last: HubScansV1, scan_id: UUID | None) -> views.Scanned | None:
    if scan_id is None:
        return None
    found = next((each for each in last.scans if each.scan_id == scan_id), None) or _scan(seat, scan_id)
    if found.void:
        return None
    [told] = scanning.with_returns(here.hub, seat.retailer.id, [found])
    briefs = here.hub.briefs(seat.retailer.id, [told.return_id] if told.return_id else [])
    aside = here.hub.aside(seat.retailer.id, scan_id) if told.result is HubResult.UNKNOWN else None
    return hub_words.scanned(told, next(iter(briefs.values()), None), aside, csrf=seat.view.csrf)


def _page(
    request: Request,
    answering: Pages,
    seat: Seat,
    last: HubScansV1,
    *,
    hub: str,
    scanned: views.Scanned | None = None,
    code: str = "",
    once: str = "",
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
    here: Portal | None = None,
    away: bool = False,
) -> Response:
    scans = scanning.with_returns(here.hub, seat.retailer.id, last.scans) if here is not None else last.scans
    hubs = last.hubs if not hub or hub in last.hubs else (*last.hubs, hub[:40])
    page = views.HubPage(
        seat.view,
        once or str(new_id()),
        f"{seat.retailer.id}:{seat.member.id}",
        hubs,
        hub[:40] or (hubs[0] if len(hubs) == 1 else ""),
        hub_words.counts(scans),
        tuple(hub_words.row(each) for each in scans[:LISTED]),
        scanned,
        code,
        problems or {},
        notice,
        away,
    )
    images = [picture.image for picture, _ in scanned.items if picture.image] if scanned else []
    status = 422 if problems else status
    response = answering.answer(request, "hub", page, seat.retailer, status=status, images=images)
    response.headers["Permissions-Policy"] = CAMERA
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _undo_page(
    request: Request,
    answering: Pages,
    seat: Seat,
    found: HubScan,
    *,
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    sheet = views.Sheet(
        "undo",
        f"Take back the scan of {found.code}?",
        ("It counts no more: the return waits for the parcel again, and a task says so.",),
        "Take it back",
        (note("Why it is taken back", "For whoever looks at the task, like: it was the parcel beside it."),),
        f"/hub/scans/{found.scan_id}/undo",
        seat.view.csrf,
        str(new_id()),
        problems=problems or {},
    )
    page = views.ActPage(seat.view, views.Link("Hub", "/hub"), sheet, notice)
    return answering.answer(request, "act", page, seat.retailer, status=422 if problems else status)

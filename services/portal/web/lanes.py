"""The page of lanes and hubs: prices, what is on, a file of lanes both ways, and the hubs."""

from collections.abc import Collection, Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.rpc import ask
from libs.contracts.labels import Hub, Lane
from libs.contracts.labels_lanes import (
    ChangeLanesV1,
    GetLanesV1,
    LaneChange,
    LaneInForce,
    LanesChangedV1,
    LanesInForceV1,
)
from libs.contracts.values import Address
from services.portal import lane_files
from services.portal.access import May
from services.portal.bringing.cells import BadCell
from services.portal.reach import Portal
from services.portal.web import views
from services.portal.web.acts import AWAY
from services.portal.web.forms import Answers, said
from services.portal.web.lane_rates import rates_of
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Managing = Annotated[Seat, seated(May.MANAGE_CARRIERS)]
WAIT = 5.0
SHOWN = 200  # lanes on the page, and faults; a file has them all
HUB = ("code", "name", "line1", "line2", "city", "postcode", "country", "hours", "reasons", "product_types")
NOTICES = {
    "saved": views.Notice("ok", "The lanes are saved. They count from now on."),
    "hub": views.Notice("ok", "The hub is saved."),
}


@router.get("/admin/lanes")
def lanes(request: Request, answering: Answering, seat: Managing, done: str = "") -> Response:
    """The lanes and hubs."""
    return _page(request, answering, seat, notice=NOTICES.get(done))


@router.get("/admin/lanes.csv")
def lanes_as_file(seat: Managing) -> Response:
    """The lanes as a file."""
    text = lane_files.written(ask(seat.retailer.id, GetLanesV1(), timeout=WAIT))
    return Response(
        text,
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="lanes.csv"', "Cache-Control": "private, no-store"},
    )


@router.post("/admin/lanes")
def save_lanes(request: Request, here: Here, form: Answers, answering: Answering, seat: Managing) -> Response:
    """Save what is on and what each lane costs, of all that are on the page."""
    here.forms.check(request, said(form, "csrf"))
    try:
        known = ask(seat.retailer.id, GetLanesV1(), timeout=WAIT)
        wished, problems = _wished(form, known)
        if problems:
            return _page(request, answering, seat, form=form, problems=problems)
        told = _save(here, seat, ChangeLanesV1(lanes=tuple(each.lane for each in wished)))
    except (Unavailable, Failed):
        return _page(request, answering, seat, form=form, notice=AWAY, status=503)
    if problems := _refused(wished, told):
        return _page(request, answering, seat, form=form, problems=problems)
    return Pages.go("/admin/lanes?done=saved")


@router.post("/admin/lanes/import")
def bring_lanes(request: Request, here: Here, form: Answers, answering: Answering, seat: Managing) -> Response:
    """Save the lanes of a file that can be in force, and say what is wrong with the others."""
    here.forms.check(request, said(form, "csrf"))
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _page(request, answering, seat, problems={"file": "Choose a file"})
    try:
        with here.audit.of(seat.actor, "lanes.import", subject="lanes") as record:
            brought = lane_files.bring(seat.retailer.id, file.file)
            record.after(rows=brought.rows, faults=len(brought.faults))
    except lane_files.NotLanes as no:
        return _page(request, answering, seat, problems={"file": str(no)})
    except (Unavailable, Failed):
        return _page(request, answering, seat, notice=AWAY, status=503)
    faults = tuple(views.FaultRow(each.row, each.column, each.words) for each in brought.faults[:SHOWN])
    counted = brought.outcomes
    done = views.LanesBroughtIn(
        brought.rows,
        counted[LaneChange.CREATED],
        counted[LaneChange.CHANGED],
        counted[LaneChange.UNCHANGED],
        faults,
    )
    return _page(request, answering, seat, done=done)


@router.post("/admin/lanes/hubs")
def save_hub(request: Request, here: Here, form: Answers, answering: Answering, seat: Managing) -> Response:
    """Add a hub, or change the one with this code."""
    here.forms.check(request, said(form, "csrf"))
    given = {name: said(form, name, most=500).strip() for name in HUB}
    problems = {name: "This is needed" for name in ("code", "name", "line1", "city", "country") if not given[name]}
    try:
        if not problems:
            _save(here, seat, ChangeLanesV1(hubs=(_hub(given, on=said(form, "on") == "yes"),)))
            return Pages.go("/admin/lanes?done=hub")
    except ValidationError:
        problems = {"country": "Write the country’s code, like GB"}
    except (Unavailable, Failed):
        return _page(request, answering, seat, hub=given, notice=AWAY, status=503)
    return _page(request, answering, seat, hub=given, problems=problems)


def _hub(given: Mapping[str, str], *, on: bool) -> Hub:
    names = ("name", "line1", "line2", "city", "postcode")
    return Hub(
        code=given["code"].upper(),
        address=Address(country=given["country"].upper(), **{name: given[name] or None for name in names}),
        hours=given["hours"] or None,
        reasons=_listed(given["reasons"]),
        product_types=_listed(given["product_types"]),
        on=on,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(","))))


def _save(here: Portal, seat: Seat, wish: ChangeLanesV1) -> LanesChangedV1:
    with here.audit.of(seat.actor, "lanes.save", subject="lanes", lanes=len(wish.lanes), hubs=len(wish.hubs)):
        return ask(seat.retailer.id, wish, timeout=WAIT)


def _wished(form: FormData, known: LanesInForceV1) -> tuple[list[LaneInForce], dict[str, str]]:
    """The lanes of the page as they are to be, and what is wrong with what was typed."""
    wished, problems = [], {}
    for each in known.lanes:
        changes: dict[str, object] = {"on": said(form, f"on-{each.lane_id}") == "yes"}
        if f"price-{each.lane_id}" not in form:
            continue
        for name in ("price", "cost"):
            field = f"{name}-{each.lane_id}"
            typed = said(form, field).strip()
            try:
                changes[name] = lane_files.amount_of(typed, each.lane.price.currency) if typed else None
            except BadCell as bad:
                problems[field] = str(bad)
            if name == "price" and not typed:
                problems[field] = "Write a price, or 0"
        if (days := f"days-{each.lane_id}") in form:
            try:
                changes["expected_days"] = lane_files.days_of(said(form, days))
            except BadCell as bad:
                problems[days] = str(bad)
        if (place := f"rates-{each.lane_id}") in form:
            try:
                changes["rates_from"] = lane_files.place_of(said(form, place))
            except BadCell as bad:
                problems[place] = str(bad)
        wished.append(each.model_copy(update={"lane": each.lane.model_copy(update=changes)}))
    return wished, problems


def _refused(wished: list[LaneInForce], told: LanesChangedV1) -> dict[str, str]:
    return {
        f"price-{each.lane_id}": (no.words or no.code or "").capitalize()
        for each, no in zip(wished, told.lanes, strict=True)
        if no.outcome is LaneChange.REFUSED
    }


def _page(
    request: Request,
    answering: Answering,
    seat: Seat,
    *,
    form: FormData | None = None,
    hub: Mapping[str, str] | None = None,
    done: views.LanesBroughtIn | None = None,
    notice: views.Notice | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page; `form` and `hub` are what was sent and could not be saved."""
    try:
        known = ask(seat.retailer.id, GetLanesV1(), timeout=WAIT)
    except (Unavailable, Failed):
        known, notice, status = LanesInForceV1(hubs=(), lanes=()), AWAY, 503
    rows = tuple(_row(each, form, known.rating) for each in known.lanes[:SHOWN])
    page = views.LanesPage(
        seat.view,
        rows,
        known.hubs,
        len(known.lanes) - len(rows),
        done,
        dict.fromkeys(HUB, "") | dict(hub or {}),
        notice,
        problems or {},
    )
    return answering.answer(request, "lanes", page, seat.retailer, status=422 if problems else status)


def _row(each: LaneInForce, form: FormData | None, rating: Collection[str]) -> views.LaneRow:
    lane, id_ = each.lane, str(each.lane_id)
    typed = said(form, f"rates-{id_}") if form is not None and f"rates-{id_}" in form else None
    row = views.LaneRow(
        id=id_,
        country=lane.country,
        postcodes=lane.postcodes or "",
        hub=lane.hub,
        way=f"{lane.carrier}: {lane.service}",
        method=lane.method,
        currency=lane.price.currency,
        price=_typed(form, f"price-{id_}", lane_files.amount_text(lane.price)),
        cost=_typed(form, f"cost-{id_}", lane_files.amount_text(lane.cost)),
        pricing=lane.pricing,
        percent=lane.percent,
        weights=_weights(lane),
        default=lane.default,
        on=lane.on if form is None else said(form, f"on-{id_}") == "yes",
        rates=rates_of(each, typed, rating=rating),
        days=_typed(form, f"days-{id_}", str(lane.expected_days or "")),
    )
    return row


def _typed(form: FormData | None, name: str, kept: str) -> str:
    return said(form, name) if form is not None and name in form else kept


def _weights(lane: Lane) -> str:
    if lane.most_grams is None:
        return f"{lane.least_grams}+ g" if lane.least_grams else ""
    return f"{lane.least_grams}-{lane.most_grams} g"

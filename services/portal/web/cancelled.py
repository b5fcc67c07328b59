"""The admin's pages of cancellations: the list, one with what happened, making one, and recording what a person found."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.clock import now
from libs.chassis.errors import Failed, Unavailable
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.orders import ListOrdersV1, OrderV1, SettlementOutcome
from libs.contracts.orders_cancelling import CancellationQuoteV1, RecordCancellationV1
from libs.contracts.values import Money, UnsentLine
from services.portal.access import May
from services.portal.cancelling import Asked
from services.portal.reach import Portal
from services.portal.store.cancelling import Cancellation, State
from services.portal.web import desk, phrases, views, words
from services.portal.web.acts import AWAY, written
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Reading = Annotated[Seat, seated(May.READ_RETURNS)]
Making = Annotated[Seat, seated(May.WRITE_ORDERS)]
Paying = Annotated[Seat, seated(May.MOVE_MONEY)]
A_PAGE = 50
BACK = views.Link("Cancellations", "/admin/cancellations")
DONE = {
    "asked": views.Notice("ok", "It is being cancelled at the shop. The shopper is mailed what becomes of it."),
    "recorded": views.Notice("ok", "It is recorded, and the shopper is mailed."),
}
OUTCOMES = (
    views.Pick("succeeded", "It is cancelled, and the money is given back"),
    views.Pick("refused", "It is not cancelled, and will not be"),
)


@router.get("/admin/cancellations")
def cancellations(
    request: Request, here: Here, answering: Answering, seat: Reading, before: str = "", missing: str = ""
) -> Response:
    """All of them, the newest first."""
    found = here.cancellations.list(seat.retailer.id, before=desk.place(before), limit=A_PAGE + 1)
    rows = found[:A_PAGE]
    older = (
        f"/admin/cancellations?before={desk.cursor(rows[-1].created_at, rows[-1].id)}" if len(found) > A_PAGE else None
    )
    page = views.CancellationsPage(
        seat.view,
        tuple(_row(each) for each in rows),
        older,
        May.WRITE_ORDERS in seat.actor.may,
        missing[:64],
        {"order": "No order of yet unsent goods has this number."} if missing else {},
    )
    return answering.answer(request, "cancellations", page, seat.retailer)


@router.get("/admin/cancellations/new")
def begin(request: Request, here: Here, answering: Answering, seat: Making, order: str = "") -> Response:
    """How many of each line that is not sent, all of them unless somebody says otherwise."""
    found = _order(seat, order)
    if found is None:
        return answering.go(f"/admin/cancellations?missing={quote(order[:64])}")
    return _begin(request, here, answering, seat, found)


@router.post("/admin/cancellations/new")
def make(request: Request, here: Here, answering: Answering, seat: Making, form: Words, order: str = "") -> Response:
    """The first time what would come back is shown; sent again with that amount, it is done, once for the form."""
    here.forms.check(request, said(form, "csrf"))
    found = _order(seat, order)
    if found is None:
        return answering.go("/admin/cancellations")
    units = {line.id: int(count) for line in found.lines if (count := said(form, f"units-{line.id}", most=4)).isdigit()}
    units = {line_id: count for line_id, count in units.items() if count}
    try:
        quoted = here.cancelling.quote(seat.retailer.id, found.order_id, units)
        if said(form, "of") != _shown(quoted.amount):
            return _begin(request, here, answering, seat, found, quoted=quoted, form=form)
        made = _ask(here, seat, found, units, quoted.amount, form)
    except Refused as refused:
        notice = views.Notice("warn", refused.detail or refused.code)
        return _begin(request, here, answering, seat, found, form=form, notice=notice, status=409)
    except (Unavailable, Failed):
        return _begin(request, here, answering, seat, found, form=form, notice=AWAY, status=503)
    return answering.go(f"/admin/cancellations/{made.number}?done=asked")


@router.get("/admin/cancellations/{number}")
def cancellation(
    request: Request, here: Here, answering: Answering, number: str, seat: Reading, done: str = ""
) -> Response:
    """One with what happened; and the form to record what became of it, where a person must."""
    return _page(request, here, answering, seat, _found(here, seat, number), notice=DONE.get(done))


@router.post("/admin/cancellations/{number}")
def record(request: Request, here: Here, answering: Answering, number: str, form: Words, seat: Paying) -> Response:
    """What a person found at the shop."""
    here.forms.check(request, said(form, "csrf"))
    found, outcome = _found(here, seat, number), said(form, "outcome", most=20)
    reference, told = said(form, "reference", most=200), said(form, "words", most=1000)
    wanted = {
        "outcome": outcome not in set(SettlementOutcome) and "Say what became of it",
        "reference": outcome == SettlementOutcome.SUCCEEDED and not reference and "Enter its number at the shop",
        "words": not told and "Write what you found",
    }
    if problems := {name: needs for name, needs in wanted.items() if needs}:
        return _page(request, here, answering, seat, found, form=form, problems=problems, status=422)
    wish = RecordCancellationV1(
        cancellation_id=found.id,
        outcome=SettlementOutcome(outcome),
        reference=reference or None,
        words=told,
        by=str(seat.actor),
    )
    try:
        with here.audit.of(seat.actor, "cancellation.record", subject=found.number, before={"state": found.state}):
            ask(seat.retailer.id, wish)
    except Refused as refused:
        notice = views.Notice("warn", refused.detail or refused.code)
        return _page(request, here, answering, seat, found, form=form, notice=notice, status=409)
    except (Unavailable, Failed):
        return _page(request, here, answering, seat, found, form=form, notice=AWAY, status=503)
    return answering.go(f"/admin/cancellations/{number}?done=recorded")


def _ask(
    here: Portal, seat: Seat, order: OrderV1, units: dict[UUID, int], shown: Money, form: FormData
) -> Cancellation:
    by, reason = str(seat.actor), said(form, "reason", most=500) or None
    asked = Asked(order.order_id, units, shown, order.contact, said(form, "once", most=40), by, reason)
    with here.audit.of(seat.actor, "order.cancel", subject=order.number, before={"amount": shown.amount}) as kept:
        made = here.cancelling.request(seat.retailer, asked)
        kept.after(number=made.number)
    return made


def _order(seat: Seat, number: str) -> OrderV1 | None:
    """The order with this number of which something is not sent."""
    found = ask(seat.retailer.id, ListOrdersV1(number=number[:64])).orders if number.strip() else ()
    return next((order for order in found if not order.cancelled and any(line.unsent for line in order.lines)), None)


def _begin(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    order: OrderV1,
    *,
    quoted: CancellationQuoteV1 | None = None,
    form: FormData | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    page = views.ActPage(seat.view, BACK, _sheet(seat, order, quoted, form), notice)
    return answering.answer(request, "act", page, seat.retailer, status=status)


def _sheet(seat: Seat, order: OrderV1, quoted: CancellationQuoteV1 | None, form: FormData | None) -> views.Sheet:
    """The form: first to learn what is given back, then to do it."""
    why = views.Blank("reason", "text", "Why", said(form, "reason", most=500) if form else "", most=500)
    amount = _spoken(seat, quoted.amount) if quoted else ""
    postage = ", with the postage" if quoted and quoted.shipping.amount else ""
    told = f"{amount} is given back{postage}. It cannot be undone."
    return views.Sheet(
        "cancel",
        f"Cancel what is not sent of {order.number}",
        (told if quoted else "You see what is given back before anything is done.",),
        f"Cancel and give back {amount}" if quoted else "See what is given back",
        (views.Group((*_units(order, quoted), why)),),
        f"/admin/cancellations/new?order={quote(order.number)}",
        seat.view.csrf,
        said(form, "once", most=40) if form else str(new_id()),
        of=_shown(quoted.amount) if quoted else "",
        grave=quoted is not None,
    )


def _units(order: OrderV1, quoted: CancellationQuoteV1 | None) -> tuple[views.Blank, ...]:
    """How many of each line, as far as they are not sent."""
    counted = {line.line_id: line.quantity for line in quoted.lines} if quoted else {}
    return tuple(
        views.Blank(
            f"units-{line.id}",
            "count",
            _named(line.title, line.variant),
            str(counted.get(line.id, 0) if quoted else line.unsent),
            f"{line.unsent} not sent",
        )
        for line in order.lines
        if line.unsent
    )


def _page(
    request: Request,
    here: Portal,
    answering: Pages,
    seat: Seat,
    found: Cancellation,
    *,
    form: FormData | None = None,
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    blanks = (
        views.Blank("outcome", "radio", "What became of it", picks=OUTCOMES),
        views.Blank("reference", "text", "Its number at the shop", most=200),
        views.Blank("words", "words", "What you found", hint="Kept with it, for your colleagues.", most=1000),
    )
    open_here = found.is_for_a_person and May.MOVE_MONEY in seat.actor.may
    sheet = views.Sheet(
        "record",
        f"Cancellation {found.number}",
        (),
        "Record it",
        (views.Group(blanks),) if open_here else (),
        f"/admin/cancellations/{found.number}",
        seat.view.csrf,
        str(new_id()),
    )
    if form is not None:
        sheet = sheet.filled(written(form), problems or {})
    happened = tuple((datetime.fromisoformat(each["at"]), _told(each)) for each in found.history)
    page = views.ActPage(seat.view, BACK, sheet, notice, facts=_facts(seat, found), happened=happened)
    return answering.answer(request, "act", page, seat.retailer, status=status)


def _facts(seat: Seat, found: Cancellation) -> tuple[tuple[str, str], ...]:
    lines = ", ".join(_counted(line) for line in found.lines)
    facts = (
        ("Order", found.order_number),
        ("Shopper", f"{found.contact.name} {found.contact.email}".strip()),
        ("Items", lines),
        ("Given back", _spoken(seat, found.amount)),
        ("Status", phrases.CANCELLATIONS[found.state].staff),
        ("Why not", found.words or ""),
        ("Reason", found.reason or ""),
        ("Number at the shop", found.reference or ""),
    )
    return tuple((name, value) for name, value in facts if value)


def _told(each: dict[str, str]) -> str:
    said_ = [phrases.CANCELLATIONS[State(each["what"])].staff, each.get("by", ""), each.get("words", "")]
    return ", ".join(part for part in said_ if part)


def _found(here: Portal, seat: Seat, number: str) -> Cancellation:
    found = here.cancellations.get(seat.retailer.id, number=number.upper())
    if found is None:
        raise HTTPException(404)
    return found


def _row(found: Cancellation) -> views.CancellationRow:
    return views.CancellationRow(
        found.number,
        found.order_number,
        found.contact.name,
        found.amount,
        found.state,
        found.created_at,
        found.is_for_a_person,
    )


def _spoken(seat: Seat, amount: Money) -> str:
    with words.speaking(seat.retailer.look.language, today=now().date()):
        return words.money(amount)


def _shown(amount: Money) -> str:
    return f"{amount.amount} {amount.currency}"


def _counted(line: UnsentLine) -> str:
    return f"{line.quantity} × {_named(line.title, line.variant)}"


def _named(title: str, variant: str | None) -> str:
    return f"{title}, {variant}" if variant else title

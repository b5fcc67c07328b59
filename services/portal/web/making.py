"""A return that one of the staff makes for a shopper: the order is found, and its own pages go on from there."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.orders import ListOrdersV1, OrderV1
from services.portal.access import May
from services.portal.reach import Portal
from services.portal.security import SHOPPER
from services.portal.web import drafting, views
from services.portal.web.answers import Draft
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated
from services.portal.web.sitting import on_behalf

router = APIRouter(include_in_schema=False)
Making = Annotated[Seat, seated(May.WRITE_RETURNS)]

AWAY = views.Notice(
    "bad", "The service that knows the orders is not answering. Nothing was opened; what you typed is still here."
)
UNKNOWN = "No order of yours has this number. Check it, or add its email: then the shop itself is asked."
NOT_THE_PAIR = "No order of yours has this number and email."


@router.get("/admin/returns/new")
def find(request: Request, answering: Answering, seat: Making) -> Response:
    """Ask for the order."""
    return _page(request, answering, seat)


@router.post("/admin/returns/new")
def begin(request: Request, here: Here, form: Words, answering: Answering, seat: Making) -> Response:
    """Open the order's items, for this person to make the return as its shopper would; several with one number are shown."""
    here.forms.check(request, said(form, "csrf"))
    number, email, which = said(form, "order", most=60), said(form, "email"), said(form, "which", most=40)
    again = partial(_page, request, answering, seat, order=number, email=email)
    if not number:
        return again(problems={"order": "Enter the order number"})
    try:
        found = _found(here, seat, number, email)
    except Refused:
        return again(problems={"email": NOT_THE_PAIR})
    except (Unavailable, Failed):
        return again(notice=AWAY, status=503)
    meant = [order for order in found if which in ("", str(order.order_id))]
    if len(meant) == 1:
        return _open(here, answering, seat, meant[0])
    return again(found=found, problems={} if found else {"order": UNKNOWN})


def _found(here: Portal, seat: Seat, number: str, email: str) -> tuple[OrderV1, ...]:
    if email:
        return (here.intake.find(seat.retailer, number=number, email=email),)
    return tuple(ask(seat.retailer.id, ListOrdersV1(number=number)).orders)


def _open(here: Portal, answering: Pages, seat: Seat, order: OrderV1) -> Response:
    """The order's items in this browser, as long as the same person is signed in."""
    with here.audit.of(seat.actor, "return.begin", subject=order.number) as record:
        order = here.intake.less_open(seat.retailer, order)
        draft = Draft(order, drafting.judged(here, seat.retailer, order), str(new_id()))
        held = draft.as_json() | on_behalf(seat.member, order.contact.name or order.contact.email)
        token = here.people.begin_session(seat.retailer.id, "shopper", order.order_id, held)
        record.after(order_id=order.order_id)
    response = answering.go(f"/{seat.retailer.slug}/items")
    here.cookies.write(response, SHOPPER, token)
    return response


def _page(
    request: Request,
    answering: Pages,
    seat: Seat,
    *,
    order: str = "",
    email: str = "",
    found: Sequence[OrderV1] = (),
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    rows = tuple(
        views.FoundOrder(
            str(each.order_id), each.number, each.placed_at, each.contact.name, tuple(line.title for line in each.lines)
        )
        for each in found
    )
    page = views.MakingPage(seat.view, order, email, rows, problems or {}, notice)
    return answering.answer(request, "making", page, seat.retailer, status=422 if problems else status)

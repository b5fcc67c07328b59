"""The step between an order found by postcode or phone and its pages: a code that is mailed to the order's own email."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.chassis.ids import new_id
from libs.contracts.orders import OrderV1
from services.portal.reach import Portal
from services.portal.security import SHOPPER, SessionEnded
from services.portal.store.codes import MOST_SENT, TRIES, Waiting
from services.portal.store.people import Retailer
from services.portal.web import drafting, views
from services.portal.web.answers import Draft
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.sitting import Shop

router = APIRouter(include_in_schema=False)
WRONG = "This is not the code. Check the newest email from us."
TOO_MANY = views.Notice("warn", "That was the last try. Find your order again and we send another code.")
SENT_AGAIN = views.Notice("ok", "We have sent another code. The one before is no longer good.")
NO_MORE = views.Notice("warn", "We have sent as many codes as we can. Look into your spam folder, or write to us.")


def begin(here: Portal, shop: Retailer, order: OrderV1, answering: Pages) -> Response:
    """Mail the code and ask for it. Nothing of the order is shown before."""
    response = answering.go(f"/{shop.slug}/code")
    here.cookies.write(response, SHOPPER, here.codes.begin(shop.id, order, here.keyring))
    return response


def sit(request: Request, here: Portal, shop: Retailer, order: OrderV1, answering: Pages, *, gift: bool) -> Response:
    """The order's items, open in this browser."""
    order = here.intake.less_open(shop, order)
    fresh = Draft(order, drafting.judged(here, shop, order), str(new_id()), gift=gift)
    draft = drafting.resumed(here, request, shop, fresh)
    response = answering.go(f"/{shop.slug}/items")
    session = here.people.begin_session(shop.id, "shopper", order.order_id, draft.as_json())
    here.cookies.write(response, SHOPPER, session)
    return response


@router.get("/{slug}/code")
def code(request: Request, here: Here, shop: Shop, answering: Answering) -> Response:
    """Where the code was sent, covered, and a field for it."""
    return _page(request, here, shop, _waiting(request, here, shop), answering)


@router.post("/{slug}/code")
def prove(request: Request, here: Here, shop: Shop, form: Words, answering: Answering) -> Response:
    """Open the order for the right code; a few tries, then it must be found again."""
    here.forms.check(request, said(form, "csrf"))
    waiting, given = _waiting(request, here, shop), said(form, "code", most=20)
    if not given:
        return _page(request, here, shop, waiting, answering, problems={"code": "Enter the code from the email"})
    order = here.codes.open(shop.id, here.cookies.read(request, SHOPPER) or "", given, here.keyring)
    if order is not None:
        return sit(request, here, shop, order, answering, gift=False)
    if waiting.tries + 1 >= TRIES:
        return _page(request, here, shop, waiting, answering, notice=TOO_MANY, status=429)
    return _page(request, here, shop, waiting, answering, problems={"code": WRONG})


@router.post("/{slug}/code/again")
def again(request: Request, here: Here, shop: Shop, form: Words, answering: Answering) -> Response:
    """Mail another code."""
    here.forms.check(request, said(form, "csrf"))
    waiting = _waiting(request, here, shop)
    sent = here.codes.again(shop.id, here.cookies.read(request, SHOPPER) or "", here.keyring)
    return _page(request, here, shop, waiting, answering, notice=SENT_AGAIN if sent else NO_MORE)


def masked(email: str) -> str:
    """`m•••@e•••.com`: enough to know one's own, and no more."""
    name, _, domain = email.partition("@")
    host, _, rest = domain.rpartition(".")
    return f"{name[:1]}•••@{host[:1]}•••.{rest}"


def _waiting(request: Request, here: Portal, shop: Retailer) -> Waiting:
    token = here.cookies.read(request, SHOPPER)
    found = here.codes.waiting(shop.id, token) if token else None
    if found is None:
        raise SessionEnded("shopper")
    return found


def _page(
    request: Request,
    here: Portal,
    shop: Retailer,
    waiting: Waiting,
    answering: Pages,
    *,
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    page = views.CodePage(
        here.forms.token(request),
        masked(waiting.order.contact.email),
        waiting.sent < MOST_SENT,
        problems or {},
        notice,
    )
    return answering.answer(request, "code", page, shop, status=422 if problems else status)

"""The shopper's way to an order: its number with a proof, or a link that the shop signed."""

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.chassis.clock import now
from libs.chassis.errors import Unavailable
from libs.chassis.logs import log
from libs.contracts.errors import Refused
from services.portal.lookup import BadLink, Typed, Way, link_key, opened
from services.portal.matching import is_email
from services.portal.reach import Portal
from services.portal.store.limits import LOOKUP_BY_ADDRESS, LOOKUP_BY_EMAIL, LOOKUP_BY_ORDER
from services.portal.store.people import Retailer
from services.portal.web import intakes, proving, views
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.sitting import Shop

router = APIRouter(include_in_schema=False)
EXAMPLE = "1001"
NOT_FOUND = {
    Way.EMAIL: "We could not find that order. Check the number and the email: both are in your confirmation email.",
    Way.POSTCODE: "We could not find that order. Check the number and the postcode.",
    Way.PHONE: "We could not find that order. Check the number and the phone number given with the order.",
    Way.GIFT: "We could not find that order. Check the number and the postcode: both are on the parcel's papers.",
}
WAYS = {
    Way.EMAIL: "Use the email of the order",
    Way.POSTCODE: "Use your postcode",
    Way.PHONE: "Use your phone number",
    Way.GIFT: "It was a gift",
}
ASKED = {
    Way.EMAIL: (("email", "Enter the email you used for the order"),),
    Way.POSTCODE: (("postcode", "Enter the postcode of the order"),),
    Way.PHONE: (("phone", "Enter the phone number of the order"),),
    Way.GIFT: (("postcode", "Enter the postcode it was sent to"), ("email", "Enter your own email")),
}
NO_EMAIL = views.Notice(
    "warn", "This order has no email that we could send a code to, so it cannot be opened here. Our team helps you."
)
ENDED = views.Notice("warn", "This link has ended. Find your order here instead.")


@router.get("/{slug}/")
def find(request: Request, here: Here, shop: Shop, answering: Answering, by: str = "") -> Response:
    """Ask for the order's number and a proof; `by` is one of the ways that the retailer allows."""
    return answering.answer(request, "find", find_page(here, request, shop, Typed("", _way(shop, by))), shop)


@router.get("/{slug}")
def find_without_slash(shop: Shop) -> Response:
    """The same address, as people type it."""
    return Pages.go(f"/{shop.slug}/")


@router.post("/{slug}/find")
def look_up(request: Request, here: Here, shop: Shop, form: Words, answering: Answering) -> Response:
    """Open the order that matches, for this browser only. Every failure is answered alike."""
    here.forms.check(request, said(form, "csrf"))
    typed = _typed(shop, form)
    blank = _blank(typed)
    if blank:
        return answering.answer(request, "find", find_page(here, request, shop, typed, blank), shop, status=422)
    return _opened(request, here, shop, typed, answering)


@router.get("/{slug}/o/{token}")
def order_link(request: Request, here: Here, shop: Shop, token: str, answering: Answering) -> Response:
    """The page behind a link of the shop's: it opens nothing by itself, since programs that scan mails follow links."""
    try:
        typed = opened(link_key(here.keyring, shop.id), token, now())
    except BadLink:
        return _ended(request, here, shop, answering)
    return answering.answer(request, "order", views.OrderLinkPage(here.forms.token(request), typed.number), shop)


@router.post("/{slug}/o/{token}")
def open_order_link(
    request: Request, here: Here, shop: Shop, token: str, form: Words, answering: Answering
) -> Response:
    """Open the order of a signed link, as if its number and email were typed."""
    here.forms.check(request, said(form, "csrf"))
    try:
        typed = opened(link_key(here.keyring, shop.id), token, now())
    except BadLink:
        return _ended(request, here, shop, answering)
    return _opened(request, here, shop, typed, answering)


def find_page(
    here: Portal,
    request: Request,
    shop: Retailer,
    typed: Typed,
    problems: dict[str, str] | None = None,
    notice: views.Notice | None = None,
) -> views.FindPage:
    """The form for one way, with what was typed, and the links to the other ways."""
    others = tuple(
        views.Link(WAYS[way], f"/{shop.slug}/" + (f"?by={way}" if way is not shop.lookup_by[0] else ""))
        for way in shop.lookup_by
        if way is not typed.way
    )
    return views.FindPage(
        here.forms.token(request),
        EXAMPLE,
        typed.number,
        typed.email,
        problems or {},
        notice,
        way=typed.way,
        postcode=typed.postcode,
        phone=typed.phone,
        others=others,
    )


def _way(shop: Retailer, by: str) -> Way:
    """The way that is meant, of those allowed; the retailer's first where none is."""
    return next((way for way in shop.lookup_by if way == by), shop.lookup_by[0])


def _typed(shop: Retailer, form: FormData) -> Typed:
    return Typed(
        said(form, "order", most=60),
        _way(shop, said(form, "by", most=20)),
        said(form, "email"),
        said(form, "postcode", most=20),
        said(form, "phone", most=40),
    )


def _blank(typed: Typed) -> dict[str, str]:
    """What must be said before an order can be looked up: words by field."""
    asked = (("number", "Enter your order number"), *ASKED[typed.way])
    blank = {name: words for name, words in asked if not getattr(typed, name)}
    if typed.way is Way.GIFT and not is_email(typed.email):
        blank.setdefault("email", "Enter your own email, like name@example.com")
    return {"order" if name == "number" else name: words for name, words in blank.items()}


def _opened(request: Request, here: Portal, shop: Retailer, typed: Typed, answering: Pages) -> Response:
    who = typed.proof.casefold() if typed.way is Way.EMAIL else f"{shop.id}:{typed.way}:{typed.proof.casefold()}"
    counted = here.bound(
        request,
        LOOKUP_BY_ADDRESS,
        (LOOKUP_BY_ORDER, f"{shop.id}:{typed.number.casefold()}"),
        (LOOKUP_BY_EMAIL, who),
    )
    try:
        order = here.intake.look_up(shop, typed)
    except Unavailable as away:
        log.warning("portal.lookup_unavailable", error=str(away))
        return intakes.offered(request, here, shop, answering, order=typed.number, email=typed.email)
    except Refused:
        log.info("portal.lookup_rejected", who=here.nickname(shop.id, typed.proof), by=typed.way, retailer=str(shop.id))
        page = find_page(here, request, shop, typed, {"form": NOT_FOUND[typed.way]})
        return answering.answer(request, "find", page, shop, status=422)
    here.limits.give_back(*counted)  # many shoppers may share an address; who knows the pair does not guess
    if typed.way not in (Way.POSTCODE, Way.PHONE):
        return proving.sit(request, here, shop, order, answering, gift=typed.way is Way.GIFT)
    if not order.contact.email:
        page = find_page(here, request, shop, typed, notice=replace(NO_EMAIL, link=_help(shop)))
        return answering.answer(request, "find", page, shop, status=409)
    return proving.begin(here, shop, order, answering)


def _help(shop: Retailer) -> views.Link:
    return views.Link("Ask our team", f"mailto:{shop.look.support_email}")


def _ended(request: Request, here: Portal, shop: Retailer, answering: Pages) -> Response:
    page = find_page(here, request, shop, Typed("", _way(shop, "")), notice=ENDED)
    return answering.answer(request, "find", page, shop, status=410)

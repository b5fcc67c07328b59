"""Requests that are kept: the short form while an order cannot be looked up, the receipt of a shop, and the way on."""

import re
from dataclasses import replace
from uuid import UUID

from babel import Locale
from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.orders import GetOrderV1
from libs.contracts.values import Contact
from services.portal import gifts
from services.portal.matching import is_email, named
from services.portal.photos import MOST_A_LINE, KeptPhoto
from services.portal.reach import Portal
from services.portal.security import SHOPPER
from services.portal.store.intakes import Asked, Kept, Kind
from services.portal.store.limits import KEEP_BY_ADDRESS, KEEP_BY_EMAIL
from services.portal.store.people import Retailer
from services.portal.web import answers, uploading, views
from services.portal.web.answers import Draft
from services.portal.web.forms import Answers, Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.sitting import Shop

router = APIRouter(include_in_schema=False)
LANGUAGES = ("en", "de", "fr", "nl", "es", "it")
LONGEST = 1000  # characters of each field of words
_KEPT = re.compile(r"([0-9a-f]{32})\.([0-9]{1,5})x([0-9]{1,5})")  # a photo that is here: its name and its pixels


def keep_page(
    here: Portal, request: Request, shop: Retailer, *, kind: Kind = Kind.ORDER, order: str = "", email: str = ""
) -> views.KeepPage:
    """The short form, with what was typed before."""
    languages = tuple(dict.fromkeys((shop.look.language, *LANGUAGES)))
    return views.KeepPage(
        here.forms.token(request),
        str(new_id()),
        kind,
        order,
        email,
        language=shop.look.language,
        languages=tuple(views.Choice(code, _name(code)) for code in languages),
    )


def offered(request: Request, here: Portal, shop: Retailer, answering: Pages, *, order: str, email: str) -> Response:
    """The short form in place of an order that cannot be looked up now."""
    page = keep_page(here, request, shop, order=order, email=email)
    response = answering.answer(request, "keep", page, shop, status=503)
    response.headers["Retry-After"] = "30"
    return response


@router.get("/{slug}/receipt")
def receipt(request: Request, here: Here, shop: Shop, answering: Answering) -> Response:
    """For a purchase in a shop, or without an order number: a photo of the receipt in its place."""
    return answering.answer(request, "keep", keep_page(here, request, shop, kind=Kind.PROOF), shop)


@router.post("/{slug}/keep")
def keep(request: Request, here: Here, shop: Shop, form: Answers, answering: Answering) -> Response:
    """Keep the request, once for this form however often it is sent, or say what is missing."""
    here.forms.check(request, said(form, "csrf"))
    kind = Kind.PROOF if said(form, "kind") == Kind.PROOF else Kind.ORDER
    key = _key_of(form)
    photos, wrong = uploading.take(
        here, request, shop, answers.uploads(form, "photo"), _kept_before(form, shop, key), place=f"form-{key}"
    )
    asked = _asked(form, shop, kind, key, photos)
    problems = _missing(asked) | ({"photo": wrong} if wrong else {})
    if problems:
        return answering.answer(request, "keep", _again(here, request, shop, asked, problems), shop, status=422)
    here.bound(request, KEEP_BY_ADDRESS, (KEEP_BY_EMAIL, asked.contact.email.casefold()))
    number = here.matching.keep(shop.id, asked)
    log.info("portal.intake_kept", number=number, who=here.nickname(shop.id, asked.contact.email))
    return answering.go(f"/{shop.slug}/kept/{number}")


@router.get("/{slug}/kept/{number}")
def kept(request: Request, here: Here, shop: Shop, number: str, answering: Answering) -> Response:
    """The number of a kept request, and what happens next. It tells nothing else of it."""
    found = here.intakes.get(shop.id, number=number.upper())
    if found is None:
        raise HTTPException(404)
    again = f"/{shop.slug}/check" if found.kind is Kind.SUBMIT else None
    return answering.answer(request, "kept", views.KeptPage(found.number, found.kind is Kind.PROOF, again), shop)


@router.get("/{slug}/k/{token}")
def way_on(request: Request, here: Here, shop: Shop, token: str, answering: Answering) -> Response:
    """The page behind a mailed link: it opens nothing by itself, since programs that scan mails follow links."""
    found = _behind(here, shop, token)
    page = views.GoOnPage(here.forms.token(request), found.number, found.can, found.cannot)
    return answering.answer(request, "goon", page, shop)


@router.post("/{slug}/k/{token}")
def go_on(request: Request, here: Here, shop: Shop, token: str, form: Words, answering: Answering) -> Response:
    """Open the order that was found, with the words, photos and items of the request."""
    here.forms.check(request, said(form, "csrf"))
    found = _behind(here, shop, token)
    assert found.order_id is not None  # a link is only made for a request whose order was found
    made = here.returns.get(shop.id, key=found.submit_key) if found.submit_key else None
    if made is not None:
        return answering.go(f"/{shop.slug}{made.status_path}")
    order = here.intake.less_open(shop, ask(shop.id, GetOrderV1(order_id=found.order_id)))
    gift = found.kind in {Kind.TERMS, Kind.SUBMIT} and found.contact.email != order.contact.email
    order = gifts.of_receiver(order, found.contact) if gift else order
    judged = here.intake.judge(shop, order)
    before = Draft(
        order,
        judged,
        found.submit_key or str(new_id()),
        answers.picks_from(named(found.picked, order)),
        found.photos,
        words="\n".join(filter(None, (found.items, found.reason))),
        proof=found.proof or found.kind is Kind.PROOF,
    )
    draft = answers.resumed(Draft(order, judged, before.key, gift=gift), before)
    response = answering.go(f"/{shop.slug}/{'check' if found.kind is Kind.SUBMIT else 'items'}")
    here.cookies.write(
        response, SHOPPER, here.people.begin_session(shop.id, "shopper", order.order_id, draft.as_json())
    )
    return response


def keep_terms(here: Portal, shop: Retailer, draft: Draft) -> Response:
    """Keep an order whose lines were ticked while nobody could say what the policy gives for them."""
    return _keep(here, shop, _of_draft(Kind.TERMS, draft))


def keep_submission(here: Portal, shop: Retailer, draft: Draft) -> Response:
    """Keep a whole return that could not be made, to be gone on with as it was left."""
    return _keep(here, shop, replace(_of_draft(Kind.SUBMIT, draft), submit_key=draft.key, proof=draft.proof))


def _of_draft(kind: Kind, draft: Draft) -> Asked:
    return Asked(
        kind,
        draft.key,
        draft.order.contact,
        draft.order.number,
        items=draft.words,
        photos=draft.photos,
        order_id=draft.order.order_id,
        picked=tuple(draft.picked_as_json()),
    )


def _keep(here: Portal, shop: Retailer, asked: Asked) -> Response:
    number = here.matching.keep(shop.id, asked)
    log.info("portal.intake_kept", number=number, who=here.nickname(shop.id, asked.contact.email))
    return Pages.go(f"/{shop.slug}/kept/{number}")


def _behind(here: Portal, shop: Retailer, token: str) -> Kept:
    opened = here.intakes.behind(token)
    found = here.intakes.get(shop.id, intake_id=opened[1]) if opened and opened[0] == shop.id else None
    if found is None:
        raise HTTPException(404)
    return found


def _key_of(form: FormData) -> str:
    """The form's own key; a fresh one where it is none of ours."""
    try:
        return str(UUID(said(form, "key", most=36)))
    except ValueError:
        return str(new_id())


def _kept_before(form: FormData, shop: Retailer, key: str) -> tuple[KeptPhoto, ...]:
    """The photos that came with this form the time before, when something else was missing."""
    names = [_KEPT.fullmatch(str(name)) for name in form.getlist("kept")[:MOST_A_LINE]]
    return tuple(
        KeptPhoto(None, f"photos/{shop.id}/form-{key}/{name[1]}.webp", int(name[2]), int(name[3]))
        for name in names
        if name
    )


def _asked(form: FormData, shop: Retailer, kind: Kind, key: str, photos: tuple[KeptPhoto, ...]) -> Asked:
    language = said(form, "language", most=16)
    contact = Contact(
        name="",
        email=said(form, "email"),
        language=language if language in {shop.look.language, *LANGUAGES} else shop.look.language,
    )
    return Asked(
        kind,
        key,
        contact,
        said(form, "order", most=60),
        said(form, "items", most=LONGEST),
        said(form, "reason", most=LONGEST),
        photos,
    )


def _missing(asked: Asked) -> dict[str, str]:
    """What must be said before the request can be kept: words by field."""
    wanted = (
        ("photo", "Add a photo of the receipt", asked.kind is not Kind.PROOF or bool(asked.photos)),
        ("order", "Enter your order number", asked.kind is Kind.PROOF or bool(asked.order_number)),
        ("email", "Enter your email, like name@example.com", is_email(asked.contact.email)),
        ("items", "Say what you are sending back", bool(asked.items)),
        ("reason", "Say why it comes back", bool(asked.reason)),
    )
    return {name: words for name, words, there in wanted if not there}


def _again(here: Portal, request: Request, shop: Retailer, asked: Asked, problems: dict[str, str]) -> views.KeepPage:
    page = keep_page(here, request, shop, kind=asked.kind, order=asked.order_number, email=asked.contact.email)
    return views.KeepPage(
        page.csrf,
        asked.key,
        page.kind,
        page.order,
        page.email,
        asked.items,
        asked.reason,
        asked.contact.language,
        page.languages,
        tuple(f"{photo.name}.{photo.width}x{photo.height}" for photo in asked.photos),
        problems,
    )


def _name(language: str) -> str:
    """A language in its own words."""
    locale = Locale.parse(language, sep="-")
    name = locale.get_display_name(locale) or language
    return name[:1].upper() + name[1:]

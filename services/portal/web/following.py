"""A return's own page, at an address of its own for half a year: where it is, its labels, and what its shopper may still do."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote as quoted
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.clock import now
from libs.chassis.errors import Unavailable
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import GetDocumentV1
from libs.contracts.orders import GetGiftCardV1
from libs.contracts.values import Money
from services.portal.access import Actor
from services.portal.domain import CALLED_OFF, Awaiting, Kind, LabelState, NotNow, Return, acts, may
from services.portal.domain.sending import MOST_CARRIER, MOST_NUMBER, written
from services.portal.reach import Portal
from services.portal.store.limits import SUBMIT_BY_ADDRESS
from services.portal.store.people import Retailer
from services.portal.store.returns import Happened, Story
from services.portal.store.rows import Photo
from services.portal.web import answers, present, uploading, views, ways
from services.portal.web.forms import Answers, Words, said
from services.portal.web.pages import Answering, Here, Pages, cover_prices
from services.portal.web.sitting import Shop

router = APIRouter(include_in_schema=False)
LONGEST_ANSWER = 1000


@router.get("/{slug}/p/{code}")
def label_code(shop: Shop) -> Response:
    """What the label's QR code says. It is for the hub's scanner; whoever else follows it may find the order."""
    return Pages.go(f"/{shop.slug}/")


@router.get("/{slug}/r/{token}")
def status(request: Request, here: Here, shop: Shop, token: str, answering: Answering) -> Response:
    """Where the return is."""
    return _status(request, here, shop, token, _story(here, shop, token), answering)


@router.get("/{slug}/r/{token}/label.pdf")
def label(here: Here, shop: Shop, token: str, parcel: Annotated[int, Query(ge=1, le=99)] = 1) -> Response:
    """The label of a parcel, for whoever holds the link; one that is void is gone."""
    ret = _story(here, shop, token).ret
    box = ret.parcel(parcel)
    if ret.awaiting in CALLED_OFF or box is None or box.label is not LabelState.ISSUED or box.document_id is None:
        raise HTTPException(404)
    document = ask(shop.id, GetDocumentV1(document_id=box.document_id))
    return Response(
        document.content,
        media_type=document.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{ret.number}{"" if parcel == 1 else f"-{parcel}"}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


@router.post("/{slug}/r/{token}/answer")
def answer(request: Request, here: Here, shop: Shop, token: str, form: Answers, answering: Answering) -> Response:
    """The shopper's answer to what staff asked, in words and photos; the return is reviewed again."""
    here.forms.check(request, said(form, "csrf"))
    here.bound(request, SUBMIT_BY_ADDRESS)
    story = _story(here, shop, token)
    if story.ret.awaiting is not Awaiting.INFORMATION:
        return answering.go(_link(shop, token))
    words = said(form, "words", most=LONGEST_ANSWER)
    photos, wrong = uploading.take(
        here, request, shop, answers.uploads(form, "photo"), (), place=f"return-{story.ret.id}"
    )
    problems = {"photo": wrong} if wrong else {}
    if not words and not photos:
        problems["words"] = "Write an answer, or add a photo"
    elif story.ret.known.wants_photo and not photos:
        problems.setdefault("photo", "Add a photo of it")
    if problems:
        return _status(request, here, shop, token, story, answering, words=words, problems=problems)
    first = story.ret.lines[0].asked.id
    added = tuple(Photo(new_id(), first, photo.object_key, photo.width, photo.height) for photo in photos)
    given = acts.GiveInformation(words, tuple(photo.id for photo in added))
    try:
        here.returns.answer(shop.id, story.ret.number, given, _shopper(story.ret, shop), added)
    except NotNow:
        return answering.go(f"{_link(shop, token)}?late")
    return answering.go(_link(shop, token))


@router.post("/{slug}/r/{token}/sent")
def tell_sent(request: Request, here: Here, shop: Shop, token: str, form: Words, answering: Answering) -> Response:
    """With which carrier a parcel is under way, and under which number, in the words of whoever sent it."""
    here.forms.check(request, said(form, "csrf"))
    here.bound(request, SUBMIT_BY_ADDRESS)
    story = _story(here, shop, token)
    box, carrier = said(form, "parcel", most=3), said(form, "carrier", most=MOST_CARRIER)
    tracking = said(form, "tracking", most=MOST_NUMBER)
    problems = {} if carrier else {"carrier": "Enter the carrier, like DPD"}
    if written(tracking) is None:
        problems["tracking"] = "Enter the tracking number as it stands on your receipt"
    parcel = int(box) if box.isdecimal() else 1
    if problems:
        telling = views.Telling("", "", parcel, carrier, tracking, problems)
        return _status(request, here, shop, token, story, answering, telling=telling)
    what = acts.TellSent(parcel, carrier, tracking, "shopper")
    return _done(here, shop, token, story, what)


@router.get("/{slug}/r/{token}/cancel")
def ask_cancel(request: Request, here: Here, shop: Shop, token: str, answering: Answering) -> Response:
    """Ask once more before the return is called off."""
    story = _story(here, shop, token)
    if not may(story.ret, Kind.CANCELLED):
        return answering.go(_link(shop, token))
    words = ["Nothing will be refunded, and the items can be returned again while their window is open."]
    if any(parcel.label is LabelState.ISSUED for parcel in story.ret.known.parcels):
        words.append(ways.SENDINGS[story.ret.method].void)
    page = views.ConfirmPage(
        here.forms.token(request),
        story.ret.number,
        "Cancel this return?",
        tuple(words),
        "Cancel the return",
        _link(shop, token),
    )
    return answering.answer(request, "confirm", page, shop)


@router.post("/{slug}/r/{token}/cancel")
def cancel(request: Request, here: Here, shop: Shop, token: str, form: Words) -> Response:
    """Call the return off, which may be done until its first scan."""
    here.forms.check(request, said(form, "csrf"))
    return _done(here, shop, token, _story(here, shop, token), acts.Cancel(by="shopper"))


@router.get("/{slug}/r/{token}/withdraw")
def ask_withdraw(request: Request, here: Here, shop: Shop, token: str, answering: Answering) -> Response:
    """The confirmation step that Directive (EU) 2023/2673 asks for, with what is withdrawn from and where it is confirmed."""
    story = _story(here, shop, token)
    if not present.may_withdraw(story.ret):
        return answering.go(_link(shop, token))
    _cover(request, story.ret)
    reasons = story.decision.get("reason_words", {})
    page = views.ConfirmPage(
        here.forms.token(request),
        story.ret.number,
        "Withdraw from this purchase",
        (
            f"You withdraw from the purchase of the items below, of order {story.ret.order_number}.",
            f"We confirm it with its date and time to {story.ret.contact.email}.",
        ),
        "Confirm withdrawal",
        _link(shop, token),
        tuple(present.summary_of(line, reasons) for line in story.ret.lines),
    )
    return answering.answer(request, "confirm", page, shop)


@router.post("/{slug}/r/{token}/withdraw")
def withdraw(request: Request, here: Here, shop: Shop, token: str, form: Words) -> Response:
    """Declare the withdrawal, at this moment."""
    here.forms.check(request, said(form, "csrf"))
    story = _story(here, shop, token)
    if not present.may_withdraw(story.ret):
        return Pages.go(_link(shop, token))
    return _done(here, shop, token, story, acts.Withdraw(now()))


def _done(here: Portal, shop: Retailer, token: str, story: Story, what: acts.Act) -> Response:
    """Do it as the shopper and show where the return is then. What its state no longer allows is seen there too."""
    try:
        here.returns.act(shop.id, story.ret.number, what, _shopper(story.ret, shop))
    except NotNow:
        return Pages.go(f"{_link(shop, token)}?late")
    return Pages.go(_link(shop, token))


def _shopper(ret: Return, shop: Retailer) -> Actor:
    return Actor(shop.id, "shopper", str(ret.id), "shopper")


def _status(
    request: Request,
    here: Portal,
    shop: Retailer,
    token: str,
    story: Story,
    answering: Pages,
    *,
    words: str = "",
    problems: dict[str, str] | None = None,
    telling: views.Telling | None = None,
) -> Response:
    _cover(request, story.ret)
    link = _link(shop, token)
    asked = replace(telling or views.Telling("", ""), csrf=here.forms.token(request), action=f"{link}/sent")
    page = present.status_page(
        shop,
        story,
        story.decision.get("reason_words", {}),
        link=link,
        fresh="new" in request.query_params,
        late="late" in request.query_params,
        question=_question(here, request, story.ret, link, words, problems or {}),
        telling=asked,
        gift_cards=tuple(_gift_card(shop, fact) for fact in story.facts if fact.data.get("credit_code_last4")),
    )
    return answering.answer(request, "status", page, shop, status=422 if problems or asked.problems else 200)


def _gift_card(shop: Retailer, settled: Happened) -> views.GiftCard:
    """The card that a settlement gave. While orders is away its code is not shown: nobody else keeps it."""
    value = Money.model_validate(settled.data["amount"])
    try:
        card = ask(shop.id, GetGiftCardV1(settlement_id=UUID(settled.data["settlement_id"])))
    except (Unavailable, Refused) as away:
        log.warning("portal.gift_card_not_shown", error=str(away))
        return views.GiftCard(value, None)
    return views.GiftCard(card.value, card.code, card.expires_on)


def _question(
    here: Portal, request: Request, ret: Return, link: str, words: str, problems: dict[str, str]
) -> views.Question | None:
    if ret.awaiting is not Awaiting.INFORMATION:
        return None
    return views.Question(
        here.forms.token(request), f"{link}/answer", ret.known.asked or "", ret.known.wants_photo, words, problems
    )


def _link(shop: Retailer, token: str) -> str:
    return f"/{shop.slug}/r/{quoted(token)}"


def _cover(request: Request, ret: Return) -> None:
    """Whoever got a present is not told what it cost."""
    if ret.known.gift:
        cover_prices(request)


def _story(here: Portal, shop: Retailer, token: str) -> Story:
    opened = here.people.link(token)
    story = here.returns.get(opened[0], return_id=opened[1]) if opened and opened[0] == shop.id else None
    if story is None:
        raise HTTPException(404)
    return story

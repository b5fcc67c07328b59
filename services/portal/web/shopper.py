"""The shopper's pages: find the order, tick items, check, submit, and follow the return."""

from dataclasses import replace
from hashlib import sha256
from typing import Annotated
from urllib.parse import quote as quoted

from fastapi import APIRouter, Depends, Path, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis import crash
from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import GetDocumentV1
from libs.contracts.rules import DecisionV1
from services.portal import photos
from services.portal.intake import Wish
from services.portal.reach import Portal, portal
from services.portal.security import SHOPPER, SessionEnded
from services.portal.store.limits import (
    LOOKUP_BY_ADDRESS,
    LOOKUP_BY_EMAIL,
    LOOKUP_BY_ORDER,
    SUBMIT_BY_ADDRESS,
    UPLOAD_BY_ADDRESS,
)
from services.portal.store.people import Retailer, Session
from services.portal.store.returns import KeyReused
from services.portal.web import answers, present, views
from services.portal.web.answers import Draft, KeptPhoto
from services.portal.web.forms import Answers, Words, said
from services.portal.web.pages import Answering, Here, Pages

router = APIRouter(include_in_schema=False)
NOT_FOUND = {
    "form": "We could not find that order. Check the number and the email: both are in your confirmation email."
}
REFUSED_AT_SUBMIT = {
    "portal.already_in_a_return": "{detail} is already in another return. Take it out to go on.",
    "portal.not_offered": "What you chose for {detail} is no longer offered. Choose again.",
    "labels.no_lane": "Returns from your country cannot be booked online. Write to us and we will help.",
}


def retailer_of(
    here: Annotated[Portal, Depends(portal)], slug: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
) -> Retailer:
    """The retailer whose address this is."""
    retailer = here.people.retailer(slug=slug)
    if retailer is None:
        raise HTTPException(404)
    return retailer


Shop = Annotated[Retailer, Depends(retailer_of)]


def session_of(request: Request, here: Here, shop: Shop) -> Session:
    """The shopper's session for an order of this retailer. Raises SessionEnded."""
    token = here.cookies.read(request, SHOPPER)
    session = here.people.session(token, "shopper") if token else None
    if session is None or session.retailer_id != shop.id:
        raise SessionEnded("shopper")
    return session


Sitting = Annotated[Session, Depends(session_of)]


@router.get("/{slug}/")
def find(request: Request, here: Here, shop: Shop, answering: Answering) -> Response:
    """Ask for order number and email."""
    return answering.answer(request, "find", _find_page(here, request, shop), shop)


@router.get("/{slug}")
def find_without_slash(shop: Shop) -> Response:
    """The same address, as people type it."""
    return Pages.go(f"/{shop.slug}/")


@router.post("/{slug}/find")
def look_up(request: Request, here: Here, shop: Shop, form: Words, answering: Answering) -> Response:
    """Open the order that matches, for this browser only. Every failure is answered alike."""
    here.forms.check(request, said(form, "csrf"))
    number, email = said(form, "order", most=60), said(form, "email")
    blank = {
        name: words
        for name, words, value in (
            ("order", "Enter your order number", number),
            ("email", "Enter the email you used for the order", email),
        )
        if not value
    }
    if blank:
        return answering.answer(
            request, "find", _find_page(here, request, shop, number, email, blank), shop, status=422
        )
    counted = here.bound(
        request,
        LOOKUP_BY_ADDRESS,
        (LOOKUP_BY_ORDER, f"{shop.id}:{number.casefold()}"),
        (LOOKUP_BY_EMAIL, email.casefold()),
    )
    try:
        order = here.intake.find(shop, number=number, email=email)
    except Refused:
        log.info("portal.lookup_rejected", who=here.nickname(shop.id, email), retailer=str(shop.id))
        return answering.answer(
            request, "find", _find_page(here, request, shop, number, email, NOT_FOUND), shop, status=422
        )
    here.limits.give_back(*counted)  # many shoppers may share an address; who knows the pair does not guess
    order = here.intake.less_open(shop, order)
    draft = _resumed(here, request, shop, Draft(order, here.intake.judge(shop, order), str(new_id())))
    response = answering.go(f"/{shop.slug}/items")
    here.cookies.write(
        response, SHOPPER, here.people.begin_session(shop.id, "shopper", order.order_id, draft.as_json())
    )
    return response


@router.get("/{slug}/items")
def items(request: Request, here: Here, shop: Shop, session: Sitting, answering: Answering) -> Response:
    """The items of the order, with the answers so far."""
    draft = Draft.from_json(session.data)
    return _items(request, here, shop, draft, _decide(here, shop, draft), answering)


@router.post("/{slug}/items/preview")
def preview(request: Request, here: Here, shop: Shop, session: Sitting, form: Words, answering: Answering) -> Response:
    """What would happen with the answers as they stand; they are kept."""
    here.forms.check(request, said(form, "csrf"))
    before = Draft.from_json(session.data)
    draft, decision = _answered(here, shop, before, form)
    # Meanwhile the shopper may have gone on: a look ahead never overwrites answers that were sent.
    here.people.keep_in_session(session, draft.said(), if_still=before.sent)
    return _items(request, here, shop, draft, decision, answering)


@router.post("/{slug}/items")
def choose(request: Request, here: Here, shop: Shop, session: Sitting, form: Answers, answering: Answering) -> Response:
    """Keep the answers and go on, or say what is missing."""
    here.forms.check(request, said(form, "csrf"))
    draft, decision = _answered(here, shop, Draft.from_json(session.data), form)
    draft, refused = _with_photos(here, request, shop, draft, form)
    draft = replace(draft, sent=str(new_id()))
    here.people.keep_in_session(session, draft.said(), photos=draft.photos_as_json())
    problems = answers.missing(draft, draft.picked, decision) | refused
    if problems:
        return _items(request, here, shop, draft, decision, answering, problems)
    return answering.go(f"/{shop.slug}/check")


@router.get("/{slug}/check")
def check(request: Request, here: Here, shop: Shop, session: Sitting, answering: Answering) -> Response:
    """The answers once more, before anything is made."""
    return _check(request, here, shop, Draft.from_json(session.data), answering)


@router.post("/{slug}/submit")
def submit(request: Request, here: Here, shop: Shop, session: Sitting, form: Words, answering: Answering) -> Response:
    """Make the return, once for this form's key however often it is sent."""
    here.forms.check(request, said(form, "csrf"))
    here.bound(request, SUBMIT_BY_ADDRESS)
    crash.point("gateway.in_hand")
    draft = Draft.from_json(session.data)
    if said(form, "key") != draft.key:
        return answering.go(f"/{shop.slug}/check")
    wish = Wish(
        draft.order.order_id,
        draft.picked,
        draft.key,
        tuple((p.line_id, p.object_key, p.width, p.height) for p in draft.photos_to_submit()),
        present.words_of(draft.judged.reasons),
    )
    try:
        path = here.intake.submit(shop, wish)
    except KeyReused:
        return _again(here, shop, session, draft)
    except Refused as refused:
        notice = replace(_why_not(refused), link=views.Link("Change items", f"/{shop.slug}/items"))
        return _check(request, here, shop, draft, answering, notice=notice, status=409)
    return answering.go(f"/{shop.slug}{path}?new")


@router.get("/{slug}/p/{code}")
def label_code(shop: Shop) -> Response:
    """What the label's QR code says. It is for the hub's scanner; whoever else follows it may find the order."""
    return Pages.go(f"/{shop.slug}/")


@router.get("/{slug}/r/{token}")
def status(request: Request, here: Here, shop: Shop, token: str, answering: Answering) -> Response:
    """Where the return is."""
    story = _story(here, shop, token)
    link = f"/{shop.slug}/r/{quoted(token)}"
    page = present.status_page(
        shop, story, story.decision.get("reason_words", {}), link=link, fresh="new" in request.query_params
    )
    return answering.answer(request, "status", page, shop)


@router.get("/{slug}/r/{token}/label.pdf")
def label(here: Here, shop: Shop, token: str) -> Response:
    """The label, for whoever holds the link."""
    story = _story(here, shop, token)
    if story.ret.document_id is None:
        raise HTTPException(404)
    document = ask(shop.id, GetDocumentV1(document_id=story.ret.document_id))
    return Response(
        document.content,
        media_type=document.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{story.ret.number}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


def _find_page(
    here: Portal,
    request: Request,
    shop: Retailer,
    number: str = "",
    email: str = "",
    problems: dict[str, str] | None = None,
) -> views.FindPage:
    return views.FindPage(here.forms.token(request), "1001", number, email, problems or {})


def _items(
    request: Request,
    here: Portal,
    shop: Retailer,
    draft: Draft,
    decision: DecisionV1 | None,
    answering: Pages,
    problems: dict[str, str] | None = None,
    *,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    page = present.items_page(
        draft, here.forms.token(request), decision, problems or {}, help_at=shop.look.support_email, notice=notice
    )
    return answering.answer(request, "items", page, shop, status=422 if problems else status)


def _resumed(here: Portal, request: Request, shop: Retailer, draft: Draft) -> Draft:
    """`draft` with the answers that this browser gave for the order before, in a session that ended or is left now."""
    token = here.cookies.read(request, SHOPPER)
    data = here.people.leave_session(token, "shopper", draft.order.order_id) if token else None
    if data is None:
        return draft
    before = Draft.from_json(data)
    return draft if here.returns.is_submitted(shop.id, before.key) else answers.resumed(draft, before)


def _answered(here: Portal, shop: Retailer, draft: Draft, form: FormData) -> tuple[Draft, DecisionV1 | None]:
    """The draft with the answers of `form`, and what the policy gives for them.

    New answers make another return, so they get a new key.
    """
    picks = answers.picked(form, draft)
    decision = _decide(here, shop, replace(draft, picked=picks))
    picks = answers.with_only_offer(picks, decision)
    key = draft.key if picks == draft.picked else str(new_id())
    return replace(draft, key=key, picked=picks), decision


def _decide(here: Portal, shop: Retailer, draft: Draft) -> DecisionV1 | None:
    said = [pick for pick in draft.picked if pick.reason]
    return here.intake.decide(shop, draft.order, said) if said else None


def _with_photos(
    here: Portal, request: Request, shop: Retailer, draft: Draft, form: FormData
) -> tuple[Draft, dict[str, str]]:
    """The draft with the photos of `form` cleaned and stored, and what was wrong with others, by field."""
    kept, refused = list(draft.photos), {}
    for pick in draft.picked:
        for file in answers.uploads(form, pick.line_id):
            field = f"photo-{pick.line_id}"
            if sum(photo.line_id == pick.line_id for photo in kept) >= photos.MOST_A_LINE:
                refused[field] = "Choose at most 4 photos"
                break
            here.bound(request, UPLOAD_BY_ADDRESS)
            try:
                clean = photos.clean(file.file)
            except Refused as wrong:
                refused[field] = photos.WORDS[wrong.code]
                continue
            # Named by its content within the order, so that a form sent twice keeps one copy.
            key = f"photos/{shop.id}/{draft.order.order_id}/{sha256(clean.content).hexdigest()[:32]}.webp"
            photo = KeptPhoto(pick.line_id, key, clean.width, clean.height)
            if photo not in kept:
                here.objects.put(key, clean.content)
                kept.append(photo)
    return replace(draft, photos=tuple(kept)), refused


def _check(
    request: Request,
    here: Portal,
    shop: Retailer,
    draft: Draft,
    answering: Pages,
    *,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    decision = _decide(here, shop, draft)
    if decision is None or (notice is None and answers.missing(draft, draft.picked, decision)):
        return answering.go(f"/{shop.slug}/items")
    try:
        quote = here.intake.quote(shop, draft.order)
    except Refused as refused:
        return _items(request, here, shop, draft, decision, answering, notice=_why_not(refused), status=409)
    view = present.check_page(draft, decision, quote, here.forms.token(request), now().date(), notice=notice)
    return answering.answer(request, "check", view, shop, status=status)


def _why_not(refused: Refused) -> views.Notice:
    words = REFUSED_AT_SUBMIT.get(refused.code, "This return could not be made. Check your answers.")
    return views.Notice("bad", words.format(detail=refused.detail))


def _again(here: Portal, shop: Retailer, session: Session, draft: Draft) -> Response:
    """The key was used for other answers: give the form a fresh one, to be looked at again."""
    here.people.keep_in_session(session, replace(draft, key=str(new_id())).said())
    return Pages.go(f"/{shop.slug}/check")


def _story(here: Portal, shop: Retailer, token: str):
    opened = here.people.link(token)
    story = here.returns.get(opened[0], return_id=opened[1]) if opened and opened[0] == shop.id else None
    if story is None:
        raise HTTPException(404)
    return story

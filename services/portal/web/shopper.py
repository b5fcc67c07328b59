"""The shopper's way from an order that is found to a return: tick items, check, submit."""

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis import crash
from libs.chassis.clock import now
from libs.chassis.errors import Unavailable
from libs.chassis.ids import new_id
from libs.chassis.objects import ObjectMissing
from libs.contracts.errors import Refused
from libs.contracts.rules import DecisionV1
from services.portal.intake import held_by
from services.portal.reach import Portal
from services.portal.store.limits import SUBMIT_BY_ADDRESS
from services.portal.store.people import Retailer, Session
from services.portal.store.returns import KeyReused
from services.portal.web import (
    already,
    answers,
    cancelling,
    choosing,
    choosing_exchange,
    drafting,
    finding,
    following,
    intakes,
    papers,
    proving,
    views,
    withdrawing,
)
from services.portal.web.answers import Draft
from services.portal.web.forms import Answers, Words, said
from services.portal.web.pages import Answering, Here, Pages, acting_for
from services.portal.web.sitting import MADE, Drafting, Shop, Sitting, acting_in

router = APIRouter(include_in_schema=False)
ROUTERS = (
    intakes.router,
    following.router,
    papers.router,
    cancelling.router,
    finding.router,
    proving.router,
    choosing_exchange.router,
    already.router,
    withdrawing.router,
    router,
)
REFUSED_AT_SUBMIT = {
    "portal.already_in_a_return": "{detail} is already in another return. Take it out to go on.",
    "portal.photo_needed": "A photo is needed before this can be sent. Add one to the item.",
    "portal.question_unanswered": "One question is still open: {detail}",
    "portal.not_offered": "What you chose for {detail} is no longer offered. Choose again.",
    "portal.variant_not_offered": "What you chose in place of {detail} has just sold out. Choose again.",
    "portal.price_changed": "What you chose in place of {detail} costs another price by now. Look at it again.",
    "portal.difference_not_agreed": "What you chose in place of {detail} costs another price by now. Look at it again.",
    "orders.no_exchanges": "What you chose in exchange cannot be had any more. Choose again.",
    "orders.shop_not_reached": "We could not ask for what is in stock. Your answers are kept: try again in a minute.",
    "labels.no_lane": "Returns from your country cannot be booked online. Write to us and we will help.",
}
TERMS_LATER = views.Notice(
    "info",
    "We cannot tell right now what you get for each item. Tick what comes back and say why: we email you the outcome, "
    "with a link to go on.",
)
TERMS_NOW = views.Notice("ok", "We can tell what you get now. Choose a reason for each item.")


@router.get("/{slug}/items")
def items(request: Request, here: Here, shop: Shop, session: Drafting, answering: Answering) -> Response:
    """The items of the order, with the answers so far."""
    draft = drafting.with_terms(here, shop, session, Draft.from_json(session.data))
    try:
        decision = drafting.decide(here, shop, draft)
    except Unavailable:
        return _plain(request, here, shop, draft, answering)
    return _items(request, here, shop, draft, decision, answering)


@router.get("/{slug}/items/photos/{name}")
def photo(here: Here, session: Sitting, name: str) -> Response:
    """A photo that this browser sent for the order that is open in it."""
    kept = next((each for each in Draft.from_json(session.data).photos if each.name == name), None)
    try:
        content = here.objects.get(kept.object_key) if kept else None
    except ObjectMissing:
        content = None
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=300"})


@router.post("/{slug}/items/preview")
def preview(request: Request, here: Here, shop: Shop, session: Drafting, form: Words, answering: Answering) -> Response:
    """What would happen with the answers as they stand; they are kept."""
    here.forms.check(request, said(form, "csrf"))
    before = Draft.from_json(session.data)
    try:
        draft, decision = drafting.answered(here, shop, before, form)
    except Unavailable:
        draft, decision = drafting.with_picks(before, answers.picked(form, before)), None
    # Meanwhile the shopper may have gone on: a look ahead never overwrites answers that were sent.
    here.people.keep_in_session(session, draft.said(), if_still=before.sent)
    return _items(request, here, shop, draft, decision, answering)


@router.post("/{slug}/items")
def choose(
    request: Request, here: Here, shop: Shop, session: Drafting, form: Answers, answering: Answering
) -> Response:
    """Keep the answers and go on, or say what is missing."""
    here.forms.check(request, said(form, "csrf"))
    before = Draft.from_json(session.data)
    if drop := said(form, "drop"):
        here.uploads.drop(session, drop)
        before = replace(before, photos=tuple(each for each in before.photos if answers.entry_of(each) != drop))
    if said(form, "plain"):
        return _choose_plain(request, here, shop, session, form, before, answering)
    try:
        draft, decision = drafting.answered(here, shop, before, form)
    except Unavailable:
        draft, decision = drafting.with_picks(before, answers.picked(form, before)), None
        draft, _ = drafting.with_photos(here, request, shop, session, draft, form)
        return _plain(request, here, shop, draft, answering, status=503)
    draft, refused = drafting.with_photos(here, request, shop, session, draft, form)
    if drop:
        return answering.go(f"/{shop.slug}/items")
    problems = answers.missing(draft, draft.picked, decision) | refused
    if problems:
        return _items(request, here, shop, draft, decision, answering, problems)
    return answering.go(choosing_exchange.next_stop(shop.slug, draft))


@router.get("/{slug}/check")
def check(request: Request, here: Here, shop: Shop, session: Drafting, answering: Answering) -> Response:
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
    try:
        path = _made(request, here, shop, session, draft)
    except KeyReused:
        return _again(here, shop, session, draft)
    except Unavailable:
        return intakes.keep_submission(here, shop, draft)
    except Refused as refused:
        notice = replace(_why_not(refused), link=views.Link("Change items", f"/{shop.slug}/items"))
        return _check(request, here, shop, draft, answering, notice=notice, status=409)
    return answering.go(path)


def _made(request: Request, here: Portal, shop: Retailer, session: Session, draft: Draft) -> str:
    """The page of the return, which is made: its shopper's, or the staff's where one of them made it."""
    wish, actor = drafting.wish_of(draft), acting_in(request, here, shop, session)
    if actor is None or here.returns.is_submitted(shop.id, wish.key):
        path = here.intake.submit(shop, wish)
    else:
        with here.audit.of(actor, "return.make", subject=draft.order.number) as record:
            path = here.intake.submit(shop, replace(wish, by=str(actor)))
            record.after(order_id=draft.order.order_id, key=wish.key)
    here.people.keep_in_session(session, {MADE: wish.key})
    story = here.returns.get(shop.id, key=wish.key) if actor is not None else None
    return f"/admin/returns/{story.ret.number}?done=made" if story else f"/{shop.slug}{path}?new"


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
    page = choosing.items_page(
        draft,
        here.forms.token(request),
        decision,
        problems or {},
        root=f"/{shop.slug}",
        help_at=shop.look.support_email,
        notice=notice,
    )
    if acting_for(request) is None:  # staff have pages of their own for this
        way, last = withdrawing.way_in(shop, draft)
        page = replace(page, cancel=cancelling.way_in(shop, draft), withdraw=way, withdraw_until=last)
    return answering.answer(request, "items", page, shop, status=422 if problems else status)


def _plain(
    request: Request,
    here: Portal,
    shop: Retailer,
    draft: Draft,
    answering: Pages,
    problems: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> Response:
    """The lines of the order without reasons and offers: what is ticked is kept, and the outcome is told by mail."""
    plain = replace(draft, judged=answers.unjudged(draft.order))
    return _items(request, here, shop, plain, None, answering, problems, notice=TERMS_LATER, status=status)


def _choose_plain(
    request: Request,
    here: Portal,
    shop: Retailer,
    session: Session,
    form: FormData,
    before: Draft,
    answering: Pages,
) -> Response:
    """Keep what was ticked as a request; or, when rules has come back meanwhile, go on as usual with it."""
    draft = drafting.with_picks(before, answers.picked_unjudged(form, before))
    draft, refused = drafting.with_photos(here, request, shop, session, draft, form)
    problems = answers.missing_unjudged(draft) | refused
    if problems or said(form, "drop"):
        return _plain(request, here, shop, draft, answering, problems if not said(form, "drop") else None)
    try:
        draft = replace(draft, judged=here.intake.judge(shop, draft.order))
    except Unavailable:
        here.bound(request, SUBMIT_BY_ADDRESS)
        return intakes.keep_terms(here, shop, draft)
    draft = answers.resumed(replace(draft, picked=()), draft)
    here.people.keep_in_session(session, draft.judged_as_json() | draft.said())
    return _items(request, here, shop, draft, None, answering, notice=TERMS_NOW)


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
    try:
        decision = drafting.decide(here, shop, draft)
    except Unavailable:
        return answering.go(f"/{shop.slug}/items")
    if decision is None or (notice is None and answers.missing(draft, draft.picked, decision)):
        return answering.go(f"/{shop.slug}/items")
    if answers.unchosen(draft):
        return answering.go(choosing_exchange.next_stop(shop.slug, draft))
    try:
        quote = here.intake.quote(shop, draft.order, decision, draft.picked)
    except Refused as refused:
        return _items(request, here, shop, draft, decision, answering, notice=_why_not(refused), status=409)
    held = bool(held_by(drafting.wish_of(draft), decision))
    view = choosing.check_page(
        draft, decision, quote, here.forms.token(request), now().date(), held=held, notice=notice, root=f"/{shop.slug}"
    )
    return answering.answer(request, "check", view, shop, status=status)


def _why_not(refused: Refused) -> views.Notice:
    words = REFUSED_AT_SUBMIT.get(refused.code, "This return could not be made. Check your answers.")
    return views.Notice("bad", words.format(detail=refused.detail))


def _again(here: Portal, shop: Retailer, session: Session, draft: Draft) -> Response:
    """The key was used for other answers: give the form a fresh one, to be looked at again."""
    here.people.keep_in_session(session, replace(draft, key=str(new_id())).said())
    return Pages.go(f"/{shop.slug}/check")

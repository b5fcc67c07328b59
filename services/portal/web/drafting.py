"""What a shopper has said so far: put together with what the other services say of it, and kept with the session."""

from dataclasses import replace

from fastapi import Request
from starlette.datastructures import FormData

from libs.chassis.errors import Unavailable
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.contracts.orders import OrderV1
from libs.contracts.rules import DecisionV1, EligibilityV1
from services.portal import gifts
from services.portal.intake import Picked, Wish
from services.portal.reach import Portal
from services.portal.security import SHOPPER
from services.portal.store.people import Retailer, Session
from services.portal.web import answers, present, uploading
from services.portal.web.answers import Draft


def judged(here: Portal, shop: Retailer, order: OrderV1) -> EligibilityV1:
    """What may come back; every line of it while rules is away."""
    try:
        return here.intake.judge(shop, order)
    except Unavailable as away:
        log.warning("portal.terms_unavailable", error=str(away))
        return answers.unjudged(order)


def with_terms(here: Portal, shop: Retailer, session: Session, draft: Draft) -> Draft:
    """`draft` with what may come back, where rules was away when the order was found."""
    if draft.is_judged:
        return draft
    fresh = replace(draft, judged=judged(here, shop, draft.order))
    if not fresh.is_judged:
        return draft
    fresh = answers.resumed(replace(fresh, picked=()), draft)
    here.people.keep_in_session(session, fresh.judged_as_json() | fresh.said())
    return fresh


def resumed(here: Portal, request: Request, shop: Retailer, draft: Draft) -> Draft:
    """`draft` with the answers that this browser gave for the order before, in a session that ended or is left now."""
    token = here.cookies.read(request, SHOPPER)
    data = here.people.leave_session(token, "shopper", draft.order.order_id) if token else None
    if data is None:
        return draft
    before = Draft.from_json(data)
    if here.returns.is_submitted(shop.id, before.key):
        return draft
    there = here.uploads.renew(shop.id, [photo.object_key for photo in before.photos]) if before.photos else set()
    photos = tuple(photo for photo in before.photos if photo.object_key in there)
    return answers.resumed(draft, replace(before, photos=photos))


def answered(here: Portal, shop: Retailer, draft: Draft, form: FormData) -> tuple[Draft, DecisionV1 | None]:
    """The draft with the answers of `form`, and what the policy gives for them."""
    picks = answers.picked(form, draft)
    decision = decide(here, shop, replace(draft, picked=picks))
    return with_picks(draft, answers.with_only_offer(picks, decision)), decision


def with_picks(draft: Draft, picks: tuple[Picked, ...]) -> Draft:
    """The draft with these lines ticked. New answers make another return, so they get a new key."""
    return replace(draft, key=draft.key if picks == draft.picked else str(new_id()), picked=picks)


def decide(here: Portal, shop: Retailer, draft: Draft) -> DecisionV1 | None:
    """What the policy gives for the lines whose reason is said; None where none is. Raises Unavailable."""
    if not draft.is_judged:
        raise Unavailable("rules was away when the order was found")
    said = [pick for pick in draft.picked if pick.reason]
    if not said:
        return None
    decision = here.intake.decide(shop, draft.order, said, draft.photos_to_submit(), explain=False)
    return gifts.for_receiver(decision) if draft.gift else decision


def with_photos(
    here: Portal, request: Request, shop: Retailer, session: Session, draft: Draft, form: FormData
) -> tuple[Draft, dict[str, str]]:
    """The draft with the photos of `form`, kept with the session, and what was wrong with others, by field."""
    kept, refused = draft.photos, {}
    for pick in draft.picked:
        field = f"photo-{pick.line_id}"
        mine = tuple(photo for photo in kept if photo.line_id == pick.line_id)
        taken, wrong = uploading.take(
            here,
            request,
            shop,
            answers.uploads(form, field),
            mine,
            place=str(draft.order.order_id),
            line_id=pick.line_id,
        )
        kept += taken[len(mine) :]
        if wrong:
            refused[field] = wrong
    draft = replace(draft, photos=kept, sent=str(new_id()))
    here.people.keep_in_session(session, draft.said(), photos=draft.photos_as_json())
    return draft, refused


def wish_of(draft: Draft) -> Wish:
    """The return that these answers ask for."""
    return Wish(
        draft.order.order_id,
        draft.picked,
        draft.key,
        draft.photos_to_submit(),
        present.words_of(draft.judged.reasons),
        draft.proof,
        recipient=draft.order.contact if draft.gift else None,
    )

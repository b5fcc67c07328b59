"""Returns that programs make on behalf of shoppers, and what would be decided if they did."""

from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from starlette.responses import Response

from libs.chassis.errors import Unavailable
from libs.chassis.logs import log
from libs.contracts.orders import OrderV1
from libs.contracts.rules import DecideReturnV1, DecisionV1, EligibilityV1, LineDecision, Offer
from libs.contracts.values import Contact, LabelTerms, OrderLine
from services.portal.access import Actor, May
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import LinePreviewed, OfferTold, Preview, RequestKept, ReturnTold, sent
from services.portal.api.bodies import LineToReturn, ReturnToMake
from services.portal.api.routing import ROOT, WITH_LOCATION, Described, routes
from services.portal.api.telling import tried, whole
from services.portal.bonuses import bonus_with, with_bonus
from services.portal.intake import Picked, Wish
from services.portal.matching import is_email
from services.portal.problems import Problem
from services.portal.reach import Portal
from services.portal.store.intakes import Asked, Kind
from services.portal.store.people import Retailer
from services.portal.terms import reasons_for

router = routes("returns")

KEPT: Described = {202: {"model": RequestKept, "description": "A service is away: the request is kept under a number."}}
Making = Annotated[Acting, Depends(acting(May.WRITE_RETURNS))]
Looking = Annotated[Acting, Depends(acting(May.WRITE_RETURNS, by_key=False))]


@dataclass(frozen=True, slots=True)
class Decided:
    """An order, which of its lines may come back, and what the policy gives for those asked for."""

    order: OrderV1
    judged: EligibilityV1
    decision: DecisionV1
    picked: tuple[Picked, ...]


@router.post("/returns", response_model=ReturnTold, status_code=201, responses=WITH_LOCATION | KEPT)
async def make_return(asked: ReturnToMake, act: Making) -> Response:
    """Make a return on behalf of a shopper, on the same terms as the shopper would have, and mail them alike.

    A line that may not come back, or a resolution that is not offered for it, is a problem 422 that says what is. While
    orders or rules is away the request is kept instead, and answered 202 with its number: as soon as they are back, the
    shopper is mailed a link on which all that was asked for is filled in.
    """

    def make(effect_id: UUID) -> Response:
        try:
            return _make(act.here, act.who, asked, f"api {effect_id}")
        except Unavailable as away:
            return _keep(act.here, act.who, asked, f"api {effect_id}", away)

    return await act.once(make)


@router.post("/returns/preview", response_model=Preview)
def preview_return(asked: ReturnToMake, act: Looking) -> Response:
    """What would be decided for these lines: the offers of each, who pays for the label, and why. Nothing is made."""
    shop = shop_of(act.here, act.who)
    decided = decided_for(act.here, shop, asked)
    return sent(_preview(act.here, shop, decided))


def _make(here: Portal, who: Actor, asked: ReturnToMake, key: str) -> Response:
    shop = shop_of(here, who)
    if not here.returns.is_submitted(who.retailer_id, key):
        with here.audit.of(who, "return.make", subject=asked.order) as record:
            decided = decided_for(here, shop, asked)
            picked = tuple(_chosen(decided, each) for each in decided.picked)
            wish = Wish(decided.order.order_id, picked, key, reason_words=_words_of(decided.judged), by=str(who))
            here.intake.submit(shop, wish)
            record.after(order_id=decided.order.order_id, key=key)
    story = here.returns.get(who.retailer_id, key=key)
    assert story is not None  # it was submitted under this key, now or by an attempt that died before its answer
    return sent(whole(here, who.retailer_id, story), 201, {"Location": f"{ROOT}/returns/{story.ret.number}"})


def _keep(here: Portal, who: Actor, asked: ReturnToMake, key: str, away: Unavailable) -> Response:
    """Keep the whole request with its number; where no mail could reach the shopper, `away` is the answer."""
    shop = shop_of(here, who)
    if not is_email(asked.email):
        raise away
    contact = Contact(name="", email=asked.email, language=shop.look.language)
    picked = tuple(
        line.model_dump(mode="json", exclude={"order_line_id", "exchange_difference"}) | {"on_top": _on_top(line)}
        for line in asked.lines
    )
    ids = (str(line.order_line_id) if line.order_line_id else None for line in asked.lines)
    lines = tuple(pick | {"line_id": id} for pick, id in zip(picked, ids, strict=True))
    kept = Asked(Kind.SUBMIT, key, contact, asked.order, picked=lines, submit_key=key)
    number = here.matching.keep(who.retailer_id, kept)
    log.info("portal.intake_kept", number=number, who=here.nickname(who.retailer_id, asked.email))
    return sent(RequestKept(kept=number, order=asked.order), 202)


def shop_of(here: Portal, who: Actor) -> Retailer:
    """The retailer whose key it is. Problem 403 where it is of none."""
    shop = here.people.retailer(id=who.retailer_id)
    if shop is None:  # the platform's own keys are of no retailer
        raise Problem(403, "api.no_retailer", "This key is of no retailer.")
    return shop


def asked_for(here: Portal, shop: Retailer, asked: ReturnToMake) -> DecideReturnV1:
    """What the policy is asked for these lines of a real order. Problems 404 and 422 name what is wrong."""
    order = here.intake.less_open(shop, here.intake.find(shop, number=asked.order, email=asked.email))
    picked = tuple(_picked(order, line, place) for place, line in enumerate(asked.lines))
    _once_each(picked)
    return here.intake.asked(shop, order, picked)


def decided_for(here: Portal, shop: Retailer, asked: ReturnToMake) -> Decided:
    """What the policy gives for the lines asked for. Problems 404 and 422 name what is wrong."""
    order = here.intake.less_open(shop, here.intake.find(shop, number=asked.order, email=asked.email))
    judged = here.intake.judge(shop, order)
    picked = tuple(_picked(order, line, place) for place, line in enumerate(asked.lines))
    _once_each(picked)
    return Decided(order, judged, here.intake.decide(shop, order, picked), picked)


def _picked(order: OrderV1, asked: LineToReturn, place: int) -> Picked:
    """The line of the order that is meant. Problems 422 name the place."""
    found = [line for line in order.lines if asked.order_line_id == line.id or (asked.sku and asked.sku == line.sku)]
    if not found:
        raise _wrong(place, "returns.not_in_the_order", "The order has no such line.")
    if len(found) > 1:
        lines = [str(line.id) for line in found]
        words = "Several lines of the order have this SKU: name the line by order_line_id."
        raise _wrong(place, "returns.sku_is_ambiguous", words, order_line_ids=lines)
    if asked.quantity > found[0].returnable:
        words = f"{found[0].returnable} of this line can still come back."
        raise _wrong(place, "returns.too_many_units", words, returnable=found[0].returnable)
    said = (asked.reason, asked.sub_reason, asked.comment, asked.resolution, asked.exchange_variant)
    return Picked(found[0].id, asked.quantity, *said, on_top=_on_top(asked), answer=asked.answer)


def _on_top(asked: LineToReturn) -> int | None:
    """What the shopper agreed to pay besides, in minor units."""
    return asked.exchange_difference.amount if asked.exchange_difference else None


def _once_each(picked: tuple[Picked, ...]) -> None:
    seen: set[UUID] = set()
    for place, pick in enumerate(picked):
        if pick.line_id in seen:
            raise _wrong(place, "returns.line_named_twice", "Name each line once, with its quantity.")
        seen.add(pick.line_id)


def _chosen(decided: Decided, pick: Picked) -> Picked:
    """The line with its resolution: the one wished for where it is offered, or the only one there is."""
    place = decided.picked.index(pick)
    judged = next((line for line in decided.judged.lines if line.line_id == pick.line_id), None)
    if judged is None or not judged.eligible:
        words = (judged.words if judged else None) or "This line may not come back."
        raise _wrong(place, "returns.not_returnable", words, why=judged.why_not if judged else None)
    _known_reason(decided.judged, pick, place)
    line = _decided(decided.decision, pick.line_id)
    offers = _offers(line)
    if line is not None:
        _said_enough(line, place)
    if not offers:
        raise _wrong(place, "returns.not_returnable", (line.words if line else None) or "Nothing is offered for it.")
    if pick.resolution is None and len(offers) == 1:
        return replace(pick, resolution=offers[0].resolution)
    if pick.resolution not in {offer.resolution for offer in offers}:
        words, said = "Choose a `resolution` of `offers`.", [offer.model_dump(mode="json") for offer in offers]
        raise _wrong(place, "returns.not_offered", words, field="resolution", offers=said)
    return pick


def _said_enough(line: LineDecision, place: int) -> None:
    """Raise problems 422 where the policy asks for more than was said."""
    if line.question is not None and not line.offers and line.words is None:
        asked = line.question.model_dump(mode="json")
        raise _wrong(place, "returns.question_open", line.question.words, field="answer", question=asked)
    if line.photo_required:
        raise _wrong(place, "returns.photo_needed", "It needs a photo, which the shopper's own pages take.")


def _known_reason(judged: EligibilityV1, pick: Picked, place: int) -> None:
    fitting = reasons_for(judged, pick.line_id)
    reasons = {reason.code: [sub.code for sub in reason.sub_reasons] for reason in fitting}
    if pick.reason not in reasons:
        words = "Choose a `reason` of `reasons`."
        raise _wrong(place, "returns.no_such_reason", words, field="reason", reasons=sorted(reasons))
    subs = reasons[pick.reason]
    asked = next(reason.asks_sub_reason for reason in fitting if reason.code == pick.reason)
    fits = pick.sub_reason in subs if subs and (asked or pick.sub_reason) else pick.sub_reason is None
    if not fits:
        words = "Choose a `sub_reason` of `sub_reasons`." if subs else "This reason has no sub-reasons."
        raise _wrong(place, "returns.no_such_reason", words, field="sub_reason", sub_reasons=subs)


def offered_to(decided: Decided, pick: Picked) -> tuple[Offer, ...]:
    """The offers of a line that may come back for the reason given. Problems 422 name what is wrong."""
    place = decided.picked.index(pick)
    judged = next((line for line in decided.judged.lines if line.line_id == pick.line_id), None)
    if judged is None or not judged.eligible:
        raise _wrong(place, "returns.not_returnable", (judged.words if judged else None) or "It may not come back.")
    _known_reason(decided.judged, pick, place)
    line = _decided(decided.decision, pick.line_id)
    return line.offers if line else ()


def _decided(decision: DecisionV1, line_id: UUID) -> LineDecision | None:
    return next((line for line in decision.lines if line.line_id == line_id), None)


def _offers(line: LineDecision | None) -> tuple[OfferTold, ...]:
    offers = line.offers if line else ()
    return tuple(OfferTold(**each.model_dump(), total=with_bonus(each.amount, bonus_with(each))) for each in offers)


def _wrong(place: int, code: str, words: str, *, field: str | None = None, **more: Any) -> Problem:
    pointer = f"/lines/{place}/{field}" if field else f"/lines/{place}"
    faults = [{"in": "body", "pointer": pointer, "fault": words}]
    return Problem(422, code, words, faults=faults, **more)


def _words_of(judged: EligibilityV1) -> dict[str, str]:
    """Every reason's words by its code, and every sub-reason's by both codes, as they are kept with the return."""
    said = {reason.code: reason.words for reason in judged.reasons}
    for reason in judged.reasons:
        said |= {f"{reason.code}/{sub.code}": sub.words for sub in reason.sub_reasons}
    return said


def _preview(here: Portal, shop: Retailer, decided: Decided) -> Preview:
    order, decision = decided.order, decided.decision
    quote = here.intake.quote(shop, order, decision, decided.picked)
    lines = {line.id: line for line in order.lines}
    return Preview(
        order=order.number,
        order_id=order.order_id,
        policy_version=decision.policy_version,
        label=decision.label,
        fee=quote.price if quote is not None and decision.label is LabelTerms.PAID else None,
        method=quote.method if quote is not None and decision.label is not LabelTerms.NONE else None,
        lines=tuple(_line_previewed(decided, lines[pick.line_id], pick) for pick in decided.picked),
    )


def _line_previewed(decided: Decided, line: OrderLine, pick: Picked) -> LinePreviewed:
    judged = next((each for each in decided.judged.lines if each.line_id == line.id), None)
    found = _decided(decided.decision, line.id)
    eligible = judged is not None and judged.eligible
    return LinePreviewed(
        order_line_id=line.id,
        title=line.title,
        sku=line.sku,
        quantity=pick.quantity,
        returnable=line.returnable,
        offers=_offers(found) if eligible else (),
        review=bool(found and found.review),
        words=(judged.words if judged else None) or (found.words if found else None),
        photo_required=bool(found and found.photo_required),
        question=found.question if found else None,
        trace=tried(found.model_dump(mode="json")) if found else (),
    )

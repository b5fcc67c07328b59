"""What the policy is asked about a line, and what its decision means for a return."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.labels import QuoteV1
from libs.contracts.rules import AnswerGiven, DecisionV1, Deduction, EligibilityV1, LineAsked, Reason
from libs.contracts.values import Money, OrderLine, Resolution, ReturnLine
from services.portal.domain import share, weight
from services.portal.wishes import Picked, Wish


def reasons_for(judged: EligibilityV1, line_id: UUID) -> tuple[Reason, ...]:
    """The reasons that may be given for a line."""
    codes = next((line.reasons for line in judged.lines if line.line_id == line_id), None)
    return tuple(reason for reason in judged.reasons if codes is None or reason.code in codes)


def units_before(line: OrderLine, units: int) -> int:
    """How many units of `line` came back before these: they had their shares, and what is left shares what they left."""
    return max(0, min(line.quantity - line.returnable, line.quantity - units))


def asked_of(line: OrderLine, pick: Picked, *, has_photo: bool = False) -> LineAsked:
    """What is asked of the policy for these units of `line`, with what was paid for them."""
    units = max(1, min(pick.quantity, line.quantity))
    question, _, answer = (pick.answer or "").partition("/")
    return LineAsked(
        line=line,
        quantity=units,
        paid=share(line.paid, quantity=line.quantity, units=units, before=units_before(line, units)),
        reason=pick.reason,
        sub_reason=pick.sub_reason,
        has_photo=has_photo,
        answers=(AnswerGiven(question=question, answer=answer),) if answer else (),
        wanted=next((each for each in Resolution if each == pick.resolution), None),
    )


def fees_of(decision: DecisionV1, picked: Sequence[Picked]) -> list[str]:
    """The codes of the fees that are taken off what was chosen."""
    chosen = {(pick.line_id, pick.resolution) for pick in picked}
    return sorted(
        {
            deduction.code
            for line in decision.lines
            for offer in line.offers
            if (line.line_id, offer.resolution) in chosen
            for deduction in offer.deductions
        }
    )


def deductions_of(decision: Mapping[str, Any], line: ReturnLine) -> tuple[Deduction, ...]:
    """What the policy took off for what was chosen, by the decision as it is kept with the return."""
    return tuple(
        Deduction.model_validate(deduction)
        for decided in decision.get("lines", ())
        if decided["line_id"] == str(line.order_line_id)
        for offer in decided["offers"]
        if offer["resolution"] == line.resolution
        for deduction in offer.get("deductions", ())
    )


def nothing_missing(decision: DecisionV1, wish: Wish) -> None:
    """Raise Refused where the policy needs a photo, or an answer, that was not given."""
    pictured = {photo.line_id for photo in wish.photos}
    for line in decision.lines:
        if line.question is not None and not line.offers and line.words is None:
            raise Refused("portal.question_unanswered", line.question.words)
        if line.photo_required and line.line_id not in pictured:
            raise Refused("portal.photo_needed")


def held_by(wish: Wish, decision: DecisionV1) -> frozenset[str]:
    """What holds this return until a person has decided: a `rule`, a `photo`, or the `proof` of purchase."""
    picked = {pick.line_id for pick in wish.picked}
    reviewed = {line.line_id for line in decision.lines if line.photo_reviewed}
    why = {
        "rule": any(line.review for line in decision.lines if line.line_id in picked),
        "photo": any(photo.line_id in picked & reviewed for photo in wish.photos),
        "proof": wish.proof,
    }
    return frozenset(name for name, holds in why.items() if holds)


def at_the_policys_price(quote: QuoteV1, fixed: Money | None) -> QuoteV1:
    """`quote` at the price that the policy fixes for the label, where it does, in the lane's currency."""
    if fixed is None or fixed.currency != quote.price.currency:
        return quote
    return quote.model_copy(update={"price": fixed})


def sends_something(decision: DecisionV1, picked: Sequence[Picked]) -> bool:
    """Whether any line is to be posted, by what was chosen for it so far."""
    decided = {line.line_id: line.offers for line in decision.lines}
    chosen = [
        offer
        for pick in picked
        for offer in decided.get(pick.line_id, ())
        if pick.resolution is None or offer.resolution == pick.resolution
    ]
    return not chosen or not all(offer.keep_item for offer in chosen)


def grams_sent(lines: Sequence[OrderLine], decision: DecisionV1, picked: Sequence[Picked]) -> int | None:
    """What the items that are to be posted weigh, by what was chosen for them so far; None where one is not known."""
    one = {line.id: line.grams for line in lines}
    return weight((one.get(pick.line_id), pick.quantity) for pick in picked if sends_something(decision, [pick]))

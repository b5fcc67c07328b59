"""What a policy's decision means for a return, and for the page on which a shopper answers."""

from typing import Any

import pytest

from libs.contracts.errors import Refused
from libs.contracts.labels import QuoteV1
from libs.contracts.rules import (
    AnswerGiven,
    AnswerOffered,
    DecisionV1,
    Deduction,
    EligibilityV1,
    LineDecision,
    LineEligibility,
    Offer,
    QuestionAsked,
    Reason,
)
from libs.contracts.values import CreditTerms, LabelTerms, Money, Resolution, ReturnLine, Stage
from services.portal.intake import Picked, Wish, asked_of, digest_of, held_by
from services.portal.photos import KeptPhoto
from services.portal.terms import at_the_policys_price, deductions_of, fees_of, nothing_missing, reasons_for
from services.portal.web import answers, offering
from tests.unit.portal.lives import an_id, pounds
from tests.unit.portal.test_answers import SHIRT, a_draft

FEE = Deduction(code="handling", words="Handling fee", amount=pounds(300))
REFUND = Offer(
    resolution=Resolution.REFUND, amount=pounds(4200), stage=Stage.HUB_SCAN, words="Back to you", deductions=(FEE,)
)
CREDIT = Offer(
    resolution=Resolution.STORE_CREDIT,
    amount=pounds(4500),
    stage=Stage.HUB_SCAN,
    words="Yours to spend",
    credit=CreditTerms(bonus=pounds(450), valid_days=365),
)
TAGS_ON = QuestionAsked(code="tags_on", words="Are the tags on?", answers=(AnswerOffered(code="yes", words="Yes"),))
SEAM = KeptPhoto(SHIRT, "photos/r/order/seam.webp", 1200, 900)


def a_line(**changes: Any) -> LineDecision:
    return LineDecision(**({"line_id": SHIRT, "offers": (REFUND, CREDIT)} | changes))


def a_decision(**changes: Any) -> DecisionV1:
    return DecisionV1(policy_version=1, lines=(a_line(**changes),), label=LabelTerms.FREE)


def a_pick(**changes: Any) -> Picked:
    return Picked(**({"line_id": SHIRT, "quantity": 1, "reason": "other", "resolution": "refund"} | changes))


def a_wish(*, photos: tuple[KeptPhoto, ...] = ()) -> Wish:
    return Wish(an_id("order"), (a_pick(),), "k1", photos)


def missing(decision: DecisionV1, pick: Picked, *, photos: tuple[KeptPhoto, ...] = (), **reason: Any) -> list[str]:
    """The fields that the page asks for."""
    draft = a_draft()
    told = Reason(**({"code": "other", "words": "Something else"} | reason))
    judged = draft.judged.model_copy(update={"reasons": (told,)})
    drafted = answers.Draft(draft.order, judged, "k1", (pick,), photos)
    return [field.rpartition(str(SHIRT))[0].rstrip("-") for field in answers.missing(drafted, [pick], decision)]


def test_an_answer_travels_to_the_policy_and_makes_another_return():
    line = a_draft().order.lines[0]

    asked = asked_of(line, a_pick(answer="tags_on/yes"), has_photo=True)

    assert asked.answers == (AnswerGiven(question="tags_on", answer="yes"),)
    assert asked.has_photo
    assert asked_of(line, a_pick()).answers == ()
    plain, answered = (Wish(an_id("order"), (pick,), "k1") for pick in (a_pick(), a_pick(answer="tags_on/yes")))
    assert digest_of(plain) != digest_of(answered)


def test_a_photo_holds_a_return_unless_the_policy_trusts_it():
    wish = a_wish(photos=(SEAM,))

    assert held_by(wish, a_decision()) == {"photo"}
    assert held_by(wish, a_decision(photo_reviewed=False)) == frozenset()


def test_a_return_without_the_photo_or_the_answer_that_the_policy_needs_is_refused():
    with pytest.raises(Refused, match=r"portal\.photo_needed"):
        nothing_missing(a_decision(photo_required=True), a_wish())
    with pytest.raises(Refused, match=r"portal\.question_unanswered"):
        nothing_missing(a_decision(question=TAGS_ON, offers=()), a_wish())

    nothing_missing(a_decision(photo_required=True), a_wish(photos=(SEAM,)))
    nothing_missing(a_decision(question=TAGS_ON), a_wish())


@pytest.mark.parametrize(
    ("fixed", "price"),
    [(None, 295), (pounds(350), 350), (Money(amount=350, currency="EUR"), 295)],
)
def test_a_label_costs_what_the_policy_fixes_in_the_lane_s_currency(fixed, price):
    quote = QuoteV1(
        lane_id=an_id("lane"),
        carrier="own",
        service="post",
        hub="DAV",
        price=pounds(295),
        hub_address=a_draft().order.address,
    )

    assert at_the_policys_price(quote, fixed).price == pounds(price)


def test_the_fees_of_what_was_chosen_are_kept_and_told():
    decision = a_decision()
    refunded, credited = (fees_of(decision, [a_pick(resolution=chosen)]) for chosen in ("refund", "store_credit"))

    assert (refunded, credited) == (["handling"], [])


def test_the_deductions_of_a_line_are_told_by_the_decision_as_it_was_kept():
    kept = a_decision().model_dump(mode="json")
    shirt = a_line_of(Resolution.REFUND)

    assert deductions_of(kept, shirt) == (FEE,)
    assert deductions_of(kept, a_line_of(Resolution.STORE_CREDIT)) == ()
    assert deductions_of({}, shirt) == ()


def a_line_of(resolution: Resolution) -> ReturnLine:
    return ReturnLine(
        id=an_id("line"),
        order_line_id=SHIRT,
        title="Linen shirt",
        quantity=1,
        reason="other",
        resolution=resolution,
        owed=pounds(4200),
        stage=Stage.HUB_SCAN,
    )


def test_a_reason_is_offered_for_the_lines_that_may_give_it():
    reasons = (Reason(code="squeaks", words="Squeaks"), Reason(code="other", words="Other"))
    shirts_own = LineEligibility(line_id=SHIRT, eligible=True, reasons=("other",))
    judged = EligibilityV1(policy_version=1, lines=(shirts_own,), reasons=reasons)

    assert [reason.code for reason in reasons_for(judged, SHIRT)] == ["other"]
    assert [reason.code for reason in reasons_for(judged, an_id("boots"))] == ["squeaks", "other"]


def test_the_page_shows_what_an_offer_is_less_and_more_by():
    refund, credit = offering.choices(a_line())

    assert [(note.words, note.amount) for note in refund.notes] == [("Handling fee", pounds(-300))]
    assert [(note.words, note.amount) for note in credit.notes] == [("Good for 365 days", None)]
    assert (refund.bonus, credit.bonus) == (None, pounds(450))


def test_the_page_asks_the_policy_s_question_and_says_what_the_policy_says():
    question = offering.question(a_line(question=TAGS_ON), "tags_on/yes")

    assert question is not None
    assert (question.words, question.answer) == ("Are the tags on?", "tags_on/yes")
    assert [answer.code for answer in question.answers] == ["tags_on/yes"]
    assert offering.notice(a_line()) is None
    assert offering.notice(a_line(words="We call you.")).tone == "info"
    assert offering.notice(a_line(offers=(), words="No.")).tone == "warn"
    assert "person" in offering.notice(a_line(review=True)).words


def test_the_page_asks_for_what_the_reason_and_the_policy_need():
    asking = a_decision(question=TAGS_ON, offers=())
    shown = a_decision(photo_required=True)
    subs = (Reason(code="inside", words="Inside", asks_comment=True),)

    assert missing(a_decision(), a_pick()) == []
    assert missing(asking, a_pick()) == ["answer"]
    assert missing(shown, a_pick()) == ["photo"]
    assert missing(shown, a_pick(), photos=(SEAM,)) == []
    assert missing(a_decision(), a_pick(), sub_reasons=subs) == ["sub"]
    assert missing(a_decision(), a_pick(), sub_reasons=subs, asks_sub_reason=False) == []
    assert missing(a_decision(), a_pick(sub_reason="inside"), sub_reasons=subs) == ["comment"]

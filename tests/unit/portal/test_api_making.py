"""A return that a program asks for: the line that is meant, the reason, and what is offered for it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from libs.contracts.orders import OrderV1
from libs.contracts.rules import (
    AnswerOffered,
    DecisionV1,
    EligibilityV1,
    LineDecision,
    LineEligibility,
    Offer,
    QuestionAsked,
    Reason,
)
from libs.contracts.values import Address, Contact, LabelTerms, Money, OrderLine, Resolution, Stage
from services.portal.api import making
from services.portal.api.bodies import LineToReturn
from services.portal.problems import Problem


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


def a_line(sku: str, returnable: int = 1) -> OrderLine:
    return OrderLine(
        id=uuid4(),
        shop_line_id="1",
        title="Linen camp shirt",
        sku=sku,
        quantity=2,
        returnable=returnable,
        paid=pounds(9000),
        list_price=pounds(4500),
    )


SHIRT, SCARF, TWIN = a_line("SHIRT"), a_line("SCARF", returnable=2), a_line("SCARF", returnable=2)
ORDER = OrderV1(
    order_id=uuid4(),
    number="AL-1001",
    placed_at=datetime(2026, 11, 1, tzinfo=UTC),
    currency="GBP",
    total=pounds(18000),
    contact=Contact(name="Ana Ruiz", email="ana@example.com"),
    address=Address(name="Ana Ruiz", line1="1 High Street", city="Leeds", country="GB"),
    lines=(SHIRT, SCARF, TWIN),
)
SIZE = Reason(code="size", words="Doesn't fit", sub_reasons=(Reason(code="too_small", words="Too small"),))
OTHER = Reason(code="other", words="Something else")
REFUND = Offer(resolution=Resolution.REFUND, amount=pounds(4500), stage=Stage.HUB_SCAN, words="Money back")
CREDIT = Offer(resolution=Resolution.STORE_CREDIT, amount=pounds(4950), stage=Stage.FIRST_SCAN, words="Gift card")


def decided(picked, *offers: Offer, eligible: bool = True):
    judged = LineEligibility(line_id=SHIRT.id, eligible=eligible, why_not="too_late", words="The window has closed.")
    return making.Decided(
        ORDER,
        EligibilityV1(policy_version=1, lines=(judged,), reasons=(SIZE, OTHER)),
        DecisionV1(policy_version=1, label=LabelTerms.FREE, lines=(LineDecision(line_id=SHIRT.id, offers=offers),)),
        (picked,),
    )


def pick(**said):
    asked = LineToReturn(**{"sku": "SHIRT", "reason": "other"} | said)
    return making._picked(ORDER, asked, 0)


def test_a_line_is_meant_by_its_sku_or_its_id():
    by_sku, by_id = pick(), pick(sku=None, order_line_id=SHIRT.id)

    assert by_sku == by_id
    assert by_sku.line_id == SHIRT.id


@pytest.mark.parametrize(
    ("said", "code", "more"),
    [
        ({"sku": "HAT"}, "returns.not_in_the_order", {}),
        ({"sku": "SCARF"}, "returns.sku_is_ambiguous", {"order_line_ids": [str(SCARF.id), str(TWIN.id)]}),
        ({"quantity": 2}, "returns.too_many_units", {"returnable": 1}),
    ],
)
def test_a_line_that_is_not_clear_or_not_there_is_a_problem_at_its_place(said, code, more):
    with pytest.raises(Problem) as refused:
        pick(**said)

    assert (refused.value.status, refused.value.code) == (422, code)
    assert refused.value.more["faults"][0]["pointer"] == "/lines/0"
    assert refused.value.more.items() >= more.items()


def test_a_line_named_twice_is_a_problem():
    with pytest.raises(Problem) as refused:
        making._once_each((pick(), pick()))

    assert refused.value.code == "returns.line_named_twice"
    assert refused.value.more["faults"][0]["pointer"] == "/lines/1"


def test_the_only_resolution_offered_need_not_be_named():
    picked = pick()

    assert making._chosen(decided(picked, REFUND), picked).resolution == "refund"


@pytest.mark.parametrize("wished", [None, "exchange"])
def test_a_resolution_that_is_not_offered_is_answered_with_those_that_are(wished):
    picked = pick(resolution=wished)

    with pytest.raises(Problem) as refused:
        making._chosen(decided(picked, REFUND, CREDIT), picked)

    assert refused.value.code == "returns.not_offered"
    assert refused.value.more["faults"][0]["pointer"] == "/lines/0/resolution"
    assert [(offer["resolution"], offer["amount"]["amount"]) for offer in refused.value.more["offers"]] == [
        ("refund", 4500),
        ("store_credit", 4950),
    ]


def test_a_line_that_may_not_come_back_is_told_why():
    picked = pick()

    with pytest.raises(Problem) as refused:
        making._chosen(decided(picked, REFUND, eligible=False), picked)

    assert (refused.value.code, refused.value.detail) == ("returns.not_returnable", "The window has closed.")
    assert refused.value.more["why"] == "too_late"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": "weather"}, "reason"),
        ({"reason": "size"}, "sub_reason"),
        ({"reason": "size", "sub_reason": "too_blue"}, "sub_reason"),
        ({"reason": "other", "sub_reason": "too_small"}, "sub_reason"),
    ],
)
def test_a_reason_that_the_retailer_does_not_have_is_a_problem_at_its_field(said, field):
    picked = pick(**said)

    with pytest.raises(Problem) as refused:
        making._chosen(decided(picked, REFUND), picked)

    assert refused.value.code == "returns.no_such_reason"
    assert refused.value.more["faults"][0]["pointer"] == f"/lines/0/{field}"


@pytest.mark.parametrize("named", [{}, {"sku": "SHIRT", "order_line_id": str(SHIRT.id)}])
def test_a_line_is_named_once(named):
    with pytest.raises(ValueError, match="by order_line_id or by sku"):
        LineToReturn(reason="size", **named)


TAGS_ON = QuestionAsked(code="tags_on", words="Are the tags on?", answers=(AnswerOffered(code="yes", words="Yes"),))


@pytest.mark.parametrize(
    ("line", "code", "pointer"),
    [
        (LineDecision(line_id=SHIRT.id, offers=(), question=TAGS_ON), "returns.question_open", "/lines/0/answer"),
        (LineDecision(line_id=SHIRT.id, offers=(REFUND,), photo_required=True), "returns.photo_needed", "/lines/0"),
    ],
)
def test_what_the_policy_asks_first_is_a_problem_that_says_so(line, code, pointer):
    picked = pick(resolution="refund")
    asking = decided(picked)
    asking = replace(asking, decision=asking.decision.model_copy(update={"lines": (line,)}))

    with pytest.raises(Problem) as problem:
        making._chosen(asking, picked)

    told = json.loads(problem.value.response().body)
    assert (told["code"], told["faults"][0]["pointer"]) == (code, pointer)


def test_an_answer_is_handed_on_and_a_reason_that_the_line_may_not_give_is_none():
    assert pick(answer="tags_on/yes").answer == "tags_on/yes"

    picked = pick(reason="size", sub_reason="too_small")
    asking = decided(picked, REFUND)
    narrow = asking.judged.lines[0].model_copy(update={"reasons": ("other",)})
    asking = replace(asking, judged=asking.judged.model_copy(update={"lines": (narrow,)}))
    with pytest.raises(Problem) as problem:
        making._chosen(asking, picked)
    assert json.loads(problem.value.response().body)["code"] == "returns.no_such_reason"

"""What holds for every policy and every return."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.rules import AnswerGiven, Circumstances, DecideReturnV1
from libs.contracts.values import Money, OrderLine
from services.rules.domain import decide, judge
from tests.unit.rules.examples import SCARF, SHIRT, a_return, asked, order, policy, rule, shirt

OFFERS = [
    {"resolution": "refund"},
    {"resolution": "store_credit", "credit": {"bonus_percent": 10}},
    {"resolution": "exchange", "fallback": "refund"},
]
amounts = st.integers(-10_000, 1_000_000)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
monies = st.builds(Money, amount=amounts, currency=st.sampled_from(["GBP", "EUR"]))
order_lines = st.builds(
    shirt,
    id=st.sampled_from([SHIRT, SCARF]),
    quantity=st.integers(1, 5),
    returnable=st.integers(-1, 5),
    paid=monies,
    tags=st.lists(st.sampled_from(["linen", "sale", "FINAL-SALE"]), max_size=3).map(tuple),
    gift_card=st.booleans(),
    fulfilled_at=st.none() | moments,
    delivered_at=st.none() | moments,
)
asked_lines = st.builds(
    asked,
    order_lines,
    quantity=st.integers(1, 5),
    paid=monies,
    reason=st.sampled_from(["does_not_fit", "faulty", "", "bored"]),
    sub_reason=st.none() | st.just("too_small"),
    has_photo=st.booleans(),
    answers=st.sampled_from(["yes", "no", "torn", "perhaps"]).map(
        lambda code: (AnswerGiven(question="tags_on", answer=code),)
    )
    | st.just(()),
)
returns = st.builds(
    lambda lines, **more: a_return(*lines, **more),
    st.lists(asked_lines, max_size=4),
    placed_at=moments,
    country=st.sampled_from(["GB", "AU"]),
    language=st.sampled_from(["en", "de", "xx", ""]),
    order_total=monies,
    fees_taken=st.sampled_from([(), ("restocking",)]),
    circumstances=st.builds(
        Circumstances,
        customer_tags=st.sampled_from([(), ("Member",)]),
        earlier_returns=st.none() | st.integers(-1, 5),
        earlier_orders=st.none() | st.integers(-1, 5),
    ),
)
conditions = st.one_of(
    st.builds(
        lambda op, values: {"field": "reason", "op": op, "values": values},
        st.sampled_from(["in", "none_of"]),
        st.lists(st.sampled_from(["does_not_fit", "faulty"]), min_size=1),
    ),
    st.builds(
        lambda op, values: {"field": "tags", "op": op, "values": values},
        st.sampled_from(["in", "none_of"]),
        st.lists(st.sampled_from(["linen", "sale"]), min_size=1),
    ),
    st.builds(
        lambda op, amount: {"field": "order_value", "op": op, "value": {"amount": amount, "currency": "GBP"}},
        st.sampled_from(["at_least", "at_most"]),
        st.integers(0, 1_000_000),
    ),
    st.sampled_from(
        [
            {"field": "photo", "op": "is", "value": True},
            {"field": "return_rate", "op": "at_least", "value": 50},
            {"field": "days_since_delivery", "op": "between", "low": 3, "high": 9},
            {"field": "customer_tags", "op": "is_not", "value": "member"},
            {"field": "item_price", "op": "at_most", "value": {"amount": 5000, "currency": "GBP"}},
        ]
    ),
)
fees = st.lists(
    st.sampled_from(
        [
            {"kind": "restocking", "percent": 15},
            {"kind": "handling", "flat": {"amount": 400, "currency": "GBP"}},
            {"kind": "handling", "per": "request", "flat": {"amount": 300, "currency": "GBP"}, "even_at_fault": True},
            {"kind": "restocking", "per": "order", "flat": {"amount": 900, "currency": "GBP"}},
        ]
    ),
    max_size=3,
)
TAGS_ON = {
    "code": "tags_on",
    "words": {"en": "Tags on?"},
    "answers": [
        {"code": "yes", "words": {"en": "Yes"}},
        {"code": "no", "words": {"en": "No"}, "leads": "reject", "tells": {"en": "No."}},
        {"code": "torn", "words": {"en": "Torn"}, "leads": "donate"},
    ],
}
outcomes = st.one_of(
    st.just({"reject": {"en": "No."}}),
    st.just({"allow": ["none"]}),
    st.fixed_dictionaries(
        {"allow": st.lists(st.sampled_from(["refund", "store_credit", "exchange"]), min_size=1, unique=True)},
        optional={
            "label": st.sampled_from(["free", "paid", {"fixed": {"amount": 300, "currency": "GBP"}}]),
            "fees": fees,
            "question": st.just(TAGS_ON),
            "review": st.booleans(),
            "photo_required": st.booleans(),
            "words": st.just({"en": "Thank you."}),
        },
    ),
)
policies = st.builds(
    lambda rules, otherwise, days, fees: policy(
        offers=OFFERS,
        fees=fees,
        rules=[rule(f"Rule {at}", at + 1, *when, then=then) for at, (when, then) in enumerate(rules)],
        otherwise=otherwise,
        window={"days": days},
    ),
    st.lists(st.tuples(st.lists(conditions, max_size=3), outcomes), max_size=4),
    outcomes,
    st.none() | st.integers(1, 60),
    fees,
)


@given(policies, returns, moments)
def test_a_decision_answers_for_every_line_and_the_same_facts_get_the_same_answer(any_policy, any_return, now):
    decision = decide(any_policy, any_return, now)

    assert [line.line_id for line in decision.lines] == [line.line.id for line in any_return.lines]
    assert decision == decide(any_policy, DecideReturnV1.model_validate_json(any_return.model_dump_json()), now)


@given(policies, returns, moments)
def test_no_decision_offers_more_than_was_paid_or_less_than_nothing(any_policy, any_return, now):
    decision = decide(any_policy, any_return, now)

    for line, given_line in zip(decision.lines, any_return.lines, strict=True):
        for offer in line.offers:
            assert 0 <= offer.amount.amount <= max(0, given_line.paid.amount)
            assert offer.amount.amount <= max(0, given_line.line.paid.amount)
            assert offer.amount.currency == given_line.line.paid.currency


@given(policies, returns, moments)
def test_a_line_without_an_offer_always_says_why(any_policy, any_return, now):
    decision = decide(any_policy, any_return, now)

    assert all(line.offers or line.words or line.question for line in decision.lines)
    assert all(line.trace for line in decision.lines)


@given(policies, returns, moments)
def test_what_is_taken_off_and_what_is_left_are_what_was_paid(any_policy, any_return, now):
    decision = decide(any_policy, any_return, now)

    for line, given_line in zip(decision.lines, any_return.lines, strict=True):
        paid = max(0, min(given_line.paid.amount, given_line.line.paid.amount))
        for offer in line.offers:
            taken = sum(deduction.amount.amount for deduction in offer.deductions)
            assert offer.amount.amount + taken == (0 if offer.resolution == "none" else paid)


@given(policies, returns, moments)
def test_a_decision_without_a_trace_decides_the_same(any_policy, any_return, now):
    whole = decide(any_policy, any_return, now)
    short = decide(any_policy, any_return.model_copy(update={"explain": False}), now)

    assert short.lines == tuple(line.model_copy(update={"trace": ()}) for line in whole.lines)


@given(policies, order_lines, moments, moments, asked_lines)
def test_what_is_closed_before_anything_is_said_stays_closed_whatever_is_said(any_policy, line, placed, now, said):
    order_of_one = order(line, placed_at=placed)
    wish = said.model_copy(update={"line": line})

    closed = not judge(any_policy, order_of_one, now).lines[0].eligible
    decided = decide(any_policy, a_return(wish, placed_at=placed, order_total=monies_of(line)), now).lines[0]

    assert not (closed and decided.offers)


def monies_of(line: OrderLine) -> Money:
    """The order's value where the line is all of it."""
    return line.paid

"""What holds for every policy and every return."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.rules import DecideReturnV1
from libs.contracts.values import Money
from services.rules.domain import decide
from tests.unit.rules.examples import SCARF, SHIRT, a_return, asked, policy, rule, shirt

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
)
returns = st.builds(
    lambda lines, **more: a_return(*lines, **more),
    st.lists(asked_lines, max_size=4),
    placed_at=moments,
    country=st.sampled_from(["GB", "AU"]),
    language=st.sampled_from(["en", "de", "xx", ""]),
    order_total=monies,
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
)
outcomes = st.sampled_from([{"allow": ["refund"]}, {"allow": ["refund"], "label": "paid"}, {"reject": {"en": "No."}}])
policies = st.builds(
    lambda rules, otherwise, days: policy(
        rules=[rule(f"Rule {at}", at + 1, *when, then=then) for at, (when, then) in enumerate(rules)],
        otherwise=otherwise,
        window={"days": days},
    ),
    st.lists(st.tuples(st.lists(conditions, max_size=3), outcomes), max_size=4),
    outcomes,
    st.none() | st.integers(1, 60),
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

    assert all(line.offers or line.words for line in decision.lines)
    assert all(line.trace for line in decision.lines)

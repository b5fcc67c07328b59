"""A made-up item is asked of a policy by the names that rules use."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.errors import Refused
from libs.contracts.rules_policies import SimulateV1
from services.rules import domain
from services.rules.domain.looking import facts_of
from services.rules.policy import compiled, read
from services.rules.simulating import currency_of, question_of
from tests.unit.rules.examples import document, rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SALE = rule(
    "Sale is final",
    10,
    {"field": "product_tags", "op": "in", "values": ["sale"]},
    then={"reject": {"en": "Sale items stay sold."}},
)
POUNDS = read(document(currencies=["GBP"]))


def facts(**item):
    asked, at = question_of(SimulateV1(item={"reason": "faulty"} | item), POUNDS, NOW)
    return facts_of(asked, asked.lines[0], at)


def test_an_item_has_the_facts_that_it_names():
    said = {
        "reason": "faulty",
        "sub_reason": "torn",
        "country": "DE",
        "channel": "store",
        "quantity": 3,
        "photo": True,
        "discount_percent": 30,
        "days_since_delivery": 12,
        "earlier_returns": 4,
        "return_rate": 50,
    }

    found = facts(**said, item_price={"amount": 4000, "currency": "GBP"}, product_tags=["Sale", "new"])

    assert {name: found[name] for name in said} == said
    assert found["item_price"].amount == 4000
    assert found["order_value"].amount == 12_000
    assert found["product_tags"] == {"sale", "new"}


@given(st.integers(0, 100))
def test_any_return_rate_can_be_said(rate):
    assert facts(return_rate=rate)["return_rate"] == rate


@given(st.integers(0, 99), st.integers(100, 1_000_000))
def test_a_discount_in_percent_leaves_the_price_paid(percent, paid):
    found = facts(discount_percent=percent, item_price={"amount": paid, "currency": "GBP"})

    assert found["discount_percent"] == percent
    assert found["item_price"].amount == paid


def test_an_item_that_has_not_arrived_has_no_days_since_delivery():
    assert "days_since_delivery" not in facts(days_since_delivery=None)


def test_a_day_moves_the_whole_case():
    asked, at = question_of(SimulateV1(item={"reason": "faulty", "on": "2026-12-24"}), POUNDS, NOW)

    assert at == datetime(2026, 12, 24, 12, tzinfo=UTC)
    assert asked.lines[0].line.delivered_at == datetime(2026, 12, 21, 12, tzinfo=UTC)


def test_a_policy_speaks_the_currency_of_its_amounts():
    value = {"field": "order_value", "op": "at_least", "value": {"amount": 100, "currency": "SEK"}}

    assert currency_of(read(document(rules=[rule("Dear", 10, value)]))) == "SEK"
    assert currency_of(read(document())) == "EUR"


def test_an_item_is_decided_as_a_real_one_would_be():
    policy = read(document(rules=[SALE]))
    asked, at = question_of(SimulateV1(item={"reason": "faulty", "product_tags": ["sale"]}), policy, NOW)

    [line] = domain.decide(compiled(policy, 1), asked, at).lines

    assert line.words == "Sale items stay sold."


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ({}, "reason"),
        ({"reason": "faulty", "colour": "red"}, "colour"),
        ({"reason": "faulty", "country": "Germany"}, "country"),
        ({"reason": "faulty", "on": "0001-01-01"}, "on: must be a day from 2000 to 2999"),
        ({"reason": "faulty", "return_rate": "30%"}, "return_rate: must be a whole number, such as 30"),
        ({"reason": "faulty", "return_rate": 20, "earlier_returns": 0}, "returned nothing"),
        (
            {
                "reason": "faulty",
                "item_price": {"amount": 1, "currency": "GBP"},
                "order_value": {"amount": 1, "currency": "EUR"},
            },
            "two currencies",
        ),
    ],
)
def test_an_item_with_a_fault_is_refused_with_what_is_wrong(item, fault):
    with pytest.raises(Refused) as refused:
        question_of(SimulateV1(item=item), read(document()), NOW)

    assert refused.value.code == "rules.invalid_item"
    assert fault in refused.value.detail

"""What each operator asks of each kind of fact, and that what is not known meets no limit."""

from typing import Any

import pytest

from libs.contracts.rules import LineDecision
from services.rules.domain import decide
from tests.unit.rules.examples import TEN_DAYS_LATER, a_return, asked, policy, pounds, rule, shirt

ABOUT = {
    "order_number": "AL-1001",
    "order_tags": ("vip", "gift"),
    "customer_tags": ("Member",),
    "channel": "online",
    "customer": "4ca6ec1a5ca2ba44f4b3ebd5b0b0fd3b1c6d9e29dd7b7a3a5e24e2a3d1de5f3c",
    "earlier_returns": 3,
    "earlier_orders": 4,
}
SHIRT = {
    "product_type": "Shirts",
    "vendor": "Alder",
    "sku": "SHIRT-10",
    "tags": ("Linen", "summer"),
    "collections": ("new-in",),
    "quantity": 3,
    "returnable": 3,
    "paid": pounds(9000),
    "list_price": pounds(4000),
    "discount": pounds(3000),
    "discount_percent": 25,
}


def matches(condition: dict[str, Any], **line: Any) -> bool:
    return decided(condition, **line).trace[1].matched


def decided(*conditions: dict[str, Any], match: str = "all", **line: Any) -> LineDecision:
    tried = rule("Tried", 1, *conditions) | {"match": match}
    one = asked(shirt(**(SHIRT | line)), quantity=2, paid=pounds(6000), sub_reason="too_small", has_photo=True)
    return decide(policy(rules=[tried]), a_return(one, circumstances=ABOUT), TEN_DAYS_LATER).lines[0]


def gbp(pence: int) -> dict[str, Any]:
    return {"amount": pence, "currency": "GBP"}


@pytest.mark.parametrize(
    ("field", "mine", "other"),
    [
        ("reason", "does_not_fit", "faulty"),
        ("sub_reason", "too_small", None),
        ("country", "GB", "AU"),
        ("channel", "online", "store"),
        ("product_type", "shirts", "shoes"),
        ("vendor", "ALDER", "Kite"),
        ("sku", "shirt-10", "SHIRT-1"),
        ("product_tags", "linen", "wool"),
        ("tags", "summer", "winter"),
        ("collections", "New-In", "sale"),
        ("order_tags", "gift", "wholesale"),
        ("customer_tags", "member", "staff"),
        ("order_number", "al-1001", "AL-1002"),
        ("customer", ABOUT["customer"], "somebody@else.example"),
    ],
)
def test_words_are_is_is_not_in_and_none_of(field, mine, other):
    strangers = [other] if other else []

    assert matches({"field": field, "op": "is", "value": mine})
    assert not matches({"field": field, "op": "is_not", "value": mine})
    assert matches({"field": field, "op": "in", "values": [*strangers, mine]})
    assert not matches({"field": field, "op": "none_of", "values": [*strangers, mine]})
    assert all(matches({"field": field, "op": "none_of", "values": [stranger]}) for stranger in strangers)


@pytest.mark.parametrize(
    ("field", "value", "less", "more"),
    [
        ("discount_percent", 25, 24, 26),
        ("discount_amount", gbp(1000), gbp(999), gbp(1001)),
        ("order_value", gbp(8300), gbp(8299), gbp(8301)),
        ("item_price", gbp(3000), gbp(2999), gbp(3001)),
        ("days_since_delivery", 10, 9, 11),
        ("quantity", 2, 1, 3),
        ("earlier_returns", 3, 2, 4),
        ("return_rate", 75, 74, 76),
    ],
)
def test_numbers_are_compared_with_their_limits_included(field, value, less, more):
    assert matches({"field": field, "op": "is", "value": value})
    assert matches({"field": field, "op": "at_least", "value": value})
    assert matches({"field": field, "op": "at_most", "value": value})
    assert matches({"field": field, "op": "between", "low": less, "high": value})
    assert not matches({"field": field, "op": "is", "value": less})
    assert not matches({"field": field, "op": "at_least", "value": more})
    assert not matches({"field": field, "op": "at_most", "value": less})
    assert not matches({"field": field, "op": "between", "low": more, "high": more})


def test_a_photo_is_given_or_not():
    assert matches({"field": "photo", "op": "is", "value": True})
    assert not matches({"field": "photo", "op": "is", "value": False})


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        ({"field": "days_since_delivery", "op": "at_least", "value": 0}, {"delivered_at": None}),
        ({"field": "days_since_delivery", "op": "at_most", "value": 999}, {"delivered_at": None}),
        ({"field": "vendor", "op": "is", "value": "Alder"}, {"vendor": None}),
        ({"field": "discount_amount", "op": "at_least", "value": gbp(0)}, {"discount": None}),
    ],
)
def test_what_is_not_known_meets_no_condition_that_wants_something(condition, line):
    assert not matches(condition, **line)


def test_what_is_not_known_is_none_of_anything_and_the_trace_says_that_it_is_not_known():
    assert matches({"field": "vendor", "op": "none_of", "values": ["Kite"]}, vendor=None)
    unknown = decided({"field": "days_since_delivery", "op": "at_least", "value": 3}, delivered_at=None).trace[1]
    assert unknown.because == "no, days since delivery is not known: must be at least 3"


def test_a_discount_on_something_that_costs_nothing_is_no_share_of_anything():
    gift = {"list_price": pounds(0), "discount_percent": 0, "discount": pounds(0)}

    assert not matches({"field": "discount_percent", "op": "at_most", "value": 100}, **gift)
    assert not matches({"field": "discount_percent", "op": "at_least", "value": 0}, **gift)


def test_the_return_rate_of_somebody_who_ordered_nothing_before_is_not_known():
    tried = rule("Often", 1, {"field": "return_rate", "op": "at_least", "value": 0})
    first = a_return(asked(shirt()), circumstances={"earlier_returns": 0, "earlier_orders": 0})

    assert not decide(policy(rules=[tried]), first, TEN_DAYS_LATER).lines[0].trace[1].matched


def test_any_of_a_rule_s_conditions_is_enough_where_the_rule_says_so():
    far = {"field": "country", "op": "is", "value": "AU"}
    linen = {"field": "product_tags", "op": "is", "value": "linen"}

    assert decided(far, linen, match="any").trace[1].matched
    assert not decided(far, linen).trace[1].matched
    assert not decided(far, match="any").trace[1].matched


def test_a_rule_counts_from_its_first_day_to_its_last_and_while_it_is_on():
    def tried(**dates: Any) -> tuple[bool, str]:
        found = decide(policy(rules=[rule("June", 1) | dates]), a_return(asked(shirt())), TEN_DAYS_LATER).lines[0]
        return found.trace[1].matched, found.trace[1].because

    assert tried(starts="2026-11-11", ends="2026-11-11") == (True, "it has no conditions")
    assert tried(starts="2026-11-12") == (False, "it counts from 2026-11-12")
    assert tried(ends="2026-11-10") == (False, "it counts until 2026-11-10")
    assert tried(on=False) == (False, "it is off")

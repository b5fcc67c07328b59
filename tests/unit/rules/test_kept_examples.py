"""Examples kept with a policy are decided as a shopper's return is, and say what differs."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from libs.contracts.errors import Refused
from services.rules.checking import publishable
from services.rules.examples import asked_of, failed, noon
from services.rules.policy import InvalidPolicy, read
from services.rules.policy.examples import Item
from tests.unit.rules.examples import document, rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AUSTRALIA = rule(
    "Australia",
    10,
    {"field": "country", "op": "in", "values": ["AU"]},
    then={"allow": ["store_credit"], "label": "paid"},
)
OFFERS = [{"resolution": "refund"}, {"resolution": "store_credit"}]


def policy(*kept: dict[str, Any], **changes: Any) -> Any:
    return read(document(**({"offers": OFFERS, "rules": [AUSTRALIA], "examples": list(kept)} | changes)))


def kept(name: str, item: dict[str, Any], **expect: Any) -> dict[str, Any]:
    return {"name": name, "item": {"reason": "faulty"} | item, "expect": expect}


def differences(item: dict[str, Any], **expect: Any) -> str:
    return "; ".join(each.words for each in failed(policy(kept("It", item, **expect)), NOW))


def test_an_example_that_comes_out_as_it_says_is_not_named():
    held = kept("Refund", {"country": "GB"}, offers=["refund"], label="free", rule="Otherwise", refused=False)

    assert failed(policy(held), NOW) == ()


def test_what_differs_is_told_in_words_and_what_does_not_is_left_out():
    [found] = failed(policy(kept("Damaged", {"country": "AU"}, offers=["refund"], label="free", review=False)), NOW)

    assert found.name == "Damaged"
    assert found.words == "offers: expected refund, got store_credit; label: expected free, got paid"


@pytest.mark.parametrize(
    ("item", "expect", "said"),
    [
        ({}, {"refused": True}, "refused: expected yes, got no"),
        ({}, {"rule": "Australia"}, "rule: expected Australia, got Otherwise"),
        ({"product_tags": ["Final-Sale"]}, {"rule": "Otherwise"}, "rule: expected Otherwise, got Eligibility"),
        ({"days_since_delivery": 31}, {"offers": ["refund"]}, "offers: expected refund, got nothing"),
        ({}, {"stage": "manual"}, "stage: expected manual, got hub_scan"),
        ({}, {"hub": "DAV"}, "hub: expected DAV, got none"),
        (
            {"item_price": {"amount": 4000, "currency": "GBP"}, "quantity": 2},
            {"amount": {"amount": 4000, "currency": "GBP"}},
            "amount: expected 4000 GBP, got 8000 GBP",
        ),
    ],
)
def test_every_part_that_is_expected_is_compared(item, expect, said):
    assert differences(item, **expect) == said


def test_an_example_is_run_on_its_day():
    summer = AUSTRALIA | {"starts": "2026-06-01", "ends": "2026-08-31"}
    july = kept("July", {"country": "AU", "on": "2026-07-01"}, rule="Australia")
    november = kept("Now", {"country": "AU"}, rule="Otherwise")

    assert failed(policy(july, november, rules=[summer]), NOW) == ()


def test_the_day_of_the_order_counts_for_holidays():
    christmas = {"name": "Christmas", "ordered_from": "2026-11-01", "ordered_to": "2026-12-24", "until": "2027-01-31"}
    item = {"days_since_delivery": 50, "on": "2027-01-31"}

    held = [
        kept("Ordered in December", item | {"ordered": "2026-12-10"}, refused=False),
        kept("Ordered in October", item | {"ordered": "2026-10-31"}, refused=True),
    ]

    assert failed(policy(*held, window={"days": 30, "extensions": [christmas]}), NOW) == ()


def test_amounts_that_are_not_said_are_in_the_policy_s_currency():
    dear = rule("Dear", 10, {"field": "item_price", "op": "at_least", "value": {"amount": 4000, "currency": "SEK"}})

    assert failed(policy(kept("Usual", {}, rule="Dear"), rules=[dear]), NOW) == ()


def test_an_item_that_cannot_be_is_told():
    assert "no number of orders makes 1 returns a rate of 70 %" in differences(
        {"earlier_returns": 1, "return_rate": 70}, refused=False
    )


def test_a_rate_of_returns_comes_back_as_it_was_said():
    about = asked_of(Item(reason="faulty", earlier_returns=3, return_rate=25), date(2026, 11, 23)).circumstances

    assert (about.earlier_returns, about.earlier_orders) == (3, 12)


def test_an_item_that_has_not_arrived_was_sent():
    [line] = asked_of(Item(reason="faulty", days_since_delivery=None), date(2026, 11, 23)).lines

    assert line.line.delivered_at is None
    assert line.line.fulfilled_at == noon(date(2026, 11, 23))


def test_a_failing_example_stands_in_the_way_of_publishing():
    with pytest.raises(Refused) as refused:
        publishable(policy(kept("Damaged", {"country": "AU"}, label="free"), sells_to=["US"]), NOW)

    assert refused.value.code == "rules.example_failed"
    assert "Damaged: label: expected free, got paid" in refused.value.detail


@pytest.mark.parametrize(
    ("held", "path"),
    [
        (kept("Nothing", {}), "examples.0.expect"),
        (kept("Odd", {"colour": "red"}, refused=True), "examples.0.item.colour"),
        (kept("Odd", {"country": "Germany"}, refused=True), "examples.0.item.country"),
    ],
)
def test_an_example_with_a_fault_is_a_fault_of_the_policy(held, path):
    with pytest.raises(InvalidPolicy) as wrong:
        policy(held)

    assert path in {where for where, _ in wrong.value.faults}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("field", ["on", "ordered"])
def test_a_day_that_nothing_can_be_counted_from_is_a_fault(day, field):
    with pytest.raises(InvalidPolicy) as wrong:
        policy(kept("Long ago", {field: day}, refused=True))

    assert wrong.value.faults == ((f"examples.0.item.{field}", "must be a day from 2000 to 2999"),)


def test_a_free_gift_has_no_percents_and_what_is_not_said_costs_no_more_than_the_order():
    gift = asked_of(Item(reason="faulty", item_price={"amount": 0, "currency": "GBP"}), date(2026, 11, 23))
    cheap = asked_of(Item(reason="faulty", order_value={"amount": 900, "currency": "GBP"}), date(2026, 11, 23))

    assert gift.lines[0].line.list_price.amount == 0
    assert cheap.lines[0].paid.amount == 900


def test_an_address_in_an_example_is_kept_as_its_hash():
    [held] = policy(kept("Ann", {"customer": "Ann@Example.com"}, refused=False)).examples

    assert "@" not in str(held.item.customer)
    assert held.item.customer == Item(reason="faulty", customer="ann@example.com ").customer

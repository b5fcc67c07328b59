"""Facts of one item that depend on each other: the linter warns of no case that cannot be, and misses none that can."""

from datetime import date
from typing import Any

from services.rules.domain import decide
from services.rules.examples import asked_of, decided_by, noon
from services.rules.linting import lint, written
from services.rules.policy import Document, compiled, read
from services.rules.policy.examples import Item
from tests.unit.rules.examples import REFUND, document, rule

TODAY = date(2026, 11, 23)
NO = {"reject": {"en": "No."}}
CREDIT = {"allow": ["store_credit"]}
OFFERS = [{"resolution": "refund"}, {"resolution": "store_credit"}]
FIT = {
    "code": "fit",
    "words": {"en": "Fit"},
    "sub_reasons": [{"code": "small", "words": {"en": "Small"}}, {"code": "big", "words": {"en": "Big"}}],
}
FAULTY = {"code": "faulty", "words": {"en": "Faulty"}, "fault": "retailer"}


def limit(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def pounds(pence: int) -> dict[str, Any]:
    return {"amount": pence, "currency": "GBP"}


def policy(*rules: dict[str, Any], **changes: Any) -> Document:
    return read(document(**({"offers": OFFERS, "rules": list(rules)} | changes)))


def codes(made: Document) -> list[tuple[str, str | None]]:
    return [(str(each.code), each.rule or each.reason) for each in lint(made, TODAY)]


def test_a_free_gift_has_no_discount_in_percent_so_that_a_rule_for_all_discounts_leaves_it_to_the_next():
    made = policy(rule("Any discount", 10, limit("discount_percent", "at_least", 0)), rule("The rest", 20, then=CREDIT))
    gift = Item(reason="faulty", item_price=pounds(0))

    assert decided_by(decide(compiled(made, 1), asked_of(gift, TODAY), noon(TODAY))) == "The rest"
    assert codes(made) == []


def test_a_dear_item_is_in_no_cheap_order():
    small = rule("Small order", 10, limit("order_value", "at_most", pounds(2000)), then=NO)

    assert codes(policy(small, rule("Dear", 20, limit("item_price", "at_least", pounds(2001)), then=CREDIT))) == []
    assert ("opposite", "Dear") in codes(
        policy(small, rule("Dear", 20, limit("item_price", "at_least", pounds(2000)), then=CREDIT))
    )


def test_three_items_cost_no_more_than_their_order():
    small = rule("Small order", 10, limit("order_value", "at_most", pounds(2000)), then=NO)
    three = [limit("quantity", "at_least", 3), limit("item_price", "at_least", pounds(667))]

    assert codes(policy(small, rule("Three", 20, *three, then=CREDIT))) == []


def test_an_item_that_was_wholly_discounted_cost_nothing():
    free = rule("Free", 10, limit("discount_percent", "is", 100), then=NO)

    assert codes(policy(free, rule("Dear", 20, limit("item_price", "at_least", pounds(1)), then=CREDIT))) == []


def test_a_discount_of_half_the_price_is_more_than_no_percent():
    none = rule("No discount", 10, limit("discount_percent", "is", 0), then=NO)
    half = [limit("discount_amount", "at_least", pounds(1000)), limit("item_price", "at_most", pounds(1000))]

    assert codes(policy(none, rule("Half", 20, *half, then=CREDIT))) == []


def test_a_reason_is_not_given_without_the_sub_reason_that_it_asks_for():
    small = rule("Small or big", 10, {"field": "sub_reason", "op": "in", "values": ["small", "big"]})

    assert codes(policy(small, reasons=[FIT], otherwise=NO)) == []
    assert codes(policy(small, rule("Never", 20, then=CREDIT), reasons=[FIT])) == [("unreachable", "Never")]
    assert codes(policy(small, reasons=[FIT | {"asks_sub_reason": False}], otherwise=NO)) == [("gap", "fit")]


def test_nothing_comes_back_without_the_photo_that_its_reason_asks_for():
    shown = rule("Shown", 10, {"field": "photo", "value": True})

    assert codes(policy(shown, reasons=[FAULTY | {"asks_photo": True}], otherwise=NO)) == []
    assert codes(policy(shown, reasons=[FAULTY], otherwise=NO)) == [("gap", "faulty")]


def test_a_witness_of_amounts_goes_together_and_is_usual_where_it_can_be():
    sale = rule(
        "Sale", 10, limit("discount_percent", "at_least", 30), limit("item_price", "at_least", pounds(5000)), then=NO
    )
    small = rule("Small order", 20, limit("order_value", "at_most", pounds(6000)), then=CREDIT)

    [found] = [each for each in lint(policy(sale, small), TODAY) if each.code == "opposite"]

    item = Item.model_validate(written(found.witness))
    assert 5000 <= item.item_price.amount <= item.order_value.amount <= 6000
    assert item.discount_percent >= 30


def test_a_final_sale_bars_nothing_that_is_the_retailer_s_fault():
    tags = {"field": "product_tags", "op": "in", "values": ["final-sale"]}
    for_all = rule("Final sale", 10, tags, then=REFUND | {"label": "paid"})
    reasons = [{"code": "changed_mind", "words": {"en": "Mind"}}, FAULTY]

    assert codes(policy(for_all, reasons=reasons, label="free")) == [("uncovered_reason", "changed_mind")]
    assert codes(policy(for_all, reasons=reasons[:1], label="free")) == [("unreachable", "Final sale")]

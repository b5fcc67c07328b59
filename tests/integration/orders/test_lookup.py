"""Orders found by each proof, and nothing learned from a try that finds none."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from libs.contracts.errors import Refused
from libs.contracts.values import Money, Option
from tests.integration.orders.conftest import Desk

MAYA = {
    "email": "maya.lind+shirts@example.com",
    "name": "Maya Lind",
    "phone": "+447700900123",
    "billed_to": "LS1 4AP",
}
PROOFS = [
    {"email": " Maya.Lind+SHIRTS@example.com "},
    {"postcode": "yo17hh"},
    {"postcode": " LS1  4AP "},
    {"phone": "07700 900123"},
    {"phone": "+44 7700 900 123"},
    {"postcode": "YO1 7HH", "gift": True},
]
WRONG = [
    {"email": "mayalind+shirts@example.com"},
    {"postcode": "YO1 7HX"},
    {"phone": "07700 900124"},
    {"postcode": "LS1 4AP", "gift": True},
    {"email": ""},
]
LOOKS = 50  # more calls than any look-up makes


@pytest.fixture
def bought(alder: Desk) -> tuple[dict, object]:
    """Maya's order, read from the shop."""
    sold = alder.sell(**MAYA)
    alder.index(sold)
    return sold, alder.find(sold["name"], sold["email"])


def refused(desk: Desk, number: str, **proof) -> tuple[str, str]:
    """What is said of a try that finds nothing, whole."""
    with pytest.raises(Refused) as no:
        desk.find(number, **proof)
    return no.value.code, str(no.value.detail)


@contextmanager
def watched(desk: Desk) -> Iterator[dict]:
    """What a look-up does: the statements it sends to the database, and how often it asks the shop what."""
    seen: dict = {"statements": [], "looks": 0, "readings": 0}

    def note(_conn, _cursor, statement, *_more) -> None:
        seen["statements"].append(statement)

    desk.shop.misbehave("slow", "OrderLookup", times=LOOKS, seconds=0)
    desk.shop.misbehave("slow", "OrderForReturn", times=LOOKS, seconds=0)
    event.listen(desk.service.index.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(desk.service.index.engine, "before_cursor_execute", note)
        looks, readings = (LOOKS - fault["left"] for fault in desk.shop.faults())
        seen |= {"looks": looks, "readings": readings}
        desk.shop.behave()


@pytest.mark.parametrize("proof", PROOFS)
def test_an_order_is_found_in_the_index_by_each_proof_without_asking_the_shop(alder, bought, proof: dict):
    sold, order = bought

    with watched(alder) as seen:
        found = alder.find(sold["name"], **proof)

    assert found == order
    assert (seen["looks"], seen["readings"]) == (0, 0)


@pytest.mark.parametrize("proof", PROOFS)
def test_an_order_that_no_webhook_told_of_is_found_at_the_shop_by_each_proof(alder, proof: dict):
    sold = alder.sell(**MAYA)

    assert alder.find(f"#{sold['name'].lower()}", **proof).number == sold["name"]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_proof_finds_neither_in_the_index_nor_at_the_shop(alder, bought, wrong: dict):
    unheard = alder.sell(**MAYA)

    assert refused(alder, bought[0]["name"], **wrong) == refused(alder, unheard["name"], **wrong)
    assert refused(alder, bought[0]["name"], **wrong)[0] == "orders.not_found"


@pytest.mark.parametrize("proof", [{"email": MAYA["email"]}, *PROOFS[1:]])
def test_an_unknown_number_a_wrong_proof_and_a_foreign_order_cost_the_same_and_say_the_same(
    alder, kite, bought, proof: dict
):
    foreign = kite.sell(**MAYA)
    kite.index(foreign)
    wrong = {
        "email": {"email": "somebody@example.com"},
        "postcode": {"postcode": "EC1A 1BB", "gift": proof.get("gift", False)},
        "phone": {"phone": "07700 900999"},
    }[next(iter(proof))]
    tries = [("AL-999999", proof), (bought[0]["name"], wrong), (foreign["name"], proof)]
    done, told = [], set()

    for number, given in tries:
        with watched(alder) as seen:
            told.add(refused(alder, number, **given))
        done.append(seen)

    assert done[0] == done[1] == done[2]
    assert done[0]["looks"] == 1 and done[0]["readings"] == 0
    assert len(told) == 1


@pytest.mark.parametrize("typed", ["{digits}", " #{digits} ", "{lower}", "al {digits}", "＃{wide}", "AL－{wide}"])
def test_a_number_is_found_however_it_is_typed(alder, bought, typed: str):
    digits = bought[0]["name"].removeprefix("AL-")
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in digits)

    found = alder.find(typed.format(digits=digits, lower=bought[0]["name"].lower(), wide=wide), postcode="yo1 7hh")

    assert found == bought[1]


def test_no_proof_stands_in_the_clear_beside_the_order(alder, bought):
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        keys = unit.db.exec_driver_sql(
            "SELECT proof_keys FROM orders WHERE id = %s", (bought[1].order_id,)
        ).scalar_one()

    assert len(keys) >= 5
    assert all(len(bytes(key)) == 32 for key in keys)


def test_a_proof_of_one_retailers_order_is_no_key_at_another(alder, kite, bought):
    sold = kite.sell(**MAYA, country="GB")
    kite.index(sold)

    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        mine = {bytes(key) for row in unit.db.exec_driver_sql("SELECT proof_keys FROM orders").scalars() for key in row}
    with kite.service.index.unit(retailer_id=kite.retailer_id) as unit:
        theirs = {
            bytes(key) for row in unit.db.exec_driver_sql("SELECT proof_keys FROM orders").scalars() for key in row
        }

    assert mine and theirs
    assert mine.isdisjoint(theirs)


def test_a_shopper_abroad_sees_their_own_currency_and_the_shop_keeps_its(alder):
    sold = alder.sell(
        lines=[{"product": "camp-shirt", "quantity": 2}],
        country="IE",
        discount_percent=10,
        shown_in={"currency": "EUR", "rate": "1.18"},
    )
    alder.index(sold)

    order = alder.find(sold["name"], sold["email"])

    (shirt,) = order.lines
    assert (shirt.paid, shirt.paid_at_shop) == (euros(9558), Money(amount=8100, currency="GBP"))
    assert (shirt.discount, shirt.discount_percent, shirt.list_price) == (euros(1062), 10, euros(5310))
    assert (order.currency, order.total_at_shop) == ("EUR", Money(amount=8495, currency="GBP"))


def test_a_payload_and_a_reading_of_an_order_abroad_tell_the_same_amounts(alder):
    sold = alder.sell(discount_percent=15, country="NL", shown_in={"currency": "EUR", "rate": "1.1873"})
    alder.index(sold, refreshed=False)
    alder.shop.misbehave("fail_before", "OrderForReturn")
    heard = alder.find(sold["name"], sold["email"])

    alder.work()
    read = alder.find(sold["name"], sold["email"])

    amounts = {"paid", "paid_at_shop", "discount", "discount_percent", "list_price"}
    assert [line.model_dump(include=amounts) for line in heard.lines] == [
        line.model_dump(include=amounts) for line in read.lines
    ]
    assert (heard.total, heard.total_at_shop) == (read.total, read.total_at_shop)
    assert [line.image for line in heard.lines] == [None, None]
    assert all(line.image for line in read.lines)


def test_lines_tell_options_tags_bundles_gift_cards_and_deleted_products(alder):
    sold = alder.sell(
        tags=["gift-wrap"],
        customer_tags=["vip", "staff"],
        lines=[
            {"product": "camp-shirt", "variant": "10", "bundle": "Weekend set"},
            {"product": "wide-trousers", "bundle": "Weekend set"},
            {"product": "wool-scarf", "gift_card": True},
            {"product": "midi-dress", "gone": True},
        ],
    )
    alder.index(sold)

    order = alder.find(sold["name"], sold["email"])

    shirt, trousers, voucher, gone = order.lines
    assert (order.tags, order.customer_tags) == (("gift-wrap",), ("vip", "staff"))
    assert shirt.options == (Option(name="Color", value="Sage"), Option(name="Size", value="10"))
    assert shirt.bundle == trousers.bundle == "Weekend set"
    assert shirt.bundle_id == trousers.bundle_id is not None
    assert (voucher.gift_card, voucher.bundle) == (True, None)
    assert (gone.product_gone, gone.product_id, gone.title) == (True, None, "Bias-cut midi dress")
    assert not any(line.product_gone for line in (shirt, trousers, voucher))


def euros(cents: int) -> Money:
    """Euros in cents."""
    return Money(amount=cents, currency="EUR")

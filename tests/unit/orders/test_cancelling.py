"""What is given back for units that were not sent, and what keeps them from being cancelled."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.errors import Refused
from libs.contracts.values import Money, UnsentLine
from services.orders.domain.cancelling import (
    Job,
    Seen,
    ShopRefunded,
    Standing,
    Unsent,
    check_amount,
    entries,
    quote,
    seen,
    to_do,
)
from services.orders.domain.shops import Shop
from services.orders.domain.steps import State

ALDER = Shop(uuid4(), uuid4(), "alder-demo.myshopify.com", "GBP", "AL-", "", None)


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


SHIRTS = Unsent("shirt", "Linen camp shirt", 2, 2, 0, pounds(9000))
TROUSERS = Unsent("trousers", "Wide-leg trousers", 1, 1, 0, pounds(6500))
STANDING = Standing((SHIRTS, TROUSERS), pounds(395))


def job(**changes) -> Job:
    line = UnsentLine(line_id=uuid4(), title="Linen camp shirt", quantity=1, worth=pounds(4500))
    told = {
        "id": uuid4(),
        "number": "C-7KQ2M9",
        "key": uuid4(),
        "state": State.SENT,
        "shop": ALDER,
        "order_id": uuid4(),
        "shop_order_id": "gid://shopify/Order/1",
        "lines": (line,),
        "shop_lines": {line.line_id: "shirt"},
        "whole": False,
        "owed": pounds(4500),
    }
    return Job(**told | changes)


def test_a_part_gives_back_its_units_share_and_no_postage():
    found = quote(STANDING, {"shirt": 1})

    assert (found.amount, found.whole, found.shipping) == (pounds(4500), False, pounds(0))


def test_all_of_an_order_gives_back_everything_with_the_postage():
    assert quote(STANDING) == quote(STANDING, {"shirt": 2, "trousers": 1})
    assert (quote(STANDING).amount, quote(STANDING).whole) == (pounds(15895), True)


def test_the_rest_of_an_order_that_was_sent_in_part_gives_back_no_postage():
    sent = replace(STANDING, lines=(replace(SHIRTS, unsent=0), TROUSERS), was_sent=True)

    assert (quote(sent).amount, quote(sent).whole) == (pounds(6500), False)


def test_what_was_cancelled_before_is_not_given_back_twice():
    before = replace(STANDING, lines=(replace(SHIRTS, unsent=1, gone=1), TROUSERS))

    assert (quote(before).amount, quote(before).whole) == (pounds(11395), True)


@pytest.mark.parametrize(
    ("standing", "units", "code"),
    [
        (replace(STANDING, is_cancelled=True), None, "orders.already_cancelled"),
        (replace(STANDING, is_packed=True), None, "orders.being_packed"),
        (replace(STANDING, is_paid=False), None, "orders.not_paid"),
        (replace(STANDING, has_returns=True), None, "orders.has_returns"),
        (STANDING, {"shirt": 3}, "orders.already_sent"),
        (STANDING, {"scarf": 1}, "orders.already_sent"),
        (replace(STANDING, lines=(replace(SHIRTS, unsent=0),)), None, "orders.already_sent"),
    ],
)
def test_what_cannot_be_cancelled_says_why(standing, units, code):
    with pytest.raises(Refused) as no:
        quote(standing, units)

    assert no.value.code == code


@given(paid=st.integers(0, 10**7), quantity=st.integers(1, 40), data=st.data())
def test_however_an_order_is_cancelled_in_parts_it_gives_back_what_was_paid(paid, quantity, data):
    line, given_back = Unsent("shirt", "Shirt", quantity, quantity, 0, pounds(paid)), 0
    while line.unsent:
        units = data.draw(st.integers(1, line.unsent))
        found = quote(Standing((line,), pounds(395)), {"shirt": units})
        given_back += found.amount.amount
        assert found.whole == (units == line.unsent)
        line = replace(line, unsent=line.unsent - units, gone=line.gone + units)

    assert given_back == paid + 395


@pytest.mark.parametrize(("shown", "offered"), [(4500, 4499), (4499, 4500), (4501, 4500)])
def test_a_penny_of_difference_stops_it(shown, offered):
    with pytest.raises(Refused) as no:
        check_amount(quote(STANDING, {"shirt": 1}), shown=pounds(shown), offered=pounds(offered))

    assert no.value.code == "orders.amount_differs"


def test_a_part_is_found_again_by_its_refunds_note_and_a_whole_order_by_our_own_note_at_it():
    part, whole = job(), job(whole=True)
    refunded = replace(STANDING, refunds=(ShopRefunded("r1", pounds(4500), f"{part.note}"),))

    assert seen(refunded, part) == "r1"
    assert seen(refunded, job()) is Seen.NOT_YET
    assert seen(STANDING, whole) is Seen.NOT_YET
    assert seen(replace(STANDING, is_cancelled=True, note=whole.note), whole) == whole.shop_order_id
    assert seen(replace(STANDING, is_cancelled=True, note="by Kim"), whole) is Seen.OTHERS


def test_a_person_is_told_what_to_cancel_and_what_to_give_back():
    assert to_do(job().lines, number="C-7KQ2M9", amount=pounds(4500)).startswith(
        "Cancel 1 × Linen camp shirt in your own system and give back 45.00 GBP"
    )


def test_postage_is_in_the_books_under_the_cancellations_own_id():
    asked = job()

    booked = entries(asked.lines, cancellation_id=asked.id, shipping=pounds(395))

    assert booked == ((asked.lines[0].line_id, pounds(4500)), (asked.id, pounds(395)))

"""Which gift card and which credit are ours, when an answer was lost."""

from datetime import date

import pytest

from services.orders.domain.matching import Effect, Finding, ShopCard, ShopCredit, carded, credited
from tests.unit.orders.shirts import pounds

NOTE = "R-7KQ2M9 0198c0de"
YEAR = date(2027, 11, 23)


def card(card_id="card1", value="49.50", note=NOTE):
    return ShopCard(card_id, pounds(value), note, "x7k2")


def credit(credit_id, amount="4.50", expires_on=YEAR):
    return ShopCredit(credit_id, pounds(amount), expires_on)


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ([], Finding.NOT_THERE),
        ([card()], Effect("card1", last4="x7k2")),
        ([card(value="49.51")], Finding.UNCLEAR),
        ([card(note="made by hand")], Finding.UNCLEAR),
        ([card(), card("card2")], Finding.UNCLEAR),
        ([card(), card("card2", note="made by hand")], Finding.UNCLEAR),
    ],
)
def test_a_card_is_ours_by_its_code_its_value_and_its_note(cards, expected):
    assert carded(cards, value=pounds("49.50"), note=NOTE) == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], Finding.NOT_THERE),
        ([credit("old")], Finding.NOT_THERE),
        ([credit("others")], Finding.NOT_THERE),
        ([credit("new", amount="4.51")], Finding.NOT_THERE),
        ([credit("new", expires_on=None)], Finding.NOT_THERE),
        ([credit("new"), credit("old"), credit("others")], Effect("new")),
        ([credit("new"), credit("newer")], Finding.UNCLEAR),
    ],
)
def test_a_credit_is_ours_when_it_alone_is_like_it_and_was_not_there_before(held, expected):
    found = credited(held, amount=pounds("4.50"), expires_on=YEAR, before={"old": 1}, taken=frozenset({"others"}))

    assert found == expected

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.values import CreditTerms, Resolution
from services.orders.domain.money import BadAmount
from services.orders.domain.settlements import (
    AmountDiffers,
    NoPaymentToRefund,
    WorthDiffers,
    bonus,
    check_worth,
    follow_ups,
    groups,
    is_settled,
    moves,
    shares,
    short,
)
from services.orders.domain.steps import Action, State
from tests.unit.orders.shirts import pounds, returned

CREDIT, EXCHANGE = Resolution.STORE_CREDIT, Resolution.EXCHANGE
BONUS = CreditTerms(bonus=pounds("4.50"))


def test_lines_of_one_resolution_are_one_refund_to_the_shopper():
    (group,) = groups([returned(1), returned(2)])

    assert group.owed == pounds("90.00")
    assert len(group.lines) == 2


def test_lines_of_several_resolutions_are_settled_apart():
    found = groups(
        [returned(1), returned(2, resolution=Resolution.NONE), returned(3, resolution=Resolution.STORE_CREDIT)]
    )

    assert [group.resolution for group in found] == [Resolution.REFUND, Resolution.STORE_CREDIT, Resolution.NONE]


def test_no_money_moves_for_a_line_that_gives_nothing():
    (group,) = groups([returned(1, resolution=Resolution.NONE)])

    assert group.owed == pounds("0.00")


def test_each_exchange_is_settled_apart_so_that_one_sold_out_keeps_no_other_back():
    found = groups([returned(1, resolution=Resolution.EXCHANGE), returned(2, resolution=Resolution.EXCHANGE)])

    assert [len(group.lines) for group in found] == [1, 1]
    assert len({group.part for group in found}) == 2


def test_credit_that_is_good_for_longer_is_given_apart():
    year, month = (CreditTerms(valid_days=days) for days in (365, 30))
    found = groups(
        returned(number, resolution=CREDIT, credit=terms) for number, terms in [(1, year), (2, month), (3, year)]
    )

    assert [(len(group.lines), group.valid_days) for group in found] == [(2, 365), (1, 30)]


def test_what_comes_on_top_is_added_up_over_the_lines_that_give_something():
    terms = CreditTerms(bonus=pounds("4.50"))
    lines = [returned(1, credit=terms), returned(2, credit=terms), returned(3, credit=terms, owed=pounds("0.00"))]

    assert bonus(lines) == pounds("9.00")
    assert bonus([returned(1), lines[2]]) is None


@pytest.mark.parametrize(
    ("line", "gave", "in_card", "expected"),
    [
        ({}, Resolution.REFUND, False, ()),
        ({"resolution": CREDIT}, CREDIT, False, ()),
        ({"resolution": CREDIT, "credit": BONUS}, CREDIT, False, (Action.GIVE_BONUS,)),
        ({"resolution": CREDIT, "credit": BONUS}, CREDIT, True, (Action.TAKE_GOODS,)),
        ({"resolution": EXCHANGE}, EXCHANGE, False, ()),
        ({"resolution": EXCHANGE}, Resolution.REFUND, False, (Action.DROP_EXCHANGE,)),
        ({"resolution": EXCHANGE}, CREDIT, True, (Action.TAKE_GOODS, Action.DROP_EXCHANGE)),
        ({"resolution": EXCHANGE, "credit": BONUS}, Resolution.REFUND, False, (Action.DROP_EXCHANGE,)),
    ],
)
def test_what_a_settlement_leaves_to_be_done_follows_from_what_was_given(line, gave, in_card, expected):
    assert follow_ups(returned(1, **line), gave=gave, in_card=in_card) == expected


@pytest.mark.parametrize(
    ("owed", "worth", "offered", "no"),
    [
        ("45.00", "45.00", "45.00", None),
        ("40.00", "45.00", "45.00", None),
        ("45.00", "45.00", "45.01", WorthDiffers),
        ("45.00", "45.00", "44.99", WorthDiffers),
        ("45.01", "45.00", "45.00", AmountDiffers),
        ("0.00", "0.00", "0.00", None),
    ],
)
def test_nothing_is_given_while_our_formula_and_the_shop_differ_by_a_penny(owed, worth, offered, no):
    with pytest.raises(no) if no else nullcontext() as refused:
        check_worth(pounds(owed), worth=pounds(worth), offered=pounds(offered))

    assert no is None or refused.value.code == "orders.amount_differs"


def test_a_group_has_the_same_part_whatever_the_order_of_its_lines():
    one, other = groups([returned(1), returned(2)]), groups([returned(2), returned(1)])

    assert one[0].part == other[0].part != groups([returned(1)])[0].part


def test_currencies_are_never_settled_together():
    (group,) = groups([returned(1), returned(2, owed={"amount": 4500, "currency": "EUR"})])

    with pytest.raises(BadAmount):
        assert group.owed


def test_a_group_asked_for_again_is_another_part():
    first, second = groups([returned(1)], 1), groups([returned(1)], 2)

    assert second[0].part == f"{first[0].part}-2"


def test_a_return_is_settled_when_every_unit_of_it_is():
    lines = [returned(1, quantity=3), returned(2)]

    assert is_settled(lines, {lines[0].id: 3, lines[1].id: 1})
    assert not is_settled(lines, {lines[0].id: 2, lines[1].id: 1})
    assert not is_settled(lines, {lines[0].id: 3})


def test_a_line_of_which_some_units_never_came_is_short_of_them():
    lines = [returned(1, quantity=3), returned(2), returned(3)]

    assert short(lines, {lines[0].id: 2, lines[1].id: 1}) == (returned(1, quantity=1),)


CARD, GIFT = ("card", pounds("30.00")), ("gift", pounds("15.00"))


@pytest.mark.parametrize(
    ("owed", "expected"),
    [
        ("45.00", [CARD, GIFT]),
        ("44.99", [CARD, ("gift", pounds("14.99"))]),
        ("30.00", [CARD]),
        ("0.01", [("card", pounds("0.01"))]),
    ],
)
def test_a_deduction_is_kept_from_the_last_of_the_payments(owed, expected):
    assert list(shares(pounds(owed), pounds("45.00"), [CARD, GIFT])) == expected


@given(st.integers(1, 4500))
def test_what_goes_back_is_what_is_owed_to_the_penny(owed):
    given_back = shares(returned(owed={"amount": owed, "currency": "GBP"}).owed, pounds("45.00"), [CARD, GIFT])

    assert sum(amount.amount for _, amount in given_back) == owed


def test_more_than_the_shop_would_refund_is_not_paid():
    with pytest.raises(AmountDiffers):
        shares(pounds("45.01"), pounds("45.00"), [CARD, GIFT])


def test_another_currency_than_the_shops_is_not_paid():
    with pytest.raises(AmountDiffers):
        shares(returned(owed={"amount": 100, "currency": "EUR"}).owed, pounds("45.00"), [CARD])


def test_an_order_whose_payments_hold_too_little_is_for_a_person():
    with pytest.raises(NoPaymentToRefund):
        shares(pounds("45.00"), pounds("45.00"), [CARD])


def test_a_difference_of_a_penny_is_told_in_words_that_staff_can_act_on():
    told = AmountDiffers(pounds("45.00"), pounds("44.99"))

    assert told.detail == "45.00 GBP is owed; the shop would refund at most 44.99 GBP. Nothing was paid."


@given(st.integers(0, 10**9), st.sampled_from([None, *State]), st.sampled_from(list(State)))
def test_the_ledgers_entries_of_a_change_sum_to_zero(amount, before, after):
    entries = moves(before, after, returned(owed={"amount": amount, "currency": "GBP"}).owed)

    assert sum(units for _, units in entries) == 0
    assert entries[1] == (after, amount)

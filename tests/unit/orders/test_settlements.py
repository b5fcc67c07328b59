import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.values import Resolution
from services.orders.domain.money import BadAmount
from services.orders.domain.settlements import (
    AmountDiffers,
    NoPaymentToRefund,
    ResolutionUnsupported,
    groups,
    is_settled,
    moves,
    shares,
    short,
)
from services.orders.domain.steps import State
from tests.unit.orders.shirts import pounds, returned


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

    group.check()
    assert group.owed == pounds("0.00")


@pytest.mark.parametrize("resolution", [Resolution.STORE_CREDIT, Resolution.EXCHANGE])
def test_a_resolution_that_the_shop_cannot_be_asked_for_is_refused(resolution):
    (group,) = groups([returned(1, resolution=resolution)])

    with pytest.raises(ResolutionUnsupported) as no:
        group.check()
    assert no.value.code == "orders.resolution_unsupported"


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

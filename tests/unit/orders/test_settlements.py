from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.values import Resolution
from services.orders.domain.money import BadAmount
from services.orders.domain.settlements import (
    Action,
    AmountDiffers,
    ResolutionUnsupported,
    State,
    Step,
    doomed,
    groups,
    is_settled,
    key_of,
    moves,
    ready,
)
from tests.unit.orders.shirts import SHOP, pounds, returned

RETURN = UUID(int=9)
OPEN, LABEL, SETTLE, CLOSE = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)


def steps(opening, settling=State.PLANNED):
    return [
        Step(LABEL, Action.ATTACH_LABEL, State.PLANNED),
        Step(SETTLE, Action.SETTLE, settling),
        Step(CLOSE, Action.CLOSE_RETURN, State.PLANNED),
        *([Step(OPEN, Action.OPEN_RETURN, opening)] if opening else []),
    ]


def test_nothing_is_done_at_the_shop_before_the_return_is_to_be_opened():
    assert ready(steps(None)) == ()


@pytest.mark.parametrize("opening", [State.PLANNED, State.SENT])
def test_the_other_steps_wait_until_the_return_is_open(opening):
    assert set(ready(steps(opening))) <= {OPEN}


def test_once_it_is_open_label_and_settlement_go_together_and_closing_waits():
    assert set(ready(steps(State.DONE))) == {LABEL, SETTLE}


@pytest.mark.parametrize("settling", [State.DONE, State.REFUSED, State.UNKNOWN])
def test_closing_goes_when_no_settlement_is_left(settling):
    assert CLOSE in ready(steps(State.DONE, settling))


def test_closing_waits_for_a_settlement_on_its_way():
    assert CLOSE not in ready(steps(State.DONE, State.SENT))


@pytest.mark.parametrize("opening", [State.REFUSED, State.UNKNOWN])
def test_a_settlement_is_given_up_when_its_return_did_not_open(opening):
    assert doomed(steps(opening)) == (SETTLE,)


@pytest.mark.parametrize("opening", [None, State.PLANNED, State.SENT, State.DONE])
def test_a_settlement_is_not_given_up_while_its_return_may_open(opening):
    assert doomed(steps(opening)) == ()


def test_the_order_in_which_steps_were_planned_does_not_matter():
    for arranged in permutations(steps(State.DONE)):
        assert set(ready(arranged)) == {LABEL, SETTLE}


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


def test_a_step_has_the_same_key_after_a_crash_and_another_for_another_part():
    key = key_of(SHOP, RETURN, Action.SETTLE, "refund-1")

    assert key == key_of(SHOP, RETURN, Action.SETTLE, "refund-1")
    assert (
        len(
            {
                key,
                key_of(SHOP, RETURN, Action.SETTLE, "refund-2"),
                key_of(SHOP, RETURN, Action.CLOSE_RETURN, "refund-1"),
            }
        )
        == 3
    )


def test_a_return_is_settled_when_every_line_that_gives_something_is():
    lines = [returned(1), returned(2), returned(3, resolution=Resolution.NONE)]

    assert not is_settled(lines, [UUID(int=1)])
    assert is_settled(lines, [UUID(int=1), UUID(int=2)])


def test_a_return_in_which_nothing_is_given_is_not_settled_by_us():
    assert not is_settled([returned(1, resolution=Resolution.NONE)], [])


def test_a_difference_of_a_penny_is_told_in_words_that_staff_can_act_on():
    told = AmountDiffers(pounds("45.00"), pounds("44.99"))

    assert told.detail == "45.00 GBP is owed; the shop would refund 44.99 GBP. Nothing was paid."


@given(st.integers(0, 10**9), st.sampled_from([None, *State]), st.sampled_from(list(State)))
def test_the_ledgers_entries_of_a_change_sum_to_zero(amount, before, after):
    entries = moves(before, after, returned(owed={"amount": amount, "currency": "GBP"}).owed)

    assert sum(units for _, units in entries) == 0
    assert entries[1] == (after, amount)

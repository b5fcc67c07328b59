"""A hub scan that is taken back: whichever side hears of it first, no money moves on it, and a real one later moves it once."""

import random

import pytest

from libs.contracts.portal import SettlementRequestedV1
from libs.contracts.values import Milestone, Stage
from services.portal.domain import Awaiting, MoneyState, NotNow, Parcel, TaskKind, act, acts, advance, tasks_of
from tests.unit.portal.lives import (
    a_line,
    a_return,
    after,
    an_id,
    disputed,
    fee_waived,
    first_scan,
    found,
    hub_scan,
    inspected,
    label_issued,
    milestone,
    posted,
    scan_voided,
    settled,
)

TAKE_BACK = acts.TakeBack(an_id("scan"), "The parcel beside it")
SHUFFLES = 500


def opened_first():
    """A return whose money waits until its parcel was opened."""
    return a_return(a_line(stage=Stage.INSPECTED), inspect=True)


def asked_for(said):
    return [line.title for message in said if isinstance(message, SettlementRequestedV1) for line in message.lines]


def rescanned(ret):
    """The parcel is scanned in earnest, after one scan was taken back."""
    return milestone(ret, Milestone.HUB_RECEIVED, taken_back=1)


def test_a_scan_taken_back_before_its_milestone_is_heard_moves_no_money():
    ret, _ = act(posted(a_return()), TAKE_BACK)

    ret, at_first, _ = advance(ret, hub_scan(ret))
    ret, then, _ = advance(ret, scan_voided(ret))

    assert (at_first, then, ret.lines[0].money) == ([], [], MoneyState.NOT_DUE)
    assert (ret.awaiting, {task.kind for task in tasks_of(ret)}) == (Awaiting.IN_TRANSIT, {TaskKind.SCAN_VOIDED})


def test_a_void_that_overtakes_the_milestone_it_withdraws_leaves_nothing_of_it():
    ret, said, _ = advance(after(posted(a_return()), scan_voided(a_return())), hub_scan(a_return()))

    assert (ret.awaiting, said, ret.known.parcels[0].received) == (Awaiting.IN_TRANSIT, [], False)


def test_the_parcel_that_comes_in_earnest_afterwards_moves_the_money_once():
    ret = after(act(posted(a_return()), TAKE_BACK)[0], hub_scan(a_return()), scan_voided(a_return()))

    ret, said, _ = advance(ret, rescanned(ret))
    again, repeated, _ = advance(ret, rescanned(ret))

    assert (asked_for(said), repeated, again.awaiting) == (["Linen shirt"], [], Awaiting.SETTLEMENT)


def test_what_was_proved_by_the_void_scan_alone_is_waited_for_again():
    ret = after(opened_first(), fee_waived(a_return()), label_issued(a_return()), hub_scan(a_return()))
    taken, _ = act(ret, TAKE_BACK)

    on_its_way = after(taken, scan_voided(ret))
    not_sent = after(taken, scan_voided(ret, Milestone.ACCEPTED))

    assert (ret.awaiting, taken.awaiting) == (Awaiting.AT_HUB, Awaiting.AT_HUB)
    assert (on_its_way.awaiting, not_sent.awaiting) == (Awaiting.IN_TRANSIT, Awaiting.DROPOFF)


def test_a_void_scan_beside_another_that_stands_changes_nothing_but_the_list_of_tasks():
    at_hub = after(posted(opened_first()), hub_scan(a_return()))

    ret = after(act(at_hub, TAKE_BACK)[0], scan_voided(at_hub, alone=False))

    assert (ret.awaiting, ret.known.parcels[0].received) == (Awaiting.AT_HUB, True)


def test_a_parcel_that_was_opened_is_here_though_its_scan_is_void():
    ret = opened_first()
    ret = after(act(after(posted(ret), hub_scan(ret)), TAKE_BACK)[0], inspected(ret, found(ret.lines[0])))

    ret, said, _ = advance(ret, scan_voided(ret, alone=False))

    assert (asked_for(said), ret.awaiting) == (["Linen shirt"], Awaiting.SETTLEMENT)


def test_one_box_that_is_void_says_nothing_of_another_under_the_same_number():
    ret = after(posted(opened_first()), hub_scan(a_return()))
    other = hub_scan(ret).model_copy(update={"parcel_id": an_id("the shopper's own number")})

    ret = after(ret, other, scan_voided(ret))

    assert (ret.awaiting, ret.known.parcels[0].received) == (Awaiting.AT_HUB, True)


def test_one_parcel_of_two_that_is_not_here_after_all_is_waited_for():
    two = opened_first().knowing(parcels=(Parcel(1), Parcel(2)))
    labels = (label_issued(two, "HW1"), label_issued(two, "HW2", parcel=2))
    ret = after(two, fee_waived(two), *labels, first_scan(two), hub_scan(two), hub_scan(two, 2))

    void = after(act(ret, TAKE_BACK)[0], scan_voided(ret, parcel=2))

    assert (ret.awaiting, void.awaiting) == (Awaiting.AT_HUB, Awaiting.IN_TRANSIT)
    assert [parcel.received for parcel in void.known.parcels] == [True, False]


@pytest.mark.parametrize("how_far", ["settling", "settled"])
def test_once_money_is_on_its_way_the_scan_stands(how_far):
    ret = after(posted(a_return()), hub_scan(a_return()))
    ret = after(ret, settled(ret)) if how_far == "settled" else ret

    with pytest.raises(NotNow) as told:
        act(ret, TAKE_BACK)

    assert told.value.code == "portal.money_has_moved"


def test_money_that_a_dispute_held_back_is_not_given_on_a_scan_that_was_taken_back():
    ret = after(posted(a_return()), disputed(a_return()), hub_scan(a_return()))
    [mark] = ret.known.marks
    ret, _ = act(act(ret, TAKE_BACK)[0], acts.ClearMark(mark.kind, mark.subject))

    ret, said, _ = advance(ret, scan_voided(ret))

    assert (said, ret.awaiting, ret.lines[0].money) == ([], Awaiting.IN_TRANSIT, MoneyState.NOT_DUE)


def test_a_scan_taken_back_twice_is_taken_back_once():
    ret, _ = act(posted(a_return()), TAKE_BACK)

    assert act(ret, TAKE_BACK) == (ret, [])
    assert act(after(ret, scan_voided(ret)), TAKE_BACK) == (after(ret, scan_voided(ret)), [])


@pytest.mark.parametrize("comes_after_all", [True, False])
@pytest.mark.parametrize("also", [(), (Milestone.ACCEPTED,)], ids=["scanned before", "never scanned before"])
def test_five_hundred_orders_of_a_life_with_a_scan_taken_back_end_in_one_state(comes_after_all, also):
    ends, refused = set(), 0

    for seed in range(SHUFFLES):
        ret, asked, taken = one_life(seed, also, comes_after_all=comes_after_all)
        refused += not taken
        pays = comes_after_all or not taken
        assert asked == (["Linen shirt"] if pays else []), "it is asked for once, or never"
        ends.add((taken, ret))

    assert 0 < refused < SHUFFLES
    assert {taken: sum(1 for was, _ in ends if was is taken) for taken in (True, False)} == {True: 1, False: 1}
    waits = {ret.awaiting for taken, ret in ends if taken}
    assert waits == ({Awaiting.SETTLEMENT} if comes_after_all else {Awaiting.DROPOFF if also else Awaiting.IN_TRANSIT})


def one_life(seed, also, *, comes_after_all):
    """A life in which a hub takes its scan back at some moment; what was asked for, and whether the undo was accepted.

    Tracking states what the undo withdraws, and what a scan in earnest proves later, only where the undo was accepted.
    """
    luck, ret = random.Random(seed), a_return()
    first = [] if also else [first_scan(ret)]
    implied = [first_scan(ret)] if also else []
    ahead = [fee_waived(ret), label_issued(ret), *first, *implied, hub_scan(ret)] * 2
    luck.shuffle(ahead)
    ahead.insert(luck.randrange(len(ahead) + 1), TAKE_BACK)
    asked, taken = [], False
    while ahead:
        what = ahead.pop(0)
        if what is not TAKE_BACK:
            ret, said, _ = advance(ret, what)
            asked += asked_for(said)
            continue
        try:
            ret, _ = act(ret, TAKE_BACK)
        except NotNow:
            continue
        taken = True
        earnest = [rescanned(ret), *([milestone(ret, Milestone.ACCEPTED, taken_back=1)] if also else [])]
        ahead += [scan_voided(ret, *also), *(earnest if comes_after_all else [])] * 2
        luck.shuffle(ahead)
    return ret, asked, taken

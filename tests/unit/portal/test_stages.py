"""At which fact of its parcel the money of a line moves, by the stage that the decision names, and what stops nothing."""

from itertools import pairwise

import pytest

from libs.contracts.portal import LabelVoidRequestedV1, ReturnExpiredV1, SettlementRequestedV1
from libs.contracts.values import Milestone, Stage
from services.portal.domain import Awaiting, MoneyState, TaskKind, act, acts, advance, tasks_of
from tests.unit.portal.lives import (
    a_line,
    a_return,
    after,
    fee_waived,
    first_scan,
    hub_scan,
    inspected,
    label_issued,
    milestone,
    posted,
    settled,
    trouble,
)
from tests.unit.portal.test_time_limits import tick

JOURNEY = (
    *(Milestone.LABEL_CREATED, Milestone.ACCEPTED, Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY),
    *(Milestone.DELIVERED, Milestone.HUB_RECEIVED),
)
TROUBLES = ("lost", "damaged", "returned_to_sender", "rejected")


def journey(ret):
    """The facts of a parcel's way, in order, each by its name."""
    return {what.value: milestone(ret, what) for what in JOURNEY} | {"inspected": inspected(ret)}


def labelled(stage, *, inspect=False):
    ret = a_return(a_line(stage=stage), inspect=inspect)
    return after(ret, fee_waived(ret), label_issued(ret))


@pytest.mark.parametrize(
    ("stage", "moved_by"),
    [
        (Stage.FIRST_SCAN, ["accepted"]),
        (Stage.HUB_SCAN, ["hub_received"]),
        (Stage.INSPECTED, ["inspected"]),
        (Stage.MANUAL, []),
    ],
)
def test_money_moves_at_the_fact_that_its_stage_names_and_at_no_other(stage, moved_by):
    ret, moved = labelled(stage, inspect=True), []
    for name, fact in journey(ret).items():
        ret, said, _ = advance(ret, fact)
        moved += [name for message in said if isinstance(message, SettlementRequestedV1)]

    assert moved == moved_by


@pytest.mark.parametrize("stage", [Stage.FIRST_SCAN, Stage.HUB_SCAN])
def test_a_hub_scan_moves_what_waited_for_a_first_scan_that_was_missed(stage):
    ret, said, _ = advance(labelled(stage), hub_scan(a_return()))

    assert [type(message) for message in said] == [SettlementRequestedV1]
    assert ret.awaiting is Awaiting.SETTLEMENT


@pytest.mark.parametrize("name", TROUBLES)
def test_what_was_paid_stays_paid_when_the_parcel_gets_into_trouble_and_a_person_looks(name):
    ret = after(labelled(Stage.FIRST_SCAN), first_scan(a_return()))
    ret = after(ret, settled(ret))

    ret, said, _ = advance(ret, trouble(ret, name))

    assert (said, ret.lines[0].money) == ([], MoneyState.SETTLED)
    assert {task.kind for task in tasks_of(ret)} == {TaskKind.PARCEL_IN_TROUBLE}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_alone_moves_no_money(name):
    ret = posted(a_return())

    ret, said, _ = advance(ret, trouble(ret, name))

    assert (said, ret.lines[0].money, ret.awaiting) == ([], MoneyState.NOT_DUE, Awaiting.IN_TRANSIT)


@pytest.mark.parametrize("name", ["lost", "returned_to_sender", "rejected"])
@pytest.mark.parametrize("is_told_with_it", [True, False])
def test_a_parcel_that_does_not_come_moves_no_money_by_itself_until_a_person_has_looked(name, is_told_with_it):
    ret = labelled(Stage.FIRST_SCAN)
    ret = ret if is_told_with_it else after(ret, trouble(ret, name))

    ret, said, _ = advance(ret, milestone(ret, Milestone.ACCEPTED, wrong=(name,) if is_told_with_it else ()))
    seen, paid = act(ret, acts.ClearMark(TaskKind.PARCEL_IN_TROUBLE, f"1/{name}", "It turned around again"))

    assert (said, ret.awaiting, ret.lines[0].money) == ([], Awaiting.IN_TRANSIT, MoneyState.NOT_DUE)
    assert {task.kind for task in tasks_of(ret)} == {TaskKind.PARCEL_IN_TROUBLE}
    assert ([type(message) for message in paid], tasks_of(seen)) == ([SettlementRequestedV1], frozenset())


def test_what_a_milestone_tells_of_trouble_is_what_its_own_fact_tells():
    ret = labelled(Stage.FIRST_SCAN)
    facts = [milestone(ret, Milestone.ACCEPTED, wrong=("lost",)), trouble(ret, "lost")]

    assert after(ret, *facts) == after(ret, *reversed(facts))


def test_damage_alone_holds_no_money_back():
    ret, said, _ = advance(
        labelled(Stage.FIRST_SCAN), milestone(labelled(Stage.FIRST_SCAN), Milestone.ACCEPTED, wrong=("damaged",))
    )

    assert [type(message) for message in said] == [SettlementRequestedV1]
    assert {task.kind for task in tasks_of(ret)} == {TaskKind.PARCEL_IN_TROUBLE}


def test_a_parcel_that_comes_though_its_carrier_lost_it_moves_the_money():
    ret = after(labelled(Stage.FIRST_SCAN), milestone(labelled(Stage.FIRST_SCAN), Milestone.ACCEPTED, wrong=("lost",)))

    ret, said, _ = advance(ret, hub_scan(ret))

    assert [type(message) for message in said] == [SettlementRequestedV1]


def test_a_parcel_that_is_given_up_holds_back_no_other():
    ret, _ = act(labelled(Stage.FIRST_SCAN), acts.AddParcel())
    ret = after(ret, label_issued(ret, "HW2", parcel=2), first_scan(ret), trouble(ret, "lost", 2))

    _, said = act(ret, acts.GiveUpParcel(2))

    assert [type(message) for message in said] == [SettlementRequestedV1]


def test_a_parcel_that_is_not_handed_over_in_time_ends_the_return_and_its_label():
    ret, said = tick(labelled(Stage.FIRST_SCAN), days=14)

    assert [type(message) for message in said] == [ReturnExpiredV1, LabelVoidRequestedV1]
    assert ret.lines[0].money is MoneyState.NOT_DUE


@pytest.mark.parametrize("late", [first_scan, hub_scan])
def test_a_parcel_that_comes_after_the_end_is_a_task_and_moves_nothing(late):
    ret, _ = tick(labelled(Stage.FIRST_SCAN), days=14)

    ret, said, _ = advance(ret, late(ret))

    assert (ret.awaiting, said) == (Awaiting.EXPIRED, [])
    assert TaskKind.LATE_PARCEL in {task.kind for task in tasks_of(ret)}


def test_the_journey_of_these_tests_goes_up_in_rank():
    ranks = [list(Milestone).index(what) for what in JOURNEY]

    assert all(before < later for before, later in pairwise(ranks))

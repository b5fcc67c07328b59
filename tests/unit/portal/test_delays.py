"""A parcel that is late is a task until it comes along."""

import pytest

from libs.contracts.values import Milestone
from services.portal.domain import Awaiting, Effect, Parcel, TaskKind, act, acts, advance, tasks_of
from services.portal.domain.delays import open_delays
from tests.unit.portal.lives import a_return, after, delayed, first_scan, hub_scan, inspected, milestone, posted

MOVED, HUB, OPENED = Milestone.IN_TRANSIT, Milestone.HUB_RECEIVED, Milestone.PROCESSED
LATE = {TaskKind.PARCEL_DELAYED, TaskKind.INSPECTION_DELAYED}


def late(ret) -> set[TaskKind]:
    return {task.kind for task in tasks_of(ret)} & LATE


def on_its_way(**changes):
    return posted(a_return(**changes))


@pytest.mark.parametrize(
    ("what", "kind", "role"),
    [
        (MOVED, TaskKind.PARCEL_DELAYED, "agent"),
        (HUB, TaskKind.PARCEL_DELAYED, "agent"),
        (OPENED, TaskKind.INSPECTION_DELAYED, "hub"),
    ],
)
def test_a_late_parcel_is_a_task_of_whoever_can_look_for_it(what, kind, role):
    from services.portal.domain.tasks import TASKS

    ret = after(on_its_way(inspect=True), delayed(on_its_way(), what))

    (task,) = (task for task in tasks_of(ret) if task.kind in LATE)
    assert (task.kind, task.subject, TASKS[kind].role) == (kind, f"1/{what}", role)
    assert task.words is not None
    assert task.words.endswith("by 2026-12-06")
    assert open_delays(ret, 1) == (what,)


@pytest.mark.parametrize(
    ("what", "comes"),
    [
        (MOVED, lambda ret: milestone(ret, Milestone.OUT_FOR_DELIVERY)),
        (MOVED, hub_scan),
        (HUB, hub_scan),
        (HUB, inspected),
        (OPENED, inspected),
    ],
)
def test_it_is_none_any_more_when_the_parcel_comes_along_whichever_is_heard_first(what, comes):
    ret = on_its_way(inspect=True)
    fact, told = comes(ret), delayed(ret, what)

    assert late(after(ret, told)) != set()
    assert late(after(ret, told, fact)) == set()
    assert after(ret, told, fact) == after(ret, fact, told)


def test_a_scan_that_is_short_of_what_it_is_late_for_ends_nothing():
    ret = on_its_way()

    assert late(after(ret, delayed(ret, HUB), milestone(ret, MOVED))) == {TaskKind.PARCEL_DELAYED}


def test_one_of_two_parcels_that_comes_says_nothing_of_the_other():
    ret = a_return().knowing(approved=True, parcels=(Parcel(1), Parcel(2)))
    ret = after(
        ret, first_scan(ret, 1), first_scan(ret, 2), delayed(ret, HUB, 1), delayed(ret, HUB, 2), hub_scan(ret, 1)
    )

    assert (open_delays(ret, 1), open_delays(ret, 2)) == ((), (HUB,))


def test_a_return_that_is_not_inspected_has_nothing_to_wait_for_at_the_hub():
    ret = on_its_way(inspect=False)

    assert late(after(ret, delayed(ret, OPENED))) == set()


def test_nobody_looks_for_a_parcel_that_is_given_up_or_of_an_ended_return():
    ret = after(on_its_way(), delayed(on_its_way()))
    closed, _ = act(ret, acts.Close())

    assert (closed.awaiting, late(closed)) == (Awaiting.CLOSED, set())
    assert late(ret.with_parcel(Parcel(1, accepted=True, given_up=True))) == set()


def test_a_person_who_has_asked_the_carrier_clears_it():
    ret = after(on_its_way(), delayed(on_its_way()))

    ret, _ = act(ret, acts.ClearMark(TaskKind.PARCEL_DELAYED, f"1/{HUB}"))

    assert late(ret) == set()


def test_what_is_told_again_on_its_way_is_noted():
    ret = after(on_its_way(), milestone(on_its_way(), MOVED))

    again, said, effect = advance(ret, milestone(ret, Milestone.DELIVERED))

    assert (again, said, effect) == (ret, [], Effect.NOTED)

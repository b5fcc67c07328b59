"""The one line of a return: milestones with their place, and when the parcel is expected."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.chassis.clock import now
from libs.contracts.tracking import Expected, ScanVoidedV1
from libs.contracts.values import Milestone
from services.portal.domain import Awaiting, Effect, Parcel
from services.portal.store.returns import Happened, Story
from services.portal.web.line import Way, line_of
from tests.unit.portal.lives import a_return, an_id, first_scan, hub_scan, inspected, milestone

SENT = a_return(awaiting=Awaiting.IN_TRANSIT)
MOVED, HUB, OPENED = Milestone.IN_TRANSIT, Milestone.HUB_RECEIVED, Milestone.PROCESSED
ARRIVED = "Arrived at our hub"


def a_story(*facts, ret=SENT) -> Story:
    """The story of a return to which these facts came."""
    came = tuple(Happened(fact.type(), now(), Effect.APPLIED, fact.model_dump(mode="json")) for fact in facts)
    return Story(ret, now(), now(), now(), {}, "/r/x", came, {})


def line(*facts, ret=SENT):
    """The steps of such a return, by their words."""
    return {step.words: step for step in line_of(a_story(*facts, ret=ret))}


def promised(what: Milestone, *, days: int) -> Expected:
    """Most parcels have reached it so many days from now."""
    at = now() + timedelta(days=days)
    return Expected(milestone=what, at=at - timedelta(days=3), latest=at, parcels=20)


def expecting(fact, *, days: int, what: Milestone = HUB):
    """The fact with the arrival that it makes us expect."""
    told = promised(what, days=days)
    return fact.model_copy(update={"expected": told if what is HUB else None, "upcoming": (told,)})


@pytest.mark.parametrize(("days", "late"), [(4, False), (-1, True)])
def test_a_parcel_on_its_way_is_expected_by_the_day_that_most_of_its_lane_had_come(days: int, late: bool):
    arrival = line(expecting(first_scan(SENT), days=days))[ARRIVED]

    assert (arrival.done, arrival.late, arrival.expected is not None) == (False, late, True)


def test_what_tracking_of_the_former_release_expects_counts_too():
    told = expecting(first_scan(SENT), days=4).model_copy(update={"upcoming": ()})

    assert line(told)[ARRIVED].expected == told.expected.latest


def test_one_that_has_come_is_expected_no_more_and_its_place_is_told_with_the_carriers_words():
    scanned = milestone(SENT, HUB, 1).model_copy(update={"place": "DAV", "words": "Signed for"})

    arrival = line(expecting(first_scan(SENT), days=4), scanned)[ARRIVED]

    assert (arrival.done, arrival.note, arrival.expected) == (True, "DAV · Signed for", None)


@pytest.mark.parametrize("order", [1, -1])
def test_an_arrival_that_was_taken_back_is_awaited_again_until_another_scan_proves_it(order: int):
    sent, came = expecting(first_scan(SENT), days=4), hub_scan(SENT)
    back = ScanVoidedV1(
        **{name: getattr(came, name) for name in ("return_id", "parcel_id", "parcel")},
        scan_id=an_id("scan"),
        words="wrong pile",
        by="ana",
        withdraws=(HUB,),
        taken_back=1,
    )
    again = came.model_copy(update={"taken_back": 1})

    gone, there = line(sent, *(came, back)[::order])[ARRIVED], line(sent, *(came, back, again)[::order])[ARRIVED]

    assert (gone.done, gone.expected, there.done) == (False, sent.expected.latest, True)


def test_a_milestone_is_told_with_the_time_of_its_scan_and_not_with_ours():
    scanned = first_scan(SENT).model_copy(update={"occurred_at": datetime(2026, 12, 1, 8, tzinfo=UTC)})

    assert line(scanned)["Dropped off"].at == datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_what_not_every_carrier_scans_is_told_once_it_came():
    assert "On its way" not in line(first_scan(SENT))
    steps = list(line(first_scan(SENT), milestone(SENT, MOVED, 1)))
    assert steps.index("Dropped off") + 1 == steps.index("On its way")


def test_and_before_where_the_lanes_parcels_are_always_seen_there():
    told = expecting(first_scan(SENT), days=2, what=MOVED)

    assert line(told)["On its way"].expected is not None
    assert "On its way" not in line(told, hub_scan(SENT))  # its scan was missed


def test_what_was_promised_last_counts():
    told = [expecting(first_scan(SENT), days=9), expecting(milestone(SENT, MOVED), days=4)]

    assert line(*told)[ARRIVED].expected == told[1].expected.latest


def test_two_parcels_have_arrived_when_both_have_and_are_expected_with_the_later_one():
    ret = SENT.knowing(parcels=(Parcel(1), Parcel(2)))
    sent = [expecting(first_scan(ret, 1), days=3), expecting(first_scan(ret, 2), days=5)]

    one = line(*sent, hub_scan(ret, 1), ret=ret)[ARRIVED]
    both = line(*sent, hub_scan(ret, 1), hub_scan(ret, 2), ret=ret)[ARRIVED]

    assert (one.done, one.note, one.expected) == (False, "1/2", sent[1].expected.latest)
    assert both.done


def test_an_inspection_stands_on_the_line_of_a_return_that_is_inspected():
    ret = a_return(awaiting=Awaiting.AT_HUB, inspect=True)
    received = expecting(hub_scan(ret), days=-1, what=OPENED)

    waiting = line(received, ret=ret)["Checked at our hub"]

    assert (waiting.done, waiting.late) == (False, True)
    assert line(received, inspected(ret), ret=ret)["Checked at our hub"].done
    assert "Checked at our hub" not in line(received)


def test_an_ended_return_waits_for_nothing():
    ret = a_return(awaiting=Awaiting.CLOSED)

    steps = line(expecting(first_scan(ret), days=-1), ret=ret)

    assert all(step.done and not step.late for step in steps.values())
    assert ARRIVED not in steps


def test_a_parcel_waits_for_what_was_promised_of_it_and_is_still_to_come():
    told = first_scan(SENT).model_copy(update={"upcoming": (promised(MOVED, days=1), promised(HUB, days=4))})

    assert [each.milestone for each in Way(a_story(told)).upcoming(1)] == [MOVED, HUB]
    assert [each.milestone for each in Way(a_story(told, milestone(SENT, MOVED))).upcoming(1)] == [HUB]
    assert Way(a_story(told)).upcoming(2) == ()

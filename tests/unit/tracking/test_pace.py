"""When a parcel is expected at each step of its way."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.tracking import Expected, Step
from libs.contracts.values import Milestone
from services.tracking.domain import (
    AT_HUB,
    ENOUGH,
    WHOLE_WAY,
    Pace,
    Span,
    hours,
    is_late,
    margin,
    open_ones,
    pace,
    promise,
    stretches,
    to_promise,
)

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
LABEL, ACCEPTED, MOVED, BROUGHT, HUB, OPENED = (
    Milestone.LABEL_CREATED,
    Milestone.ACCEPTED,
    Milestone.IN_TRANSIT,
    Milestone.DELIVERED,
    Milestone.HUB_RECEIVED,
    Milestone.PROCESSED,
)
TO_DEPOT, FROM_DEPOT = Span(ACCEPTED, MOVED), Span(MOVED, HUB)


def step(milestone: Milestone, *, hours: float = 0, implied: bool = False) -> Step:
    return Step(milestone=milestone, at=MONDAY + timedelta(hours=hours), implied=implied)


def going(days: float, *, slow: float | None = None, parcels: int = 40) -> Pace:
    """The pace of a step that takes so many days."""
    return Pace(timedelta(days=days), timedelta(days=slow or days), parcels)


def told(milestone: Milestone, *, days: float = 0) -> Expected:
    return Expected(milestone=milestone, at=MONDAY, latest=MONDAY + timedelta(days=days))


def test_a_step_that_few_parcels_took_has_no_pace():
    assert pace({}) is None
    assert pace({30: ENOUGH - 1}) is None
    assert pace({30: ENOUGH}) == Pace(timedelta(hours=30), timedelta(hours=30), ENOUGH)


def test_a_known_step_goes_at_the_pace_of_its_middle_parcel_and_of_the_ninth_of_ten():
    found = pace({24: 10, 48: 8, 200: 2})

    assert found == Pace(timedelta(hours=24), timedelta(hours=48), 20)


@given(st.lists(st.integers(0, 500), min_size=ENOUGH, max_size=200))
def test_half_of_the_parcels_came_by_the_median_and_nine_of_ten_by_the_slow_one(taken):
    found = pace({hours: taken.count(hours) for hours in taken})

    for share, bound in ((0.5, found.median), (0.9, found.slow)):
        by_then = sum(timedelta(hours=hours) <= bound for hours in taken)
        assert by_then >= share * len(taken) - 1e-9
        assert sum(timedelta(hours=hours) < bound for hours in taken) < share * len(taken)


def test_a_lane_learns_each_step_of_a_parcel_and_the_whole_way():
    steps = (step(ACCEPTED, hours=2), step(MOVED, hours=10), step(HUB, hours=50.4))

    assert stretches(steps) == {TO_DEPOT: 8, FROM_DEPOT: 41, WHOLE_WAY: 49}
    assert stretches((steps[0], steps[2])) == {WHOLE_WAY: 49}


def test_it_learns_nothing_of_a_step_that_was_only_implied_or_that_no_parcel_takes():
    hub = step(HUB, hours=50)

    assert stretches((step(ACCEPTED, hours=50, implied=True), hub)) == {}
    assert stretches((step(ACCEPTED, hours=60), hub)) == {}
    assert stretches((step(ACCEPTED, hours=-24 * 200), hub)) == {}
    assert stretches((hub,)) == {}


@pytest.mark.parametrize(("noon", "took"), [((2026, 10, 24), 25), ((2026, 3, 28), 23), ((2026, 11, 2), 24)])
def test_from_noon_to_noon_are_the_hours_that_passed_when_the_clocks_change(noon, took):
    since = datetime(*noon, 12, tzinfo=ZoneInfo("Europe/London"))
    until = since + timedelta(days=1)  # at noon by the clock on the wall

    assert hours(since, until) == took
    assert hours(until, since) is None


def test_the_hours_between_two_countries_are_those_that_passed():
    left = datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("America/New_York"))
    came = datetime(2026, 11, 3, 15, tzinfo=ZoneInfo("Europe/Amsterdam"))

    assert hours(left, came) == 24


def test_each_milestone_promises_the_next_ones_and_no_more():
    assert to_promise({LABEL}, {LABEL}) == ()
    assert to_promise({ACCEPTED}, {LABEL, ACCEPTED}) == (TO_DEPOT, WHOLE_WAY)
    assert to_promise({ACCEPTED, MOVED}, {ACCEPTED, MOVED}) == (FROM_DEPOT, WHOLE_WAY)
    assert to_promise({HUB}, {ACCEPTED, HUB}) == (AT_HUB,)
    assert to_promise({BROUGHT}, {ACCEPTED, BROUGHT}) == ()
    assert to_promise({MOVED}, {ACCEPTED, MOVED, HUB}) == ()  # told of too late
    assert to_promise({ACCEPTED}, {ACCEPTED, BROUGHT}) == (WHOLE_WAY,)


def test_what_is_known_of_a_lane_is_promised_step_by_step():
    paces = {TO_DEPOT: going(1), WHOLE_WAY: going(4, slow=6)}

    depot, hub = promise((TO_DEPOT, WHOLE_WAY), (step(ACCEPTED),), paces, days=9)

    assert (depot.milestone, depot.at, depot.parcels) == (MOVED, MONDAY + timedelta(days=1), 40)
    assert (hub.milestone, hub.at, hub.latest) == (HUB, MONDAY + timedelta(days=4), MONDAY + timedelta(days=6))


def test_from_the_depot_on_the_arrival_is_counted_from_there_where_that_is_known():
    steps = (step(ACCEPTED), step(MOVED, hours=48))

    (near,) = promise((FROM_DEPOT, WHOLE_WAY), steps, {FROM_DEPOT: going(2), WHOLE_WAY: going(7)}, days=None)
    (far,) = promise((FROM_DEPOT, WHOLE_WAY), steps, {WHOLE_WAY: going(7)}, days=None)

    assert (near.at, far.at) == (MONDAY + timedelta(days=4), MONDAY + timedelta(days=7))


def test_a_step_that_a_carrier_seldom_scans_is_not_promised():
    paces = {TO_DEPOT: going(1, parcels=35), WHOLE_WAY: going(4, parcels=40)}

    assert [each.milestone for each in promise((TO_DEPOT, WHOLE_WAY), (step(ACCEPTED),), paces, days=None)] == [HUB]


def test_a_lane_that_is_not_known_goes_by_its_setting_and_without_one_nothing_is_promised():
    (hub,) = promise((TO_DEPOT, WHOLE_WAY), (step(ACCEPTED),), {}, days=3)

    assert (hub.at, hub.latest, hub.parcels) == (MONDAY + timedelta(days=3), MONDAY + timedelta(days=5), 0)
    assert promise((TO_DEPOT, WHOLE_WAY), (step(ACCEPTED),), {}, days=None) == ()
    assert promise((AT_HUB,), (step(HUB),), {}, days=3) == ()  # the setting is for the way


def test_the_margin_on_a_setting_is_half_of_it_and_two_days_at_least():
    assert [margin(days).days for days in (1, 4, 10)] == [2, 2, 5]


def test_nothing_is_late_before_a_day_is_over():
    (depot,) = promise((TO_DEPOT,), (step(ACCEPTED),), {TO_DEPOT: going(1 / 24)}, days=None)

    assert (depot.at, depot.latest) == (MONDAY + timedelta(hours=1), MONDAY + timedelta(days=1))


def test_what_a_parcel_is_past_is_expected_no_more():
    promised = [told(OPENED), told(MOVED), told(HUB)]

    assert [each.milestone for each in open_ones(promised, {ACCEPTED})] == [MOVED, HUB, OPENED]
    assert [each.milestone for each in open_ones(promised, {ACCEPTED, BROUGHT})] == [HUB, OPENED]
    assert open_ones(promised, {OPENED}) == ()


def test_a_parcel_is_late_once_nine_of_ten_would_have_come():
    awaited = told(HUB, days=3)

    assert not is_late(awaited, MONDAY + timedelta(days=3))
    assert is_late(awaited, MONDAY + timedelta(days=3, seconds=1))

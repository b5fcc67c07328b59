"""When a parcel is expected at its hub."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.tracking import Step
from libs.contracts.values import Milestone
from services.tracking.domain import ENOUGH, USUAL, expected, is_expected, is_late, pace, stretch

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def step(milestone: Milestone, *, hours: float = 0, implied: bool = False) -> Step:
    return Step(milestone=milestone, at=MONDAY + timedelta(hours=hours), implied=implied)


def test_a_lane_with_few_parcels_goes_at_the_usual_pace():
    assert pace({30: ENOUGH - 1}) == USUAL
    assert pace({}) == USUAL


def test_a_known_lane_goes_at_the_pace_of_its_middle_parcel_and_of_the_ninth_of_ten():
    found = pace({24: 10, 48: 8, 200: 2})

    assert (found.median, found.slow, found.parcels) == (timedelta(hours=24), timedelta(hours=48), 20)


@given(st.lists(st.integers(0, 500), min_size=ENOUGH, max_size=200))
def test_half_of_the_parcels_came_by_the_median_and_nine_of_ten_by_the_slow_one(taken):
    found = pace({hours: taken.count(hours) for hours in taken})

    for share, bound in ((0.5, found.median), (0.9, found.slow)):
        by_then = sum(timedelta(hours=hours) <= bound for hours in taken)
        assert by_then >= share * len(taken) - 1e-9
        assert sum(timedelta(hours=hours) < bound for hours in taken) < share * len(taken)


def test_a_stretch_is_counted_from_the_first_scan_to_the_hub_and_not_where_one_is_only_implied():
    steps = (step(Milestone.ACCEPTED, hours=2), step(Milestone.HUB_RECEIVED, hours=50.4))

    assert stretch(steps) == 48
    assert stretch((step(Milestone.ACCEPTED, hours=50, implied=True), steps[1])) is None
    assert stretch((step(Milestone.ACCEPTED, hours=60), steps[1])) is None
    assert stretch(steps[:1]) is None


def test_only_a_parcel_that_is_on_its_way_is_expected():
    label, accepted, hub = step(Milestone.LABEL_CREATED), step(Milestone.ACCEPTED), step(Milestone.HUB_RECEIVED)

    assert [is_expected(steps) for steps in ((), (label,), (label, accepted), (label, accepted, hub))] == [
        False,
        False,
        True,
        False,
    ]


def test_a_parcel_is_late_once_nine_of_ten_would_have_come():
    told = expected((step(Milestone.ACCEPTED),), pace({24: 18, 72: 2}))

    assert (told.at, told.latest) == (MONDAY + timedelta(hours=24), MONDAY + timedelta(hours=24))
    assert not is_late(told, MONDAY + timedelta(hours=24))
    assert is_late(told, MONDAY + timedelta(hours=25))
    assert not is_late(None, MONDAY + timedelta(days=90))

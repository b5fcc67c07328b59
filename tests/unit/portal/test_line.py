"""The one line of a return: milestones with their place, and when the parcel is expected."""

from datetime import timedelta

import pytest

from libs.chassis.clock import now
from libs.contracts.tracking import Expected
from libs.contracts.values import Milestone
from services.portal.domain import Awaiting, Effect
from services.portal.store.returns import Happened, Story
from services.portal.web.present import line_of
from tests.unit.portal.lives import a_return, first_scan, milestone

SENT = a_return(awaiting=Awaiting.IN_TRANSIT)


def line(*facts, ret=SENT):
    """The steps of a return to which these facts came."""
    came = tuple(Happened(fact.type(), now(), Effect.APPLIED, fact.model_dump(mode="json")) for fact in facts)
    return {step.words: step for step in line_of(Story(ret, now(), now(), now(), {}, "/r/x", came, {}))}


def expecting(fact, *, days: int):
    """The fact with an arrival that most parcels had after so many days from now."""
    at = now() + timedelta(days=days)
    told = Expected(milestone=Milestone.HUB_RECEIVED, at=at - timedelta(days=3), latest=at, parcels=20)
    return fact.model_copy(update={"expected": told})


@pytest.mark.parametrize(("days", "late"), [(4, False), (-1, True)])
def test_a_parcel_on_its_way_is_expected_by_the_day_that_most_of_its_lane_had_come(days: int, late: bool):
    arrival = line(expecting(first_scan(SENT), days=days))["Arrived at our hub"]

    assert (arrival.done, arrival.late, arrival.expected is not None) == (False, late, True)


def test_one_that_has_come_is_expected_no_more_and_its_place_is_told():
    scanned = milestone(SENT, Milestone.HUB_RECEIVED, 1).model_copy(update={"place": "DAV"})

    arrival = line(expecting(first_scan(SENT), days=4), scanned)["Arrived at our hub"]

    assert (arrival.done, arrival.note, arrival.expected) == (True, "DAV", None)


def test_what_not_every_carrier_scans_is_told_once_it_came():
    assert "On its way" not in line(first_scan(SENT))
    steps = list(line(first_scan(SENT), milestone(SENT, Milestone.IN_TRANSIT, 1)))
    assert steps.index("Dropped off") + 1 == steps.index("On its way")

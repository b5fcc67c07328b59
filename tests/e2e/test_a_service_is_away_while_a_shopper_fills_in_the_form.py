"""What a shopper meets when a service is down: a clear page, answers kept, and the way on once it is back."""

import time

import pytest

from deploy.local.journey import STEPS, Journey
from deploy.local.stack import Stack
from tests.chaos.auditor import assert_settled_once


@pytest.fixture
def journey(suite: Stack) -> Journey:
    """A shopper of Kite with one item ticked, at the last page."""
    journey = Journey(suite.facts, suite.facts["retailers"][1])
    for _, step in STEPS[:3]:
        step(journey)
    return journey


@pytest.mark.parametrize("service", ["rules", "orders"])
def test_a_return_submitted_while_a_service_that_is_asked_is_down_is_kept_at_once_and_may_be_tried_again(
    suite: Stack, journey: Journey, service: str
):
    suite.running.stop(service)
    began = time.monotonic()

    journey.send(journey.form("key"))
    told, waited = journey.page, time.monotonic() - began
    suite.restart(service)
    journey.page = journey.http.get(f"{journey.retailer['portal']}/check")
    for _, step in STEPS[3:]:
        step(journey)

    assert told.status_code == 200
    assert "Your request is kept" in told.text and "Try again now" in told.text
    assert waited < 5
    assert_settled_once(journey)


@pytest.mark.parametrize("service", ["payments", "tracking", "notifications"])
def test_a_return_submitted_while_a_later_service_is_down_is_finished_when_it_is_back(
    suite: Stack, journey: Journey, service: str
):
    suite.running.stop(service)

    STEPS[3][1](journey)
    suite.restart(service)
    for _, step in STEPS[4:]:
        step(journey)

    assert_settled_once(journey)

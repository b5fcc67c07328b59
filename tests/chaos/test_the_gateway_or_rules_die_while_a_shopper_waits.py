"""A request in hand is lost with its process: the shopper sends it again, or it is kept; either way makes one return."""

import httpx
import pytest

from deploy.local.journey import STEPS, Journey
from deploy.local.stack import Stack
from tests.chaos.auditor import assert_settled_once
from tests.chaos.conftest import Revived
from tests.waiting import until


def at_the_last_page(suite: Stack) -> Journey:
    """A shopper who has checked everything and is about to submit."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    for _, step in STEPS[:3]:
        step(journey)
    return journey


def finish(journey: Journey) -> None:
    """The rest of the way."""
    for _, step in STEPS[3:]:
        step(journey)


@pytest.mark.parametrize("point", ["gateway.in_hand", "gateway.after_commit"])
def test_a_form_whose_gateway_died_makes_one_return_when_sent_again(suite: Stack, revived: Revived, point: str):
    suite.restart("gateway", {"CRASH_AT": point})
    journey = at_the_last_page(suite)
    form = journey.form("key")

    with revived("gateway") as deaths:
        with pytest.raises(httpx.HTTPError):
            journey.send(form)
        until(lambda: deaths and suite.is_ready("gateway"), within=30)
        finish(journey)

    assert deaths == ["gateway"]
    assert_settled_once(journey)


def test_a_shopper_whose_rules_died_has_the_return_kept_and_goes_on_with_it(suite: Stack, revived: Revived):
    journey = at_the_last_page(suite)
    form = journey.form("key")
    suite.restart("rules", {"CRASH_AT": "rules.before_answer"})

    with revived("rules") as deaths:
        journey.send(form)
        told = journey.page
        until(lambda: deaths and suite.is_ready("rules"), within=30)
        journey.page = journey.http.get(f"{journey.retailer['portal']}/check")
        finish(journey)

    assert told.status_code == 200
    assert "Your request is kept" in told.text
    assert deaths == ["rules"]
    assert_settled_once(journey)

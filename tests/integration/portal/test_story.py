"""One return's story: who stated what, also while one of the tellers is away."""

import pytest

from services.portal.access import May
from tests.integration.portal.programs import Program, submitted


@pytest.fixture
def erp(browser, retailer, a_key) -> Program:
    """A program that may read returns."""
    return Program(browser, a_key(retailer.id, May.READ_RETURNS))


def test_a_story_names_who_stated_what_and_who_acted(erp, returns, retailer):
    ret = submitted(returns, retailer, held="photo")

    told = erp.get(f"/returns/{ret.number.lower()}/story").json()

    assert told["number"] == ret.number
    events = {(event["service"], event["what"], event["effect"]) for event in told["events"]}
    assert ("portal", "return_submitted", "stated") in events
    assert ("portal", "return_held_for_review", "stated") in events


def test_what_a_person_did_is_told_with_their_name(erp, returns, retailer, a_key):
    ret = submitted(returns, retailer, held="photo")
    agent = Program(erp.browser, a_key(retailer.id))
    agent.post(f"/returns/{ret.number}/reject", {"words": "The seal is broken."})

    told = erp.get(f"/returns/{ret.number}/story").json()

    acts = [event for event in told["events"] if event["by"]]
    assert [(act["service"], act["what"], act["by"]) for act in acts] == [("portal", "reject", "key erp")]


def test_a_teller_that_is_away_is_named_and_the_rest_is_told(erp, returns, retailer):
    ret = submitted(returns, retailer)

    told = erp.get(f"/returns/{ret.number}/story").json()

    assert told["silent"] == ["tracking"]
    assert told["parcels"] == []
    assert told["events"]


def test_another_retailers_story_is_not_there(erp):
    answer = erp.get("/returns/R-222222/story")

    assert (answer.status_code, answer.json()["code"]) == (404, "returns.not_found")

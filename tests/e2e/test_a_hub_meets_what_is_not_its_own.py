"""A parcel is not what the hub expects: each answer says what it is, and what whoever holds it does next."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey
from deploy.local.stack import Stack
from tests.e2e.test_a_hub_receives_parcels import booked, hub, journey, scan, sent, somebody, told
from tests.waiting import until

__all__ = ["hub", "journey", "sent"]


def answered(page: Page, words: str) -> None:
    expect(page.locator("#answer").get_by_text(words)).to_be_visible()


@pytest.fixture
def kite(browser: Browser, suite: Stack, journey: Journey) -> Iterator[Page]:
    """The hub of another retailer."""
    retailer = next(each for each in suite.facts["retailers"] if each["slug"] != journey.retailer["slug"])
    page = somebody(browser, suite, retailer, "hub")
    yield page
    page.context.close()


def test_a_parcel_of_a_return_that_was_called_off_is_put_aside_for_the_team(
    hub: Page, browser: Browser, suite: Stack, journey: Journey
):
    number = booked(browser, journey).story["tracking_number"]
    key = {"Authorization": f"Bearer {journey.retailer['api_key']}", "Idempotency-Key": f"cancel {journey.number}"}
    api = f"{suite.facts['gateway']}/api/v1/returns/{journey.number}"
    httpx.post(f"{api}/cancel", headers=key, json={}).raise_for_status()

    scan(hub, number)

    told(hub, "Return was called off")
    answered(hub, "It is received. Put it aside: a task is open for the team.")
    assert hub.locator("#answer [data-tone=warn]").count() == 1
    until(lambda: "late_parcel" in str(httpx.get(f"{api}", headers=key).json()["tasks"]), within=20)


def test_a_parcel_of_another_retailer_leaves_nothing_and_goes_to_that_retailer(kite: Page, sent: Journey):
    for code in (sent.story["tracking_number"], sent.number):
        scan(kite, code)

        told(kite, "Another retailer’s")
        answered(kite, "Nothing is recorded. Put it with that retailer’s parcels.")
        expect(kite.locator("#answer .num")).to_have_text(code)
    assert kite.locator("#shift li", has_text=sent.story["tracking_number"]).count() == 0


def test_a_parcel_of_another_hub_is_sent_on(hub: Page, suite: Stack, sent: Journey):
    hub.goto(f"{suite.facts['gateway']}/hub?hub=XXX")

    scan(hub, sent.story["tracking_number"])

    told(hub, "Wrong hub")
    answered(hub, "Send it on: it does not count as received.")
    assert sent.look()["awaiting"] == "in_transit"


def test_where_somebody_is_is_said_once(hub: Page, suite: Stack, sent: Journey):
    hub.goto(f"{suite.facts['gateway']}/hub?hub=DAV")
    hub.get_by_label("Where you are").select_option("")
    hub.get_by_label("Where you are").select_option("DAV")

    hub.goto(f"{suite.facts['gateway']}/hub?hub=XXX")
    expect(hub.get_by_label("Where you are")).to_have_value("XXX")
    hub.goto(f"{suite.facts['gateway']}/hub")

    expect(hub.get_by_label("Where you are")).to_have_value("DAV")


def test_a_parcel_that_was_received_before_says_by_whom_and_what_to_do(hub: Page, sent: Journey):
    scan(hub, sent.number)
    told(hub, "Received")

    scan(hub, sent.number)

    told(hub, "Already received")
    answered(hub, "Received by")
    answered(hub, "with the others.")

"""A parcel takes longer than its lane does: its shopper reads that kindly, staff have it to do, and it ends as it comes."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import STEPS, Journey, hand_over, receive
from deploy.local.stack import Stack
from tests.waiting import until

LATE = "It takes longer than usual"


@pytest.fixture
def journey(suite: Stack) -> Journey:
    """A return whose parcel its carrier has had since now; its lane takes three days."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    for _, step in STEPS[:7]:
        step(journey)
    hand_over(journey)
    return journey


@pytest.fixture
def auckland(browser: Browser) -> Iterator[Page]:
    """A phone at the other end of the world."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, timezone_id="Pacific/Auckland", locale="en-GB"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A screen at an office."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
    yield page
    page.context.close()


def sign_in(page: Page, journey: Journey, to: str) -> None:
    """A manager of Alder's comes to a page of the staff's."""
    manager = next(one for one in journey.retailer["staff"] if one["role"] == "manager")
    page.goto(f"{journey.facts['gateway']}/admin/sign-in?to={to}")
    page.get_by_label("Email").fill(manager["email"])
    page.get_by_label("Password").fill(manager["password"])
    page.get_by_role("button", name="Sign in").click()


def tasks(journey: Journey) -> list[str]:
    """What staff have to do for the return."""
    return [task["kind"] for task in journey.look()["tasks"]]


def promised(journey: Journey) -> datetime:
    """By when the parcel is expected at its hub, as the timeline of the API has it."""
    address = f"{journey.facts['gateway']}/api/v1/returns/{journey.number}/story"
    key = {"Authorization": f"Bearer {journey.retailer['api_key']}"}
    [parcel] = journey.http.get(address, headers=key).raise_for_status().json()["parcels"]
    return datetime.fromisoformat(parcel["expected"]["latest"]).astimezone(UTC)


def test_a_parcel_is_expected_by_its_lane_is_late_once_that_is_over_and_is_not_when_it_has_come(
    journey: Journey, auckland: Page, desk: Page, move: Callable[[str], dict]
):
    auckland.goto(journey.look()["status_url"])
    expected = auckland.locator("time[data-day]")
    shown = auckland.evaluate(
        "at => new Date(at).toLocaleDateString('en-GB', {day: 'numeric', month: 'long'})", promised(journey).isoformat()
    )
    expect(expected).to_contain_text(f"Expected by {shown}")

    move("+6d")
    [task] = until(lambda: [kind for kind in tasks(journey) if kind == "parcel_delayed"], within=20)
    auckland.reload()
    sign_in(desk, journey, f"/admin/returns/{journey.number}")

    assert task == "parcel_delayed"
    expect(auckland.get_by_text(LATE)).to_be_visible()
    expect(desk.get_by_text("A parcel is late: ask its carrier where it is")).to_be_visible()
    expect(desk.locator("#parcels").get_by_text("Late", exact=True)).to_be_visible()
    for page in (auckland, desk):
        assert Axe().run(page).response["violations"] == []

    receive(journey)

    until(lambda: "parcel_delayed" not in tasks(journey), within=20)
    auckland.reload()
    expect(auckland.get_by_text(LATE)).to_have_count(0)
    expect(auckland.get_by_text(re.compile("Arrived at our hub"))).to_be_visible()


def test_the_time_of_a_milestone_is_told_by_the_readers_own_clock(journey: Journey, auckland: Page):
    auckland.goto(journey.look()["status_url"])

    taken = auckland.locator("li", has_text="Dropped off").locator("time[data-local]")
    at = datetime.fromisoformat(str(taken.get_attribute("datetime"))).astimezone(UTC)
    shown = auckland.evaluate(
        "at => new Date(at).toLocaleTimeString('en-GB', {hour: 'numeric', minute: '2-digit'})", at.isoformat()
    )

    expect(taken).to_contain_text(shown)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    assert at.strftime("%H:%M") != shown


def test_staff_read_every_time_by_their_own_clock_too(journey: Journey, auckland: Page):
    sign_in(auckland, journey, f"/admin/returns/{journey.number}")
    expect(auckland.get_by_text("Times are by your own clock.").first).to_be_visible()

    told = auckland.locator("time[data-local]").all()
    for time in told:
        shown = auckland.evaluate(
            "at => new Date(at).toLocaleTimeString('en-GB', {hour: 'numeric', minute: '2-digit'})",
            time.get_attribute("datetime"),
        )
        assert shown in str(time.text_content())
    assert len(told) > 3
    expect(auckland.locator("main")).not_to_contain_text("UTC")

"""A shopper without an order number sends the receipt; staff find the order; the return that comes of it is reviewed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey, find, place
from deploy.local.stack import Stack
from tests.e2e.test_a_shopper_is_served_while_a_service_is_away import a_photo, check, kept, letters, way_on
from tests.waiting import until


@pytest.fixture
def journey(suite: Stack) -> Journey:
    """A shopper of Alder whose order the suite knows."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    place(journey)
    find(journey)
    return journey


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The shopper's phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser, journey: Journey) -> Iterator[Page]:
    """The manager's screen, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    member = journey.retailer["staff"][0]
    page.goto(f"{journey.facts['gateway']}/admin/sign-in")
    page.get_by_label("Email").fill(member["email"])
    page.get_by_label("Password").fill(member["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/admin$"))
    yield page
    context.close()


def show_the_receipt(page: Page, journey: Journey) -> str:
    """The request's number."""
    page.goto(f"{journey.retailer['portal']}/")
    page.get_by_role("link", name="Bought in a shop, or no order number?").click()
    page.get_by_label("Photo of the receipt").set_input_files(a_photo())
    page.get_by_label("Your email").fill(journey.order["email"])
    page.get_by_label("What are you sending back?").fill("The linen shirt")
    page.get_by_label("Why are you returning it?").fill("Too wide")
    page.get_by_role("button", name="Send to our team").click()
    return kept(page)


def test_staff_find_the_order_of_a_receipt_and_the_return_waits_for_a_person(page: Page, desk: Page, journey: Journey):
    number = show_the_receipt(page, journey)
    until(lambda: letters(journey, number))

    desk.goto(f"{journey.facts['gateway']}/admin/intakes/{number}")
    desk.get_by_label("Order number").fill("AL-999999")
    desk.get_by_role("button", name="Match it with this order").click()
    expect(desk.get_by_role("alert")).to_contain_text("No order has this number and email")
    desk.get_by_label("Order number").fill(journey.order["number"])
    desk.get_by_role("button", name="Match it with this order").click()
    expect(desk.get_by_text("The order is matched")).to_be_visible()
    expect(desk.get_by_text(number)).to_have_count(0)

    page.goto(way_on(journey))
    page.get_by_role("button", name="Go on with your return").click()
    page.get_by_text(journey.order["lines"][1]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Changed my mind").first.check()
    check(page)
    page.get_by_role("button", name="Send for review").click()
    page.wait_for_url(re.compile("/r/"))
    found = re.search(r"R-[2-9A-Z]{6}", page.locator("main").inner_text())
    assert found is not None
    journey.number = found.group()

    assert journey.look()["awaiting"] == "awaiting_review"
    open_tasks = journey.http.get(
        f"{journey.facts['gateway']}/api/v1/tasks",
        params={"kind": "review"},
        headers={"Authorization": f"Bearer {journey.retailer['api_key']}"},
    ).json()["tasks"]
    assert [task["words"] for task in open_tasks if task["number"] == journey.number] == ["photo, proof"]

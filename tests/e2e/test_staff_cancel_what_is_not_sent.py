"""Finance cancels for a shopper who called; and records by hand what the shop would not do."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey
from deploy.local.seed import place_order
from deploy.local.stack import Stack
from tests.e2e.test_a_shopper_cancels_before_it_is_sent import TWO_SHIRTS, at_the_shop, subjects
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import journey
from tests.waiting import until

__all__ = ["journey"]


@pytest.fixture(scope="module")
def desk(browser: Browser, suite: Stack) -> Iterator[Page]:
    """A manager's browser, signed in."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    manager = next(one for one in suite.facts["retailers"][0]["staff"] if one["role"] == "manager")
    page.goto(f"{suite.facts['gateway']}/admin/sign-in?to=/admin/cancellations")
    page.get_by_label("Email").fill(manager["email"])
    page.get_by_label("Password").fill(manager["password"])
    page.get_by_role("button", name="Sign in").click()
    yield page
    page.context.close()


@pytest.fixture
def unsent(suite: Stack, journey: Journey) -> Journey:
    """Two shirts and a pair of trousers, paid and not sent."""
    shop = journey.retailer["webhooks"]["shopify"]["shop"]
    return replace(
        journey, order=place_order(suite.facts["sandbox"]["shopify"], shop, lines=TWO_SHIRTS, fulfilled=False)
    )


def begin(desk: Page, suite: Stack, journey: Journey) -> None:
    """The form for this order, one shirt of it, and what is given back."""

    def known() -> bool:
        desk.goto(f"{suite.facts['gateway']}/admin/cancellations")
        desk.get_by_label("Cancel what is not sent of an order").fill(journey.order["number"])
        desk.get_by_role("button", name="Look").click()
        return desk.get_by_role("button", name="See what is given back").is_visible()

    until(known, within=20)
    desk.get_by_label("Linen camp shirt").fill("1")
    desk.get_by_label("Wide-leg trousers").fill("0")
    desk.get_by_label("Why").fill("Called us")
    desk.get_by_role("button", name="See what is given back").click()
    expect(desk.get_by_text("£45.00 is given back")).to_be_visible()


def agree(desk: Page) -> None:
    """Have it cancelled; the page of the cancellation comes."""
    desk.get_by_role("button", name="Cancel and give back £45.00").click()
    desk.wait_for_url(re.compile(r"\?done=asked"))


def test_a_manager_cancels_one_of_two_shirts_and_the_shopper_is_told(desk: Page, suite: Stack, unsent: Journey):
    begin(desk, suite, unsent)
    assert at_the_shop(suite, unsent)["refunded"] == 0
    assert Axe().run(desk).response["violations"] == []

    agree(desk)

    until(lambda: at_the_shop(suite, unsent)["refunded"] == 4500, within=20)
    until(lambda: (desk.reload(), "gid://shopify/Refund/" in desk.inner_text("main"))[1], within=20)
    until(lambda: "Cancelled: £45.00 is on its way back to you" in subjects(unsent), within=20)
    desk.goto(f"{suite.facts['gateway']}/admin/cancellations")
    assert Axe().run(desk).response["violations"] == []


def test_what_the_shop_refuses_is_a_task_until_somebody_records_it(desk: Page, suite: Stack, unsent: Journey):
    begin(desk, suite, unsent)
    faults = f"{suite.facts['sandbox']['shopify']}/control/faults"
    httpx.post(faults, json={"kind": "refuse", "operation": "RefundCreate"}).raise_for_status()
    agree(desk)
    until(lambda: (desk.reload(), desk.get_by_role("button", name="Record it").is_visible())[1], within=20)
    here = desk.url.partition("?")[0]
    assert Axe().run(desk).response["violations"] == []

    desk.goto(f"{suite.facts['gateway']}/admin/tasks?role=all")
    expect(desk.get_by_text("The shop refused to cancel what is not sent").first).to_be_visible()
    desk.goto(here)
    desk.get_by_label("It is cancelled, and the money is given back").check()
    desk.get_by_label("Its number at the shop").fill("gid://shopify/Refund/7")
    desk.get_by_label("What you found").fill("Refunded in the admin")
    desk.get_by_role("button", name="Record it").click()

    desk.wait_for_url(re.compile(r"\?done=recorded"))
    expect(desk.get_by_text("It is recorded")).to_be_visible()
    until(lambda: (desk.reload(), not desk.get_by_role("button", name="Record it").is_visible())[1], within=20)
    assert at_the_shop(suite, unsent)["refunded"] == 0
    until(lambda: any(subject.startswith("Cancelled:") for subject in subjects(unsent)), within=20)


def test_the_page_of_the_shop_says_how_far_the_import_is_and_which_webhooks_are_missing(desk: Page, suite: Stack):
    desk.goto(f"{suite.facts['gateway']}/admin/shops")

    until(lambda: (desk.reload(), "Shopify sends webhooks to public https" in desk.inner_text("main"))[1], within=20)
    expect(desk.get_by_text("orders read")).to_be_visible()
    expect(desk.get_by_text("shop/redact")).to_be_visible()
    assert Axe().run(desk).response["violations"] == []

"""A shopper thinks better of it before the parcel has left: in part, whole, and once too late."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey
from deploy.local.seed import place_order
from deploy.local.stack import Stack
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import journey
from tests.waiting import until

__all__ = ["journey"]
TWO_SHIRTS = [{"product": "camp-shirt", "variant": "10", "quantity": 2}, {"product": "wide-trousers"}]


def allow(suite: Stack, browser: Browser, *, shopper_may: bool) -> None:
    """The manager says whether shoppers may cancel."""
    page = browser.new_context().new_page()
    manager = next(one for one in suite.facts["retailers"][0]["staff"] if one["role"] == "manager")
    page.goto(f"{suite.facts['gateway']}/admin/sign-in?to=/admin/shops")
    page.get_by_label("Email").fill(manager["email"])
    page.get_by_label("Password").fill(manager["password"])
    page.get_by_role("button", name="Sign in").click()
    box = page.get_by_label("Shoppers may cancel them, in part or whole, until they are sent")
    box.set_checked(shopper_may)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.context.close()


@pytest.fixture(scope="module")
def allowed(suite: Stack, browser: Browser) -> Iterator[None]:
    """The retailer lets its shoppers cancel."""
    allow(suite, browser, shopper_may=True)
    yield
    allow(suite, browser, shopper_may=False)


@pytest.fixture
def unsent(suite: Stack, journey: Journey, allowed: None) -> Journey:
    """Two shirts and a pair of trousers, paid and not sent, of a retailer that lets its shoppers cancel."""
    shop = journey.retailer["webhooks"]["shopify"]["shop"]
    order = place_order(suite.facts["sandbox"]["shopify"], shop, lines=TWO_SHIRTS, fulfilled=False)
    return replace(journey, order=order)


def cancel_page(page: Page, journey: Journey) -> None:
    """The order found, and the page on which to choose what is not to be sent."""

    def found() -> bool:
        page.goto(f"{journey.retailer['portal']}/")
        page.get_by_label("Order number").fill(journey.order["number"])
        page.get_by_label("Email").fill(journey.order["email"])
        page.get_by_role("button", name="Find my order").click()
        return page.get_by_role("link", name="Not sent yet: cancel").is_visible()

    until(found, within=20)
    page.get_by_role("link", name="Not sent yet: cancel").click()


def at_the_shop(suite: Stack, journey: Journey) -> dict[str, Any]:
    """The order as the shop has it."""
    return httpx.get(f"{suite.facts['sandbox']['shopify']}/control/orders/{journey.order['number']}").json()


def subjects(journey: Journey) -> list[str]:
    """What the shopper was mailed."""
    return [mail["subject"] for mail in journey.mails()]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_shopper_takes_one_of_two_shirts_back_before_it_is_sent(
    suite: Stack, browser: Browser, unsent: Journey, scripts: bool
):
    page = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=scripts).new_page()
    cancel_page(page, unsent)
    page.get_by_label("How many of Linen camp shirt").select_option("1")
    page.get_by_label("How many of Wide-leg trousers").select_option("0")
    page.get_by_label("Why?").fill("Ordered twice")
    if scripts:
        assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Continue").click()
    assert at_the_shop(suite, unsent)["refunded"] == 0

    page.get_by_role("button", name="Cancel and get £45.00 back").click()

    expect(page.get_by_role("heading", name="It is cancelled")).to_be_visible(timeout=30000)  # it looks again by itself
    assert at_the_shop(suite, unsent)["refunded"] == 4500
    until(lambda: "Cancelled: £45.00 is on its way back to you" in subjects(unsent), within=20)
    page.context.close()


def test_a_whole_order_is_cancelled_with_its_postage(suite: Stack, browser: Browser, unsent: Journey):
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    cancel_page(page, unsent)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Delivery")).to_be_visible()

    page.get_by_role("button", name="Cancel and get £158.95 back").click()

    expect(page.get_by_role("heading", name="It is cancelled")).to_be_visible(timeout=20000)
    assert at_the_shop(suite, unsent)["refunded"] == 15895
    page.context.close()


def test_what_leaves_while_the_shopper_reads_is_not_cancelled_and_may_be_returned(
    suite: Stack, browser: Browser, unsent: Journey
):
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    cancel_page(page, unsent)
    page.get_by_role("button", name="Continue").click()
    sandbox = suite.facts["sandbox"]["shopify"]
    httpx.post(f"{sandbox}/control/fulfil", json={"order": unsent.order["number"]}).raise_for_status()

    page.get_by_role("button", name="Cancel and get").click()

    expect(page.get_by_text("is on its way already").first).to_be_visible(timeout=20000)
    assert at_the_shop(suite, unsent)["refunded"] == 0
    page.context.close()


def test_a_program_cancels_what_a_preview_showed_once(suite: Stack, unsent: Journey):
    api, headers = f"{suite.facts['gateway']}/api/v1", {"Authorization": f"Bearer {unsent.retailer['api_key']}"}
    until(lambda: httpx.get(f"{api}/orders/{unsent.order['number']}", headers=headers).status_code == 200, within=20)
    order = httpx.get(f"{api}/orders/{unsent.order['number']}", headers=headers).json()
    shirt = {"line_id": order["lines"][0]["id"], "quantity": 1}
    at = f"{api}/orders/{order['order_id']}/cancellations"

    quote = httpx.post(f"{at}/preview", headers=headers, json={"lines": [shirt]}, timeout=15).json()
    other = {"lines": [shirt], "amount": {"amount": 1, "currency": "GBP"}}
    wrong = httpx.post(at, headers=headers | {"Idempotency-Key": "wrong"}, json=other, timeout=15)
    asked = {"lines": [shirt], "amount": quote["amount"], "reason": "Called us"}
    made = [
        httpx.post(at, headers=headers | {"Idempotency-Key": order["order_id"]}, json=asked, timeout=15)
        for _ in range(2)
    ]

    def ended() -> bool:
        return (
            httpx.get(f"{api}/cancellations/{made[0].json()['number']}", headers=headers).json()["state"] == "cancelled"
        )

    assert (wrong.status_code, wrong.json()["code"]) == (409, "portal.amount_changed")
    assert [answer.status_code for answer in made] == [201, 201]
    until(ended, within=20)
    assert at_the_shop(suite, unsent)["refunded"] == 4500


def test_nobody_is_offered_it_where_the_retailer_does_not_allow_it(
    suite: Stack, browser: Browser, journey: Journey, unsent: Journey
):
    allow(suite, browser, shopper_may=False)
    page = browser.new_context().new_page()
    page.goto(f"{journey.retailer['portal']}/")
    page.get_by_label("Order number").fill(unsent.order["number"])
    page.get_by_label("Email").fill(unsent.order["email"])
    page.get_by_role("button", name="Find my order").click()
    expect(page.get_by_text(f"Order {unsent.order['number']}")).to_be_visible()

    assert not page.get_by_role("link", name="Not sent yet: cancel").is_visible()
    assert page.goto(f"{journey.retailer['portal']}/cancel").status == 404
    page.context.close()
    allow(suite, browser, shopper_may=True)

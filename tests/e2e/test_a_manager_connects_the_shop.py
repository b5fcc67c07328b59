"""A manager installs the app at the shop, sees what it grants, learns that the shop has shut the door, and opens it again."""

from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey
from deploy.local.stack import Stack
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import find_the_order, journey
from tests.waiting import until

__all__ = ["journey"]


def tokens(suite: Stack, journey: Journey, what: str) -> None:
    """What becomes of our tokens at the shop."""
    asked = {"shop": journey.retailer["webhooks"]["shopify"]["shop"], "do": what}
    httpx.post(f"{suite.facts['sandbox']['shopify']}/control/tokens", json=asked).raise_for_status()


@pytest.fixture
def desk(browser: Browser, suite: Stack, journey: Journey) -> Iterator[Page]:
    """A manager's, at the page of the shop. Afterwards the shop is connected as it was."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    manager = next(one for one in journey.retailer["staff"] if one["role"] == "manager")
    page.goto(f"{suite.facts['gateway']}/admin/sign-in?to=/admin/shops")
    page.get_by_label("Email").fill(manager["email"])
    page.get_by_label("Password").fill(manager["password"])
    page.get_by_role("button", name="Sign in").click()
    yield page
    tokens(suite, journey, "restore")
    connect(page, suite, "alder-demo.myshopify.com", "shpat_alder_demo")
    page.context.close()


def connect(page: Page, suite: Stack, domain: str, token: str) -> None:
    page.goto(f"{suite.facts['gateway']}/admin/shops")
    page.get_by_label("Address of the shop").fill(domain)
    page.get_by_label("Admin API access token").fill(token)
    page.get_by_role("button", name="Connect", exact=True).click()


def has_task(page: Page, suite: Stack) -> bool:
    page.goto(f"{suite.facts['gateway']}/admin/tasks")
    return "The shop lets us in no more" in page.inner_text("main")


def test_the_page_of_the_shop_fits_a_phone(desk: Page):
    desk.set_viewport_size({"width": 390, "height": 844})
    granted = desk.locator("main .pairs dd").filter(has_text="read_orders").first

    expect(granted).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert granted.bounding_box()["width"] > 150


def test_a_manager_installs_the_app_and_orders_are_still_found(desk: Page, suite: Stack, journey: Journey):
    desk.get_by_label("Address of the shop").fill("alder-demo.myshopify.com")
    desk.get_by_role("button", name="Install our app instead").click()
    desk.get_by_role("link", name="Continue at alder-demo.myshopify.com").click()
    expect(desk.get_by_role("heading", name="Install Homeward at Alder?")).to_be_visible()
    desk.get_by_role("link", name="Install app").click()

    expect(desk.get_by_text("The shop is connected.")).to_be_visible()
    expect(desk.get_by_text("by an install")).to_be_visible()
    expect(desk.get_by_text("Renewed before")).to_be_visible()
    assert Axe().run(desk).response["violations"] == []
    find_the_order(desk, journey)


def test_an_install_that_somebody_else_began_connects_nothing(desk: Page, suite: Stack):
    asked = "shop=alder-demo.myshopify.com&code=1&state=guessed&timestamp=1&hmac=00"
    desk.goto(f"{suite.facts['gateway']}/shops/shopify/callback?{asked}")

    expect(desk.get_by_text("The shop's signature is wrong.")).to_be_visible()


def test_a_token_that_the_shop_does_not_accept_is_told_in_plain_words(desk: Page, suite: Stack):
    connect(desk, suite, "alder-demo.myshopify.com", "shpat_mistyped")

    expect(desk.get_by_text("the shop does not accept our token")).to_be_visible()


def test_a_shop_that_shuts_the_door_becomes_a_task_until_it_is_connected_again(
    desk: Page, suite: Stack, journey: Journey
):
    tokens(suite, journey, "revoke")
    desk.get_by_role("button", name="Test").click()
    expect(desk.get_by_text("Lets us in no more")).to_be_visible()
    until(lambda: has_task(desk, suite), within=20)

    tokens(suite, journey, "restore")
    connect(desk, suite, "alder-demo.myshopify.com", "shpat_alder_demo")

    expect(desk.get_by_text("The shop is connected.")).to_be_visible()
    until(lambda: not has_task(desk, suite), within=20)

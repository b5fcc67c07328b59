"""A shopper withdraws from a purchase at a distance: a labelled way in, one button to confirm, and a receipt at once."""

from collections.abc import Callable
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
WAY_IN = "Withdraw from contract here"
Buy = Callable[..., Journey]


@pytest.fixture
def buy(suite: Stack, journey: Journey) -> Buy:
    """Call it with what is bought: an order that arrived, ready to be found."""

    def order(*lines: dict[str, Any], **more: Any) -> Journey:
        shop = journey.retailer["webhooks"]["shopify"]["shop"]
        placed = place_order(suite.facts["sandbox"]["shopify"], shop, lines=list(lines), **more)
        return replace(journey, order=placed)

    return order


def found(page: Page, journey: Journey) -> None:
    """The order's own page."""

    def there() -> bool:
        page.goto(f"{journey.retailer['portal']}/")
        page.get_by_label("Order number").fill(journey.order["number"])
        page.get_by_label("Email").fill(journey.order["email"])
        page.get_by_role("button", name="Find my order").click()
        return page.get_by_text(f"Order {journey.order['number']}").first.is_visible()

    until(there, within=20)


def returns_of(suite: Stack, journey: Journey) -> list[dict[str, Any]]:
    """The returns of this order, as a program reads them."""
    headers = {"Authorization": f"Bearer {journey.retailer['api_key']}"}
    at = f"{suite.facts['gateway']}/api/v1/returns"
    listed = httpx.get(at, headers=headers).json()["returns"]
    mine = [each["number"] for each in listed if each["order"] == journey.order["number"]]
    return [httpx.get(f"{at}/{number}", headers=headers).json() for number in mine]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_shopper_declares_it_confirms_it_and_has_a_receipt(suite: Stack, browser: Browser, buy: Buy, scripts: bool):
    journey = buy({"product": "camp-shirt", "variant": "10", "quantity": 2}, {"product": "wide-trousers"})
    page = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=scripts).new_page()
    found(page, journey)
    page.get_by_role("link", name=WAY_IN).click()
    expect(page.get_by_label("Your name")).not_to_have_value("")
    page.get_by_label("How many of Linen camp shirt").select_option("1")
    if scripts:
        assert Axe().run(page).response["violations"] == []

    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Confirm your withdrawal")).to_be_visible()
    assert returns_of(suite, journey) == []
    if scripts:
        assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Confirm withdrawal").click()

    expect(page.get_by_role("heading", name="Your withdrawal from the contract")).to_be_visible()
    if scripts:
        assert Axe().run(page).response["violations"] == []
    [made] = returns_of(suite, journey)
    assert (made["kind"], made["held"], made["withdrawn_at"] is not None) == ("withdrawal", [], True)
    assert sorted((line["title"], line["quantity"]) for line in made["lines"]) == [
        ("Linen camp shirt", 1),
        ("Wide-leg trousers", 1),
    ]
    assert made["owed"] == {"amount": 4500 + 6500, "currency": "GBP"}
    subject = f"We have received your withdrawal: order {journey.order['number']}"
    until(lambda: subject in [mail["subject"] for mail in journey.mails()], within=20)
    page.context.close()


def test_staff_are_asked_to_give_the_delivery_back_when_all_is_withdrawn_from(suite: Stack, browser: Browser, buy: Buy):
    journey = buy({"product": "midi-dress"})
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    found(page, journey)
    page.get_by_role("link", name=WAY_IN).click()
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("button", name="Confirm withdrawal").dblclick()

    expect(page.get_by_role("heading", name="Your withdrawal from the contract")).to_be_visible()
    [made] = returns_of(suite, journey)
    assert "outbound_shipping" in [task["kind"] for task in made["tasks"]]
    page.context.close()


def test_what_the_law_exempts_or_another_country_s_law_does_not_know_has_no_way_in(browser: Browser, buy: Buy):
    page = browser.new_context().new_page()

    for bought in (buy({"product": "wool-scarf"}), buy({"product": "midi-dress"}, country="US")):
        found(page, bought)
        expect(page.get_by_role("link", name=WAY_IN)).to_have_count(0)
    page.context.close()

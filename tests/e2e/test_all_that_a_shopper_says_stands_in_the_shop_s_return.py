"""Reason, sub-reason, comment, photo, wish and variant of one return, followed into the return that the shop holds."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from deploy.local.journey import Journey, place
from deploy.local.stack import Stack
from tests.e2e.test_a_faulty_item_comes_with_a_photo import a_photo
from tests.e2e.test_a_shopper_exchanges_an_item import Shop
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import find_the_order
from tests.waiting import until

TIGHT, TORN = "Tight at the shoulders, I am usually a 10", "The seam came apart at once"


@pytest.fixture
def journey(suite: Stack) -> Journey:
    """A shopper of Alder, whose shirt and dress were delivered."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    place(journey)
    return journey


def say_it_all(browser: Browser, journey: Journey) -> None:
    """The shirt is too small and another size is wished for; the dress is torn, with a photo, and money is wished for.

    Without scripts nothing on the page changes while it is filled in.
    """
    page = browser.new_context(viewport={"width": 390, "height": 1400}, java_script_enabled=False).new_page()
    find_the_order(page, journey)
    shirt, dress = (page.locator("li.item", has_text=line["title"]) for line in journey.order["lines"])
    page.get_by_text("Linen camp shirt", exact=True).first.click()
    shirt.get_by_role("radio", name="Doesn't fit").check()
    page.get_by_text("Bias-cut midi dress", exact=True).first.click()
    dress.get_by_role("radio", name="Faulty or damaged").check()
    page.get_by_role("button", name="Continue").last.click()
    shirt.get_by_role("radio", name="Too small").check()
    shirt.get_by_text("Anything to add?").first.click()
    shirt.get_by_label("Anything to add?").fill(TIGHT)
    dress.get_by_label("Tell us in your own words").fill(TORN)
    dress.get_by_label("Add a photo of it").set_input_files(
        {"name": "seam.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )
    shirt.get_by_role("radio", name=re.compile("^Exchange")).check()
    dress.get_by_role("radio", name=re.compile("^Refund")).check()
    page.get_by_role("button", name="Continue").last.click()
    page.get_by_role("radio", name=re.compile("^12")).check()
    page.get_by_role("button", name="Choose this").click()
    page.get_by_role("button", name="Send for review").click()
    page.wait_for_url(re.compile("/r/"))
    expect(page.get_by_text("In exchange: Sage / 12").first).to_be_visible()
    found = re.search(r"R-[2-9A-Z]{6}", page.inner_text("main"))
    assert found is not None
    journey.number = found.group()
    page.context.close()


def test_all_that_was_said_is_found_in_what_the_shop_holds(browser: Browser, journey: Journey, suite: Stack):
    shop = Shop(suite)
    shop.stock("camp-shirt", "12")
    say_it_all(browser, journey)

    key = {"Authorization": f"Bearer {journey.retailer['api_key']}", "Idempotency-Key": f"accept {journey.number}"}
    accepting = f"{journey.facts['gateway']}/api/v1/returns/{journey.number}/accept"
    httpx.post(accepting, json={}, headers=key, timeout=15).raise_for_status()
    (held,) = until(lambda: shop.kept(journey.order["number"])["returns"], within=30)

    notes = {line["note"].partition(" ")[0]: line["note"] for line in held["lines"]}
    shirt = {line["title"]: line for line in journey.look()["lines"]}["Linen camp shirt"]
    first, second = (notes[f"{journey.number}/{place}"] for place in (1, 2))
    page = f"{journey.facts['gateway']}/admin/returns/{journey.number}"
    assert first == f"{journey.number}/1 does not fit, too small; exchange for Sage / 12; 1 photo ({page}): {TIGHT}"
    assert second == f"{journey.number}/2 faulty; refund: {TORN}"
    reasons = {line["note"].partition(" ")[0]: line["reason"] for line in held["lines"]}
    assert reasons == {f"{journey.number}/1": 7, f"{journey.number}/2": 5}  # Shopify's own "Too small" and "Other"
    (out,) = held["exchanges"]
    assert (out["handle"], out["size"], out["quantity"]) == ("camp-shirt", "12", 1)
    assert shirt["exchange_variant"]["title"] == "Sage / 12"

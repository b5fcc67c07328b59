"""A shopper takes another size, or another product of a collection, in place of money: chosen, shown, paid and sent out."""

import re
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey, hand_over, place, receive
from deploy.local.stack import Stack
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import find_the_order
from tests.waiting import until

EVERYDAY = {"chosen_from": "collection", "collection": "everyday"}
LOOK_AHEAD = """async () => {
    const form = document.querySelector("form.choose");
    const answer = await fetch(`${form.action}/preview`, {method: "POST", body: new URLSearchParams(new FormData(form))});
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#settled").textContent;
}"""
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


class Shop:
    """The sandbox's shop, as its owner changes and sees it."""

    def __init__(self, suite: Stack) -> None:
        self.retailer = suite.facts["retailers"][0]
        self.name = self.retailer["webhooks"]["shopify"]["shop"]
        self.http = httpx.Client(base_url=suite.facts["sandbox"]["shopify"], timeout=15)

    def stock(self, product: str, variant: str, **now: Any) -> None:
        told = {"shop": self.name, "product": product, "variant": variant, **now}
        self.http.post("/control/stock", json=told).raise_for_status()

    def kept(self, number: str) -> dict[str, Any]:
        """An order as the shop has it."""
        found: dict[str, Any] = self.http.get(f"/control/orders/{number}", params={"shop": self.name}).json()["kept"]
        return found


@pytest.fixture
def shop(suite: Stack) -> Iterator[Shop]:
    """Shirts of size 8 are sold out, trousers of size 12 are dearer than the others."""
    shop = Shop(suite)
    shop.stock("camp-shirt", "8", available=0)
    shop.stock("camp-shirt", "14", available=2)
    shop.stock("wide-trousers", "12", price=7000)
    yield shop
    for product, size in (("camp-shirt", "8"), ("camp-shirt", "14"), ("wide-trousers", "12")):
        shop.stock(product, size)


@pytest.fixture(scope="module")
def everyday(suite: Stack) -> Iterator[None]:
    """Alder lets its shoppers choose from a collection while these tests run."""
    key = {"Authorization": f"Bearer {suite.facts['retailers'][0]['api_key']}"}
    with httpx.Client(base_url=f"{suite.facts['gateway']}/api/v1/policies", headers=key, timeout=20) as api:
        before = api.get("/current").raise_for_status().json()
        document = before["document"]
        offers = [each for each in document["offers"] if each["resolution"] != "exchange"]
        offers.append({"resolution": "exchange", "exchange": EVERYDAY, "fallback": "refund"})
        text = httpx.Response(200, json=document | {"offers": offers}).text
        api.post("/publish", json={"text": text}, headers={"Idempotency-Key": token_hex(8)}).raise_for_status()
        yield
        version = before["head"]["version"]
        api.post(f"/{version}/restore", headers={"Idempotency-Key": token_hex(8)}).raise_for_status()


@pytest.fixture
def journey(suite: Stack, shop: Shop, everyday: None) -> Journey:
    """A shopper of Alder, whose shirt and dress were delivered."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    place(journey)
    return journey


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone."""
    context = browser.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


def wish_for_an_exchange(page: Page, journey: Journey, *, scripted: bool = True) -> None:
    """The shirt does not fit, and something else is wished for; up to where that is chosen."""
    find_the_order(page, journey)
    page.get_by_text("Linen camp shirt", exact=True).first.click()
    page.get_by_role("radio", name="Doesn't fit").first.check()
    if not scripted:
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio", name="Too small").first.check()
    if not scripted:
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio", name=re.compile("^Exchange")).first.check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="What would you like instead?")).to_be_visible()


def choose_trousers(page: Page, size: str = "10") -> None:
    page.get_by_label("Search by name").fill("trous")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Bias-cut midi dress")).to_have_count(0)
    page.get_by_role("link", name="Wide-leg trousers").click()
    page.get_by_role("radio", name=re.compile(f"^{size}")).check()
    page.get_by_role("button", name="Choose this").click()


def submitted(page: Page, journey: Journey) -> None:
    page.get_by_role("button", name="Submit return").click()
    page.wait_for_url(re.compile("/r/"))
    found = re.search(r"R-[2-9A-Z]{6}", page.inner_text("main"))
    assert found is not None
    journey.number = found.group()


def brought_to_the_hub(journey: Journey) -> None:
    until(lambda: journey.look()["tracking_number"], within=30)
    hand_over(journey)
    receive(journey)


def test_another_size_is_chosen_shown_and_sent_out(page: Page, journey: Journey, shop: Shop):
    wish_for_an_exchange(page, journey)
    sold_out = page.get_by_role("radio", name=re.compile("^8.*Sold out"))
    expect(sold_out).to_be_disabled()
    expect(page.get_by_text("2 left")).to_be_visible()
    assert Axe().run(page).response["violations"] == []

    page.get_by_role("button", name="Choose this").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a size")
    page.get_by_role("radio", name=re.compile("^12")).check()
    assert "Even exchange" in page.evaluate(LOOK_AHEAD)
    page.get_by_role("button", name="Choose this").click()
    expect(page.get_by_text("In exchange: Sage / 12").first).to_be_visible()
    expect(page.get_by_text("Even exchange").first).to_be_visible()
    submitted(page, journey)
    brought_to_the_hub(journey)
    until(lambda: journey.look()["awaiting"] == "closed", within=30)
    page.reload()

    kept = shop.kept(journey.order["number"])
    (returned,) = kept["returns"]
    assert (kept["lines"][-1]["title"], kept["lines"][-1]["size"]) == ("Linen camp shirt", "12")
    assert (returned["exchanges"][0]["processed"], returned["status"], kept["refunds"]) == (1, "CLOSED", [])
    expect(page.get_by_text("In exchange: Sage / 12").first).to_be_visible()
    expect(page.get_by_text("It is on order").first).to_be_visible()
    until(lambda: any("exchange is on order" in mail["subject"] for mail in journey.mails()), within=20)


def test_a_dearer_product_of_the_collection_is_paid_for_before_it_is_sent_out(
    browser: Browser, journey: Journey, shop: Shop
):
    page = browser.new_context(viewport=DESKTOP, color_scheme="dark").new_page()
    wish_for_an_exchange(page, journey)
    expect(page.get_by_text("From: £20.00 more to pay")).to_be_visible()
    choose_trousers(page)
    expect(page.get_by_text("In exchange: Wide-leg trousers, Ink / 10").first).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    submitted(page, journey)
    expect(page.get_by_text("More to pay").first).to_be_visible()

    brought_to_the_hub(journey)
    (line,) = until(lambda: lines if (lines := journey.look()["lines"]) and lines[0]["difference"] == "open" else None)
    assert line["exchange_variant"]["difference"] == {"amount": 2000, "currency": "GBP"}
    assert shop.kept(journey.order["number"])["returns"][0]["exchanges"][0]["processed"] == 0
    key = {"Authorization": f"Bearer {journey.retailer['api_key']}", "Idempotency-Key": token_hex(8)}
    told = {"outcome": "paid", "words": "Over the counter.", "line_id": line["id"]}
    address = f"{journey.facts['gateway']}/api/v1/returns/{journey.number}/difference"
    httpx.post(address, json=told, headers=key, timeout=15).raise_for_status()
    until(lambda: journey.look()["awaiting"] == "closed", within=30)

    kept = shop.kept(journey.order["number"])
    assert (kept["lines"][-1]["title"], kept["lines"][-1]["price"], kept["refunds"]) == ("Wide-leg trousers", 6500, [])
    page.context.close()


def test_everything_is_chosen_without_scripts_and_a_cheaper_product_gives_the_rest_back(
    browser: Browser, journey: Journey, shop: Shop
):
    page = browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    wish_for_an_exchange(page, journey, scripted=False)
    page.get_by_role("link", name="Wool scarf").click()
    expect(page.locator("#settled")).to_have_text("£7.00 back to you")
    page.get_by_role("button", name="Choose this").click()
    expect(page.get_by_text("Back to you £7.00")).to_be_visible()
    submitted(page, journey)

    brought_to_the_hub(journey)
    until(lambda: journey.look()["awaiting"] == "closed", within=30)

    kept = shop.kept(journey.order["number"])
    assert [refund["amount"] for refund in kept["refunds"]] == [700]
    assert kept["lines"][-1]["title"] == "Wool scarf"
    page.context.close()


def test_a_size_that_sells_out_before_the_return_is_sent_is_told_and_the_answers_are_kept(
    page: Page, journey: Journey, shop: Shop
):
    wish_for_an_exchange(page, journey)
    page.get_by_role("radio", name=re.compile("^14")).check()
    page.get_by_role("button", name="Choose this").click()
    shop.stock("camp-shirt", "14", available=0)

    page.get_by_role("button", name="Submit return").click()
    expect(page.get_by_text("has just sold out").first).to_be_visible()
    page.get_by_role("link", name="Choose another").click()
    expect(page.get_by_role("radio", name=re.compile("^14.*Sold out"))).to_be_disabled()
    page.get_by_role("radio", name=re.compile("^12")).check()
    page.get_by_role("button", name="Choose this").click()

    submitted(page, journey)


def test_a_price_that_rises_before_the_return_is_sent_is_shown_again_first(page: Page, journey: Journey, shop: Shop):
    wish_for_an_exchange(page, journey)
    choose_trousers(page, "12")
    shop.stock("wide-trousers", "12", price=7500)

    page.get_by_role("button", name="Submit return").click()
    expect(page.get_by_text("costs another price by now").first).to_be_visible()
    page.get_by_role("link", name="Choose another").click()
    expect(page.locator("#settled")).to_have_text("£30.00 more to pay")
    page.get_by_role("button", name="Choose this").click()

    submitted(page, journey)


def test_while_orders_is_away_nothing_is_lost_and_something_else_can_be_taken(
    page: Page, journey: Journey, suite: Stack
):
    wish_for_an_exchange(page, journey)
    suite.running.stop("orders", within=30)

    page.reload()
    expect(page.get_by_text("We could not ask for what is in stock")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Take this instead: Refund").click()
    expect(page.get_by_role("heading", name="Check and send")).to_be_visible()
    suite.restart("orders")

    submitted(page, journey)
    assert journey.look()["lines"][0]["resolution"] == "refund"


def test_a_program_asks_for_the_choices_and_agrees_to_what_they_cost(journey: Journey):
    http = httpx.Client(
        base_url=f"{journey.facts['gateway']}/api/v1",
        headers={"Authorization": f"Bearer {journey.retailer['api_key']}"},
        timeout=20,
    )
    line = {"sku": journey.order["lines"][0]["sku"], "reason": "does_not_fit", "sub_reason": "too_small"}
    who = {"order": journey.order["number"], "email": journey.order["email"]}
    told = until(
        lambda: ok(http.post("/returns/exchanges", json=who | {"line": line, "search": "trousers"})), within=20
    )
    choice = next(each for each in told["products"][0]["choices"] if each["options"][-1]["value"] == "10")
    wish = line | {"resolution": "exchange", "exchange_variant": choice["variant_id"]}

    silent = http.post("/returns", json=who | {"lines": [wish]}, headers={"Idempotency-Key": token_hex(8)})
    agreed = wish | {"exchange_difference": choice["to_settle"]}
    made = http.post("/returns", json=who | {"lines": [agreed]}, headers={"Idempotency-Key": token_hex(8)})

    assert choice["to_settle"] == {"amount": 2000, "currency": "GBP"}
    assert (silent.status_code, silent.json()["code"]) == (409, "portal.difference_not_agreed")
    assert made.status_code == 201, made.text
    assert made.json()["lines"][0]["exchange_variant"]["title"] == "Wide-leg trousers, Ink / 10"


def ok(answer: httpx.Response) -> dict[str, Any] | None:
    """What was answered, once the index has heard of the order."""
    return answer.json() if answer.status_code == 200 else None

"""A parcel from Germany travels with EasyPost; a manager keeps its account, and staff have the label sent again."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.seed import place_order
from deploy.local.stack import Stack
from tests.waiting import until

SHOP = "kite-demo.myshopify.com"


class Kite:
    """The retailer that has an account with EasyPost, and its API."""

    def __init__(self, suite: Stack) -> None:
        self.suite, self.retailer = suite, next(r for r in suite.facts["retailers"] if r["slug"] == "kite")

    def api(self, method: str, path: str, *, key: str = "", **more: Any) -> httpx.Response:
        """An answer of the API; `key` makes a repeat of the request harmless."""
        headers = {"Authorization": f"Bearer {self.retailer['api_key']}", **({"Idempotency-Key": key} if key else {})}
        address = f"{self.suite.facts['gateway']}/api/v1{path}"
        return httpx.request(method, address, headers=headers, timeout=20, **more)

    def sends_back(self, country: str) -> str:
        """The number of a return of something that was sent to `country`."""
        order = place_order(self.suite.facts["sandbox"]["shopify"], SHOP, country=country)
        line = {
            "sku": order["lines"][0]["sku"],
            "reason": "does_not_fit",
            "sub_reason": "too_small",
            "resolution": "refund",
        }
        wish = {"order": order["number"], "email": order["email"], "lines": [line]}
        until(lambda: self.api("POST", "/returns/preview", json=wish).is_success)  # orders knows what was sent
        made = self.api("POST", "/returns", json=wish, key=order["number"])
        return str(made.raise_for_status().json()["number"])

    def label(self, number: str) -> str:
        """The tracking number of the return's parcel, once it has one."""
        return until(lambda: self.api("GET", f"/returns/{number}").json()["tracking_number"])


@pytest.fixture
def kite(suite: Stack) -> Kite:
    """Kite, as the demo has it."""
    return Kite(suite)


@pytest.fixture
def desk(browser: Browser, kite: Kite) -> Iterator[Page]:
    """A manager of Kite's, at the page of the carriers."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    manager = next(one for one in kite.retailer["staff"] if one["role"] == "manager")
    page.goto(f"{kite.suite.facts['gateway']}/admin/sign-in?to=/admin/carriers")
    page.get_by_label("Email").fill(manager["email"])
    page.get_by_label("Password").fill(manager["password"])
    page.get_by_role("button", name="Sign in").click()
    yield page
    page.context.close()


def test_a_parcel_from_germany_has_a_label_of_the_carriers_and_one_from_ireland_our_own(kite: Kite):
    german, irish = kite.label(kite.sends_back("DE")), kite.label(kite.sends_back("IE"))

    made = httpx.get(f"{kite.suite.facts['sandbox']['carrier']}/control/labels").json()["labels"]
    assert [each["carrier"] for each in made if each["tracking_number"] == german] == ["easypost"]
    assert irish.startswith("OR")


def test_a_carrier_that_says_no_gives_the_parcel_to_our_own_label(kite: Kite):
    fault = {"kind": "refuse", "operation": "easypost.create", "times": 1}
    httpx.post(f"{kite.suite.facts['sandbox']['carrier']}/control/faults", json=fault).raise_for_status()

    assert kite.label(kite.sends_back("DE")).startswith("OR")


def test_a_label_is_sent_once_more_to_the_address_that_a_shopper_names(kite: Kite, desk: Page):
    number = kite.sends_back("DE")
    tracking = kite.label(number)
    to = f"printer-{number.lower()}@library.example"
    desk.goto(f"{kite.suite.facts['gateway']}/admin/returns/{number}")

    desk.get_by_role("link", name="Send the label again").click()
    desk.get_by_label("Email address").fill(to)
    desk.get_by_role("button", name="Send it").click()

    expect(desk.get_by_text("on its way to that address")).to_be_visible()
    mailbox = kite.suite.facts["mailbox"]
    (mail,) = until(lambda: httpx.get(f"{mailbox}/messages", params={"to": to}).json()["messages"])
    assert [file["content_type"] for file in mail["attachments"]] == ["application/pdf"]
    assert tracking in httpx.get(f"{mailbox}/messages/{mail['id']}").json()["text"]


def test_a_cancelled_return_has_its_label_made_void_at_the_carrier(kite: Kite):
    number = kite.sends_back("DE")
    tracking = kite.label(number)

    kite.api("POST", f"/returns/{number}/cancel", json={}, key=f"c-{number}").raise_for_status()

    def voided() -> bool:
        made = httpx.get(f"{kite.suite.facts['sandbox']['carrier']}/control/labels").json()["labels"]
        return any(each["tracking_number"] == tracking and each["voided_at"] for each in made)

    assert until(voided)


def test_a_void_that_the_carrier_takes_back_is_asked_for_again_by_staff(kite: Kite, desk: Page, move):
    number = kite.sends_back("DE")
    tracking = kite.label(number)
    kite.api("POST", f"/returns/{number}/cancel", json={}, key=f"c-{number}").raise_for_status()
    refund = f"{kite.suite.facts['sandbox']['carrier']}/control/labels/{tracking}/refund"
    until(lambda: httpx.post(refund, json={"status": "rejected"}).is_success)

    move("+2h")

    until(lambda: "label_not_voided" in _tasks(kite, number))
    move("reset")  # so that the manager is still signed in
    desk.goto(f"{kite.suite.facts['gateway']}/admin/returns/{number}")
    desk.get_by_role("link", name="Ask again to make it void", exact=True).click()
    expect(desk.get_by_text("the refund is rejected")).to_be_visible()
    desk.get_by_role("button", name="Ask the carrier again").click()
    expect(desk.get_by_text("The carrier is asked again.")).to_be_visible()
    assert _tasks(kite, number) == []
    assert until(lambda: httpx.post(refund, json={"status": "refunded"}).is_success)


def _tasks(kite: Kite, number: str) -> list[str]:
    return [task["kind"] for task in kite.api("GET", f"/returns/{number}").json()["tasks"]]


def test_the_page_of_the_carriers_tries_an_account_and_can_be_used_by_everybody(kite: Kite, desk: Page):
    desk.get_by_role("button", name="Test EasyPost, test").click()

    expect(desk.get_by_text("The carrier takes the account.")).to_be_visible()
    assert "EZTK" not in desk.content()
    assert Axe().run(desk).response["violations"] == []

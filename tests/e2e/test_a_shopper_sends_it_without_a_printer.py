"""Shoppers of countries without a label: a code on the phone, a carrier of their own, a drop-off point, a shop."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.e2e.test_a_parcel_travels_with_a_carrier import Kite
from tests.waiting import until

LANES = {"FR": "qr", "ES": "own_carrier", "IT": "in_store", "AT": "drop_off"}


@pytest.fixture(scope="module")
def kite(suite: Stack) -> Kite:
    """Kite, with a way of its own for some countries."""
    kite = Kite(suite)
    free = {"amount": 0, "currency": "EUR"}
    lanes = [
        {"country": country, "hub": "TIL", "service": "Return", "price": free, "method": method}
        for country, method in LANES.items()
    ]
    kite.api("POST", "/lanes", json={"lanes": lanes}).raise_for_status()
    return kite


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    yield context.new_page()
    context.close()


def sent_back(kite: Kite, country: str) -> dict[str, Any]:
    """A return from `country`, once its parcel can be sent."""
    number = kite.sends_back(country)
    return until(lambda: _ready(kite.api("GET", f"/returns/{number}").json()))


def _ready(told: dict[str, Any]) -> dict[str, Any] | None:
    return told if told["awaiting"] == "awaiting_dropoff" else None


def mail_of(kite: Kite, subject: str) -> dict[str, Any]:
    """The shopper's mail with this subject."""
    box = f"{kite.suite.facts['mailbox']}/messages"
    found = until(lambda: [each for each in httpx.get(box).json()["messages"] if each["subject"] == subject])
    return httpx.get(f"{box}/{found[0]['id']}").json()


def read_code(page: Page) -> set[str]:
    """What a scanner at the counter reads off the phone."""
    page.locator("figure.showing img").scroll_into_view_if_needed()
    return {code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(page.screenshot())))}


def test_a_code_on_the_phone_is_all_that_is_needed(page: Page, kite: Kite):
    told = sent_back(kite, "FR")

    page.goto(told["status_url"])

    expect(page.get_by_role("heading", name="Your code is ready")).to_be_visible()
    assert any(code.endswith(told["tracking_number"]) for code in read_code(page))
    words = page.locator("main").inner_text().lower()
    assert "print the label" not in words
    assert "label" not in words
    expect(page.locator("a[href$='.pdf']")).to_have_count(0)
    assert Axe().run(page).violations_count == 0
    mail = mail_of(kite, f"Your code for return {told['number']}")
    assert "label" not in (mail["subject"] + mail["text"]).lower().replace("label sent", "")
    assert not [each for each in mail["attachments"] if each["filename"].endswith(".pdf")]
    assert [each for each in mail["attachments"] if each["filename"].endswith(".png")]


def test_who_sends_it_by_themselves_tells_the_number_and_the_hub_knows_it(page: Page, kite: Kite):
    told = sent_back(kite, "ES")
    page.goto(told["status_url"])
    expect(page.get_by_role("heading", name="Send it to our hub")).to_be_visible()
    expect(page.get_by_text("Tilburg").first).to_be_visible()
    assert "label" not in page.locator("main").inner_text().lower()
    page.get_by_role("button", name="Save the tracking number").click()
    expect(page.get_by_text("Enter the carrier, like DPD").first).to_be_visible()
    page.get_by_label("Carrier").fill("Correos")
    page.get_by_label("Tracking number").fill("pq4f 9001 2345 67es")

    page.get_by_role("button", name="Save the tracking number").click()

    expect(page.get_by_text("PQ4F9001234567ES").first).to_be_visible()
    assert Axe().run(page).violations_count == 0
    slip = httpx.get(_slip(told, page))
    assert slip.content.startswith(b"%PDF")
    received = until(lambda: _received(kite, "PQ4F9001234567ES"))
    assert received["result"] == "ok"
    until(lambda: kite.api("GET", f"/returns/{told['number']}").json()["awaiting"] != "awaiting_dropoff")


def _slip(told: dict[str, Any], page: Page) -> str:
    href = page.get_by_role("link", name="Download packing slip").get_attribute("href") or ""
    return str(httpx.URL(told["status_url"]).join(href))


def _received(kite: Kite, code: str) -> dict[str, Any] | None:
    """What the hub is answered, once the number is known there."""
    scan = {"scans": [{"code": code, "hub": "TIL", "client_scan_id": f"scan of {code}"}]}
    answer = kite.api("POST", "/scans", json=scan).raise_for_status().json()["scans"][0]
    return answer if answer["result"] == "ok" else None


@pytest.mark.parametrize(("country", "words"), [("IT", "Bring the items to our shop"), ("AT", "to the drop-off point")])
def test_who_brings_it_is_told_where_to(page: Page, kite: Kite, country: str, words: str):
    told = sent_back(kite, country)

    page.goto(told["status_url"])

    expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    expect(page.get_by_role("heading", name="Where to bring it")).to_be_visible()
    expect(page.get_by_text("Tilburg").first).to_be_visible()
    assert "label" not in page.locator("main").inner_text().lower()
    assert Axe().run(page).violations_count == 0

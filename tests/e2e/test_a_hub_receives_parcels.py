"""Somebody at the hub scans parcels, sets one aside that nobody knows, goes on without a connection, and opens one."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pypdfium2
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey, hand_over
from deploy.local.stack import Stack
from tests.e2e.test_a_faulty_item_comes_with_a_photo import a_photo
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import (
    find_the_order,
    journey,
    submit,
    take_the_money,
)
from tests.e2e.test_staff_decide_on_a_return_by_hand import other_terms
from tests.waiting import until

__all__ = ["journey"]
PHOTO = {"name": "label.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}


def somebody(browser: Browser, suite: Stack, retailer: dict[str, Any], role: str, **how: object) -> Page:
    """A page at which one of the retailer's staff is signed in."""
    page = browser.new_context(**how).new_page()
    who = next(one for one in retailer["staff"] if one["role"] == role)
    page.goto(f"{suite.facts['gateway']}/admin/sign-in")
    page.get_by_label("Email").fill(who["email"])
    page.get_by_label("Password").fill(who["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)  # and until its scripts are there
    return page


@pytest.fixture
def hub(browser: Browser, suite: Stack, journey: Journey) -> Iterator[Page]:
    """The hub's page, where whoever works there begins."""
    page = somebody(browser, suite, journey.retailer, "hub", viewport={"width": 390, "height": 844})
    yield page
    page.context.close()


def booked(browser: Browser, journey: Journey, *, items: int = 1) -> Journey:
    """A return of so many items, which has its label."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    find_the_order(page, journey)
    for place, line in enumerate(journey.order["lines"][:items]):
        page.get_by_text(line["title"], exact=True).first.click()
        page.get_by_role("radio", name="Changed my mind").nth(place).check()
        expect(page.get_by_role("radio", name=re.compile("^Refund"))).to_have_count(place + 1)
    take_the_money(page)
    journey.number = submit(page)
    page.context.close()
    journey.until_told("labels.label_issued.v1")
    return journey


def posted(browser: Browser, journey: Journey, *, items: int = 1) -> Journey:
    """A return of so many items, whose parcel the carrier has."""
    hand_over(booked(browser, journey, items=items))
    return journey


@pytest.fixture
def sent(browser: Browser, journey: Journey) -> Journey:
    """A return whose parcel the carrier has."""
    return posted(browser, journey)


@pytest.fixture
def to_open(browser: Browser, suite: Stack, journey: Journey) -> Iterator[Journey]:
    """One of two items, whose money waits for the hub's inspection."""
    with other_terms(suite, journey, lane={}, policy={"stage": "inspected", "inspect": True}):
        yield posted(browser, journey, items=2)


def printed(page: Page) -> tuple[str, str]:
    """What a scanner reads on the label of the bag whose page is open: its bars, and its square code."""
    label = page.request.get(page.get_by_role("link", name="Print its label").evaluate("link => link.href"))
    image = pypdfium2.PdfDocument(label.body())[0].render(scale=203 / 72).to_pil().convert("L")
    read = {code.format: code.text for code in zxingcpp.read_barcodes(image)}
    return read[zxingcpp.BarcodeFormat.Code128], read[zxingcpp.BarcodeFormat.QRCode]


def scan(page: Page, code: str) -> None:
    field = page.get_by_label("Scan a parcel")
    expect(field).to_be_focused()
    field.fill(code)
    page.keyboard.press("Enter")


def told(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def test_a_parcel_is_received_once_and_its_scan_stands_once_money_moved(hub: Page, suite: Stack, sent: Journey):
    number = sent.story["tracking_number"]
    expect(hub).to_have_url(re.compile(r"/hub$"))

    scan(hub, f"]C1{number.lower()}")
    told(hub, "Received")
    expect(hub.locator("#answer").get_by_text(sent.number)).to_be_visible()
    assert Axe().run(hub).response["violations"] == []
    scan(hub, f"https://returns.example/alder/p/{number}")
    told(hub, "Already received")

    sent.until_told("orders.settlement_succeeded.v1")
    hub.locator("#shift li", has_text=f"]C1{number.lower()}").get_by_role("link", name="Undo").click()
    hub.get_by_label("Why it is taken back").fill("It was the parcel beside it")
    hub.get_by_role("button", name="Take it back").click()
    expect(hub.get_by_text(f"Money of {sent.number} has moved since")).to_be_visible()


def test_a_parcel_that_nobody_knows_is_set_aside_with_a_photo_and_words(hub: Page, suite: Stack):
    code = f"XX{uuid4().hex[:10]}"
    scan(hub, code)
    told(hub, "Not known")

    hub.get_by_label("Photo of its label").set_input_files(PHOTO)
    hub.get_by_label("What you see").fill("A brown box from Leeds")
    hub.get_by_role("button", name="Set it aside").click()
    expect(hub.get_by_text("The parcel is set aside")).to_be_visible()

    task = hub.locator(".tasks li", has_text=code)

    def is_there() -> bool:
        hub.goto(f"{suite.facts['gateway']}/admin/tasks")
        return task.count() == 1

    until(is_there, within=20)
    task.get_by_role("link", name="Clear").click()
    expect(hub.get_by_text("A brown box from Leeds")).to_be_visible()
    shown = hub.locator(".shots img").first
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert Axe().run(hub).response["violations"] == []


def test_a_scan_is_taken_back_with_a_reason(hub: Page, journey: Journey):
    code = f"XX{uuid4().hex[:10]}"
    scan(hub, code)
    told(hub, "Not known")

    hub.get_by_role("link", name=f"Undo {code}").click()
    hub.get_by_label("Why it is taken back").fill("A shopping list, not a parcel")
    hub.get_by_role("button", name="Take it back").click()

    expect(hub.get_by_text("The scan is taken back.")).to_be_visible()
    expect(hub.locator("#shift li", has_text=code).get_by_text("Taken back")).to_be_visible()


def test_what_is_scanned_without_a_connection_is_sent_when_it_is_back(hub: Page, sent: Journey):
    codes = [f"XX{uuid4().hex[:10]}", sent.story["tracking_number"]]
    hub.context.set_offline(True)
    for code in codes:
        scan(hub, code)
    expect(hub.get_by_text("2 scans wait on this device.")).to_be_visible()

    hub.context.set_offline(False)

    told(hub, "Received")
    expect(hub.get_by_text("wait on this device")).to_be_hidden()
    sent.until(lambda: sent.look()["awaiting"] != "in_transit", "the scan changed nothing")


def test_a_parcel_is_opened_from_its_scan_and_only_what_came_is_settled(hub: Page, suite: Stack, to_open: Journey):
    scan(hub, to_open.number)
    told(hub, "Received")
    hub.get_by_role("link", name="Inspect what is in it").click()
    assert Axe().run(hub).response["violations"] == []
    first, second = (hub.get_by_role("group", name=line["title"]) for line in to_open.order["lines"])

    first.get_by_label("Condition").select_option(label="Damaged")
    first.get_by_label("What you saw").fill("A torn seam")
    first.get_by_label("What becomes of it").select_option(label="To be destroyed")
    first.get_by_label("Photos").set_input_files(PHOTO)
    second.get_by_label("How many came").fill("0")
    second.get_by_label("Condition").select_option(label="None came")
    hub.get_by_role("button", name="Save the inspection").click()

    expect(hub.get_by_text("The inspection is saved. Scan the next parcel.")).to_be_visible()
    to_open.until_told("tracking.parcel_inspected.v1")
    came, missing = to_open.look()["lines"]
    assert (came["arrived"], missing["arrived"], missing["due"]["amount"]) == (1, 0, 0)
    hub.goto(f"{suite.facts['gateway']}/admin/returns/{to_open.number}")
    expect(hub.get_by_text("1 damaged, to be destroyed (A torn seam)")).to_be_visible()
    shown = hub.get_by_role("img", name="Photo 1 of the inspection")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_a_hub_s_own_system_shows_what_it_found_and_says_what_becomes_of_it(suite: Stack, to_open: Journey):
    api, key = f"{suite.facts['gateway']}/api/v1/returns/{to_open.number}", to_open.retailer["api_key"]
    first, second = (line["id"] for line in to_open.look()["lines"])
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"photo {first}", "Content-Type": "image/jpeg"}
    shown = (
        httpx.post(f"{api}/lines/{first}/photos", content=PHOTO["buffer"], headers=headers).raise_for_status().json()
    )

    torn = {"line_id": first, "quantity": 1, "condition": "damaged", "disposition": "refurbish"}
    found = {
        "lines": [torn | {"photos": [shown["photo_id"]]}, {"line_id": second, "quantity": 0, "condition": "missing"}]
    }
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"inspection {first}"}
    httpx.post(f"{api}/inspections", json=found, headers=headers).raise_for_status()
    to_open.until_told("tracking.parcel_inspected.v1")

    came, missing = to_open.look()["lines"]
    assert came["disposed"] == [{"disposition": "refurbish", "quantity": 1}]
    assert (came["arrived"], missing["arrived"], missing["disposed"]) == (1, 0, [])
    events = httpx.get(f"{api}/story", headers=headers).json()["events"]
    [fact] = [event["data"] for event in events if event["what"] == "parcel_inspected"]
    assert fact["lines"][0]["photos"] == [shown["photo_id"]]


def test_what_the_hub_received_is_sent_on_in_a_bag_to_the_retailer(hub: Page, suite: Stack, sent: Journey):
    scan(hub, sent.number)
    told(hub, "Received")
    hub.get_by_role("link", name="Bags and pallets").click()
    hub.get_by_role("button", name="Begin a bag").click()
    code = hub.get_by_role("heading", level=1).inner_text()

    hub.get_by_label("Scan a parcel into it").fill(sent.story["tracking_number"])
    hub.get_by_role("button", name="Put it in").click()
    expect(hub.get_by_text("It is in. Scan the next one.")).to_be_visible()
    assert Axe().run(hub).response["violations"] == []
    hub.get_by_role("button", name="Close it and send it on").click()
    expect(hub.get_by_text("It is closed")).to_be_visible()
    bars, link = printed(hub)
    assert bars == code
    hub.goto(f"{suite.facts['gateway']}/hub")
    scan(hub, bars)
    expect(hub.get_by_role("heading", level=1, name=code)).to_be_visible()
    hub.goto(link)
    expect(hub.get_by_role("heading", level=1, name=code)).to_be_visible()
    hub.get_by_role("button", name="Receive it at the retailer").click()

    expect(hub.get_by_text("It is received, with all that is in it.")).to_be_visible()
    assert Axe().run(hub).response["violations"] == []
    story = f"{suite.facts['gateway']}/api/v1/returns/{sent.number}/story"
    key = {"Authorization": f"Bearer {sent.retailer['api_key']}"}
    [parcel] = httpx.get(story, headers=key).json()["parcels"]
    assert [step["milestone"] for step in parcel["steps"]][-2:] == ["exported", "delivered_to_retailer"]


def test_without_scripts_each_scan_is_a_form(browser: Browser, suite: Stack, journey: Journey):
    page = somebody(browser, suite, journey.retailer, "hub", java_script_enabled=False)
    code = f"XX{uuid4().hex[:10]}"
    page.get_by_label("Scan a parcel").fill(code)
    page.get_by_role("button", name="Record the scan").click()

    told(page, "Not known")
    page.reload()
    assert page.locator("#shift li", has_text=code).count() == 1
    page.get_by_role("button", name="Record the scan").click()
    expect(page.get_by_role("alert")).to_contain_text("Scan or type the code on the parcel")
    page.context.close()

"""Staff take a held return to its end by hand: every step is done on the pages, and seen there."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey, hand_over, receive
from deploy.local.retailers import retailers
from deploy.local.stack import Stack
from libs.chassis.rpc import Client
from libs.contracts.labels import Hub, Lane, SaveLanesV1
from libs.contracts.labels_accounts import SaveCarrierAccountV1
from libs.contracts.rules import PublishPolicyV1
from tests.e2e.test_a_faulty_item_comes_with_a_photo import a_photo
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import (
    find_the_order,
    journey,
    submit,
    take_the_money,
    tick_the_first,
)
from tests.waiting import until

__all__ = ["journey"]


@contextmanager
def other_terms(suite: Stack, journey: Journey, *, lane: dict[str, Any], policy: dict[str, Any]) -> Iterator[None]:
    """Alder's lane and policy with these changes; afterwards they are as they were."""
    alder, client = retailers("")[0], Client(suite.facts["broker"], "staff-e2e")
    hubs = tuple(Hub.model_validate(hub) for hub in alder["hubs"])

    def put(lane: dict[str, Any], policy: dict[str, Any]) -> None:
        id = UUID(journey.retailer["id"])
        lanes = tuple(Lane.model_validate(each | lane) for each in alder["lanes"])
        client.ask(id, SaveLanesV1(hubs=hubs, lanes=lanes), timeout=15)
        client.ask(id, PublishPolicyV1(document=alder["policy"] | policy), timeout=15)

    until(lambda: client.connected)
    put(lane, policy)
    yield
    put({}, {})
    client.close()


@pytest.fixture
def priced(suite: Stack, journey: Journey) -> Iterator[None]:
    """Alder's label costs something, and its hub inspects before money moves."""
    inspected = {"stage": "inspected", "inspect": True}
    with other_terms(suite, journey, lane={"price": {"amount": 395, "currency": "GBP"}}, policy=inspected):
        yield


@pytest.fixture
def with_seko(suite: Stack, journey: Journey) -> Iterator[None]:
    """Alder's parcels travel with SEKO, which refuses the next label."""
    fault = {"kind": "refuse", "operation": "seko.book", "times": 1}
    httpx.post(f"{suite.facts['sandbox']['carrier']}/control/faults", json=fault).raise_for_status()
    account = SaveCarrierAccountV1(carrier="seko", mode="test", secrets={"access_key": "seko-sandbox"}, by="staff-e2e")
    client = Client(suite.facts["broker"], "staff-e2e")
    until(lambda: client.connected)
    client.ask(UUID(journey.retailer["id"]), account, timeout=15)
    client.close()
    with other_terms(suite, journey, lane={"carrier": "seko"}, policy={}):
        yield


@pytest.fixture
def held(browser: Browser, priced: None, journey: Journey) -> str:
    """The number of a return of two items that a photo has held for review."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    find_the_order(page, journey)
    first, second = (line["title"] for line in journey.order["lines"])
    page.get_by_text(first, exact=True).first.click()
    page.get_by_role("radio", name="Faulty or damaged").first.check()
    page.get_by_label("Tell us in your own words").first.fill("The seam came apart")
    page.get_by_label("Add a photo of it").first.set_input_files(
        {"name": "seam.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )
    page.get_by_text(second, exact=True).first.click()
    page.get_by_role("radio", name="Changed my mind").last.check()
    take_the_money(page)
    journey.number = submit(page, held=True)
    page.context.close()
    return journey.number


def signed_in(browser: Browser, suite: Stack, journey: Journey, role: str) -> Page:
    """A desktop at which one of Alder's staff is signed in; without scripts, which nothing here needs."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False).new_page()
    somebody = next(one for one in journey.retailer["staff"] if one["role"] == role)
    page.goto(f"{suite.facts['gateway']}/admin/sign-in")
    page.get_by_label("Email").fill(somebody["email"])
    page.get_by_label("Password").fill(somebody["password"])
    page.get_by_role("button", name="Sign in").click()
    return page


@pytest.fixture
def desk(browser: Browser, suite: Stack, journey: Journey) -> Iterator[Page]:
    """A manager's."""
    page = signed_in(browser, suite, journey, "manager")
    yield page
    page.context.close()


def see(page: Page, words: str) -> None:
    """Load the page again until it says so."""

    def said() -> bool:
        page.reload()
        return words in page.inner_text("main")

    until(said, within=20)


def do(page: Page, link: str, button: str, fill: Callable[[Page], None] = lambda page: None) -> None:
    """Follow a link of the return's page, fill the form in, and send it; the return's page comes back."""
    page.get_by_role("link", name=link).first.click()
    fill(page)
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"\?done="))


def test_a_worn_and_a_missing_item_are_taken_to_their_end_by_hand(desk: Page, held: str, journey: Journey):
    worn, missing = (line["title"] for line in journey.order["lines"])
    desk.get_by_role("link", name="To review").click()
    desk.get_by_role("link", name=held).click()
    expect(desk.get_by_role("img", name="Photo 1 of the item")).to_be_visible()

    desk.get_by_role("radio", name="A label that the shopper pays").check()
    desk.get_by_label("Words to the shopper, if any").first.fill("The seam can be mended")
    desk.get_by_role("button", name="Accept the return").click()
    expect(desk.get_by_text("Accepted.")).to_be_visible()

    def paid(page: Page) -> None:
        page.get_by_role("radio", name="It is paid").check()
        page.get_by_label("How you know").fill("Bank transfer 4711")

    do(desk, "Record the label fee", "Record it", paid)
    see(desk, "Label made for parcel 1")
    expect(desk.get_by_text("Bank transfer 4711").first).to_be_visible()

    do(desk, "The carrier has it", "The carrier has it", lambda p: p.get_by_label("How you know").fill("Their receipt"))
    see(desk, "Parcel 1: accepted")
    do(desk, "It has arrived", "It has arrived", lambda p: p.get_by_label("How you know").fill("On the shelf"))
    see(desk, "At hub")

    def inspect(page: Page) -> None:
        [first, second] = [page.get_by_role("group", name=title) for title in (worn, missing)]
        first.get_by_label("Condition").select_option("worn")
        first.get_by_label("What you saw").fill("A stain on the sleeve")
        second.get_by_label("How many came").fill("0")

    do(desk, "Inspect", "Save the inspection", inspect)
    see(desk, "Decide what is given for what came back")
    expect(desk.get_by_text("1 of 1 came, worn: A stain on the sleeve")).to_be_visible()
    expect(desk.get_by_text("1 of 1 did not arrive").first).to_be_visible()

    def less(page: Page) -> None:
        page.get_by_role("radio", name="Less, as written below").check()
        page.get_by_label("Amount in GBP").fill("20")
        page.get_by_label("Words to the shopper, if any").fill("It was worn")

    do(desk, f"Settle {worn}", "Settle this line", less)
    see(desk, "Completed")

    assert journey.look()["awaiting"] == "closed"
    expect(desk.get_by_role("region", name="Money")).to_contain_text(re.compile(r"The shopper got\s*£20\.00"))
    history = desk.get_by_role("listitem").filter(has_text=journey.retailer["staff"][0]["email"])
    for words in ("Accepted", "Settlement asked for by hand"):
        expect(history.filter(has_text=re.compile(words))).to_be_visible()


def test_the_button_in_a_reviews_mail_decides_without_signing_in(
    browser: Browser, desk: Page, held: str, journey: Journey
):
    mailbox, to = journey.facts["mailbox"], "reviews@alder.example"

    def link() -> str | None:
        mails = httpx.get(f"{mailbox}/messages", params={"to": to}).json()["messages"]
        mine = [mail for mail in mails if held in mail["subject"]]
        whole = httpx.get(f"{mailbox}/messages/{mine[0]['id']}").text if mine else ""
        found = re.search(r"https?://[^\s\"'<>\\]+/admin/review/[A-Za-z0-9_-]+", whole)
        return found.group() if found else None

    address = until(link, within=20)
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    phone.goto(address)
    photo = phone.get_by_role("img", name="Photo 1 of the item")
    photo.scroll_into_view_if_needed()
    until(lambda: photo.evaluate("shown => shown.naturalWidth") > 0, within=15)
    phone.get_by_role("radio", name="No label").check()
    phone.get_by_role("button", name="Accept the return").click()

    expect(phone.get_by_role("heading", name="This return is decided")).to_be_visible()
    expect(phone.get_by_text("review link")).to_be_visible()
    desk.goto(f"{journey.facts['gateway']}/admin/returns/{held}")
    expect(desk.get_by_text("none label")).to_be_visible()
    phone.context.close()


def test_finance_finds_a_refused_settlement_among_its_tasks_and_writes_down_how_it_ended(
    browser: Browser, suite: Stack, journey: Journey
):
    shop = suite.facts["sandbox"]["shopify"]
    shopper = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    find_the_order(shopper, journey)
    tick_the_first(shopper, journey.order["lines"][0]["title"])
    journey.number = submit(shopper)
    until(lambda: journey.look()["tracking_number"])
    hand_over(journey)
    fault = {"kind": "refuse", "operation": "returnProcess", "times": 1}
    httpx.post(f"{shop}/control/faults", json=fault).raise_for_status()
    receive(journey)

    desk = signed_in(browser, suite, journey, "finance")
    desk.get_by_role("link", name="Tasks").click()
    expect(desk.get_by_role("heading", name="Tasks")).to_be_visible()
    see(desk, journey.number)
    mine = desk.get_by_role("listitem").filter(has_text=journey.number)
    expect(mine).to_contain_text("The shop refused the settlement")
    mine.get_by_role("link", name="Record the settlement").click()
    desk.get_by_role("radio", name="It happened").check()
    desk.get_by_label("The shop’s own number of it").fill("gid://shopify/Refund/42")
    desk.get_by_label("How you know").fill("Refunded in the shop’s admin")
    desk.get_by_role("button", name="Record it").click()
    desk.wait_for_url(re.compile(r"\?done=settlement"))
    see(desk, "Completed")

    expect(desk.get_by_text("gid://shopify/Refund/42").first).to_be_visible()
    desk.get_by_role("link", name="Tasks").click()
    expect(desk.get_by_role("heading", name="Tasks")).to_be_visible()
    expect(desk.get_by_text(journey.number)).to_have_count(0)
    desk.get_by_role("link", name="Audit").click()
    recorded = desk.get_by_role("row").filter(has_text="return.settlement").filter(has_text=journey.number)
    expect(recorded).to_contain_text("finance@alder.example")
    desk.context.close()
    shopper.context.close()


def test_a_label_that_the_carrier_refused_is_written_down_by_hand_and_reaches_the_shopper(
    browser: Browser, desk: Page, with_seko: None, journey: Journey
):
    shopper = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    find_the_order(shopper, journey)
    tick_the_first(shopper, journey.order["lines"][0]["title"])
    journey.number = submit(shopper)
    desk.goto(f"{journey.facts['gateway']}/admin/returns/{journey.number}")
    see(desk, "The carrier refused the label")

    def made(page: Page) -> None:
        page.get_by_role("radio", name="The carrier has it").check()
        page.get_by_label("Tracking number").fill("JD0010")
        page.get_by_label("How you know").fill("Bought at the counter")

    do(desk, "Record the label", "Record it", made)
    see(desk, "Label made for parcel 1")

    assert journey.look()["tracking_number"] == "JD0010"
    expect(desk.get_by_text("The carrier refused the label")).to_have_count(0)
    shopper.reload()
    expect(shopper.get_by_role("link", name="Download label")).to_be_visible()
    shopper.context.close()

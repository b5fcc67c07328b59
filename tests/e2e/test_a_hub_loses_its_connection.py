"""Somebody at the hub goes on while the network is away: the page opens again, tabs share what waits, and nothing is lost."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy.local.journey import Journey
from deploy.local.stack import Stack
from tests.e2e.test_a_hub_receives_parcels import hub, journey, scan, sent, somebody, told
from tests.waiting import until

__all__ = ["hub", "journey", "sent"]
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('hub:') && name !== 'hub:sound').length"
SHELL = "caches.open('hub').then(cache => cache.match('/hub/offline')).then(Boolean)"


def a_code() -> str:
    return f"XX{uuid4().hex[:10]}"


def is_kept(page: Page) -> None:
    """The page's worker has all that it needs without a connection."""
    until(lambda: page.evaluate(SHELL), within=20)


def another_tab(context: BrowserContext, suite: Stack) -> Page:
    page = context.new_page()
    page.goto(f"{suite.facts['gateway']}/hub")
    return page


def rows(page: Page, code: str) -> int:
    return page.locator("#shift li", has_text=code).count()


def test_the_page_opens_without_a_connection_and_what_waited_is_sent_after_it(hub: Page, sent: Journey):
    is_kept(hub)
    code = a_code()
    hub.context.set_offline(True)
    scan(hub, code)

    hub.reload()
    expect(hub.get_by_text("There is no connection.")).to_be_visible()
    expect(hub.get_by_text("1 scan waits on this device.")).to_be_visible()
    assert hub.locator("#shift li").count() == 0, "what is kept tells nothing of returns"
    scan(hub, sent.story["tracking_number"])
    expect(hub.get_by_text("2 scans wait on this device.")).to_be_visible()
    hub.context.set_offline(False)

    told(hub, "Received")
    expect(hub.get_by_text("There is no connection.")).to_be_hidden()
    expect(hub.locator("#look li")).to_have_text(re.compile(f"^{code} Not known"))
    assert (rows(hub, code), hub.evaluate(KEPT)) == (1, 0)
    hub.get_by_role("button", name="They are seen to").click()
    expect(hub.locator("#look")).to_be_hidden()


def test_two_tabs_lose_nothing_of_each_other_s_and_each_shows_its_own(hub: Page, suite: Stack, sent: Journey):
    other, code = another_tab(hub.context, suite), a_code()
    hub.context.set_offline(True)
    scan(hub, code)
    scan(other, sent.story["tracking_number"])
    for page in (hub, other):
        expect(page.get_by_text("2 scans wait on this device.")).to_be_visible()

    hub.context.set_offline(False)

    told(hub, "Not known")
    told(other, "Received")
    for page in (hub, other):
        expect(page.get_by_text("wait on this device")).to_be_hidden()
    hub.goto(f"{suite.facts['gateway']}/hub")
    assert (rows(hub, code), rows(hub, sent.story["tracking_number"])) == (1, 1)
    assert hub.evaluate(KEPT) == 0


def test_a_tab_that_was_closed_leaves_its_scans_to_the_next(hub: Page, suite: Stack):
    other, code = another_tab(hub.context, suite), a_code()
    hub.close()
    other.context.set_offline(True)
    scan(other, code)
    expect(other.get_by_text("1 scan waits on this device.")).to_be_visible()
    context = other.context
    other.close()
    context.set_offline(False)

    fresh = another_tab(context, suite)

    told(fresh, "Not known")
    assert rows(fresh, code) == 1


@pytest.fixture
def elsewhere(browser: Browser, suite: Stack) -> Iterator[Page]:
    """The hub's page of another retailer, whose list of tasks no other test reads."""
    page = somebody(browser, suite, suite.facts["retailers"][1], "manager", viewport={"width": 390, "height": 844})
    page.goto(f"{suite.facts['gateway']}/hub")
    yield page
    page.context.close()


def test_more_than_one_batch_is_sent_in_the_order_read(elsewhere: Page):
    hub, first, last = elsewhere, a_code(), a_code()
    hub.context.set_offline(True)
    scan(hub, first)
    hub.evaluate(
        """codes => codes.forEach(code =>
            document.getElementById("scan").dispatchEvent(new CustomEvent("read", { detail: code })))""",
        [f"{first}-{n}" for n in range(505)],
    )
    scan(hub, last)
    expect(hub.get_by_text("507 scans wait on this device.")).to_be_visible()
    sizes = []
    hub.on("request", lambda request: sizes.append(len(request.post_data_json["scans"])) if is_batch(request) else None)

    hub.context.set_offline(False)

    expect(hub.locator("#answer").get_by_text(last)).to_be_visible(timeout=60_000)
    assert hub.evaluate(KEPT) == 0
    assert (sizes[0], sizes[-1], set(sizes)) == (500, 7, {500, 7})  # one whose answer is late is sent again as it was


def test_who_is_signed_out_meanwhile_is_told_to_sign_in_and_loses_nothing(hub: Page, suite: Stack, journey: Journey):
    code = a_code()
    session = [each for each in hub.context.cookies() if "staff" in each["name"]]
    hub.context.clear_cookies()
    scan(hub, code)

    expect(hub.get_by_text("Your session has ended.")).to_be_visible()
    expect(hub.locator("#waiting").get_by_role("link", name="Sign in")).to_be_visible()
    assert hub.evaluate(KEPT) == 1
    hub.context.add_cookies(session)
    hub.goto(f"{suite.facts['gateway']}/hub")

    told(hub, "Not known")
    assert rows(hub, code) == 1


def is_batch(request) -> bool:
    return request.url.endswith("/api/v1/scans")

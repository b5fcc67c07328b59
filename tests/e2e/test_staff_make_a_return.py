"""An agent makes a return for a shopper who called; and whoever comes back to the items is led to the return that is made."""

from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from deploy.local.journey import SELF_EXPLAINING, Journey, choose, find, place, submit, take_refund
from deploy.local.stack import Stack
from tests.waiting import until


@pytest.fixture
def called(suite: Stack) -> Journey:
    """A shopper of Alder with an order, and an agent's browser, signed in."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    place(journey)
    agent = next(one for one in journey.retailer["staff"] if one["role"] == "agent")
    journey.page = journey.http.get(f"{suite.facts['gateway']}/admin/sign-in")
    journey.send(journey.form("password"), email=agent["email"], password=agent["password"])
    return journey


def open_order(journey: Journey) -> None:
    """The agent types the number that the shopper tells, until the order is known."""

    def is_open() -> bool:
        journey.page = journey.http.get(f"{journey.facts['gateway']}/admin/returns/new")
        journey.send(journey.form("order"), order=journey.order["number"])
        return journey.page.url.path.endswith("/items")

    until(is_open, within=30)


def test_an_agent_makes_a_return_on_the_shoppers_terms_and_it_says_who_made_it(called: Journey):
    open_order(called)
    assert "as Asha Menon" in called.page.text
    choose(called)
    submit(called)

    whole = called.look()
    submitted = next(entry for entry in whole["history"] if entry["type"] == "portal.return_submitted.v1")
    assert submitted["by"] == "staff agent@alder.example"
    assert whole["email"] == called.order["email"]
    assert called.page.url.path == f"/admin/returns/{called.number}"
    assert "The return is made." in called.page.text
    until(lambda: any(called.number in mail["subject"] for mail in called.mails()), within=30)
    audit = audit_of(called)
    assert all(
        said in audit for said in ("return.begin", "return.make", called.order["number"], "staff agent@alder.example")
    )


def audit_of(journey: Journey) -> str:
    """The newest of the audit, as its manager sees it."""
    manager = journey.retailer["staff"][0]
    with httpx.Client(follow_redirects=True, timeout=15) as http:
        desk = Journey(journey.facts, journey.retailer, http)
        desk.page = http.get(f"{journey.facts['gateway']}/admin/sign-in")
        desk.send(desk.form("password"), email=manager["email"], password=manager["password"])
        return http.get(f"{journey.facts['gateway']}/admin/audit").raise_for_status().text


def test_nobody_finds_an_order_that_there_is_not(called: Journey):
    called.page = called.http.get(f"{called.facts['gateway']}/admin/returns/new")

    called.send(called.form("order"), order="AL-999999")

    assert called.page.status_code == 422
    assert "No order of yours has this number" in called.page.text


def test_whoever_comes_back_to_the_items_is_led_to_the_return_and_may_begin_another(suite: Stack):
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    place(journey)
    find(journey)
    other_tab = journey.form("item")
    choose(journey)
    submit(journey)
    own = urlsplit(str(journey.page.url)).path

    line = other_tab.named("item")[0].choices[1]
    journey.send(other_tab, item=line, **{f"reason-{line}": SELF_EXPLAINING})
    assert journey.number in journey.page.text
    assert f'href="{own}"' in journey.page.text
    journey.page = journey.http.get(f"{journey.retailer['portal']}/items")
    assert journey.page.url.path.endswith("/made")

    journey.send(journey.form("csrf"))
    first, journey.number = journey.number, ""
    form = journey.form("item")
    assert form.named("item")[0].choices == [line]
    journey.send(form, item=line, **{f"reason-{line}": SELF_EXPLAINING})
    take_refund(journey, line)
    submit(journey)
    assert journey.number != first


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_everybody(browser: Browser, suite: Stack, called: Journey, scheme: str):
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page, faults, gateway = context.new_page(), {}, suite.facts["gateway"]
    enter(context, called)
    page.goto(f"{gateway}/admin/returns/new")
    faults["new"] = Axe().run(page).response["violations"]

    open_order(called)
    choose(called)
    submit(called)
    enter(context, called)
    page.goto(f"{called.retailer['portal']}/items")
    expect(page.get_by_role("heading", name="This return is made")).to_be_visible()
    faults["made"] = Axe().run(page).response["violations"]

    suite.running.stop("orders")
    try:
        page.goto(f"{gateway}/admin/cancellations/new?order={called.order['number']}")
        expect(page.get_by_text("The service orders is not answering.")).to_be_visible()
        faults["away"] = Axe().run(page).response["violations"]
    finally:
        suite.restart("orders")
    context.close()

    assert faults == {"new": [], "made": [], "away": []}


def enter(context: BrowserContext, journey: Journey) -> None:
    """The agent goes on in this browser."""
    address = journey.facts["gateway"]
    context.add_cookies(
        [{"name": each.name, "value": each.value or "", "url": address} for each in journey.http.cookies.jar]
    )

"""A service, or its database alone, is stopped while a shopper is at the pages: nothing is lost, and the rest comes by mail."""

import io
import re
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import make_url

from deploy.local.journey import STEPS, Journey, find, place
from deploy.local.stack import Stack
from tests.chaos.auditor import assert_settled_once
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import take_the_money
from tests.waiting import until

Move = Callable[[str], dict]
DATABASE = "database of "
NUMBER = re.compile(r"\bK-[2-9A-Z]{6}\b")


@pytest.fixture
def journey(suite: Stack) -> Journey:
    """A shopper of Alder whose order the suite knows."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    place(journey)
    find(journey)
    return journey


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone, with scripts and without."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


@pytest.fixture
def away(suite: Stack) -> Iterator[Callable[[str], None]]:
    """Call it with a service's name, or `database of` it: that is stopped. What still is away at the end is started again."""
    stopped: list[str] = []

    def stop(name: str) -> None:
        if name.startswith(DATABASE):
            let_in(suite, name.removeprefix(DATABASE), allowed=False)
        else:
            suite.running.stop(name, within=30)
        stopped.append(name)

    yield stop
    for name in stopped:
        back(suite, name)


def let_in(suite: Stack, service: str, *, allowed: bool) -> None:
    """Let connections to the service's database in, or end those there are and refuse new ones."""
    url = make_url(suite.facts["databases"][service])
    server = url.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS {allowed}")
        if not allowed:
            link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])


def back(suite: Stack, name: str) -> None:
    """What was stopped is there again, if it is not yet."""
    service = name.removeprefix(DATABASE)
    if service != name:
        let_in(suite, service, allowed=True)
        until(lambda: suite.is_ready(service), within=30)
    elif not suite.is_ready(name):
        suite.restart(name)


def a_photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "#7a5230").save(out, "JPEG")
    return {"name": "seam.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def look_up(page: Page, journey: Journey) -> None:
    page.goto(f"{journey.retailer['portal']}/")
    page.get_by_label("Order number").fill(journey.order["number"])
    page.get_by_label("Email").fill(journey.order["email"])
    page.get_by_role("button", name="Find my order").click()


def letters(journey: Journey, *words: str) -> list[str]:
    """The texts of the shopper's mails that hold all of `words`."""
    whole = [
        httpx.get(f"{journey.facts['mailbox']}/messages/{mail['id']}").raise_for_status().json()
        for mail in journey.mails()
    ]
    texts = [f"{mail['subject']}\n{mail['text']}" for mail in whole]
    return [text for text in texts if all(word in text for word in words)]


def way_on(journey: Journey) -> str:
    """The link in the mail that says the order of the request is found."""

    def mailed() -> str | None:
        links = [re.search(r"https?://\S+/k/[\w-]{43}", text) for text in letters(journey)]
        return next((link[0] for link in links if link), None)

    return until(mailed, within=60)


def kept(page: Page) -> str:
    """The number of the request that was just kept."""
    expect(page.get_by_role("heading", name="Your request is kept")).to_be_visible()
    found = NUMBER.search(page.locator("main").inner_text())
    assert found is not None
    return found.group()


def check(page: Page) -> None:
    """On to the last page. Without scripts the offers only come with the first press of the button."""
    for _ in range(2):
        with page.expect_navigation():
            page.get_by_role("button", name="Continue").click()
        if not page.get_by_role("heading", name="What are you sending back?").is_visible():
            return
        take_the_money(page)


def come_back(suite: Stack, service: str) -> None:
    """The service is started again, and those that are asked have found it."""
    back(suite, service)
    until(lambda: all(suite.is_ready(name) for name in ("orders", "rules", "portal", "notifications")), within=60)


@pytest.mark.parametrize("service", ["orders", "broker", "database of orders"])
def test_a_request_is_kept_while_orders_or_the_broker_is_away_and_goes_on_by_mail(
    page: Page, journey: Journey, suite: Stack, away: Callable[[str], None], move: Move, service: str
):
    away(service)
    look_up(page, journey)
    expect(page.get_by_role("heading", name="We cannot look up your order right now")).to_be_visible()
    expect(page.get_by_label("Order number")).to_have_value(journey.order["number"])
    page.get_by_label("What are you sending back?").fill("The shirt")
    page.get_by_label("Why are you returning it?").fill("The seam came apart")
    page.get_by_label("Photos, if they help").set_input_files(a_photo())
    page.get_by_role("button", name="Keep my request").click()
    number = kept(page)
    if service != "broker":  # without it the first mail may be overtaken by the next, which says more
        until(lambda: letters(journey, number))

    come_back(suite, service)
    move("+1m")
    page.goto(way_on(journey))
    page.get_by_role("button", name="Go on with your return").click()
    expect(page.get_by_text("What you wrote and your photos are here")).to_be_visible()
    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Faulty or damaged").first.check()
    expect(page.get_by_role("textbox").first).to_have_value("The shirt\nThe seam came apart")
    check(page)
    page.get_by_role("button", name="Send for review").click()

    expect(page.get_by_text("Pending review").first).to_be_visible()


@pytest.mark.parametrize("service", ["orders", "rules", "broker", "database of rules"])
def test_a_return_that_cannot_be_submitted_is_kept_as_it_is_and_gone_on_with_by_mail(
    page: Page,
    journey: Journey,
    suite: Stack,
    away: Callable[[str], None],
    move: Move,
    service: str,
    request: pytest.FixtureRequest,
):
    look_up(page, journey)
    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Faulty or damaged").first.check()
    if not request.node.callspec.params["page"]:  # without scripts what a reason asks for comes with the next press
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("textbox").first.fill("The seam came apart")
    page.locator("input[type=file]").first.set_input_files(a_photo())
    check(page)
    away(service)
    page.get_by_role("button", name="Send for review").click()
    number = kept(page)
    expect(page.get_by_text("Everything is there as you left it")).to_be_visible()
    if service != "broker":
        until(lambda: letters(journey, number))

    come_back(suite, service)
    move("+1m")
    page.goto(way_on(journey))
    page.get_by_role("button", name="Go on with your return").click()
    expect(page.get_by_text("The seam came apart")).to_be_visible()
    page.get_by_role("button", name="Send for review").click()

    expect(page.get_by_text("Pending review").first).to_be_visible()
    link = page.url
    page.goto(way_on(journey))
    page.get_by_role("button", name="Go on with your return").click()
    assert page.url.partition("?")[0] == link.partition("?")[0], "the link leads to the return that was made with it"


def test_while_rules_is_away_what_is_ticked_is_kept_and_the_outcome_is_mailed(
    page: Page, journey: Journey, suite: Stack, away: Callable[[str], None], move: Move
):
    first, second = (line["title"] for line in journey.order["lines"])
    away("rules")
    look_up(page, journey)
    expect(page.get_by_text("We cannot tell right now what you get")).to_be_visible()
    assert page.get_by_role("radio").count() == 0
    page.get_by_text(first, exact=True).first.click()
    page.get_by_label("Tell us in your own words").first.fill("Too wide")
    page.get_by_role("button", name="Keep my request").click()
    number = kept(page)

    until(lambda: letters(journey, number))

    suite.restart("rules")
    move("+1m")
    page.goto(way_on(journey))
    [letter] = letters(journey, "/k/")
    page.get_by_role("button", name="Go on with your return").click()

    assert first in letter
    assert second not in letter
    expect(page.get_by_role("checkbox", name=first)).to_be_checked()
    expect(page.get_by_role("checkbox", name=second)).not_to_be_checked()
    expect(page.get_by_role("textbox").first).to_have_value("Too wide")


def test_rules_that_go_away_half_way_lose_no_answer(
    page: Page, journey: Journey, suite: Stack, away: Callable[[str], None]
):
    first = journey.order["lines"][0]["title"]
    look_up(page, journey)
    page.get_by_text(first, exact=True).first.click()
    page.get_by_role("radio", name="Changed my mind").first.check()
    away("rules")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_text("We cannot tell right now what you get")).to_be_visible()
    expect(page.get_by_role("checkbox", name=first)).to_be_checked()
    suite.restart("rules")
    page.get_by_label("Tell us in your own words").first.fill("Changed my mind")
    page.get_by_role("button", name="Keep my request").click()

    expect(page.get_by_text("We can tell what you get now")).to_be_visible()
    expect(page.get_by_role("radio", name="Changed my mind").first).to_be_checked()


@pytest.mark.parametrize("labels", ["labels", "database of labels"])
def test_while_labels_is_away_a_return_is_submitted_and_its_label_comes_by_mail(
    page: Page, journey: Journey, suite: Stack, away: Callable[[str], None], move: Move, labels: str
):
    look_up(page, journey)
    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Changed my mind").first.check()
    away(labels)
    check(page)
    expect(page.get_by_role("heading", name="Label by email")).to_be_visible()
    page.get_by_role("button", name="Submit return").click()
    page.wait_for_url(re.compile("/r/"))
    expect(page.get_by_text("We email you the label")).to_be_visible()
    journey.number = re.search(r"R-[2-9A-Z]{6}", page.locator("main").inner_text()).group()

    back(suite, labels)
    move("+1m")
    for _, step in STEPS[4:]:
        step(journey)
    page.reload()

    expect(page.get_by_text("Completed").first).to_be_visible()
    assert_settled_once(journey)


def test_while_payments_is_away_a_return_is_submitted_and_says_that_its_label_is_being_made(
    page: Page, journey: Journey, suite: Stack, away: Callable[[str], None]
):
    away("payments")
    look_up(page, journey)
    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Changed my mind").first.check()
    check(page)
    page.get_by_role("button", name="Submit return").click()
    page.wait_for_url(re.compile("/r/"))
    expect(page.get_by_text("Preparing your label").first).to_be_visible()
    expect(page.get_by_role("link", name="Download label")).to_have_count(0)
    journey.number = re.search(r"R-[2-9A-Z]{6}", page.locator("main").inner_text()).group()

    suite.restart("payments")
    journey.until_told("labels.label_issued.v1")
    page.reload()

    expect(page.get_by_role("link", name="Download label")).to_be_visible()

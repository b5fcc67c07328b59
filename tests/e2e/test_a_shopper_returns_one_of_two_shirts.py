"""A shopper sends one of two items back, in a real browser, across all seven services, to the refund."""

import re
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from deploy.local.journey import Journey, hand_over, receive
from deploy.local.seed import place_order
from deploy.local.stack import Stack
from tests.chaos.auditor import Audit, assert_settled_once
from tests.waiting import until


@pytest.fixture
def journey(suite: Stack) -> Journey:
    """A shopper of Alder, whose two things were delivered."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    journey.order = place_order(suite.facts["sandbox"]["shopify"], journey.retailer["webhooks"]["shopify"]["shop"])
    return journey


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone. Anything the browser complains about fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [words for words in complaints if "status of 4" not in words] == []


def find_the_order(page: Page, journey: Journey) -> None:
    """Until the shop's webhook was worked on, which takes a moment."""

    def found() -> bool:
        page.goto(f"{journey.retailer['portal']}/")
        page.get_by_label("Order number").fill(f" {journey.order['number'].lower()} ")
        page.get_by_label("Email").fill(journey.order["email"].upper())
        page.get_by_role("button", name="Find my order").click()
        return page.get_by_role("heading", name="What are you sending back?").is_visible()

    until(found, within=20)


def tick_the_first(page: Page, title: str) -> None:
    """One item, with a reason that asks nothing more."""
    page.get_by_text(title, exact=True).first.click()
    page.get_by_role("radio", name="Changed my mind").first.check()
    take_the_money(page)


def take_the_money(page: Page) -> None:
    """Of what is offered for each item ticked, the refund."""
    refunds = page.get_by_role("radio", name=re.compile("^Refund"))
    expect(refunds).to_have_count(page.locator("input[name=item]:checked").count())
    for refund in refunds.all():
        refund.check()


def submit(page: Page, *, held: bool = False) -> str:
    """Through the last page to the return's own; its number. `held`: a person decides first."""
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send for review" if held else "Submit return").click()
    page.wait_for_url(re.compile("/r/"))
    return re.search(r"R-[2-9A-Z]{6}", page.inner_text("main")).group()


def test_one_of_two_items_comes_back_and_is_refunded_once(page: Page, journey: Journey):
    find_the_order(page, journey)
    first = journey.order["lines"][0]["title"]
    for picture in page.locator("main img").all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    tick_the_first(page, first)
    journey.number = submit(page)

    until(lambda: journey.look()["tracking_number"])
    page.reload()
    expect(page.get_by_role("link", name="Download label")).to_be_visible()
    hand_over(journey)
    receive(journey)
    until(lambda: journey.look()["awaiting"] == "closed")
    page.reload()

    expect(page.get_by_text("Completed").first).to_be_visible()
    assert [line["title"] for line in journey.story["lines"]] == [first]
    assert_settled_once(journey)


def test_what_is_chosen_while_an_answer_is_on_its_way_is_answered_with_the_next(page: Page, journey: Journey):
    find_the_order(page, journey)
    for line in journey.order["lines"]:
        page.get_by_text(line["title"], exact=True).first.click()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    lost: list[Route] = []
    page.route("**/items/preview", lambda route: route.continue_() if lost else lost.append(route))

    page.get_by_role("radio", name="Changed my mind").first.check()
    expect(page.locator("[aria-busy]").first).to_be_attached()
    page.get_by_role("radio", name="Changed my mind").last.check()

    take_the_money(page)
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert len(lost) == 1


def test_the_label_from_the_page_is_the_one_in_the_mail(page: Page, journey: Journey):
    find_the_order(page, journey)
    tick_the_first(page, journey.order["lines"][0]["title"])
    journey.number = submit(page)
    until(lambda: any(mail["attachments"] for mail in journey.mails()))
    page.reload()

    with page.expect_download() as started:
        page.get_by_role("link", name="Download label").click()

    mail = next(mail for mail in journey.mails() if mail["attachments"])
    attached = httpx.get(f"{journey.facts['mailbox']}/messages/{mail['id']}/attachments/0").content
    assert started.value.path().read_bytes() == attached
    assert attached.startswith(b"%PDF")


def test_submit_pressed_twice_makes_one_return(page: Page, journey: Journey):
    find_the_order(page, journey)
    tick_the_first(page, journey.order["lines"][0]["title"])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Submit return")).to_be_visible()

    page.evaluate("""async () => {
        const form = document.querySelector('form[action$="/submit"]');
        const send = () => fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))});
        window.ends = (await Promise.all([send(), send(), send()])).map(answer => answer.url.split('?')[0]);
    }""")

    assert len(set(page.evaluate("window.ends"))) == 1
    until(lambda: Audit(journey).effects["return_opened"] == 1)
    assert Audit(journey).effects["return_opened"] == 1


def test_an_item_already_in_a_return_is_closed_for_the_next(page: Page, journey: Journey):
    find_the_order(page, journey)
    first, second = (line["title"] for line in journey.order["lines"])
    tick_the_first(page, first)
    submit(page)

    find_the_order(page, journey)

    expect(page.get_by_text("Already in a return").first).to_be_visible()
    expect(page.get_by_text(second, exact=True).first).to_be_visible()


def test_a_wrong_email_and_an_unknown_order_are_answered_alike(page: Page, journey: Journey):
    find_the_order(page, journey)
    said = []

    for number, email in ((journey.order["number"], "somebody@else.example"), ("AL-999999", journey.order["email"])):
        page.goto(f"{journey.retailer['portal']}/")
        page.get_by_label("Order number").fill(number)
        page.get_by_label("Email").fill(email)
        page.get_by_role("button", name="Find my order").click()
        alert = page.get_by_role("alert")
        expect(alert).to_be_visible()
        said.append(alert.inner_text())

    assert said[0] == said[1]


def test_two_retailers_see_nothing_of_each_other(page: Page, journey: Journey):
    find_the_order(page, journey)
    tick_the_first(page, journey.order["lines"][0]["title"])
    number = submit(page)
    alder, kite = journey.facts["retailers"]
    status = page.url.split("/r/")[1].split("?")[0]

    stolen = page.request.get(f"{kite['portal']}/r/{status}")
    asked = httpx.get(
        f"{journey.facts['gateway']}/api/v1/returns/{number}", headers={"Authorization": f"Bearer {kite['api_key']}"}
    )
    page.goto(f"{kite['portal']}/")
    page.get_by_label("Order number").fill(journey.order["number"])
    page.get_by_label("Email").fill(journey.order["email"])
    page.get_by_role("button", name="Find my order").click()

    assert (stolen.status, asked.status_code) == (404, 404)
    expect(page.get_by_role("alert")).to_be_visible()
    assert alder["portal"] != kite["portal"]


def test_the_flow_works_without_scripts(browser: Browser, journey: Journey):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    find_the_order(page, journey)

    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Changed my mind").first.check()
    page.get_by_role("button", name="Continue").click()
    take_the_money(page)

    assert submit(page).startswith("R-")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_flow_has_an_accessibility_fault(browser: Browser, journey: Journey, scheme: str):
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    axe, faults = Axe(), {}

    def check(name: str) -> None:
        faults[name] = [fault["id"] for fault in axe.run(page).response["violations"]]

    page.goto(f"{journey.retailer['portal']}/")
    check("find")
    find_the_order(page, journey)
    check("items")
    tick_the_first(page, journey.order["lines"][0]["title"])
    check("items, one open")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Submit return")).to_be_visible()
    check("check")
    page.get_by_role("button", name="Submit return").click()
    page.wait_for_url(re.compile("/r/"))
    check("status")
    page.goto(f"{journey.retailer['portal']}/r/nothing")
    check("problem")
    context.close()

    assert faults == {name: [] for name in faults}

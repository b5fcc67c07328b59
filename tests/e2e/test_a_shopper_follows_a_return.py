"""A return's own page: cancelled, asked about, rejected, withdrawn from, and the photos that are taken out before."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import STEPS, Journey, find, hand_over, place
from deploy.local.stack import Stack
from tests.chaos.auditor import Audit
from tests.e2e.test_a_shopper_is_served_while_a_service_is_away import a_photo, check, letters, look_up
from tests.waiting import until


@pytest.fixture(params=[0, 1], ids=["alder", "kite"])
def journey(suite: Stack, request: pytest.FixtureRequest) -> Journey:
    """A shopper whose order the suite knows."""
    journey = Journey(suite.facts, suite.facts["retailers"][request.param])
    place(journey)
    find(journey)
    return journey


in_ireland = pytest.mark.parametrize("journey", [1], indirect=True, ids=["kite"])
in_britain = pytest.mark.parametrize("journey", [0], indirect=True, ids=["alder"])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone without scripts: whatever works here works everywhere."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def submitted(page: Page, journey: Journey, *, photo: bool = False) -> None:
    """One item is sent back; the page is the return's own then."""
    look_up(page, journey)
    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Faulty or damaged" if photo else "Changed my mind").first.check()
    if photo:
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Tell us in your own words").first.fill("The seam came apart")
        page.get_by_label("Add a photo of it").first.set_input_files(a_photo())
    check(page)
    page.get_by_role("button", name="Send for review" if photo else "Submit return").click()
    page.wait_for_url(re.compile("/r/"))
    found = re.search(r"R-[2-9A-Z]{6}", page.locator("main").inner_text())
    assert found is not None
    journey.number = found.group()


def staff(journey: Journey, act: str, **body: object) -> None:
    """What the retailer's staff decide, by the retailer's own programs."""
    httpx.post(
        f"{journey.facts['gateway']}/api/v1/returns/{journey.number}/{act}",
        json=body,
        headers={"Authorization": f"Bearer {journey.retailer['api_key']}", "Idempotency-Key": str(uuid4())},
        timeout=15,
    ).raise_for_status()


@in_britain
def test_a_return_is_cancelled_before_its_first_scan_and_its_label_is_gone(page: Page, journey: Journey):
    submitted(page, journey)
    STEPS[5][1](journey)
    page.reload()
    label = page.get_by_role("link", name="Download label").get_attribute("href")
    page.get_by_role("link", name="Cancel this return").click()
    expect(page.get_by_text("Your label becomes void")).to_be_visible()
    assert journey.look()["awaiting"] == "awaiting_dropoff"  # looking cancels nothing

    page.get_by_role("button", name="Cancel the return").click()

    expect(page.get_by_role("heading", name="This return was cancelled")).to_be_visible()
    expect(page.get_by_role("link", name="Download label")).to_have_count(0)
    assert journey.http.get(f"{journey.facts['gateway']}{label}").status_code == 404
    until(lambda: letters(journey, "cancelled"))
    find(journey)
    assert len(journey.form("item").named("item")[0].choices) == 2  # what was cancelled may come back after all


@in_britain
def test_a_parcel_that_is_on_its_way_cannot_be_cancelled_any_more(page: Page, journey: Journey):
    submitted(page, journey)
    STEPS[5][1](journey)
    page.reload()
    page.get_by_role("link", name="Cancel this return").click()
    hand_over(journey)

    page.get_by_role("button", name="Cancel the return").click()

    expect(page.get_by_text("That can no longer be done")).to_be_visible()
    expect(page.get_by_role("link", name="Cancel this return")).to_have_count(0)
    assert journey.look()["awaiting"] == "in_transit"
    assert Audit(journey).effects["refund"] == 0


def test_a_photo_has_a_person_decide_who_may_ask_and_is_answered_on_the_page(page: Page, journey: Journey):
    submitted(page, journey, photo=True)
    expect(page.get_by_text("Pending review").first).to_be_visible()
    staff(journey, "ask", words="Which seam is torn?", wants_photo=True)
    page.reload()
    expect(page.get_by_text("Which seam is torn?")).to_be_visible()

    page.get_by_label("Your answer").fill("The left one")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Add a photo of it")
    expect(page.get_by_label("Your answer")).to_have_value("The left one")
    page.get_by_label("Add a photo of it").set_input_files(a_photo())
    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_text("Pending review").first).to_be_visible()
    assert journey.look()["awaiting"] == "awaiting_review"
    staff(journey, "reject", words="The seam was cut, not torn.")
    page.reload()
    expect(page.get_by_text("The seam was cut, not torn.")).to_be_visible()
    expect(page.get_by_text("You got back")).to_be_visible()


@in_ireland
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_an_act_or_a_kept_request_has_an_accessibility_fault(
    browser: Browser, journey: Journey, scheme: str
):
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page, axe, faults = context.new_page(), Axe(), {}

    def look_at(name: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        faults[name] = [fault["id"] for fault in axe.run(page).response["violations"]] + ["too wide"] * wide

    submitted(page, journey, photo=True)
    look_at("held for review")
    staff(journey, "ask", words="Which seam is torn?", wants_photo=True)
    page.reload()
    look_at("asked")
    page.get_by_role("button", name="Send my answer").click()
    look_at("asked, unanswered")
    page.get_by_role("link", name="Withdraw from this purchase").click()
    look_at("withdraw")
    page.get_by_role("link", name="Back", exact=True).click()
    page.get_by_role("link", name="Cancel this return").click()
    look_at("cancel")
    page.get_by_role("button", name="Cancel the return").click()
    look_at("cancelled")
    page.goto(f"{journey.retailer['portal']}/receipt")
    look_at("receipt")
    page.get_by_role("button", name="Send to our team").click()
    look_at("receipt, blank")
    context.close()

    assert faults == {name: [] for name in faults}


@in_ireland
def test_a_shopper_withdraws_from_a_purchase_in_two_steps_and_has_it_confirmed(page: Page, journey: Journey):
    submitted(page, journey)
    page.get_by_role("link", name="Withdraw from this purchase").click()
    expect(page.get_by_text(f"We confirm it with its date and time to {journey.order['email']}")).to_be_visible()

    page.get_by_role("button", name="Confirm withdrawal").click()

    expect(page.get_by_text("You have withdrawn from this purchase")).to_be_visible()
    expect(page.get_by_role("link", name="Withdraw from this purchase")).to_have_count(0)
    until(lambda: letters(journey, "ithdraw"))


@in_britain
def test_a_photo_is_taken_out_again_before_the_return_is_submitted(page: Page, journey: Journey):
    look_up(page, journey)
    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Faulty or damaged").first.check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Tell us in your own words").first.fill("The seam came apart")
    page.get_by_label("Add a photo of it").first.set_input_files(a_photo())
    check(page)
    page.get_by_role("link", name="Change").first.click()
    photo = page.get_by_role("img", name="Photo 1 of the item")
    assert photo.evaluate("image => image.getAttribute('src')").startswith("/alder/items/photos/")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("img", name="Photo 1 of the item")).to_have_count(0)

    check(page)

    expect(page.get_by_role("button", name="Submit return")).to_be_visible()  # no photo is left for a person to look at

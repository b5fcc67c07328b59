"""The API's reference page in a browser: for everybody, without scripts, and loading nothing from elsewhere."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from deploy.local.stack import Stack


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_has_no_fault_that_axe_knows_and_loads_nothing_from_elsewhere(
    browser: Browser, suite: Stack, scheme: str
):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"{suite.facts['gateway']}/api/v1/docs")
    faults = [fault["id"] for fault in Axe().run(page).response["violations"]]
    context.close()

    assert faults == []
    assert [address for address in asked if not address.startswith(suite.facts["gateway"])] == []
    assert said == []


def test_the_reference_works_without_scripts(browser: Browser, suite: Stack):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{suite.facts['gateway']}/api/v1/docs")
    page.get_by_role("link", name="POST /returns/{number}/accept").click()
    expect(page.get_by_role("heading", name="POST /api/v1/returns/{number}/accept")).to_be_in_viewport()
    told = page.get_by_role("article", name="POST /api/v1/returns/{number}/accept")
    told.get_by_text("An answer", exact=True).click()

    expect(told.get_by_text('"awaiting": "awaiting_review"')).to_be_visible()
    context.close()

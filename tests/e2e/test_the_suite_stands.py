"""The suite as a newcomer finds it: everything ready, two shops apart, a browser that opens them."""

from playwright.sync_api import Browser

from deploy.local.journey import drive
from deploy.local.parts import PARTS
from deploy.local.stack import Stack


def test_every_process_says_that_it_is_ready(suite: Stack):
    ready = {name: suite.is_ready(name) for name in PARTS}

    assert ready == dict.fromkeys(PARTS, True)


def test_a_shirt_comes_back_over_public_http_only(suite: Stack):
    said: list[str] = []

    journey = drive(suite.facts, say=said.append)

    assert journey.story["awaiting"] == "closed"
    assert len(said) > 10


def test_each_retailer_has_a_front_page_in_its_own_name(suite: Stack, browser: Browser):
    page = browser.new_page()

    titles = {}
    for retailer in suite.facts["retailers"]:
        page.goto(f"{retailer['portal']}/")
        titles[retailer["slug"]] = page.inner_text("body")

    assert "Alder" in titles["alder"]
    assert "Kite" not in titles["alder"]
    assert "Kite" in titles["kite"]


def test_a_killed_broker_comes_back_with_the_same_address_and_everybody_finds_it(suite: Stack):
    suite.kill("broker")

    suite.restart("broker")

    assert drive(suite.facts, slug="kite", say=print).story["awaiting"] == "closed"

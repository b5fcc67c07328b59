"""A shopper shows what is wrong, and the retailer's staff see it; a file that is no photo is refused in words."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from deploy.local.journey import Journey
from deploy.local.stack import Stack
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import find_the_order, journey, submit, take_the_money

__all__ = ["journey"]


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "#7a5230").save(out, "JPEG")
    return out.getvalue()


def say_it_is_faulty(page: Page, journey: Journey) -> None:
    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Faulty or damaged").first.check()
    expect(page.get_by_label("Add a photo of it").first).to_be_visible()
    page.get_by_label("Tell us in your own words").first.fill("The seam came apart <b>at once</b>")
    take_the_money(page)


@pytest.fixture
def page(browser: Browser, journey: Journey) -> Page:
    """A phone with the order's items open."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    find_the_order(page, journey)
    say_it_is_faulty(page, journey)
    return page


def test_staff_see_the_photo_and_the_words_of_a_faulty_item(page: Page, journey: Journey, suite: Stack):
    page.get_by_label("Add a photo of it").first.set_input_files(
        {"name": "seam.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )
    number = submit(page, held=True)
    manager = journey.retailer["staff"][0]

    page.goto(f"{suite.facts['gateway']}/admin/sign-in")
    page.get_by_label("Email").fill(manager["email"])
    page.get_by_label("Password").fill(manager["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=number).click()

    photo = page.get_by_role("img", name="Photo 1 of the item")
    expect(photo).to_be_visible()
    photo.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img[alt^=\"Photo 1\"]').naturalWidth === 1200")
    expect(page.get_by_text("The seam came apart <b>at once</b>").first).to_be_visible()


def test_a_file_that_is_no_photo_is_refused_and_the_answers_are_kept(page: Page):
    page.get_by_label("Add a photo of it").first.set_input_files(
        {"name": "seam.jpg", "mimeType": "image/jpeg", "buffer": b"<svg onload=alert(1)>"}
    )

    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("alert")).to_contain_text("JPG, PNG or WebP")
    expect(page.get_by_label("Tell us in your own words").first).to_have_value("The seam came apart <b>at once</b>")

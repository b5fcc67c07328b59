"""Staff find the order of a kept request, or of a receipt: the page shows what was sent, and matching never loses a word."""

from io import BytesIO

import pytest
from PIL import Image

from libs.chassis.ids import new_id
from services.portal.access import Role
from services.portal.photos import KeptPhoto
from services.portal.store.intakes import Kind, State
from tests.integration.portal.test_desk import fields
from tests.integration.portal.test_intakes import a_match, asked, intakes

__all__ = ["intakes"]


@pytest.fixture
def receipt(browser, retailer, intakes) -> str:
    """The address of a proof of purchase with a photo, which waits for a person."""
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "WEBP")
    browser.app.state.portal.objects.put("photos/receipt.webp", out.getvalue())
    photo = KeptPhoto(None, "photos/receipt.webp", 8, 8)
    number = intakes.keep(retailer.id, asked(kind=Kind.PROOF, photos=(photo,)), f"K-{new_id().hex[-6:].upper()}")
    return f"/admin/intakes/{number}"


def test_a_receipt_is_a_task_that_leads_to_its_words_its_photo_and_its_form(browser, retailer, receipt, sit):
    sit(browser, retailer, Role.AGENT)

    tasks, page = browser.get("/admin/tasks").text, browser.get(receipt)
    photo = browser.get(f"{receipt}/photos/receipt")

    assert f'href="{receipt}"' in tasks
    assert "Find the order" in tasks
    assert all(words in page.text for words in ("A receipt in place of the order", "The linen shirt", "Too wide"))
    assert f"{receipt}/photos/receipt" in page.text
    assert (photo.status_code, photo.headers["content-type"]) == (200, "image/webp")
    assert browser.get(f"{receipt}/photos/another").status_code == 404


def test_a_match_without_an_email_is_asked_for_it(browser, retailer, receipt, sit):
    sit(browser, retailer, Role.AGENT)
    form = fields(browser.get(receipt), receipt)

    answer = browser.post(receipt, data=form | {"order": "AL-1002", "email": ""})

    assert answer.status_code == 422
    assert "Enter the email of the order" in answer.text
    assert 'value="AL-1002"' in answer.text


def test_while_orders_is_away_the_match_is_kept_on_the_page_and_nothing_is_matched(
    browser, retailer, receipt, intakes, sit
):
    sit(browser, retailer, Role.AGENT)
    form = fields(browser.get(receipt), receipt)

    answer = browser.post(receipt, data=form | {"order": "AL-1002", "email": "ana@example.com"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert 'value="AL-1002"' in answer.text
    assert intakes.get(retailer.id, number=receipt.rsplit("/", 1)[1]).state is State.KEPT


def test_a_matched_request_says_by_whom_and_has_no_form_left(browser, retailer, receipt, intakes, sit):
    kept = intakes.get(retailer.id, number=receipt.rsplit("/", 1)[1])
    intakes.match(retailer.id, kept.id, a_match(by="staff asha@alder.example"), "https://returns.example/alder")
    sit(browser, retailer, Role.AGENT)

    page = browser.get(receipt).text

    assert "Matched by asha@alder.example." in page
    assert 'name="order"' not in page


def test_who_may_not_write_sees_the_request_and_no_form(browser, retailer, receipt, sit):
    sit(browser, retailer, Role.VIEWER)

    page = browser.get(receipt)

    assert page.status_code == 200
    assert 'name="order"' not in page.text


def test_a_receipt_without_an_order_has_a_form_that_takes_down_what_it_says(browser, retailer, receipt, sit):
    sit(browser, retailer, Role.AGENT)

    page = browser.get(f"{receipt}/order")

    assert f'href="{receipt}/order"' in browser.get(receipt).text
    assert page.status_code == 200
    assert all(f'name="{name}"' in page.text for name in ("number", "day", "title-1", "paid-5", "country"))
    assert f"{receipt}/photos/receipt" in page.text


def test_what_cannot_be_read_of_a_receipt_is_said_while_orders_is_away_nothing_is_lost(browser, retailer, receipt, sit):
    sit(browser, retailer, Role.AGENT)
    form = fields(browser.get(f"{receipt}/order"), f"{receipt}/order")
    wrong = {"number": "", "day": "soon", "title-1": "", "paid-1": "1.2.3", "title-2": "Socks", "country": "Britain"}

    answer = browser.post(f"{receipt}/order", data=form | wrong)
    away = browser.post(f"{receipt}/order", data=form | {"number": "4711", "title-1": "Linen camp shirt"})

    asked = ("Enter the receipt’s number", "“soon” is not a date", "Enter what the item is", "“1.2.3” is not an amount")
    assert answer.status_code == 422
    assert all(words in answer.text for words in (*asked, "Enter what was paid for them"))
    assert (away.status_code, 'value="Linen camp shirt"' in away.text) == (503, True)


def test_who_may_not_bring_orders_and_a_matched_receipt_have_no_such_form(browser, retailer, receipt, intakes, sit):
    sit(browser, retailer, Role.VIEWER)
    refused = browser.get(f"{receipt}/order").status_code
    kept = intakes.get(retailer.id, number=receipt.rsplit("/", 1)[1])
    intakes.match(retailer.id, kept.id, a_match(by="staff asha@alder.example"), "https://returns.example/alder")
    sit(browser, retailer, Role.AGENT)

    assert (refused, browser.get(f"{receipt}/order").status_code) == (403, 404)

"""The short form while orders does not answer, the receipt of a shop, and the page behind a mailed link."""

import io
import re

import pytest
from PIL import Image

from libs.contracts.portal import IntakeKeptV1, IntakeMatchedV1
from tests.integration.facts import said
from tests.integration.portal.test_gateway import a_form

WORDS = {"email": "ana@example.com", "items": "The linen shirt", "reason": "Too wide", "language": "de"}


def a_photo(colour: str = "#7a5230") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return out.getvalue()


def hidden(page: str, name: str) -> str:
    return re.findall(f'name="{name}" value="([^"]*)"', page)[0]


@pytest.fixture
def intakes(people):
    from services.portal.store.intakes import Intakes

    return Intakes()


@pytest.fixture
def short_form(browser, retailer):
    """The fields of the form that a shopper gets while orders is away, and the page it is on."""
    where = f"/{retailer.slug}/"
    page = browser.post(f"{where}find", data=a_form(browser, where) | {"order": "AL-1001", "email": "ana@example.com"})
    fields = {name: hidden(page.text, name) for name in ("csrf", "key", "kind")}
    return page, fields | WORDS | {"order": "AL-1001"}


def test_while_orders_is_away_the_find_page_offers_to_keep_the_request(short_form):
    page, fields = short_form

    assert page.status_code == 503
    assert "We cannot look up your order right now" in page.text
    assert 'value="AL-1001"' in page.text
    assert 'value="ana@example.com"' in page.text
    assert fields["kind"] == "order"


def test_a_request_is_kept_once_and_its_number_shown(browser, retailer, short_form, intakes):
    _, fields = short_form
    sent = [
        browser.post(f"/{retailer.slug}/keep", data=fields, files={"photo": ("seam.jpg", a_photo(), "image/jpeg")})
        for _ in range(2)
    ]
    [place] = {answer.headers["location"] for answer in sent}

    page = browser.get(place)

    number = place.rsplit("/", 1)[1]
    [fact] = said(intakes, retailer.id, IntakeKeptV1)
    kept = intakes.get(retailer.id, number=number)
    assert number in page.text
    assert "ana@example.com" not in page.text  # the number may be guessed, and then tells nothing
    assert (fact.number, fact.contact.language, fact.order_number) == (number, "de", "AL-1001")
    assert [(photo.width, photo.height) for photo in kept.photos] == [(60, 40)]


def test_what_is_missing_is_said_and_the_photos_are_not_asked_again(browser, retailer, short_form, intakes):
    _, fields = short_form
    photo = {"photo": ("seam.jpg", a_photo(), "image/jpeg")}
    first = browser.post(f"/{retailer.slug}/keep", data=fields | {"reason": " "}, files=photo)

    again = browser.post(f"/{retailer.slug}/keep", data=fields | {"kept": hidden(first.text, "kept")})

    assert (first.status_code, again.status_code) == (422, 303)
    assert "Say why it comes back" in first.text
    kept = intakes.get(retailer.id, number=again.headers["location"].rsplit("/", 1)[1])
    assert len(kept.photos) == 1


@pytest.mark.parametrize("email", ["", "ana", "ana@", "a b@example.com"])
def test_a_request_needs_an_address_to_answer_to(browser, retailer, short_form, email):
    answer = browser.post(f"/{retailer.slug}/keep", data=short_form[1] | {"email": email})

    assert answer.status_code == 422
    assert "Enter your email" in answer.text


def test_a_forged_request_is_refused(browser, retailer, short_form, intakes):
    answer = browser.post(f"/{retailer.slug}/keep", data=short_form[1] | {"csrf": "00"})

    assert answer.status_code == 403
    assert said(intakes, retailer.id, IntakeKeptV1) == []


def test_many_requests_with_one_address_have_to_wait(browser, retailer, short_form):
    answers = [browser.post(f"/{retailer.slug}/keep", data=short_form[1] | {"reason": f"Reason {n}"}) for n in range(6)]

    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_purchase_in_a_shop_needs_its_receipt(browser, retailer, intakes):
    page = browser.get(f"/{retailer.slug}/receipt")
    fields = {name: hidden(page.text, name) for name in ("csrf", "key", "kind")} | WORDS
    without = browser.post(f"/{retailer.slug}/keep", data=fields)

    with_it = browser.post(
        f"/{retailer.slug}/keep", data=fields, files={"photo": ("receipt.jpg", a_photo(), "image/jpeg")}
    )

    assert (without.status_code, with_it.status_code) == (422, 303)
    assert "Add a photo of the receipt" in without.text
    kept = intakes.get(retailer.id, number=with_it.headers["location"].rsplit("/", 1)[1])
    assert (kept.kind, kept.order_number) == ("proof", "")


def test_a_receipt_that_is_no_photo_is_refused(browser, retailer):
    page = browser.get(f"/{retailer.slug}/receipt")
    fields = {name: hidden(page.text, name) for name in ("csrf", "key", "kind")} | WORDS

    answer = browser.post(f"/{retailer.slug}/keep", data=fields, files={"photo": ("r.jpg", b"<svg>", "image/jpeg")})

    assert answer.status_code == 422
    assert "JPG, PNG or WebP" in answer.text


def test_a_mailed_link_that_is_only_looked_at_opens_nothing(browser, retailer, short_form, intakes):
    from libs.chassis.ids import new_id
    from services.portal.store.intakes import Match

    browser.post(f"/{retailer.slug}/keep", data=short_form[1])
    kept = intakes.list(retailer.id)[0]
    intakes.match(retailer.id, kept.id, Match(new_id(), "AL-1001", ("Shirt",), (), "system"), "http://testserver")
    way = said(intakes, retailer.id, IntakeMatchedV1)[0].go_on_url.replace("/k/", f"/{retailer.slug}/k/")

    looked = browser.get(way)
    forged = browser.post(way, data={})

    assert (looked.status_code, forged.status_code) == (200, 403)
    assert "hw_shopper" not in browser.cookies
    assert "Go on with your return" in looked.text
    assert browser.get(way + "x").status_code == 404


def test_a_number_that_nobody_was_given_has_no_page(browser, retailer):
    assert browser.get(f"/{retailer.slug}/kept/K-222222").status_code == 404

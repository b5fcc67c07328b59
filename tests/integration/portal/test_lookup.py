"""The pages by which a shopper finds an order, each way that a retailer allows, and links that a shop signed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.chassis.clock import now
from libs.chassis.secrets import Secrets
from services.portal.lookup import Way, link_key, signed
from tests.integration.portal.test_gateway import a_form

FIELDS = {
    Way.EMAIL: ["order", "email"],
    Way.POSTCODE: ["order", "postcode"],
    Way.PHONE: ["order", "phone"],
    Way.GIFT: ["order", "postcode", "email"],
}
TYPED = {
    Way.EMAIL: {"email": "ana@example.com"},
    Way.POSTCODE: {"postcode": "YO1 7HH"},
    Way.PHONE: {"phone": "07700 900123"},
    Way.GIFT: {"postcode": "YO1 7HH", "email": "sam@example.com"},
}


@pytest.fixture
def open_handed(people, retailer):
    """A retailer that allows every way."""
    return people.save_retailer(replace(retailer, lookup_by=tuple(Way)))


@pytest.fixture
def a_link(environment, retailer):
    """Call it with what to change: the path of a link that the retailer's shop signed."""

    def sign(**changes) -> str:
        said = {"number": "AL-1001", "email": "ana@example.com", "until": now() + timedelta(days=30)} | changes
        return f"/{retailer.slug}/o/{signed(link_key(Secrets.from_settings(), retailer.id), **said)}"

    return sign


def fields_of(page) -> list[str]:
    return [name for name in ("order", "postcode", "phone", "email") if f'id="{name}"' in page.text]


def test_a_retailer_allows_the_email_alone_unless_it_says_otherwise(browser, people, retailer):
    page = browser.get(f"/{retailer.slug}/?by=postcode")

    assert people.retailer(id=retailer.id).lookup_by == (Way.EMAIL,)
    assert fields_of(page) == ["order", "email"]
    assert "?by=" not in page.text


@pytest.mark.parametrize("way", list(Way))
def test_each_way_asks_for_its_fields_and_leads_to_the_others(browser, open_handed, way: Way):
    page = browser.get(f"/{open_handed.slug}/", params={"by": way})

    assert sorted(fields_of(page)) == sorted(FIELDS[way])
    assert all(f"?by={other}" in page.text for other in Way if other not in (way, Way.EMAIL))
    assert f"?by={way}" not in page.text


@pytest.mark.parametrize("way", list(Way))
def test_what_was_left_out_is_said_at_its_field(browser, open_handed, way: Way):
    where = f"/{open_handed.slug}/"

    page = browser.post(f"{where}find", data=a_form(browser, where) | {"by": way})

    assert page.status_code == 422
    assert all(f'id="{name}-problem"' in page.text for name in FIELDS[way])


def test_a_retailers_first_way_is_the_one_it_begins_with(browser, people, retailer):
    where = f"/{people.save_retailer(replace(retailer, lookup_by=(Way.PHONE, Way.EMAIL))).slug}/"

    assert sorted(fields_of(browser.get(where))) == sorted(FIELDS[Way.PHONE])
    assert sorted(fields_of(browser.get(f"{where}?by=email"))) == sorted(FIELDS[Way.EMAIL])
    sent = browser.post(f"{where}find", data=a_form(browser, where) | {"by": "email", "order": "AL-1001"})
    assert 'id="email-problem"' in sent.text


def test_a_gift_is_returned_by_somebody_who_can_be_written_to(browser, open_handed):
    where = f"/{open_handed.slug}/"
    said = {"by": "gift", "order": "AL-1001", "postcode": "YO1 7HH", "email": "sam"}

    page = browser.post(f"{where}find", data=a_form(browser, where) | said)

    assert page.status_code == 422
    assert 'id="email-problem"' in page.text


@pytest.mark.parametrize("way", list(Way))
def test_while_orders_is_away_every_way_ends_in_the_short_form(browser, open_handed, way: Way):
    where = f"/{open_handed.slug}/"

    page = browser.post(f"{where}find", data=a_form(browser, where) | {"by": way, "order": "AL-1001"} | TYPED[way])

    assert page.status_code == 503
    assert 'value="AL-1001"' in page.text
    assert (f'value="{TYPED[way].get("email", "nobody")}"' in page.text) == ("email" in TYPED[way])


def test_a_way_that_the_retailer_does_not_allow_is_not_taken(browser, retailer):
    where = f"/{retailer.slug}/"

    page = browser.post(
        f"{where}find", data=a_form(browser, where) | {"by": "postcode", "order": "AL-1001", "postcode": "YO1 7HH"}
    )

    assert page.status_code == 422
    assert 'id="email-problem"' in page.text


def test_tries_at_one_proof_are_limited_whatever_the_number(browser, open_handed):
    where = f"/{open_handed.slug}/"
    form = a_form(browser, where) | {"by": "phone", "phone": "07700 900123"}

    answers = [browser.post(f"{where}find", data=form | {"order": str(1000 + n)}).status_code for n in range(11)]

    assert answers == [503] * 10 + [429]


def test_a_link_shows_a_button_and_opens_nothing_by_itself(browser, a_link):
    page = browser.get(a_link())

    assert page.status_code == 200
    assert "Order AL-1001" in page.text
    assert "ana@example.com" not in page.text
    assert "hw_shopper" not in page.headers.get("set-cookie", "")


def test_the_button_of_a_link_looks_the_order_up(browser, a_link):
    where = a_link()

    page = browser.post(where, data=a_form(browser, where))

    assert page.status_code == 503  # as far as this gateway without orders can go
    assert 'value="ana@example.com"' in page.text


def test_a_link_takes_no_form_of_another_site(browser, a_link):
    assert browser.post(a_link(), data={"csrf": "x"}).status_code == 403


def test_a_link_that_has_ended_was_altered_or_is_anothers_leads_to_the_form(browser, a_link, people, retailer):
    good = a_link()
    ended = [a_link(until=now()), good[:-1] + ("0" if good[-1] != "0" else "1"), f"/{retailer.slug}/o/nothing"]

    pages = [browser.get(path) for path in ended]

    assert {page.status_code for page in pages} == {410}
    assert all(fields_of(page) == ["order", "email"] for page in pages)
    assert len({len(page.text) for page in pages}) == 1


def test_no_link_is_made_while_nobody_can_say_whether_there_is_such_an_order(browser, people, retailer, a_key):
    key = {"Authorization": f"Bearer {a_key(retailer.id)}"}

    made = browser.post("/api/v1/orders/links", json={"order": "AL-1001", "email": "ana@example.com"}, headers=key)

    assert (made.status_code, made.json()["code"]) == (503, "service.unavailable")


@pytest.mark.parametrize("body", [{"days": 0}, {"days": 401}, {"email": "nobody"}, {"order": "a|b"}, {"forever": True}])
def test_a_link_that_could_not_open_is_not_made(browser, retailer, a_key, body: dict):
    key = {"Authorization": f"Bearer {a_key(retailer.id)}"}

    answer = browser.post(
        "/api/v1/orders/links", json={"order": "AL-1001", "email": "ana@example.com"} | body, headers=key
    )

    assert answer.status_code == 422

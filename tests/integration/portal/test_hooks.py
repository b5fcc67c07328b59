"""The page of carriers' webhooks: an address made, its secret changed while the former one is good, moved, and ended."""

import re

import pytest

from libs.chassis.secrets import Secrets
from services.portal.store.ingress import Ingress
from tests.integration.portal.test_gateway import a_form
from tests.unit.portal.hooks import aftership, seko

PAGE = "/admin/carriers/webhooks"


@pytest.fixture
def manager(browser, retailer, sit):
    """Robin at the page, who may manage carriers."""
    sit(browser, retailer)
    return browser


def send(manager, to="", **fields):
    return manager.post(PAGE + to, data=a_form(manager, PAGE) | fields)


def told(answer):
    """What the page tells of what was made: each value by its name."""
    found = re.findall(r"<dt>(\w+)</dt><dd>(?:<code>)?(.*?)(?:</code>)?</dd>", answer.text)
    return {name: value.replace("&amp;", "&") for name, value in found}


def path(address):
    return address.split("testserver", 1)[-1].split(":8080", 1)[-1]


def test_an_address_for_seko_is_made_with_a_name_and_a_password_and_shown_once(manager):
    made = told(send(manager, name="seko", sender="seko"))

    answer = manager.post(path(made["Address"]), content=b"[]", headers=seko(secret=f"homeward:{made['Password']}"))

    assert (made["Username"], answer.status_code) == ("homeward", 200)
    again = manager.get(PAGE).text
    assert made["Password"] not in again
    assert made["Address"] not in again
    assert "Nothing yet" not in again


def test_a_secret_that_the_carrier_gave_is_taken_and_changed_without_a_stop(manager):
    address = path(told(send(manager, name="evri", sender="aftership", secret="first"))["Address"])
    changed = told(send(manager, name="evri", sender="aftership", secret="second"))

    def post(body, secret):
        return manager.post(address, content=body, headers=aftership(body, secret=secret)).status_code

    both = [post(b"{}", "first"), post(b"[]", "second")]
    manager.post(PAGE + "/end", data=a_form(manager, PAGE) | {"name": "evri"})
    after = [post(b"7", "first"), post(b"8", "second")]

    assert (changed["Address"], changed["Secret"]) == ("Stays as it is.", "second")
    assert (both, after) == ([200, 200], [401, 200])


def test_an_account_moves_to_another_address_with_its_secret(manager):
    old = path(told(send(manager, name="evri", sender="aftership", secret="first"))["Address"])
    new = path(told(send(manager, "/address", name="evri"))["Address"])

    answers = [
        manager.post(at, content=b"{}", headers=aftership(b"{}", secret="first")).status_code for at in (old, new)
    ]

    assert answers == [404, 200]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "sender": "seko"}, "small letters"),
        ({"name": "Evri!", "sender": "seko"}, "small letters"),
        ({"name": "evri", "sender": "pigeon"}, "Choose who sends"),
        ({"name": "evri", "sender": "seko", "user": "a:b"}, "no colon"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_made(manager, retailer, fields, words):
    answer = send(manager, **fields)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert Ingress().all_of(retailer.id, "carriers", Secrets.from_settings()) == ()


@pytest.mark.parametrize("to", ["/address", "/end"])
def test_an_account_that_is_not_there_is_not_found(manager, to):
    assert send(manager, to, name="nobody").status_code == 404


def test_a_retailer_sees_its_own_addresses_only(manager, people, retailer):
    from tests.integration.portal.test_gateway import _another

    other = people.save_retailer(_another(retailer))
    secret = {"source": "carriers", "name": "others-own", "secret": "aftership:x"}
    Ingress().save_endpoint(other.id, **secret, keyring=Secrets.from_settings())

    assert "others-own" not in manager.get(PAGE).text
    assert send(manager, "/end", name="others-own").status_code == 404

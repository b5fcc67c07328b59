"""A shopper who has no email at hand, somebody who was given a present, and a link in a mail of the shop's own."""

import re
import secrets
from typing import Any

import pytest

from deploy.local.forms import forms
from deploy.local.journey import SELF_EXPLAINING, STEPS, Journey, choose, submit
from deploy.local.seed import place_order
from deploy.local.stack import Stack


@pytest.fixture
def journey(suite: Stack) -> Journey:
    """A shopper of Alder, whose bill went elsewhere than the parcel."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    shop = journey.retailer["webhooks"]["shopify"]["shop"]
    journey.order = place_order(
        suite.facts["sandbox"]["shopify"],
        shop,
        email=f"ana-{secrets.token_hex(3)}@example.com",
        phone="+447700900123",
        billed_to="LS1 4AP",
    )
    return journey


def found_by(journey: Journey, way: str, **proof: str) -> None:
    """Until the order's items are there with their reasons."""

    def found() -> bool:
        journey.page = journey.http.get(f"{journey.retailer['portal']}/", params={"by": way})
        journey.send(journey.form("order"), order=journey.order["number"], **proof)
        if str(journey.page.url).endswith("/code"):
            prove(journey)
        return any(form.named("reason-") for form in forms(journey.page.text, at=str(journey.page.url)))

    journey.until(found, "the order was not found", pause=0.25, growing=2.0)


def code_for(journey: Journey) -> str:
    """The newest code that came to the order's own email."""
    found: list[str] = []

    def came() -> bool:
        subjects = [mail for mail in journey.mails() if mail["subject"].startswith("Your code for order")]
        texts = [journey.http.get(f"{journey.facts['mailbox']}/messages/{mail['id']}").json() for mail in subjects]
        found[:] = [code for text in texts for code in re.findall(r"Your code is (\d{6})", str(text))]
        return bool(found)

    journey.until(came, "no code came to the order's email")
    return found[-1]


def prove(journey: Journey) -> None:
    """Enter the code from the mailbox; until then nothing of the order is shown."""
    assert journey.order["email"] not in journey.page.text
    assert "Linen" not in journey.page.text
    journey.send(journey.form("code"), code=code_for(journey))


def choose_for_a_gift(journey: Journey) -> None:
    """Tick one of the items, say why, and take what is offered in place of the money."""
    form = journey.form("item")
    line = form.named("item")[0].choices[0]
    journey.send(form, **{"item": line, f"reason-{line}": SELF_EXPLAINING})
    offered = [each for each in forms(journey.page.text, at=str(journey.page.url)) if each.named(f"resolution-{line}")]
    if offered:
        choices = offered[0].named(f"resolution-{line}")[0].choices
        assert "refund" not in choices
        journey.send(offered[0], **{f"resolution-{line}": "store_credit"})
    journey.form("key")


def mails_to(journey: Journey, email: str) -> list[dict[str, Any]]:
    """What came for somebody."""
    answer = journey.http.get(f"{journey.facts['mailbox']}/messages", params={"to": email})
    return answer.raise_for_status().json()["messages"]


@pytest.mark.parametrize("proof", [{"postcode": "yo17hh"}, {"postcode": "LS1 4AP"}, {"phone": "07700 900 123"}])
def test_an_order_is_found_by_a_postcode_or_a_phone_number_and_its_return_is_the_buyers(
    journey: Journey, proof: dict[str, str]
):
    found_by(journey, next(iter(proof)), **proof)

    choose(journey)
    submit(journey)

    journey.until(lambda: bool(journey.mails()), "no mail came to the buyer")
    assert journey.look()["order"] == journey.order["number"]


def test_a_gift_comes_back_from_whoever_got_it_and_the_giver_hears_nothing(journey: Journey):
    sam = f"sam-{secrets.token_hex(3)}@example.com"
    found_by(journey, "gift", postcode="YO1 7HH", email=sam)
    assert not re.search(r"[£€]\d", journey.page.text)
    choose_for_a_gift(journey)
    assert journey.order["email"] not in journey.page.text
    assert not re.search(r"[£€][1-9]", journey.page.text)

    for _, step in STEPS[3:5]:
        step(journey)
    journey.until(lambda: any(mail["attachments"] for mail in mails_to(journey, sam)), "no label came to Sam")

    status = journey.http.get(str(journey.page.url)).text
    assert journey.order["email"] not in status
    assert not re.search(r"[£€][1-9]", status)
    assert journey.mails() == []
    for mail in mails_to(journey, sam):
        told = str(journey.http.get(f"{journey.facts['mailbox']}/messages/{mail['id']}").json())
        assert not re.search(r"[£€][1-9]", told)


def test_the_postcode_of_the_bill_opens_no_gift(journey: Journey):
    found_by(journey, "postcode", postcode="LS1 4AP")  # by now it is known

    journey.page = journey.http.get(f"{journey.retailer['portal']}/", params={"by": "gift"})
    journey.send(journey.form("order"), order=journey.order["number"], postcode="LS1 4AP", email="sam@example.com")

    assert journey.page.status_code == 422
    assert "We could not find that order" in journey.page.text


def test_a_link_that_a_program_signed_opens_the_order_with_one_press(journey: Journey):
    found_by(journey, "phone", phone="+44 7700 900123")  # by now it is known
    made = journey.http.post(
        f"{journey.facts['gateway']}/api/v1/orders/links",
        json={"order": journey.order["number"], "email": journey.order["email"]},
        headers={"Authorization": f"Bearer {journey.retailer['api_key']}"},
    ).raise_for_status()
    journey.http.cookies.clear()

    journey.page = journey.http.get(made.json()["url"])
    assert not any(form.named("item") for form in forms(journey.page.text, at=str(journey.page.url)))
    journey.send(journey.form("csrf"))

    assert journey.form("item").named("item")


def test_a_program_is_told_that_a_link_would_open_nothing(journey: Journey):
    wrong = (
        {"order": journey.order["number"], "email": "somebody.else@example.com"},
        {"order": "AL-999999", "email": "a@b.co"},
    )

    answers = [
        journey.http.post(
            f"{journey.facts['gateway']}/api/v1/orders/links",
            json=body,
            headers={"Authorization": f"Bearer {journey.retailer['api_key']}"},
        )
        for body in wrong
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "orders.not_found")] * 2
    assert "No order of yours has this number and email." in answers[0].text

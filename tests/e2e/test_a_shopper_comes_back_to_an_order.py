"""A shopper whose session ended, who sends the second of two units later, or to whose country no label goes."""

import io
import re
from typing import Any

from PIL import Image

from deploy.local.journey import SELF_EXPLAINING, STEPS, Journey, find, submit, take_refund
from deploy.local.seed import place_order
from deploy.local.stack import Stack


def a_journey(suite: Stack, **wishes: Any) -> Journey:
    """A shopper of Alder who has found the order."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    shop = journey.retailer["webhooks"]["shopify"]["shop"]
    journey.order = place_order(suite.facts["sandbox"]["shopify"], shop, **wishes)
    find(journey)
    return journey


def choose(journey: Journey, **answers: str) -> None:
    form = journey.form("item")
    line = form.named("item")[0].choices[0]
    said = {f"{name}-{line}": value for name, value in answers.items()}
    journey.send(form, item=line, **{f"reason-{line}": SELF_EXPLAINING}, **said)
    take_refund(journey, line)


def test_answers_are_there_again_when_the_order_is_found_anew(suite: Stack):
    journey = a_journey(suite)
    choose(journey)

    find(journey)

    chosen = {control.name: control.value for control in journey.form("item").controls}
    line = chosen["item"]
    assert line is not None
    assert chosen[f"reason-{line}"] == SELF_EXPLAINING


def test_the_second_of_two_shirts_comes_back_when_the_first_was_refunded(suite: Stack):
    journey = a_journey(suite, lines=[{"product": "camp-shirt", "quantity": 2}])
    choose(journey, quantity="1")
    for _, step in STEPS[3:]:
        step(journey)
    first = journey.story["owed"]

    find(journey)
    choose(journey)
    for _, step in STEPS[3:]:
        step(journey)

    assert (journey.story["lines"][0]["quantity"], journey.story["owed"]) == (1, first)


def test_a_form_of_a_return_that_was_made_leads_to_it_though_every_service_is_down(suite: Stack):
    journey = a_journey(suite)
    choose(journey)
    form = journey.form("key")
    journey.send(form)
    made = journey.page.url.path
    for service in ("orders", "rules", "labels"):
        suite.running.stop(service)

    journey.send(form)
    led = journey.page.url.path
    for service in ("orders", "rules", "labels"):
        suite.restart(service)

    assert led == made


def test_a_shopper_to_whose_country_no_label_goes_is_told_so_with_the_answers_kept(suite: Stack):
    journey = a_journey(suite, country="US")

    choose(journey)

    assert journey.page.status_code == 409
    assert "cannot be booked online" in journey.page.text
    assert journey.form("item").named("item")[0].value is not None


def test_a_photo_sent_twice_is_kept_once_and_seen_by_the_staff(suite: Stack):
    journey = a_journey(suite)
    form = journey.form("item")
    line = form.named("item")[0].choices[0]
    torn = io.BytesIO()
    Image.new("RGB", (60, 40), "#a0522d").save(torn, "JPEG")
    said = form.filled(item=line, **{f"reason-{line}": "faulty", f"comment-{line}": "The seam is torn"})
    for _ in range(2):
        photo = {f"photo-{line}": ("torn.jpg", torn.getvalue(), "image/jpeg")}
        journey.page = journey.http.post(form.action, data=said, files=photo)
    take_refund(journey, line)
    submit(journey)

    member = journey.retailer["staff"][0]
    journey.page = journey.http.get(journey.retailer["admin"])
    journey.send(journey.form("password"), email=member["email"], password=member["password"])
    story = journey.http.get(f"{journey.retailer['admin']}/returns/{journey.number}")
    photos = set(re.findall(r'href="(/admin/returns/[^"]+/photos/[^"]+)"', story.text))
    seen = [journey.http.get(journey.facts["gateway"] + photo) for photo in photos]

    assert [(answer.status_code, answer.headers["content-type"]) for answer in seen] == [(200, "image/webp")]

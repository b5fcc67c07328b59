"""What a retailer writes in its policy is what a shopper meets: questions, fees, photos, reviews, credit with a bonus."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from deploy.local.journey import STEPS, Journey, find, hand_over, place, receive, submit
from deploy.local.retailers import retailers
from deploy.local.stack import Stack
from libs.chassis.rpc import Client
from libs.contracts.rules import PublishPolicyV1
from tests.waiting import until

CHANGED_MIND = {"field": "reason", "op": "is", "value": "changed_mind"}
FAULTY = {"field": "reason", "op": "is", "value": "faulty"}
TAGS_ON = {
    "code": "tags_on",
    "words": {"en": "Are the tags still on?"},
    "answers": [
        {"code": "yes", "words": {"en": "Yes, all of them"}},
        {"code": "no", "words": {"en": "No longer"}, "leads": "review", "tells": {"en": "We look at worn items."}},
        {"code": "gone", "words": {"en": "Given away"}, "leads": "reject", "tells": {"en": "Then it stays there."}},
    ],
}
RULES = [
    {
        "name": "A changed mind costs something",
        "priority": 10,
        "when": [CHANGED_MIND],
        "then": {
            "allow": ["refund", "store_credit"],
            "label": {"fixed": {"amount": 350, "currency": "EUR"}},
            "fees": [{"kind": "restocking", "percent": 10, "only_for": ["store_credit"]}],
            "question": TAGS_ON,
        },
    },
    {
        "name": "Faulty things are shown",
        "priority": 20,
        "when": [FAULTY],
        "then": {"allow": ["refund"], "photo_required": True, "photos_reviewed": False},
    },
]


@contextmanager
def policy_of(suite: Stack, place_: int, **changes: Any) -> Iterator[None]:
    """A retailer's policy with these changes; afterwards it is as it was."""
    client, written = Client(suite.facts["broker"], "policy-e2e"), retailers("")[place_]["policy"]
    retailer_id = UUID(suite.facts["retailers"][place_]["id"])
    until(lambda: client.connected)
    client.ask(retailer_id, PublishPolicyV1(document=written | changes), timeout=15)
    yield
    client.ask(retailer_id, PublishPolicyV1(document=written), timeout=15)
    client.close()


@pytest.fixture
def journey(suite: Stack) -> Iterator[Journey]:
    """A shopper of Kite, whose policy asks and prices, with the order's items before them."""
    with policy_of(suite, 1, rules=RULES, sells_to=["US"]):  # in Europe no answer may reject in the first days
        journey = Journey(suite.facts, suite.facts["retailers"][1])
        place(journey)
        find(journey)
        yield journey


def tick(journey: Journey, reason: str) -> str:
    line = journey.form("item").named("item")[0].choices[0]
    journey.send(journey.form("item"), **{"item": line, f"reason-{line}": reason})
    return line


def test_a_question_comes_before_the_offers_and_its_answer_sends_to_review(journey: Journey):
    line = tick(journey, "changed_mind")
    asked = journey.page.text
    journey.send(journey.form("item"), **{f"answer-{line}": "tags_on/no"})
    offered = journey.page.text
    journey.send(journey.form("item"), **{f"resolution-{line}": "store_credit"})
    checked = journey.page.text
    submit(journey)
    told = journey.look()

    assert "Are the tags still on?" in asked and f"resolution-{line}" not in asked
    assert "We look at worn items." in offered and "Restocking fee" in offered
    assert "Send for review" in checked and "€3.50" in checked
    assert (told["awaiting"], told["held"]) == ("awaiting_review", ["rule"])
    assert told["owed"] == {"amount": 5310, "currency": "EUR"}
    assert [tried["rule"] for tried in told["lines"][0]["trace"]] == ["Eligibility", "A changed mind costs something"]


def test_an_answer_may_end_it_and_says_why(journey: Journey):
    line = tick(journey, "changed_mind")

    journey.send(journey.form("item"), **{f"answer-{line}": "tags_on/gone"})

    assert "Then it stays there." in journey.page.text
    assert f"resolution-{line}" not in journey.page.text


def test_a_photo_is_needed_where_the_policy_says_so_and_looked_at_only_where_it_says_so(journey: Journey):
    line = tick(journey, "faulty")
    journey.send(journey.form("item"), **{f"comment-{line}": "The seam is torn"})
    without = journey.page.text
    torn = io.BytesIO()
    Image.new("RGB", (60, 40), "#a0522d").save(torn, "JPEG")
    form = journey.form("item")
    photo = {f"photo-{line}": ("torn.jpg", torn.getvalue(), "image/jpeg")}
    journey.page = journey.http.post(form.action, data=form.filled(), files=photo)
    submit(journey)

    assert "Add a photo of the" in without
    assert journey.look()["held"] == []


def test_credit_is_worth_its_bonus_when_the_parcel_arrives(suite: Stack):
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    place(journey)
    find(journey)
    line = tick(journey, "changed_mind")
    journey.send(journey.form("item"), **{f"resolution-{line}": "store_credit"})
    submit(journey)
    address = str(journey.page.url).partition("?")[0]
    steps: list[Callable[[Journey], object]] = [*(step for _, step in STEPS[4:7]), hand_over, receive]
    for step in steps:
        step(journey)

    journey.until_told("orders.settlement_succeeded.v1")
    page = journey.http.get(address).text

    assert (journey.story["lines"][0]["resolution"], journey.story["owed"]["amount"]) == ("store_credit", 4500)
    assert "Your gift card" in page
    assert "£49.50" in page

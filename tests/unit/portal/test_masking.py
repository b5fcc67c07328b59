"""What an operator reads of a message: what happened, without whom it happened to."""

import json

import pytest

from libs.contracts.catalogue import facts
from libs.contracts.examples import WORDS, example_of_fact
from services.portal.masking import masked, masked_words

JANE = {
    "contact": {"name": "Jane Doe", "email": "jane@shopper.example", "phone": "+44 20 7946 0018", "language": "en"},
    "address": {"name": "Jane Doe", "line1": "4 Elm Row", "city": "Leeds", "postcode": "LS1 4AP", "country": "GB"},
    "comment": "Ask for Jane",
    "status_url": "https://returns.alder.example/alder/r/a-secret-token",
    "number": "R-7KQ2M9",
    "tracking_number": "00340434161094022115",
    "lines": [{"title": "Linen camp shirt", "owed": {"amount": 4500, "currency": "GBP"}}],
}


def test_who_it_is_about_is_covered_and_what_happened_is_not():
    shown = masked(json.dumps({"id": "0199", "data": JANE}).encode())

    words = json.dumps(shown)
    for personal in ("Jane", "Doe", "shopper.example", "7946", "Elm Row", "Leeds", "LS1", "a-secret-token"):
        assert personal not in words
    data = shown["data"]
    assert (data["number"], data["tracking_number"]) == ("R-7KQ2M9", "00340434161094022115")
    assert data["lines"] == JANE["lines"]
    assert data["status_url"] == "https://returns.alder.example/…"


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.type())
def test_no_fact_there_is_shows_a_person(fact):
    personal = [
        WORDS[name] for name in ("email", "name", "line1", "city", "postcode", "comment", "words", "status_url")
    ]

    shown = json.dumps(masked(json.dumps(example_of_fact(fact)).encode()))

    assert [value for value in personal if str(value) in shown] == []


def test_the_raw_body_of_a_webhook_is_not_shown():
    shown = masked(json.dumps({"data": {"topic": "orders/updated", "body": json.dumps(JANE)}}).encode())

    assert shown["data"] == {"topic": "orders/updated", "body": f"({len(json.dumps(JANE))} characters)"}


def test_what_is_no_message_is_not_shown():
    assert masked(b"\xff\xfejane@shopper.example") == {"not_json": "22 bytes, not shown"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("KeyError: 'jane.o'neil@shopper.example'", "KeyError: '…@…'"),
        ("call +44 (20) 7946 0018 now", "call … now"),
        ("at 2026-01-02T03:04:05+00:00", "at 2026-01-02T03:04:05+00:00"),
        ("01930000-1234-7abc-8def-123456789012 is gone", "01930000-1234-7abc-8def-123456789012 is gone"),
        ("see https://shop.example/orders/1?key=2 there", "see https://shop.example/… there"),
    ],
)
def test_free_words_lose_addresses_numbers_and_links_only(words, shown):
    assert masked_words(words) == shown

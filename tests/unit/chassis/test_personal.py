"""What stays of personal data once a person is erased, and that no column of any service is forgotten."""

from importlib import import_module

import pytest
from sqlalchemy import Column, MetaData, Table, Text, true

from libs.chassis.personal import (
    ADDRESS,
    CONTACT,
    Holding,
    all_of,
    as_document,
    empty,
    named,
    nothing,
    scrub,
    unclassified,
    word,
)
from libs.contracts.catalogue import OWNERS

PSEUDONYM = "erased 1a2b3c4d"


@pytest.mark.parametrize("service", OWNERS)
def test_every_column_of_a_service_is_known_to_tell_who_somebody_is_or_not_to(service: str):
    module = import_module(f"services.{service}.store.persons")
    metadata = import_module(f"services.{service}.store.tables").metadata
    import_module(f"services.{service}.service")  # with which every table of it is known

    assert unclassified(metadata, module.HOLDINGS, module.IMPERSONAL) == []


def test_a_column_that_nobody_has_spoken_of_is_found():
    shirts = Table("shirts", metadata := MetaData(), Column("id", Text), Column("worn_by", Text), Column("size", Text))
    held = (Holding(shirts, lambda who: true(), {"worn_by": word}),)

    assert unclassified(metadata, held, {"shirts": "id"}) == ["shirts.size"]
    assert unclassified(metadata, held, {"shirts": "id size colour"}) == ["shirts.colour"]


def test_of_a_contact_the_language_stays_and_the_pseudonym():
    contact = {"name": "Maya Quill", "email": "maya@example.com", "phone": "+44 7700 900123", "language": "en-GB"}

    left = scrub(contact, CONTACT, PSEUDONYM)

    assert left == {"name": PSEUDONYM, "email": "", "phone": None, "language": "en-GB"}


def test_of_an_address_the_country_stays():
    address = {"name": "Maya Quill", "line1": "5 Lantern Row", "city": "York", "postcode": "YO1 7HH", "country": "GB"}

    left = scrub(address, ADDRESS, PSEUDONYM)

    assert left == {"name": PSEUDONYM, "line1": "erased", "city": "erased", "postcode": None, "country": "GB"}


def test_what_was_erased_once_is_left_as_it_is():
    contact = scrub({"name": "Maya Quill", "email": "maya@example.com"}, CONTACT, PSEUDONYM)

    assert scrub(contact, CONTACT, "erased 99999999") == contact


def test_a_document_is_searched_to_its_depth_and_nothing_else_is_touched():
    told = {"lines": [{"comment": "too tight", "sku": "S-10"}, {"comment": None}], "sender": {"name": "Maya", "x": 1}}

    left = scrub(told, {"comment": word, "sender": ADDRESS}, PSEUDONYM)

    assert left == {
        "lines": [{"comment": "erased", "sku": "S-10"}, {"comment": None}],
        "sender": {"name": PSEUDONYM, "x": 1},
    }


@pytest.mark.parametrize(
    ("blank", "value", "left"),
    [
        (nothing, "maya", None),
        (empty, "maya", ""),
        (empty, None, None),
        (word, "", ""),
        (word, None, None),
        (all_of, ["vip"], []),
        (all_of, {"a": 1}, {}),
        (all_of, None, None),
        (named, "", ""),
        (named, None, None),
    ],
)
def test_what_a_column_keeps(blank, value, left):
    assert blank(value, PSEUDONYM) == left
    assert blank(left, PSEUDONYM) == left


def test_no_rows_are_an_empty_document():
    assert as_document({}) == (0, "{}")
    assert as_document({"returns": [{"name": "Maya"}]}) == (1, '{"returns": [{"name": "Maya"}]}')

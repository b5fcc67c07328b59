"""Which changes of a contract break whom."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter, ValidationError, create_model

from libs.contracts.base import Value
from libs.contracts.catalogue import Kind
from libs.contracts.compatibility import Change, Effect, breaks, changes

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Money(Value):
    """An amount."""

    amount: int
    currency: Currency


class MoneyWithTax(Value):
    """An amount that says what tax is in it."""

    amount: int
    currency: Currency
    tax: int | None = None


class MoneyInPounds(Value):
    """An amount that can only be pounds."""

    amount: int


class Resolution(StrEnum):
    """What the shopper gets."""

    REFUND = "refund"
    EXCHANGE = "exchange"


class WiderResolution(StrEnum):
    """What the shopper gets, credit included."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    STORE_CREDIT = "store_credit"


class Refund(Value):
    """The money back."""

    kind: Literal["refund"]
    amount: int


class Credit(Value):
    """The money as credit."""

    kind: Literal["credit"]
    amount: int


class Reason(Value):
    """A reason, with reasons below it."""

    words: str
    below: "Reason | None" = None


class ReasonWithCode(Value):
    """A reason that has grown a code, with reasons below it."""

    words: str
    code: str | None = None
    below: "ReasonWithCode | None" = None


def parcel(**fields: Any) -> dict[str, Any]:
    """The JSON Schema of a contract about a parcel with these fields beside its number."""
    return create_model("ParcelV1", __base__=Value, parcel=(int, ...), **fields).model_json_schema()


def harmed(old: dict[str, Any], new: dict[str, Any]) -> set[Kind]:
    """The kinds of contract in which this change breaks somebody."""
    return {kind for kind in Kind for change in changes(old, new) if breaks(change, kind)}


NOBODY: set[Kind] = set()
READERS = {Kind.FACT, Kind.ANSWER}
EVERYBODY = set(Kind)

PAIRS = {
    "a new optional field": ({}, {"note": (str | None, None)}, NOBODY),
    "a new field with a default": ({}, {"copies": (int, 1)}, NOBODY),
    "a new required field": ({}, {"note": (str, ...)}, EVERYBODY),
    "a required field removed": ({"note": (str, ...)}, {}, EVERYBODY),
    "an optional field removed": ({"note": (str | None, None)}, {}, EVERYBODY),
    "optional made required": ({"note": (str, "")}, {"note": (str, ...)}, EVERYBODY),
    "required made optional": ({"note": (str, ...)}, {"note": (str, "")}, READERS),
    "made nullable": ({"note": (str, ...)}, {"note": (str | None, ...)}, READERS),
    "no longer nullable": ({"note": (str | None, ...)}, {"note": (str, ...)}, EVERYBODY),
    "another default": ({"copies": (int, 1)}, {"copies": (int, 2)}, EVERYBODY),
    "text made a number": ({"note": (str, ...)}, {"note": (int, ...)}, EVERYBODY),
    "a whole number made any number": ({"grams": (int, ...)}, {"grams": (float, ...)}, READERS),
    "any number made a whole number": ({"grams": (float, ...)}, {"grams": (int, ...)}, EVERYBODY),
    "text made anything": ({"note": (str, ...)}, {"note": (Any, ...)}, READERS),
    "anything made text": ({"note": (Any, ...)}, {"note": (str, ...)}, EVERYBODY),
    "one type more": ({"note": (str, ...)}, {"note": (str | int, ...)}, READERS),
    "one type less": ({"note": (str | int, ...)}, {"note": (str, ...)}, EVERYBODY),
    "a value more": ({"gets": (Resolution, ...)}, {"gets": (WiderResolution, ...)}, READERS),
    "a value less": ({"gets": (WiderResolution, ...)}, {"gets": (Resolution, ...)}, EVERYBODY),
    "a closed list of values": ({"gets": (str, ...)}, {"gets": (Resolution, ...)}, EVERYBODY),
    "an opened list of values": ({"gets": (Resolution, ...)}, {"gets": (str, ...)}, READERS),
    "text made an identifier": ({"line": (str, ...)}, {"line": (UUID, ...)}, EVERYBODY),
    "an identifier made text": ({"line": (UUID, ...)}, {"line": (str, ...)}, READERS),
    "a day made a moment": ({"on": (date, ...)}, {"on": (AwareDatetime, ...)}, EVERYBODY),
    "a pattern added": ({"money": (str, ...)}, {"money": (Currency, ...)}, EVERYBODY),
    "a pattern dropped": ({"money": (Currency, ...)}, {"money": (str, ...)}, READERS),
    "a higher floor": ({"copies": (int, Field(ge=0))}, {"copies": (int, Field(ge=1))}, EVERYBODY),
    "a lower floor": ({"copies": (int, Field(ge=1))}, {"copies": (int, Field(ge=0))}, READERS),
    "a new floor": ({"copies": (int, ...)}, {"copies": (int, Field(ge=1))}, EVERYBODY),
    "a lower ceiling": ({"code": (str, Field(max_length=40))}, {"code": (str, Field(max_length=20))}, EVERYBODY),
    "a higher ceiling": ({"code": (str, Field(max_length=20))}, {"code": (str, Field(max_length=40))}, READERS),
    "a ceiling dropped": ({"code": (str, Field(max_length=20))}, {"code": (str, ...)}, READERS),
    "fewer items": (
        {"lines": (tuple[int, ...], Field(max_length=9))},
        {"lines": (tuple[int, ...], Field(max_length=5))},
        EVERYBODY,
    ),
    "other items": ({"lines": (tuple[int, ...], ...)}, {"lines": (tuple[str, ...], ...)}, EVERYBODY),
    "wider items": ({"lines": (tuple[int, ...], ...)}, {"lines": (tuple[float, ...], ...)}, READERS),
    "items of any kind": ({"lines": (tuple[int, ...], ...)}, {"lines": (tuple[Any, ...], ...)}, READERS),
    "items of one kind only": ({"lines": (tuple[Any, ...], ...)}, {"lines": (tuple[int, ...], ...)}, EVERYBODY),
    "other things at their places": ({"box": (tuple[int, int], ...)}, {"box": (tuple[int, str], ...)}, EVERYBODY),
    "the same choice in another order": (
        {"paid": (Money | MoneyInPounds, ...)},
        {"paid": (MoneyInPounds | Money, ...)},
        NOBODY,
    ),
    "a choice by kind, with one kind more": (
        {"gets": (Refund, ...)},
        {"gets": (Annotated[Refund | Credit, Field(discriminator="kind")], ...)},
        READERS,
    ),
    "another number of places": ({"box": (tuple[int, int], ...)}, {"box": (tuple[int, int, int], ...)}, EVERYBODY),
    "one thing made a list": ({"line": (str, ...)}, {"line": (tuple[str, ...], ...)}, EVERYBODY),
    "a map of other values": ({"tags": (dict[str, str], ...)}, {"tags": (dict[str, int], ...)}, EVERYBODY),
    "a map of anything": ({"tags": (dict[str, str], ...)}, {"tags": (dict[str, Any], ...)}, READERS),
    "a map of text only": ({"tags": (dict[str, Any], ...)}, {"tags": (dict[str, str], ...)}, EVERYBODY),
    "a nested field more": ({"paid": (Money, ...)}, {"paid": (MoneyWithTax, ...)}, NOBODY),
    "a nested field less": ({"paid": (Money, ...)}, {"paid": (MoneyInPounds, ...)}, EVERYBODY),
    "a nested field more, in a list": (
        {"paid": (tuple[Money, ...], ...)},
        {"paid": (tuple[MoneyWithTax, ...], ...)},
        NOBODY,
    ),
    "a nested field less, where null may stand": (
        {"paid": (Money | None, None)},
        {"paid": (MoneyInPounds | None, None)},
        EVERYBODY,
    ),
    "a field more in what holds itself": ({"reason": (Reason, ...)}, {"reason": (ReasonWithCode, ...)}, NOBODY),
    "a field less in what holds itself": ({"reason": (ReasonWithCode, ...)}, {"reason": (Reason, ...)}, EVERYBODY),
}


@pytest.mark.parametrize(("before", "after", "expected"), PAIRS.values(), ids=PAIRS.keys())
def test_each_kind_of_change_breaks_whom_it_should(
    before: dict[str, Any], after: dict[str, Any], expected: set[Kind]
) -> None:
    old, new = parcel(**before), parcel(**after)

    assert harmed(old, new) == expected


@pytest.mark.parametrize("fields", [before for before, _, _ in PAIRS.values()], ids=PAIRS.keys())
def test_a_contract_that_did_not_change_has_no_changes(fields: dict[str, Any]) -> None:
    assert changes(parcel(**fields), parcel(**fields)) == []


def test_a_change_deep_in_a_list_is_named_by_its_path() -> None:
    line = create_model("Line", __base__=Value, owed=(Money, ...))
    line_with_less = create_model("Line", __base__=Value, owed=(MoneyInPounds, ...))

    found = changes(parcel(lines=(tuple[line, ...], ...)), parcel(lines=(tuple[line_with_less, ...], ...)))

    assert found == [Change("lines[].owed.currency", Effect.LOST, "the field would be removed")]


def test_a_change_in_a_value_used_twice_is_told_at_both_places() -> None:
    old, new = parcel(paid=(Money, ...), owed=(Money, ...)), parcel(paid=(MoneyWithTax, ...), owed=(MoneyWithTax, ...))

    assert [change.path for change in changes(old, new)] == ["paid.tax", "owed.tax"]


def test_a_class_that_only_changed_its_name_changed_nothing() -> None:
    renamed = create_model("Amount", __base__=Value, amount=(int, ...), currency=(Currency, ...))

    assert changes(parcel(paid=(Money, ...)), parcel(paid=(renamed, ...))) == []


def test_prose_may_change_freely() -> None:
    told, retold = (
        parcel(note=(str, Field(description="a note"))),
        parcel(note=(str, Field(title="Words", description="words"))),
    )

    assert changes(told, retold) == []


def test_a_request_that_gets_another_answer_is_refused() -> None:
    old, new = parcel() | {"x-answer": "orders.order.v1"}, parcel() | {"x-answer": "orders.order.v2"}

    assert harmed(old, new) == EVERYBODY


def test_what_stands_beside_a_reference_counts() -> None:
    code = {"$defs": {"Code": {"type": "string"}}, "$ref": "#/$defs/Code"}

    assert harmed(code, code | {"maxLength": 20}) == EVERYBODY


def test_a_field_that_becomes_another_thing_is_told_in_one_sentence() -> None:
    found = changes(parcel(note=(str, ...)), parcel(note=(int, ...)))

    assert [change.words for change in found] == ["string would become integer"]


def test_a_keyword_nobody_can_judge_is_refused() -> None:
    old, new = parcel(), parcel() | {"not": {"required": ["parcel"]}}

    assert harmed(old, new) == EVERYBODY


def test_each_break_says_why() -> None:
    old, new = parcel(note=(str, ...)), parcel(note=(str | None, None), weight=(int, ...))

    told = {(change.path, breaks(change, Kind.FACT)) for change in changes(old, new)}

    assert told == {
        ("note", "readers that still run the former class would refuse it"),
        ("weight", "facts that are already on their way would be refused"),
    }


FIELDS: dict[str, Any] = {
    "a whole number": int,
    "a number": float,
    "text": str,
    "text or nothing": str | None,
    "a currency": Currency,
    "an id": UUID,
    "a day": date,
    "a moment": AwareDatetime,
    "yes or no": bool,
    "a resolution": Resolution,
    "a wider resolution": WiderResolution,
    "at least one": Annotated[int, Field(ge=1)],
    "more than one": Annotated[int, Field(gt=1)],
    "at most ten": Annotated[int, Field(le=10)],
    "short text": Annotated[str, Field(max_length=4)],
    "long text": Annotated[str, Field(min_length=3)],
    "either": str | int,
    "numbers": tuple[int, ...],
    "a few numbers": Annotated[tuple[int, ...], Field(max_length=2)],
    "texts": tuple[str, ...],
    "a map": dict[str, int],
    "anything": Any,
    "money": Money,
    "taxed money": MoneyWithTax,
    "pounds": MoneyInPounds,
    "money or nothing": Money | None,
}
SAID = [
    "1",
    "0",
    "-5",
    "11",
    "1.5",
    "true",
    "null",
    '"x"',
    '"refund"',
    '"store_credit"',
    '"GBP"',
    '"long enough"',
    '"2026-11-03"',
    '"2026-11-03T09:30:00Z"',
    '"018f0000-0000-7000-8000-000000000000"',
    "[]",
    "[1]",
    "[1, 2, 3]",
    '["x"]',
    "{}",
    '{"amount": 1}',
    '{"amount": 1, "currency": "GBP"}',
    '{"amount": 1, "currency": "GBP", "tax": 1}',
    '{"amount": 1, "currency": "gb"}',
]


def understood(field: Any) -> set[str]:
    """What of SAID a field of this type reads."""
    reads = TypeAdapter(field)
    return {said for said in SAID if _reads(reads, said)}


def _reads(reads: TypeAdapter[Any], said: str) -> bool:
    try:
        reads.validate_json(said, strict=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("before", FIELDS)
def test_what_is_called_harmless_is_read_on_both_sides(before: str) -> None:
    harm = {after: harmed(parcel(field=(FIELDS[before], ...)), parcel(field=(FIELDS[after], ...))) for after in FIELDS}
    read = {after: understood(FIELDS[after]) for after in FIELDS}

    callers_harmed = [after for after in FIELDS if Kind.REQUEST not in harm[after] and not read[before] <= read[after]]
    readers_harmed = [after for after in FIELDS if Kind.FACT not in harm[after] and read[before] != read[after]]

    assert (callers_harmed, readers_harmed) == ([], [])

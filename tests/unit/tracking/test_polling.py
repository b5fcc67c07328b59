from datetime import UTC, datetime, timedelta

import pytest

from services.tracking.domain import GAPS, PACES, gap, is_asked, next_question

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def after(age: timedelta, *, heard: timedelta | None = None):
    """How long after Monday the next question is, for a parcel of this age."""
    heard_at = None if heard is None else MONDAY + heard
    due = next_question(registered_at=MONDAY, heard_at=heard_at, now=MONDAY + age)
    return None if due is None else due - MONDAY


def test_a_parcel_that_nothing_is_heard_of_is_asked_for_after_four_hours():
    assert after(timedelta()) == timedelta(hours=4)


def test_news_put_the_question_off():
    assert after(timedelta(hours=30), heard=timedelta(hours=29)) == timedelta(hours=33)


def test_the_older_a_parcel_the_less_often_it_is_asked_for():
    ages = [timedelta(days=days) for days in (1, 5, 20, 60)]

    pauses = [after(age, heard=age) - age for age in ages]

    assert pauses == sorted(pauses)
    assert pauses == [pause for _, pause in PACES]


def test_a_parcel_that_is_too_old_is_not_asked_for():
    assert after(timedelta(days=121), heard=timedelta(days=1)) is None


def test_in_all_its_life_a_silent_parcel_is_asked_for_some_eighty_times():
    at, asked = MONDAY, 0
    while (due := next_question(registered_at=MONDAY, heard_at=at if asked else None, now=at)) is not None:
        at, asked = due, asked + 1

    assert 70 <= asked <= 95


def test_seko_is_asked_less_often_than_it_allows():
    assert timedelta(minutes=1) / gap("seko") <= 60


@pytest.mark.parametrize(("carrier", "asked"), [*((each, True) for each in GAPS), ("own", False), ("shopper", False)])
def test_carriers_without_an_answer_are_not_asked(carrier, asked):
    assert is_asked(carrier) is asked

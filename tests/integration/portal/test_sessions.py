"""A shopper's answers in two requests at once, and after their session has ended."""

from datetime import timedelta

import pytest

from libs.chassis.ids import new_id

ORDER = new_id()
FOUND = {"order": {"number": "AL-1001"}, "key": "k1", "sent": "", "picked": [], "photos": {}}


@pytest.fixture
def token(people, retailer):
    return people.begin_session(retailer.id, "shopper", ORDER, FOUND)


def test_answers_are_kept_beside_what_was_found(people, token):
    session = people.session(token, "shopper")

    people.keep_in_session(session, {"key": "k2", "picked": ["shirt"]})

    assert people.session(token, "shopper").data == FOUND | {"key": "k2", "picked": ["shirt"]}


def test_a_look_ahead_that_comes_late_does_not_undo_what_was_answered_since(people, token):
    session = people.session(token, "shopper")
    people.keep_in_session(session, {"sent": "once", "picked": ["shirt"]})

    people.keep_in_session(session, {"picked": ["scarf"]}, if_still="")

    assert people.session(token, "shopper").data["picked"] == ["shirt"]


def test_of_two_looks_ahead_the_later_stays(people, token):
    session = people.session(token, "shopper")

    for picked in ("shirt", "scarf"):
        people.keep_in_session(session, {"key": picked, "picked": [picked]}, if_still="")

    assert people.session(token, "shopper").data["picked"] == ["scarf"]


def test_two_forms_that_each_bring_a_photo_both_keep_theirs(people, token):
    session = people.session(token, "shopper")

    for photo in ("a", "b"):
        people.keep_in_session(session, {"key": "k2"}, photos={photo: {"object_key": photo}})

    assert people.session(token, "shopper").data["photos"].keys() == {"a", "b"}


def test_an_ended_session_gives_its_answers_once_more_to_who_finds_the_same_order(people, token):
    with people.engine.begin() as db:
        db.exec_driver_sql("UPDATE sessions SET seen_at = seen_at - %s", (timedelta(hours=1),))

    left = [people.leave_session(token, "shopper", order) for order in (new_id(), ORDER, ORDER)]

    assert people.session(token, "shopper") is None
    assert left == [None, FOUND, None]

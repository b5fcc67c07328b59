"""When a return asks for its way back: made while labels was away, accepted later, or after staff added a lane."""

from dataclasses import replace

import pytest

from libs.contracts.values import LabelTerms
from services.portal.domain import Awaiting, TaskKind, act, acts
from services.portal.quoting import wanted
from services.portal.store.quotes import begins_to_need
from services.portal.store.rows import known_of_line
from tests.unit.portal.lives import a_line, a_return, an_id, pounds

UNQUOTED = replace(a_return(), lane_id=None)
HELD = replace(UNQUOTED, awaiting=Awaiting.REVIEW)


def test_a_return_made_without_a_lane_asks_for_one():
    assert begins_to_need(None, UNQUOTED)
    assert not begins_to_need(None, a_return())


def test_a_return_that_only_waits_asks_once():
    assert not begins_to_need(UNQUOTED, UNQUOTED)


def test_a_return_without_a_label_asks_for_no_lane_until_it_is_accepted_with_one():
    without = replace(HELD, label=LabelTerms.NONE)
    accepted, _ = act(without, acts.Accept(LabelTerms.FREE))

    assert not begins_to_need(None, without)
    assert begins_to_need(without, accepted)


def test_a_missing_lane_is_asked_for_again_when_staff_have_seen_to_it():
    marked, _ = act(UNQUOTED, acts.MarkFor(TaskKind.NO_LANE, "GB"))
    cleared, _ = act(marked, acts.ClearMark(TaskKind.NO_LANE, "GB"))

    assert not begins_to_need(UNQUOTED, marked)
    assert begins_to_need(marked, cleared)


@pytest.mark.parametrize("ended", [Awaiting.CANCELLED, Awaiting.CLOSED, Awaiting.EXPIRED])
def test_a_return_that_has_ended_asks_for_nothing(ended: Awaiting):
    assert not begins_to_need(UNQUOTED, replace(UNQUOTED, awaiting=ended))


def test_what_a_hub_must_take_is_asked_for_later_as_it_was_at_first():
    shirt, hat = a_line(), a_line("hat", keep_item=True)
    typed = [
        replace(line, asked=line.asked.model_copy(update={"product_type": kind, "reason": reason, "grams": 200}))
        for line, kind, reason in ((shirt, "Shirt", "faulty"), (hat, "Hat", "other"))
    ]

    asked = wanted(a_return(*typed), hub="DAV")

    assert (asked.hub, asked.product_types, asked.reasons, asked.grams) == ("DAV", ("Shirt",), ("faulty",), 200)
    assert (asked.country, asked.postcode) == ("GB", a_return().address.postcode)


def test_a_line_keeps_its_type_of_product():
    line = replace(a_line(), asked=a_line().asked.model_copy(update={"product_type": "Shirt"}))

    assert known_of_line(line)["product_type"] == "Shirt"


def test_a_quote_that_comes_later_sends_the_return_on():
    quoted, said = act(UNQUOTED, acts.Quoted(an_id("lane"), pounds(395)))

    assert quoted.lane_id == an_id("lane")
    assert [type(message).__name__ for message in said] == ["FeeRequestedV1"]

"""The clock moves, and a return that nothing comes of is reminded of, ends, and is taken up again when its parcel comes late."""

from collections.abc import Callable
from secrets import token_hex

import httpx
import pytest

from deploy.local.journey import STEPS, Journey, scan
from deploy.local.stack import Stack
from tests.waiting import until


@pytest.fixture
def labelled(suite: Stack) -> Journey:
    """A return whose shopper has the label, and who does not send the parcel."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    for _, step in STEPS[:7]:
        step(journey)
    return journey


def subjects(journey: Journey) -> list[str]:
    """The subjects of the mails that the shopper got."""
    return [mail["subject"] for mail in journey.mails()]


def happened(journey: Journey, fact: str) -> bool:
    """Whether the return's history holds this fact."""
    return any(entry["type"] == fact for entry in journey.look()["history"])


def test_a_label_that_is_not_used_is_reminded_of_then_void_and_a_late_parcel_is_taken_up_again(
    labelled: Journey, move: Callable[[str], dict]
):
    told = len(subjects(labelled))

    move("+10d")
    until(lambda: happened(labelled, "portal.reminder_due.v1"), within=20)
    until(lambda: len(subjects(labelled)) == told + 1, within=20)
    assert labelled.look()["awaiting"] == "awaiting_dropoff"

    move("+5d")
    until(lambda: labelled.look()["awaiting"] == "expired", within=20)
    until(lambda: happened(labelled, "labels.label_voided.v1"), within=20)
    until(lambda: len(subjects(labelled)) == told + 2, within=20)

    scan(labelled)
    [task] = until(lambda: labelled.look()["tasks"], within=20)
    assert (task["kind"], task["acts"][0], labelled.story["awaiting"]) == ("late_parcel", "revive", "expired")

    revived = act(labelled, "revive", {"words": "It is on its way after all."})
    assert revived["awaiting"] == "in_transit"
    assert labelled.look()["tasks"] == []


def act(journey: Journey, name: str, body: dict) -> dict:
    """What a program gets that does this to the return."""
    answer = httpx.post(
        f"{journey.facts['gateway']}/api/v1/returns/{journey.number}/{name}",
        json=body,
        headers={"Authorization": f"Bearer {journey.retailer['api_key']}", "Idempotency-Key": token_hex(8)},
        timeout=15,
    )
    return answer.raise_for_status().json()

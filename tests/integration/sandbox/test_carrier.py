"""The carrier: scans on command, signed as Standard Webhooks are."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.portal.senders import proved
from services.tracking.carriers import read

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PARCEL = "OR7KQ2M9X1ABC"


def scan(world, door, **asked):
    body = {"tracking_number": PARCEL, "code": "accepted", "url": door.url, "secret": SECRET, **asked}
    return httpx.post(f"{world.carrier}/control/scan", json=body, timeout=10)


def test_a_scan_arrives_signed_and_tells_what_happened(world, door):
    answer = scan(world, door, occurred_at="2026-11-22T09:30:00+00:00", location="Daventry").json()

    (letter,) = door.arrived
    told = Webhook(SECRET).verify(letter.body, letter.headers)
    assert told == {
        "type": "tracking.scan",
        "timestamp": "2026-11-22T09:30:00+00:00",
        "data": {
            "tracking_number": PARCEL,
            "code": "accepted",
            "occurred_at": "2026-11-22T09:30:00+00:00",
            "location": "Daventry",
        },
    }
    assert (answer["answers"], answer["id"]) == (["200"], letter.headers["webhook-id"])


def test_a_scan_without_a_time_happens_now(world, door):
    scan(world, door)

    occurred_at = datetime.fromisoformat(json.loads(door.arrived[0].body)["data"]["occurred_at"])
    assert abs((datetime.now(UTC) - occurred_at).total_seconds()) < 60


def test_the_same_scan_can_come_twice_under_the_same_id(world, door):
    answer = scan(world, door, times=2, id="msg_again").json()

    first, second = door.arrived
    assert first.body == second.body
    assert {first.headers["webhook-id"], second.headers["webhook-id"]} == {"msg_again"}
    assert answer["answers"] == ["200", "200"]


@pytest.mark.parametrize(("signature", "words"), [("bad", "No matching signature"), ("old", "timestamp too old")])
def test_a_bad_or_old_signature_is_no_signature(world, door, signature, words):
    scan(world, door, signature=signature)

    with pytest.raises(WebhookVerificationError, match=words):
        Webhook(SECRET).verify(door.arrived[0].body, door.arrived[0].headers)


def test_a_scan_that_was_not_taken_comes_again(world, door):
    door.refusing = 1

    answer = scan(world, door).json()

    (taken,) = door.after(1)
    assert answer["answers"] == ["503"]
    assert door.refused == [taken]


def test_every_scan_is_remembered(world, door):
    for code in ("accepted", "hub_received"):
        scan(world, door, tracking_number="OR0000000000X", code=code)

    scans = httpx.get(f"{world.carrier}/control/scans", params={"tracking_number": "OR0000000000X"}).json()["scans"]

    assert [one["code"] for one in scans] == ["accepted", "hub_received"]
    assert "OR0000000000X" in httpx.get(world.carrier).text


def test_a_scan_that_cannot_be_is_refused_in_words(world, door):
    assert "secret must be whsec_" in scan(world, door, secret="whsec_???").json()["error"]
    assert "code: " in scan(world, door, code="").json()["error"]


@pytest.mark.parametrize("secret", ["easypost:key", "seko:portal:word", "aftership:key"])
def test_a_scan_goes_out_in_the_senders_own_shape_with_its_proof(world, door, secret):
    for code in ("accepted", "in_transit"):
        scan(world, door, code=code, secret=secret, tracking_number=f"{PARCEL}{secret[0]}")

    first, second = door.arrived
    sender = secret.partition(":")[0]
    assert [proved([secret], each.body, each.headers, datetime.now(UTC)) for each in door.arrived] == [sender] * 2
    assert [len(read(sender, each.body.decode())) for each in (first, second)] == [1, 2]
    assert proved([secret + "x"], first.body, first.headers, datetime.now(UTC)) is None


def test_a_scan_without_an_address_is_told_to_nobody(world, door):
    answer = scan(world, door, url=None)

    assert (answer.status_code, answer.json()["answers"], door.arrived) == (202, [], [])

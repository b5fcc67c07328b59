"""Carriers' webhooks at the gateway: proved as each sender proves them, stored once, counted, and answered at once."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from libs.chassis.metrics import meter
from libs.chassis.secrets import Secrets
from libs.contracts.portal import CarrierWebhookReceivedV1
from services.portal.store.ingress import Ingress
from tests.integration.facts import said
from tests.unit.portal.hooks import EVERY, KEY, SECRETS, aftership, easypost_v1, seko, standard

BODIES = {
    "standard": {"type": "tracking.scan"},
    "easypost": {"id": "evt_1"},
    "seko": [{"ConsignmentNo": "RT1"}],
    "aftership": {"event_id": "evt_1"},
    "shippo": {"event": "track_updated"},
}
each = pytest.mark.parametrize(("sender", "sign"), EVERY, ids=[sign.__name__ for _, sign in EVERY])


@pytest.fixture
def keyring(environment):
    return Secrets.from_settings()


@pytest.fixture
def door(people, retailer, browser, keyring):
    """Call it with a secret and an account's name: what posts to the account's address."""

    def open_for(secret, name="evri"):
        token = Ingress().save_endpoint(retailer.id, source="carriers", name=name, secret=secret, keyring=keyring)
        return lambda body, headers: browser.post(f"/webhooks/carriers/{token}", content=body, headers=headers)

    return open_for


def counted(sender: str, outcome: str) -> float:
    labels = {"source": "carriers", "sender": sender, "outcome": outcome}
    return meter().registry.get_sample_value(f"homeward_{meter().service}_webhooks_total", labels) or 0


def body_of(sender: str) -> bytes:
    return json.dumps(BODIES[sender]).encode()


@each
def test_each_senders_webhook_is_stored_as_it_came_and_stated_once(door, retailer, people, sender, sign):
    post, body, before = door(SECRETS[sender]), body_of(sender), counted(sender, "repeated")

    answers = [post(body, sign(body, at=datetime.now(UTC))) for _ in range(3)]

    assert [(answer.status_code, answer.json()["repeated"]) for answer in answers] == [
        (200, False),
        (200, True),
        (200, True),
    ]
    (fact,) = said(people, retailer.id, CarrierWebhookReceivedV1)
    assert (fact.carrier, fact.sender, fact.body) == ("evri", sender, body.decode())
    assert counted(sender, "repeated") == before + 2


@each
def test_a_forged_webhook_of_each_sender_is_refused_counted_and_leaves_nothing(door, retailer, outbox, sender, sign):
    post, body, before = door(SECRETS[sender]), body_of(sender), counted("nobody", "bad_signature")
    others = {"seko": "somebody:else"}.get(sender, "whsec_b3RoZXI=" if sender == "standard" else "another key")

    answers = [post(body, sign(body, at=datetime.now(UTC), secret=others)), post(body, {})]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "webhook.bad_signature")] * 2
    assert "carrier_webhook_received.v1" not in outbox(retailer.id)
    assert counted("nobody", "bad_signature") == before + 2


def test_a_secret_that_is_replaced_keeps_the_address_and_stays_good_beside_the_new_one(door, retailer, keyring):
    post = door(SECRETS["aftership"], name="dpd")

    changed = Ingress().change_secret(
        retailer.id, source="carriers", name="dpd", secret="aftership:new", keyring=keyring
    )
    answers = [
        post(body, aftership(body, secret=secret)) for body, secret in ((b"{}", KEY), (b"[]", "new"), (b"7", "x"))
    ]

    assert changed
    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert not Ingress().change_secret(retailer.id, source="carriers", name="gone", secret="a", keyring=keyring)


def test_seko_without_its_two_headers_is_refused(door):
    post = door(SECRETS["seko"])

    assert [
        post(b"[]", headers).status_code for headers in ({}, {"username": "portal"}, seko() | {"password": ""})
    ] == [401] * 3


def test_what_is_proved_but_is_no_json_is_refused_and_counted(door):
    post, before = door(SECRETS["easypost"]), counted("easypost", "not_json")

    answers = [post(body, easypost_v1(body)) for body in (b"", b"\xff\x00", b"{", b"[" * 100_000)]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(400, "webhook.not_json")}
    assert counted("easypost", "not_json") == before + 4


def test_a_carriers_body_of_more_than_256_kilobytes_is_refused_and_counted(door):
    post, before = door(SECRETS["seko"]), counted("nobody", "too_large")
    large, larger = (b'"' + b"x" * size + b'"' for size in (256 * 1024, 1024 * 1024))

    answers = [post(body, seko()) for body in (large, larger)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(413, "request.too_large")] * 2
    assert counted("nobody", "too_large") == before + 2


def test_a_replay_of_a_signature_from_long_ago_is_refused(door):
    post, body = door(SECRETS["standard"]), body_of("standard")

    assert post(body, standard(body, at=datetime.now(UTC) - timedelta(minutes=6))).status_code == 401


def test_the_same_event_in_other_bytes_is_a_repeat(door, retailer, people):
    post = door(SECRETS["aftership"])
    bodies = [json.dumps({"event_id": "evt_1", "tries": n}).encode() for n in range(3)]

    answers = [post(body, aftership(body)).json()["repeated"] for body in bodies]

    assert answers == [False, True, True]
    assert len(said(people, retailer.id, CarrierWebhookReceivedV1)) == 1


def test_a_webhook_that_cannot_be_stored_is_to_be_sent_again(door, browser):
    class Away(Ingress):
        def take(self, *_):
            raise OperationalError("INSERT", {}, Exception("the database is away"))

    post, before, whole = door(SECRETS["seko"]), counted("seko", "not_stored"), browser.app.state.portal
    browser.app.state.portal = replace(whole, ingress=Away())
    away = post(b"[]", seko())
    browser.app.state.portal = whole

    assert (away.status_code, away.json()["code"], away.headers["Retry-After"]) == (503, "webhook.not_stored", "5")
    assert counted("seko", "not_stored") == before + 1
    assert post(b"[]", seko()).json() == {"received": True, "repeated": False}


def test_forgeries_are_bounded_and_use_up_nothing_of_what_the_sender_may_send(door, people):
    post = door(SECRETS["seko"])
    first = post(b"[]", {}).status_code
    with people.engine.begin() as db:
        db.exec_driver_sql("UPDATE rate_buckets SET tokens = -100")

    forged, genuine = post(b"[]", {}), post(b"[]", seko())

    assert (first, forged.status_code, genuine.status_code) == (401, 429, 200)
    assert int(forged.headers["Retry-After"]) > 0


def test_a_thousand_webhooks_in_a_burst_are_all_stored(door, retailer, people):
    post = door(SECRETS["seko"])
    bodies = [json.dumps([{"ConsignmentNo": f"RT{n}"}]).encode() for n in range(1000)]

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(lambda body: post(body, seko()).status_code, bodies))

    assert statuses == {200: 1000}
    assert {fact.body.encode() for fact in said(people, retailer.id, CarrierWebhookReceivedV1)} == set(bodies)

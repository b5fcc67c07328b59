"""Four hundred webhooks at once, and a process of tracking killed in the middle of them: nothing is lost, nothing said twice."""

import json
from collections import defaultdict
from random import Random

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.store import engine_of
from libs.chassis.wire import Outcome, Outgoing, Publisher
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import MilestoneReachedV1
from tests.integration.facts import bus, fact
from tests.unit.tracking import senders
from tests.waiting import until

PARCELS = 100
CHECKPOINTS = [
    ("InTransit", "InTransit_002", "2026-11-02T10:00:00Z"),
    ("InTransit", "InTransit_007", "2026-11-02T14:00:00Z"),
    ("OutForDelivery", "OutForDelivery_001", "2026-11-03T08:00:00Z"),
    ("Delivered", "Delivered_001", "2026-11-03T11:00:00Z"),
]
REACHED = {"label_created", "accepted", "in_transit", "out_for_delivery", "delivered"}


def label(number):
    ids = {name: new_id() for name in ("return_id", "booking_id", "document_id")}
    return LabelIssuedV1(**ids, parcel=1, carrier="evri", service="Standard", tracking_number=number, hub="DAV")


def webhook(number, checkpoint):
    body = json.dumps(senders.aftership(checkpoint, number=number))
    told = {"delivery_id": new_id(), "carrier": "evri", "received_at": now(), "sender": "aftership"}
    return CarrierWebhookReceivedV1(**told, body=body)


def outgoing(envelope):
    body = envelope.data
    return Outgoing(body.exchange(), body.wire(), str(envelope.id), envelope.to_json())


def send(publisher, left):
    """Publish what the broker has not taken yet, as an outbox does; how many it leaves, for its queues are bounded."""
    outcomes = publisher.publish(left[:100])
    left[:] = [each for each in left if outcomes.get(each.message_id) is not Outcome.TAKEN]
    return len(left)


@pytest.fixture
def emptied(service_database):
    """What other tests stated and nobody sent is not sent by the processes of this one first."""
    service_database("tracking")
    with engine_of("tracking").begin() as db:
        db.exec_driver_sql("DELETE FROM outbox")


def test_a_burst_survives_the_death_of_a_process_and_each_milestone_is_stated_once(start, broker_url, emptied):
    alder, numbers = new_id(), [f"H{n:07}" for n in range(PARCELS)]
    told = [label(number) for number in numbers]
    told += [webhook(number, checkpoint) for number in numbers for checkpoint in CHECKPOINTS]
    Random(7).shuffle(told)
    dying = start("tracking")
    heard, publisher = defaultdict(set), Publisher(broker_url, "burst")
    with bus(broker_url) as broker:
        broker.listen(MilestoneReachedV1)

        def listen():
            while (envelope := broker.received(MilestoneReachedV1, of=alder)) is not None:
                heard[envelope.data.tracking_number, envelope.data.milestone.value].add(envelope.id)
            return len(heard)

        left = [outgoing(fact(alder, body)) for body in told]
        until(lambda: send(publisher, left) and listen() > PARCELS, within=60)
        dying.kill()
        before = listen()
        start("tracking")
        until(lambda: not send(publisher, left) and listen() == PARCELS * len(REACHED), within=100)
    publisher.close()

    assert before < PARCELS * len(REACHED)
    assert set(heard) == {(number, milestone) for number in numbers for milestone in REACHED}
    assert {key: len(ids) for key, ids in heard.items() if len(ids) != 1} == {}

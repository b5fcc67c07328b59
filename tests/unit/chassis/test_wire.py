"""Queues and exchanges: their names derive from the contract, and their arguments let nothing be lost."""

from libs.chassis.wire import delay_queue, fact_queue, parked


def test_a_fact_has_its_queue_and_a_parked_queue_beside_it():
    beside, queue = fact_queue("portal.payments.fee_paid.v1", "payments.events", "fee_paid.v1", limit=10_000)

    assert (queue.queue, queue.exchange, queue.exchange_type, queue.key) == (
        "portal.payments.fee_paid.v1",
        "payments.events",
        "topic",
        "fee_paid.v1",
    )
    assert beside.queue == parked("portal.payments.fee_paid.v1") == "portal.payments.fee_paid.v1.parked"
    assert beside.exchange == ""


def test_a_fact_that_kills_its_consumers_is_parked_by_the_broker_itself():
    _, queue = fact_queue("labels.portal.label_requested.v1", "portal.events", "label_requested.v1", limit=50)

    assert queue.arguments == {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-delivery-limit": 10,
        "x-max-length": 50,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "labels.portal.label_requested.v1.parked",
        "x-dead-letter-strategy": "at-least-once",
    }


def test_a_parked_queue_keeps_what_it_has_for_ever():
    beside, _ = fact_queue("labels.portal.label_requested.v1", "portal.events", "label_requested.v1", limit=50)

    assert beside.arguments == {"x-queue-type": "quorum", "x-overflow": "reject-publish"}


def test_a_delay_tier_is_one_queue_from_which_each_message_comes_home():
    tier = delay_queue("5s", 5.0)

    assert (tier.queue, tier.exchange, tier.exchange_type) == ("delay.5s", "delay.5s", "fanout")
    assert tier.arguments["x-message-ttl"] == 5000
    assert tier.arguments["x-dead-letter-exchange"] == ""
    assert "x-dead-letter-routing-key" not in tier.arguments  # the key it came with names its home
    assert tier.arguments["x-dead-letter-strategy"] == "at-least-once"

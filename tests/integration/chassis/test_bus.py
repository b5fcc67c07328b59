"""Facts are handled once, tried again, or parked with their bytes; never lost, never looped."""

import json
from uuid import uuid4

from tests.integration.chassis.conftest import PARKED, QUEUE, counted
from tests.waiting import until


def envelope(retailer, toy_id, **more) -> bytes:
    """A fact as another publisher might write it."""
    fact = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/elsewhere",
        "type": "toy.poked.v1",
        "time": "2026-01-01T00:00:00Z",
        "retailerid": str(retailer),
        "correlationid": str(uuid4()),
        "data": {"toy_id": str(toy_id)},
    }
    return json.dumps(fact | more).encode()


def test_a_chain_of_facts_runs_to_its_end(toys, retailer, poke, worker):
    toy_id = poke(hops=9)

    assert until(lambda: toys.pokes(retailer, toy_id) == 10)


def test_a_fact_delivered_twice_is_handled_once(toys, retailer, poke, worker, broker):
    toy_id = uuid4()
    twice = envelope(retailer, toy_id)
    refused = counted(worker, "inbox_duplicates_total")

    for _ in range(2):
        broker.put("toy.events", "poked.v1", twice)

    until(lambda: counted(worker, "inbox_duplicates_total") == refused + 1)
    assert toys.pokes(retailer, toy_id) == 1


def test_fields_of_a_newer_producer_are_ignored(toys, retailer, worker, broker):
    toy_id = uuid4()

    broker.put(
        "toy.events",
        "poked.v1",
        envelope(retailer, toy_id, mood_ring="blue", data={"toy_id": str(toy_id), "colour": "red"}),
    )

    until(lambda: toys.pokes(retailer, toy_id) == 1)
    assert broker.count(PARKED) == 0


def test_a_fault_that_passes_is_tried_on_every_tier_and_then_parked(poke, worker, broker):
    poke(mood="away")

    until(lambda: broker.count(PARKED) == 1)
    headers, body = broker.get(PARKED)
    assert headers["attempt"] == 6
    assert headers["error"] == "Transient: the outside is away"
    assert headers["queue"] == QUEUE
    assert json.loads(body)["data"]["mood"] == "away"


def test_a_mistake_in_code_is_tried_three_more_times_and_then_parked(poke, worker, broker):
    poke(mood="broken")

    until(lambda: broker.count(PARKED) == 1)
    headers, _ = broker.get(PARKED)
    assert headers["attempt"] == 5
    assert headers["error"].startswith("KeyError")


def test_a_hopeless_fact_is_parked_at_once_and_holds_up_no_other(toys, retailer, poke, worker, broker):
    poke(mood="hopeless")
    toy_id = poke()

    until(lambda: toys.pokes(retailer, toy_id) == 1)
    until(lambda: broker.count(PARKED) == 1)
    assert broker.get(PARKED)[0]["attempt"] == 2


def test_facts_that_wait_for_their_next_try_hold_up_no_other(toys, retailer, poke, worker, broker):
    for _ in range(15):
        poke(mood="away")
    before = counted(worker, "parked_total")

    toy_id = poke(hops=3)

    until(lambda: toys.pokes(retailer, toy_id) == 4)
    assert counted(worker, "parked_total") == before
    until(lambda: broker.count(PARKED) == 15)


def test_bytes_that_are_no_message_are_parked_with_the_reason_and_intact(toys, worker, broker):
    pickle = b"cos\nsystem\n(S'true'\ntR."
    bad = [b"not json", b"\xff\xfe\x00", b'{"specversion": "1.0"}', pickle]

    for body in bad:
        kind = "application/x-python-serialize" if body is pickle else "application/json"
        broker.put("toy.events", "poked.v1", body, kind)

    until(lambda: broker.count(PARKED) == len(bad))
    parked = [broker.get(PARKED) for _ in bad]
    assert {body for _, body in parked} == set(bad)
    assert all(headers["error"].startswith("Malformed") for headers, _ in parked)

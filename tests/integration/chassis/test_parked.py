"""Parked messages are read without being moved, go home as new, or are dropped; none is lost on the way."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

import kombu
import pytest

from libs.chassis.parked import RENEWED, Lot, NoSuchQueue, NotTaken
from libs.chassis.wire import connect, declare, fact_queue
from tests.integration.chassis.conftest import PARKED, QUEUE
from tests.waiting import until


@pytest.fixture
def lot(broker) -> Lot:
    """The toy's parked messages."""
    return Lot(broker.url, QUEUE)


@pytest.fixture
def park(toys, worker, broker) -> Callable[..., str]:
    """Call it to park a fact by hand, as a handler would have; gives its id."""

    def put(**more) -> str:
        id = str(uuid4())
        headers = {
            "attempt": 5,
            "error": "KeyError: 'colour'",
            "queue": QUEUE,
            "first_failed_at": "2026-01-02T03:04:05+00:00",
        }
        fact = {
            "specversion": "1.0",
            "id": id,
            "source": "/elsewhere",
            "type": "toy.poked.v1",
            "time": "2026-01-01T00:00:00Z",
            "retailerid": str(uuid4()),
            "correlationid": str(uuid4()),
            "data": {"toy_id": str(uuid4())},
        }
        body = json.dumps(fact | more).encode()
        broker.put("", PARKED, body, message_id=id, application_headers=headers, delivery_mode=2)
        return id

    return put


def test_a_parked_fact_is_shown_with_its_error_its_tries_and_its_bytes(poke, worker, broker, lot):
    poke(mood="broken")
    until(lambda: broker.count(PARKED) == 1)

    (message,) = lot.look()

    assert message.error.startswith("KeyError")
    assert message.attempts == 4
    assert message.first_failed_at is not None
    assert json.loads(message.body)["id"] == message.id
    assert lot.find(message.id) == message
    assert broker.count(PARKED) == 1


def test_looking_again_and_again_keeps_every_message_in_its_order(park, broker, lot):
    ids = [park() for _ in range(7)]

    looks = [[message.id for message in lot.look()] for _ in range(2 * RENEWED + 3)]

    assert looks == [ids] * len(looks)


def test_no_message_is_returned_so_often_that_a_broker_would_drop_it(park, broker, lot):
    park()

    for _ in range(3 * RENEWED):
        lot.look()

    headers, _ = broker.get(PARKED)
    assert headers.get("x-delivery-count", 0) <= RENEWED
    assert headers["error"] == "KeyError: 'colour'"


def test_two_people_look_at_once_and_both_see_everything(park, lot):
    ids = [park() for _ in range(30)]
    seen: list[list[str]] = []

    readers = [threading.Thread(target=lambda: seen.append([m.id for m in lot.look()])) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert seen == [ids] * 4


def test_a_replayed_fact_is_handled_as_if_it_came_for_the_first_time(toys, retailer, park, broker, lot):
    toy_id = uuid4()
    stays = park()
    id = park(retailerid=str(retailer), data={"toy_id": str(toy_id)})

    assert lot.replay(id)

    until(lambda: toys.pokes(retailer, toy_id) == 1)
    assert [message.id for message in lot.look()] == [stays]


def test_a_fact_that_fails_again_after_its_replay_is_tried_on_every_tier_again(park, broker, lot):
    id = park(data={"toy_id": str(uuid4()), "mood": "broken"})

    lot.replay(id)

    until(lambda: broker.count(PARKED) == 1)
    (message,) = lot.look()
    assert message.attempts == 4
    assert message.first_failed_at is not None
    assert message.first_failed_at.year > 2025


def test_a_fact_that_is_replayed_twice_is_handled_once(toys, retailer, park, lot):
    toy_id = uuid4()
    same = {"id": str(uuid4()), "retailerid": str(retailer), "data": {"toy_id": str(toy_id)}}
    first, second = park(**same), park(**same)

    lot.replay(first)
    until(lambda: toys.pokes(retailer, toy_id) == 1)
    lot.replay(second)

    last = uuid4()
    lot.replay(park(retailerid=str(retailer), data={"toy_id": str(last)}))
    until(lambda: toys.pokes(retailer, last) == 1)
    assert toys.pokes(retailer, toy_id) == 1


def test_a_whole_queue_goes_home_and_only_what_fails_again_comes_back(toys, retailer, park, broker, lot):
    toy_ids = [uuid4() for _ in range(5)]
    for toy_id in toy_ids:
        park(retailerid=str(retailer), data={"toy_id": str(toy_id)})
    hopeless = park(data={"toy_id": str(uuid4()), "mood": "hopeless"})

    done = lot.replay_all()

    assert done.replayed == 6
    until(lambda: all(toys.pokes(retailer, toy_id) == 1 for toy_id in toy_ids))
    until(lambda: [message.id for message in lot.look()] == [hopeless])


def test_a_dropped_message_is_gone_and_the_others_stay_in_their_order(park, lot):
    first, second, third = park(), park(), park()

    assert lot.drop(second)

    assert [message.id for message in lot.look()] == [first, third]
    assert not lot.drop(second)
    assert not lot.replay(second)


def test_what_no_service_parks_is_named_as_such(broker):
    with pytest.raises(NoSuchQueue):
        Lot(broker.url, "toy.toy.sold.v1").look()


def test_a_message_whose_home_is_gone_stays_parked(toys, worker, broker):
    with closing(kombu.Connection(broker.url)) as link, closing(link.channel()) as channel:
        channel.queue_declare("toy.toy.gone.v1.parked", durable=True, auto_delete=False)
    for _ in range(2):
        broker.put("", "toy.toy.gone.v1.parked", b"not json")
    lot = Lot(broker.url, "toy.toy.gone.v1")
    first, _second = lot.look()

    assert first.id.startswith("bytes-")
    with pytest.raises(NotTaken, match="is gone"):
        lot.replay(first.id)
    done = lot.replay_all()

    assert (done.replayed, done.left) == (0, 2)
    assert done.stopped is not None
    assert "is gone" in done.stopped
    assert len(lot.look()) == 2


def test_a_replay_of_many_stops_where_their_queue_is_full(broker):
    queue = "toy.toy.narrow.v1"
    with closing(connect(broker.url, "test")) as link:
        declare(link.channel(), *fact_queue(queue, "toy.events", "narrow.v1", limit=3))
    for _ in range(12):
        broker.put("", f"{queue}.parked", b"{}")

    done = Lot(broker.url, queue).replay_all()

    assert done.stopped is not None
    assert "is full" in done.stopped
    assert broker.count(queue) == done.replayed
    assert broker.count(f"{queue}.parked") == done.left == 12 - done.replayed


def test_what_killed_every_process_that_had_it_is_said_to_have_done_so(broker):
    queue = "toy.toy.deadly.v1"
    with closing(connect(broker.url, "test")) as link:
        declare(link.channel(), *fact_queue(queue, "toy.events", "deadly.v1", limit=10))
    broker.put("", queue, b"{}", message_id="deadly")

    broker.take_and_drop(queue, until_gone=20)

    (message,) = Lot(broker.url, queue).look()
    assert message.id == "deadly"
    assert "the broker gave up" in message.error
    assert message.first_failed_at is not None

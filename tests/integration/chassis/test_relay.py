"""What is stated shares the commit of the change, is sent unchanged, and no row waits for another's sake."""

import json
import time
from contextlib import closing
from threading import Barrier, Thread
from uuid import uuid4

import kombu
import pytest
from services.toy.toy import PokedV1, ShelvedV1
from sqlalchemy.exc import IntegrityError

from libs.chassis.metrics import meter
from libs.chassis.relay import Relay, Row
from libs.chassis.wire import Publisher, connect, declare, fact_queue
from tests.integration.chassis.conftest import QUEUE
from tests.integration.chassis.slow_link import SlowLink
from tests.waiting import until


@pytest.fixture
def relay(toys, broker):
    """A relay that makes one turn at a time, when the test says so."""
    with closing(connect(broker.url, "test")) as link:
        declare(link.channel(), *fact_queue(QUEUE, "toy.events", "poked.v1", limit=50))
    return Relay(toys.engine, Publisher(broker.url, "test.relay"))


def state(toys, retailer, *facts):
    with toys.unit(retailer_id=retailer) as unit:
        unit.announce(facts)


def counted_here(what):
    """How many rows this process has counted as `held` or `unroutable`."""
    return meter().registry.get_sample_value(f"homeward_process_outbox_{what}_total")


def pokes(number):
    return [PokedV1(toy_id=uuid4()) for _ in range(number)]


def rows(toys, columns="message_id, body"):
    with toys.engine.begin() as db:
        return db.exec_driver_sql(f"SELECT {columns} FROM outbox ORDER BY id").all()


def make_due(toys, of="true"):
    """As if the rows had been committed, and put off, a minute ago."""
    with toys.engine.begin() as db:
        db.exec_driver_sql(
            "UPDATE outbox SET created_at = created_at - interval '1 minute', next_try = least(next_try, now())"
            f" WHERE {of}"
        )


def in_memory(toys):
    """The rows as their commit offers them to a relay."""
    return [Row(*row) for row in rows(toys, "id, message_id, retailer_id, exchange, routing_key, body")]


def received(broker, queue=QUEUE):
    """All messages of a queue: id and body."""
    found = []
    with closing(kombu.Connection(broker.url)) as link, closing(link.channel()) as channel:
        while (message := channel.basic_get(queue, no_ack=True)) is not None:
            found.append((message.properties["message_id"], message.body))
    return found


def test_a_change_and_what_it_causes_share_one_commit(toys, retailer):
    with toys.unit(retailer_id=retailer) as unit:
        unit.db.exec_driver_sql("INSERT INTO toys VALUES (%s, %s, 1)", (uuid4(), retailer))
        unit.announce(PokedV1(toy_id=uuid4()))
        assert rows(toys) == []

    assert len(rows(toys)) == 1
    assert toys.all_pokes(retailer) == (1, 1)


def test_a_change_that_is_taken_back_states_nothing(toys, retailer):
    with pytest.raises(KeyError), toys.unit(retailer_id=retailer) as unit:
        unit.db.exec_driver_sql("INSERT INTO toys VALUES (%s, %s, 1)", (uuid4(), retailer))
        unit.announce(PokedV1(toy_id=uuid4()))
        raise KeyError

    assert rows(toys) == []
    assert toys.all_pokes(retailer) == (0, 0)


def test_a_transaction_that_fails_at_its_very_end_states_nothing(toys, retailer):
    with pytest.raises(IntegrityError), toys.unit(retailer_id=retailer) as unit:
        unit.db.exec_driver_sql("INSERT INTO toys VALUES (%s, %s, 1)", (uuid4(), retailer))
        unit.announce(PokedV1(toy_id=uuid4()))
        unit.claim("calls", account=None, subject=uuid4())  # refused by the database, after the outbox was filled

    assert rows(toys) == []
    assert toys.all_pokes(retailer) == (0, 0)


def test_a_row_is_sent_again_unchanged_when_its_sender_died_before_it_was_forgotten(toys, retailer, broker, relay):
    state(toys, retailer, *pokes(1))
    [(message_id, body)] = rows(toys)
    first = Relay(toys.engine, Publisher(broker.url, "test.relay.first"))
    first.turn()
    first.offer(in_memory(toys))
    first.turn()  # it sends, and dies before the next second, in which it would have forgotten the row
    make_due(toys)

    relay.sweep()

    assert received(broker) == [(str(message_id), body.encode())] * 2
    assert json.loads(body)["id"] == str(message_id)
    assert rows(toys) == []


def test_the_envelope_is_whole_when_the_row_is_written(toys, retailer):
    state(toys, retailer, *pokes(1))

    envelope = json.loads(rows(toys)[0].body)
    assert envelope["retailerid"] == str(retailer)
    assert envelope["type"] == "toy.poked.v1"
    assert {"id", "time", "correlationid", "traceparent", "source", "specversion"} <= envelope.keys()


def test_many_are_on_their_way_before_the_first_is_confirmed(toys, retailer, broker, relay):
    link = SlowLink(broker.url, delay=0.1)
    far = Relay(toys.engine, Publisher(link.url, "test.relay"))
    state(toys, retailer, *pokes(40))
    make_due(toys)
    far.sweep()  # connects, and sends the first twenty of this retailer

    began = time.monotonic()
    far.sweep()
    took = time.monotonic() - began

    assert broker.count(QUEUE) == 40
    assert took < 20 * 0.1 / 2
    link.close()


def test_a_row_that_no_queue_wants_holds_up_no_other_and_repeats_none(toys, retailer, broker, relay):
    state(toys, retailer, *pokes(9), ShelvedV1(toy_id=uuid4()), *pokes(9))
    make_due(toys)
    before = counted_here("unroutable")

    for _ in range(3):
        relay.sweep()

    assert broker.count(QUEUE) == 18
    assert counted_here("unroutable") == before + 1
    assert rows(toys, "routing_key, tries") == [("shelved.v1", 1)]


def test_a_row_that_no_queue_wants_is_tried_ever_later_and_goes_once_a_queue_appears(toys, retailer, broker, relay):
    state(toys, retailer, ShelvedV1(toy_id=uuid4()))
    waits = []
    for _ in range(4):
        make_due(toys)
        relay.sweep()
        waits += [float(wait) for (wait,) in rows(toys, "extract(epoch FROM next_try - now())")]

    broker.bind("shelf", "toy.events", "shelved.v1")
    make_due(toys)
    for _ in range(3):
        relay.sweep()

    assert [round(wait) for wait in waits] == [1, 2, 4, 8]
    assert len(received(broker, "shelf")) == 1
    assert rows(toys) == []


def test_an_exchange_that_does_not_exist_yet_is_made(toys, retailer, broker, relay):
    state(toys, retailer, *pokes(2))
    with toys.engine.begin() as db:
        db.exec_driver_sql(
            "UPDATE outbox SET exchange = %s WHERE id = (SELECT min(id) FROM outbox)", (f"{retailer}.events",)
        )
    make_due(toys)

    relay.sweep()

    assert broker.count(QUEUE) == 1
    assert rows(toys, "tries") == [(1,)]  # the exchange is there; that no queue is bound to it is another matter


def test_the_sweep_leaves_young_rows_to_the_process_that_has_them_in_memory(toys, retailer, broker, relay):
    state(toys, retailer, *pokes(3))

    relay.sweep()

    assert broker.count(QUEUE) == 0
    assert len(rows(toys)) == 3


def test_rows_of_a_dead_process_are_sent_once_by_whoever_sweeps(toys, broker, relay):
    for _ in range(5):
        state(toys, uuid4(), *pokes(8))
    make_due(toys)
    relays = [Relay(toys.engine, Publisher(broker.url, f"test.relay.{n}")) for n in range(3)]
    together = Barrier(3)

    def turn(relay):
        together.wait()
        relay.sweep()

    threads = [Thread(target=turn, args=(relay,)) for relay in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert broker.count(QUEUE) == 40
    assert len({message_id for message_id, _ in received(broker)}) == 40
    assert rows(toys) == []


def test_a_full_queue_holds_rows_back_and_none_is_lost(toys, retailer, broker, relay):
    for _ in range(6):
        state(toys, retailer, *pokes(20))
    ids = {str(message_id) for (message_id,) in rows(toys, "message_id")}
    make_due(toys)
    for _ in range(6):
        relay.sweep()
    full = broker.count(QUEUE)
    assert 50 <= full < 120
    assert len(rows(toys)) == 120 - full
    assert set(rows(toys, "tries")) == {(0,)}  # it is no fault of the row: it goes as soon as there is room

    got = []

    def drained():
        relay.sweep()
        got.extend(received(broker))
        return not rows(toys)

    until(drained)
    assert sorted(message_id for message_id, _ in got) == sorted(ids)


def test_a_key_that_a_full_queue_refused_rests_before_the_next_try(toys, retailer, broker, relay):
    state(toys, retailer, *pokes(200))
    make_due(toys)
    before = counted_here("held")

    def refused():
        relay.sweep()
        return counted_here("held") - before

    first = until(refused)
    again = [refused() for _ in range(5)]

    assert again == [first] * 5


def test_a_retailers_flood_does_not_hold_up_another_retailer(toys, poke, worker):
    flooding, calm = uuid4(), uuid4()
    state(toys, flooding, *(PokedV1(toy_id=uuid4(), mood="lazy") for _ in range(1000)))

    for _ in range(5):
        poke(of=calm)

    until(lambda: toys.all_pokes(calm) == (5, 5))
    assert toys.all_pokes(flooding)[0] < 500
    until(lambda: toys.all_pokes(flooding) == (1000, 1000), within=90)

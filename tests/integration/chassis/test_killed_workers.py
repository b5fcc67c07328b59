"""Workers that are killed, told to stop, or are several: each fact and each piece of work is still done once."""

import threading
import time

import pytest
from services.toy.toy import SayV1

from libs.chassis.errors import Unavailable
from libs.chassis.rpc import Client
from tests.integration.chassis.conftest import PARKED, QUEUE, counted, has_said
from tests.waiting import until


def test_a_killed_worker_gives_its_fact_to_the_next(toys, retailer, poke, start):
    process = start("toy", CRASH_AT="toy.before_work")
    toy_id = poke()
    until(lambda: process.running.poll() is not None)
    assert toys.pokes(retailer, toy_id) == 0

    start("toy")

    until(lambda: toys.pokes(retailer, toy_id) == 1)


def test_a_worker_killed_after_its_commit_does_not_do_it_twice(toys, retailer, poke, start):
    process = start("toy", CRASH_AT="toy.before_ack")
    toy_id = poke(hops=2)
    until(lambda: process.running.poll() is not None)
    assert toys.pokes(retailer, toy_id) == 1

    start("toy")

    until(lambda: toys.pokes(retailer, toy_id) == 3)


def test_two_workers_share_the_facts_and_do_each_once(toys, retailer, poke, start):
    two = start("toy"), start("toy")

    for _ in range(20):
        poke(hops=3)

    until(lambda: toys.all_pokes(retailer) == (20, 80))
    assert all(counted(process, "event_seconds_count") > 0 for process in two)


def test_a_fact_that_kills_every_worker_ends_in_the_parked_queue(toys, poke, start, broker):
    start("toy").stop()  # it has declared the queues
    poke()
    until(lambda: broker.count(QUEUE) == 1)

    given = broker.take_and_drop(QUEUE, until_gone=30)

    until(lambda: broker.count(PARKED) == 1)
    assert given == 11  # the first delivery, and ten more


def test_sigterm_finishes_the_fact_in_hand(toys, retailer, poke, start, broker):
    process = start("toy")
    toy_id = poke(mood="slow")
    until(lambda: has_said(process, "toy.slow_began"))

    code = process.stop()

    assert code == 0
    assert toys.pokes(retailer, toy_id) == 1
    assert broker.count(QUEUE) == 0  # acknowledged, or it would be there again


def test_sigterm_gives_back_what_was_not_begun(toys, retailer, poke, start, broker):
    process = start("toy")
    for _ in range(15):
        poke(mood="slow")
    until(lambda: process.log.read_text().count("toy.slow_began") == 10)

    process.stop()

    done = toys.all_pokes(retailer)[0]
    assert done >= 10
    assert broker.count(QUEUE) == 15 - done


def test_sigterm_sends_what_the_last_facts_caused(toys, retailer, poke, start, broker):
    process = start("toy")
    poke(mood="slow", hops=1)
    until(lambda: has_said(process, "toy.slow_began"))

    process.stop()

    assert broker.count(QUEUE) == 1
    with toys.engine.begin() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one() == 0


def test_sigterm_finishes_the_work_in_hand(toys, retailer, poke, start):
    process = start("toy")
    toy_id = poke(account="takes a while")
    until(lambda: has_said(process, "toy.work_began"))

    code = process.stop()

    assert code == 0
    assert [note for _, _, note in toys.notes(retailer, toy_id)] == ["begun", "done"]
    with toys.engine.begin() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM claims").scalar_one() == 0


def test_sigterm_answers_the_request_in_hand_and_then_nobody_is_there(retailer, toys, start, broker_url):
    process = start("toy")
    client = Client(broker_url, "test")
    said = []
    asking = threading.Thread(
        target=lambda: said.append(client.ask(retailer, SayV1(words="wait for me", mood="slow"), timeout=10))
    )
    asking.start()
    until(lambda: has_said(process, "toy.slow_began"))

    process.running.terminate()

    with pytest.raises(Unavailable, match="not running"):
        until(lambda: client.ask(retailer, SayV1(words="are you there?"), timeout=10) is None)
    asking.join(10)
    assert [echo.words for echo in said] == ["wait for me"]
    assert process.running.wait(30) == 0
    client.close()


def test_a_killed_service_leaves_no_queue_in_which_a_caller_would_wait(toys, start, retailer, broker_url):
    process = start("toy")
    client = Client(broker_url, "test")
    assert client.ask(retailer, SayV1(words="hello")).words == "hello"

    process.kill()

    def gone():
        began = time.monotonic()
        try:
            client.ask(retailer, SayV1(words="hello"), timeout=1)
        except Unavailable:
            return time.monotonic() - began
        return None

    until(gone)
    assert min(gone() for _ in range(5)) < 0.1
    client.close()

"""One service asks another: typed answers and refusals, a deadline on both sides, and a dead service is told at once."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import uuid4

import kombu
import pytest
from amqp import Message
from services.toy.toy import SayV1

from libs.chassis.context import fresh, working
from libs.chassis.errors import DeadlineExceeded, Failed, Unavailable
from libs.chassis.outside import CallInsideUnit
from libs.chassis.rpc import Client
from libs.contracts.base import Named, Request
from libs.contracts.errors import Refused
from tests.integration.chassis.conftest import logged
from tests.waiting import until


@pytest.fixture
def client(environment, broker_url):
    client = Client(broker_url, "test")
    until(lambda: client.connected)
    yield client
    client.close()


class NobodyV1(Named):
    """An answer that never comes."""


class AskNobodyV1(Request[NobodyV1]):
    """A question to a service of this module's name, which does not run."""


def ask_raw(broker, body, **properties):
    """The kind and body of the answer to bytes put in the toy's request queue."""
    with closing(kombu.Connection(broker.url)) as link, closing(link.channel()) as channel:
        answers = []
        channel.auto_decode = False
        channel.basic_consume("amq.rabbitmq.reply-to", no_ack=True, callback=answers.append)
        channel.basic_publish(Message(body, reply_to="amq.rabbitmq.reply-to", **properties), "", "rpc.toy")
        while not answers:
            link.drain_events(timeout=5)
        return answers[0].properties.get("type"), answers[0].body


def test_an_answer_comes_back_typed(worker, client, retailer):
    photo = bytes(range(256)) * 2000

    echo = client.ask(retailer, SayV1(words="hello", photo=photo))

    assert (echo.words, echo.photo) == ("hello", photo)


def test_a_refusal_comes_back_with_its_code(worker, client, retailer):
    with pytest.raises(Refused) as refused:
        client.ask(retailer, SayV1(words="hello", mood="refuse"))

    assert (refused.value.code, refused.value.detail) == ("toy.sulks", "not today")


def test_an_error_of_the_answerer_says_no_more_than_that(worker, client, retailer):
    with pytest.raises(Failed) as failed:
        client.ask(retailer, SayV1(words="hello", mood="broken"))

    assert "mistake" not in str(failed.value)


def test_a_service_that_lacks_what_it_needs_is_as_good_as_away(worker, client, retailer):
    with pytest.raises(DeadlineExceeded) as stuck:
        client.ask(retailer, SayV1(words="hello", mood="stuck"))

    assert "database" not in str(stuck.value)


def test_a_field_of_a_newer_caller_is_ignored(worker, broker, retailer):
    call = {"retailerid": str(retailer), "correlationid": str(uuid4()), "deadline": time.time() + 5, "shoe": 44}

    kind, body = ask_raw(
        broker, json.dumps(call | {"data": {"words": "hi", "volume": 11}}).encode(), type="say.v1", correlation_id="1"
    )

    assert (kind, json.loads(body)["words"]) == ("answer", "hi")


def test_a_request_that_cannot_be_read_is_refused_and_harms_nobody(worker, broker, client, retailer):
    refused, body = ask_raw(broker, b"not json", type="say.v1", correlation_id="1")
    failed, _ = ask_raw(broker, b"{}", type="unheard_of.v1", correlation_id="1")
    bare, _ = ask_raw(broker, b"{}")
    broker.put("", "rpc.toy", b"no way to answer this")

    assert (refused, failed, bare) == ("refused", "failed", "failed")
    assert json.loads(body)["code"] == "request.malformed"
    assert client.ask(retailer, SayV1(words="still there?")).words == "still there?"


def test_a_request_lives_as_long_as_its_caller_waits_and_is_never_written_to_disk(broker, client, retailer):
    queue = AskNobodyV1.queue()
    with closing(kombu.Connection(broker.url)) as link, closing(link.channel()) as channel:
        channel.queue_declare(queue, durable=False, auto_delete=False)

        with ThreadPoolExecutor(1) as thread:
            asking = thread.submit(client.ask, retailer, AskNobodyV1(), timeout=2)
            request = until(lambda: channel.basic_get(queue, no_ack=True))
        with pytest.raises(DeadlineExceeded):
            client.ask(retailer, AskNobodyV1(), timeout=0.2)
        until(lambda: broker.count(queue) == 0)
        channel.queue_delete(queue)

    assert isinstance(asking.exception(), DeadlineExceeded)
    assert (request.properties["delivery_mode"], request.properties["expiration"]) == (1, "2000")


def test_a_service_that_does_not_run_is_told_within_a_tenth_of_a_second(client, retailer):
    took = []
    for _ in range(5):
        began = time.monotonic()
        with pytest.raises(Unavailable, match="test_rpc is not running"):
            client.ask(retailer, AskNobodyV1(), timeout=10)
        took.append(time.monotonic() - began)

    assert min(took) < 0.1


def test_a_caller_waits_no_longer_than_its_deadline(worker, client, retailer):
    began = time.monotonic()

    with pytest.raises(DeadlineExceeded):
        client.ask(retailer, SayV1(words="hello", mood="slow"), timeout=0.3)

    assert 0.3 <= time.monotonic() - began < 1.2  # the answer takes 1.5 s


def test_a_late_answer_is_not_taken_for_that_of_the_next_call(worker, client, retailer):
    for n in range(3):
        with pytest.raises(DeadlineExceeded):
            client.ask(retailer, SayV1(words=f"late {n}", mood="doze"), timeout=0.05)

    words = [client.ask(retailer, SayV1(words=f"in time {n}", mood="doze"), timeout=5).words for n in range(3)]

    assert words == ["in time 0", "in time 1", "in time 2"]


def test_an_answerer_stops_work_that_nobody_waits_for_and_its_connections_stay_sound(worker, client, retailer):
    for _ in range(12):  # more than its pool has connections, so that one left in use would be missed
        with pytest.raises(DeadlineExceeded):
            client.ask(retailer, SayV1(words="hello", mood="in the database"), timeout=0.05)

    dozed = client.ask(
        retailer, SayV1(words="hello", mood="doze"), timeout=4
    )  # each would have slept 5 s in the database

    assert dozed.words == "hello"


def test_a_request_whose_deadline_has_passed_is_not_begun(worker, broker, retailer):
    call = {"retailerid": str(retailer), "correlationid": str(uuid4()), "deadline": time.time() - 1}

    kind, _ = ask_raw(broker, json.dumps(call | {"data": {"words": "hi"}}).encode(), type="say.v1", correlation_id="1")

    assert kind == "late"


def test_sixteen_threads_share_one_client(worker, client, retailer):
    def talk(n):
        words = [f"{n}.{turn} " + "x" * (turn * 700) for turn in range(60)]
        return words == [client.ask(retailer, SayV1(words=said), timeout=10).words for said in words]

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(talk, range(16)))


def test_many_large_messages_at_once_do_not_mix(worker, client, retailer):
    def talk(n):
        photo = bytes([n]) * 600_000  # several frames each way
        return client.ask(retailer, SayV1(words=str(n), photo=photo), timeout=20).photo == photo

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(talk, range(16)))


def test_asking_inside_a_transaction_is_an_error_in_our_code(toys, client, retailer):
    with toys.unit(retailer_id=retailer), pytest.raises(CallInsideUnit):
        client.ask(retailer, SayV1(words="hello"))

    with toys.look(retailer), pytest.raises(CallInsideUnit):
        client.ask(retailer, SayV1(words="hello"))


def test_planned_work_may_ask(toys, retailer, poke, worker):
    toy_id = poke(account="asks another service")

    assert until(lambda: [note for _, _, note in toys.notes(retailer, toy_id)] == ["begun", "well done", "done"])


def test_the_first_call_waits_for_the_link(worker, environment, broker_url, retailer):
    client = Client(broker_url, "test")

    echo = client.ask(retailer, SayV1(words="hello"), timeout=10)

    assert echo.words == "hello"
    client.close()


def test_a_closed_client_fails_calls_at_once_and_leaves_no_thread(environment, broker_url, retailer):
    client = Client(broker_url, "test")
    until(lambda: client.connected)

    client.close()

    with pytest.raises(Unavailable):
        client.ask(retailer, SayV1(words="hello"), timeout=10)
    assert not client._thread.is_alive()


def test_a_call_carries_what_it_belongs_to(worker, client, retailer):
    context = fresh()

    with working(context), pytest.raises(Failed):
        client.ask(retailer, SayV1(words="hello", mood="broken"))

    line = until(
        lambda: next(
            (line for line in logged(worker) if line.get("correlation_id") == str(context.correlation_id)), None
        )
    )
    assert (line["event"], line["retailer"]) == ("chassis.answer_failed", str(retailer))

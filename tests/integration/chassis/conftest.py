"""The toy service, seen from a process beside it, and servers that a test may kill."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import UUID, uuid4

import kombu
import pytest
from amqp import Message

from tests.integration.conftest import ROOT, TOYS, Process, launch
from tests.waiting import until

sys.path.insert(0, str(TOYS))
import services

services.__path__.append(str(TOYS / "services"))  # `services` is a namespace: the toy stands beside the real ones

QUEUE = "toy.toy.poked.v1"
PARKED = f"{QUEUE}.parked"


class Broker:
    """The broker, looked at from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def count(self, queue: str) -> int:
        """Messages ready in a queue; -1 when there is none of this name."""
        with closing(kombu.Connection(self.url)) as link, closing(link.channel()) as channel:
            try:
                return channel.queue_declare(queue, passive=True).message_count
            except link.channel_errors:
                return -1

    def get(self, queue: str) -> tuple[dict, bytes]:
        """Take one message: headers and bytes."""
        with closing(kombu.Connection(self.url)) as link, closing(link.channel()) as channel:
            channel.auto_decode = False
            message = channel.basic_get(queue, no_ack=True)
            return dict(message.headers), message.body

    def put(self, exchange: str, key: str, body: bytes, content_type: str = "application/json", **properties) -> None:
        """Publish bytes as they are."""
        with closing(kombu.Connection(self.url)) as link, closing(link.channel()) as channel:
            channel.basic_publish(Message(body, content_type=content_type, **properties), exchange, key)

    def bind(self, queue: str, exchange: str, key: str) -> None:
        """Make a durable queue that receives what is stated under `key`."""
        with closing(kombu.Connection(self.url)) as link, closing(link.channel()) as channel:
            channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
            channel.queue_declare(queue, durable=True, auto_delete=False)
            channel.queue_bind(queue, exchange, key)

    def take_and_drop(self, queue: str, *, until_gone: int) -> int:
        """How often the message at the head is given to consumers that die with it, at most so often."""
        with closing(kombu.Connection(self.url)) as link, closing(link.channel()) as channel:
            for given in range(until_gone):
                message = until(lambda: channel.basic_get(queue) or self.count(f"{queue}.parked") > 0)
                if message is True:
                    return given
                channel.basic_reject(message.delivery_tag, requeue=True)
        return until_gone

    def purge(self, queue: str) -> None:
        """Empty a queue that may not exist."""
        with closing(kombu.Connection(self.url)) as link, closing(link.channel()) as channel:
            try:
                channel.queue_purge(queue)
            except link.channel_errors:
                return


@pytest.fixture
def broker(broker_url: str) -> Broker:
    """The broker of this test process."""
    return Broker(broker_url)


@pytest.fixture
def toys(environment: dict[str, str], service_database: Callable[[str], str], broker: Broker) -> object:
    """The toy's store; its queues, outbox and claims begin empty."""
    from services.toy.store import Toys

    service_database("toy")
    store = Toys()
    with store.engine.begin() as db:
        for table in ("outbox", "inbox", "claims"):
            db.exec_driver_sql(f"DELETE FROM {table}")
    for queue in (QUEUE, PARKED):
        broker.purge(queue)
    return store


@pytest.fixture
def sending(toys, broker: Broker) -> Iterator[None]:
    """A relay in this process, which sends what the test states."""
    from libs.chassis import relay

    outbox = relay.start(toys.engine, broker.url, "test")
    yield
    outbox.stop()


@pytest.fixture(scope="module")
def worker(
    environment: dict[str, str], service_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Process]:
    """A worker of the toy for tests that do it no harm."""
    service_database("toy")
    process = launch("toy", tmp_path_factory.mktemp("worker") / "toy.log", environment)
    try:
        until(process.ready, within=40)
        yield process
    finally:
        process.kill()


@pytest.fixture
def retailer() -> UUID:
    """A retailer of this test alone."""
    return uuid4()


@pytest.fixture
def poke(toys, retailer, sending) -> Callable[..., UUID]:
    """Call it to state that a toy was poked, in a transaction of its own; gives the toy's id."""
    from services.toy.toy import PokedV1

    def state(*, of: UUID = retailer, toy_id: UUID | None = None, **values) -> UUID:
        toy_id = toy_id or uuid4()
        with toys.unit(retailer_id=of) as unit:
            unit.announce(PokedV1(toy_id=toy_id, **values))
        return toy_id

    return state


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """The end of a Python process with these arguments, in this environment and no other variables of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=ROOT,
        env=kept | {"PYTHONPATH": f"{ROOT}:{TOYS}"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def counted(process: Process, metric: str) -> float:
    """The sum of a metric of the toy over its labels, as the process tells it."""
    lines = process.get("/metrics")[1].splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"homeward_toy_{metric}"))


def has_said(process: Process, words: str) -> bool:
    """Whether the process has logged these words."""
    return words in process.log.read_text()


def logged(process: Process) -> list[dict]:
    """The lines of a process's log, each a JSON object."""
    return [json.loads(line) for line in process.log.read_text().splitlines()]

"""The toy service, seen from a process beside it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import UUID, uuid4

import kombu
import pytest

from tests.integration.conftest import TOYS

sys.path.insert(0, str(TOYS))
import services  # noqa: E402

services.__path__.append(str(TOYS / "services"))  # `services` is a namespace: the toy stands beside the real ones


class Broker:
    """The broker, looked at from outside."""

    def __init__(self, url: str) -> None:
        self._url = url

    def count(self, queue: str) -> int:
        """Messages ready in a queue; -1 when there is none of this name."""
        with closing(kombu.Connection(self._url)) as link, closing(link.channel()) as channel:
            try:
                return channel.queue_declare(queue, passive=True).message_count
            except link.channel_errors:
                return -1

    def get(self, queue: str) -> tuple[dict, bytes]:
        """Take one message: headers and bytes."""
        with closing(kombu.Connection(self._url)) as link, closing(link.channel()) as channel:
            channel.auto_decode = False
            message = channel.basic_get(queue, no_ack=True)
            return dict(message.headers), message.body

    def put(self, exchange: str, key: str, body: bytes, content_type: str = "application/json") -> None:
        """Publish bytes as they are."""
        from amqp import Message
        with closing(kombu.Connection(self._url)) as link, closing(link.channel()) as channel:
            channel.basic_publish(Message(body, content_type=content_type), exchange, key)

    def purge(self, queue: str) -> None:
        """Empty a queue that may not exist."""
        with closing(kombu.Connection(self._url)) as link, closing(link.channel()) as channel:
            try:
                channel.queue_purge(queue)
            except link.channel_errors:
                return


@pytest.fixture
def broker(broker_url: str) -> Broker:
    """The broker of this test process."""
    return Broker(broker_url)


@pytest.fixture
def toys(environment: dict[str, str], service_database: Callable[[str], str], broker: Broker) -> Iterator[object]:
    """The toy's store, with a relay in this process; its queues and outbox begin empty."""
    from libs.chassis import relay
    from libs.chassis.settings import load
    from libs.chassis.store import engine_of
    from services.toy.store import Toys
    service_database("toy")
    with engine_of("toy").begin() as db:
        for table in ("outbox", "inbox", "claims"):
            db.exec_driver_sql(f"DELETE FROM {table}")
    for queue in ("toy.toy.poked.v1", "toy.toy.poked.v1.parked"):
        broker.purge(queue)
    outbox = relay.start(engine_of("toy"), load().amqp_url, "test")
    yield Toys()
    outbox.stop()


@pytest.fixture
def retailer() -> UUID:
    """A retailer of this test alone."""
    return uuid4()

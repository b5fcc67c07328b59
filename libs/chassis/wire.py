"""The broker: connections, what is declared on it, and publishing with many unconfirmed at once."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto

import kombu
from amqp import Channel, Connection, Message, spec
from amqp.exceptions import AMQPError

from libs.chassis.errors import Unavailable

CONFIRM_WITHIN = 10.0  # seconds for the broker to confirm a batch
HEARTBEAT = 10  # seconds
BEAT = 1.0  # seconds between two looks at whether a heartbeat is due
LINK_ERRORS = (OSError, AMQPError)  # a refused sign-in and a closed channel are no connection errors to py-amqp


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish: persistent, `mandatory`, its bytes untouched."""

    exchange: str
    key: str
    message_id: str
    body: bytes
    headers: dict[str, object] = field(default_factory=dict)
    content_type: str = "application/cloudevents+json"

    def as_amqp(self) -> Message:
        return Message(
            self.body,
            content_type=self.content_type,
            delivery_mode=2,
            message_id=self.message_id,
            application_headers=self.headers,
        )


class Outcome(Enum):
    """What the broker said of one message."""

    TAKEN = auto()
    UNROUTABLE = auto()
    REFUSED = auto()  # a queue it is bound for is full


def connect(url: str, name: str) -> Connection:
    """An open connection that the broker lists as `name`. Raises Unavailable."""
    link = kombu.Connection(
        url, heartbeat=HEARTBEAT, connect_timeout=5, transport_options={"client_properties": {"connection_name": name}}
    )
    try:
        return link.transport.establish_connection()
    except LINK_ERRORS as away:
        raise Unavailable(f"broker: {away}") from away


def publish(channel: Channel, exchange: str, key: str, message: Message, *, mandatory: bool = True) -> None:
    """Send one message without waiting. py-amqp's own basic_publish drains the socket first, which another greenlet reads."""
    channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, key, mandatory, False), message)


def dispatch(connection: Connection, *, tick: float) -> Iterator[None]:
    """Hand what comes to its callbacks, yielding after each and at least every `tick` seconds. Raises when the link is lost."""
    next_beat = 0.0
    while True:
        with suppress(TimeoutError):
            connection.drain_events(timeout=tick)
        if (moment := time.monotonic()) >= next_beat:
            next_beat = moment + BEAT
            connection.heartbeat_tick()
        yield


def hang_up(connection: Connection) -> None:
    """End a link that another thread reads: the reader meets an error and closes it. py-amqp would open a closed one again."""
    with suppress(OSError, AttributeError):  # it may be closed already
        connection.transport.sock.shutdown(socket.SHUT_RDWR)


class Publisher:
    """Publishes batches on a connection of its own, and waits for the broker's word on each message."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self._connection: Connection | None = None
        self._channel: Channel | None = None
        self._tag = 0
        self._open: dict[int, str] = {}
        self._said: dict[str, Outcome] = {}
        self._topics: set[str] = set()
        self._next_beat = 0.0
        self._turn = threading.Lock()

    def publish(self, batch: Sequence[Outgoing], *, topics: Iterable[str] = ()) -> dict[str, Outcome]:
        """The broker's word by message id, once the `topics` exchanges exist.

        Raises Unavailable when the link fails: then nothing is known of the batch.
        """
        with self._turn:
            try:
                channel = self._channel or self._connect()
                self._declare_topics(channel, topics)
                return self._publish(channel, batch)
            except LINK_ERRORS as away:
                self.close()
                raise Unavailable(f"broker: {away}") from away

    def _declare_topics(self, channel: Channel, topics: Iterable[str]) -> None:
        # To an exchange that does not exist the broker says no by closing the channel, and the whole batch is lost with it.
        for name in set(topics) - self._topics:
            channel.exchange_declare(name, "topic", durable=True, auto_delete=False)
            self._topics.add(name)

    def _publish(self, channel: Channel, batch: Sequence[Outgoing]) -> dict[str, Outcome]:
        connection = channel.connection
        self._said = {}
        for item in batch:
            self._tag += 1
            self._open[self._tag] = item.message_id
            publish(channel, item.exchange, item.key, item.as_amqp())
        until = time.monotonic() + CONFIRM_WITHIN
        while self._open:
            connection.drain_events(timeout=max(0.01, until - time.monotonic()))
        return {item.message_id: self._said.get(item.message_id, Outcome.TAKEN) for item in batch}

    def _connect(self) -> Channel:
        self._connection = connect(self._url, self._name)
        self._channel = channel = self._connection.channel()
        self._tag, self._open, self._topics = 0, {}, set()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        return channel

    def _settled(self, tag: int, multiple: bool) -> list[str]:
        tags = [t for t in self._open if t <= tag] if multiple else [tag]
        return [self._open.pop(t) for t in tags if t in self._open]

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settled(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool, *_requeue: object) -> None:
        self._said.update(dict.fromkeys(self._settled(tag, multiple), Outcome.REFUSED))

    def _on_return(self, _error: Exception, _exchange: str, _key: str, message: Message) -> None:
        self._said[message.properties["message_id"]] = Outcome.UNROUTABLE  # comes before the ack

    def beat(self) -> None:
        """Keep an idle link alive, however often it is called; one that is publishing needs no help."""
        if time.monotonic() < self._next_beat or not self._turn.acquire(blocking=False):
            return
        try:
            self._next_beat = time.monotonic() + BEAT
            if self._connection is not None:
                _read_what_is_there(self._connection)
                self._connection.heartbeat_tick()
        except LINK_ERRORS:  # the next publish opens a new link
            self.close()
        finally:
            self._turn.release()

    def close(self) -> None:
        """Drop the link; the next publish opens a new one."""
        connection, self._connection, self._channel, self._open = self._connection, None, None, {}
        if connection is not None:
            close(connection)


def close(connection: Connection) -> None:
    """Close a link that may be dead already."""
    with suppress(Exception):  # closing is a courtesy: the broker notices by itself
        connection.collect()


def _read_what_is_there(connection: Connection) -> None:
    # The broker's heartbeats lie unread while nobody publishes, and a link on which none was read counts as dead.
    with suppress(TimeoutError):
        while True:
            connection.drain_events(timeout=0.001)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A queue with its arguments, the exchange it is bound to, and the key."""

    queue: str
    arguments: dict[str, object]
    exchange: str = ""
    exchange_type: str = "topic"
    key: str = ""


_QUORUM: dict[str, object] = {"x-queue-type": "quorum", "x-overflow": "reject-publish"}


def fact_queue(queue: str, exchange: str, key: str, *, limit: int) -> tuple[Declaration, ...]:
    """The queue of one (service, fact), and its parked queue. Past `limit` messages it takes no more, and the relay holds back."""
    return (
        Declaration(parked(queue), _QUORUM),
        Declaration(
            queue,
            _QUORUM
            | {
                "x-delivery-limit": 10,
                "x-max-length": limit,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": parked(queue),
                "x-dead-letter-strategy": "at-least-once",
            },
            exchange,
            "topic",
            key,
        ),
    )


def delay_queue(tier: str, seconds: float) -> Declaration:
    """A delay tier: what is published to the fanout exchange with a queue's name as key comes home to that queue."""
    name = f"delay.{tier}"
    return Declaration(
        name,
        _QUORUM
        | {
            "x-message-ttl": int(seconds * 1000),
            "x-dead-letter-exchange": "",
            "x-dead-letter-strategy": "at-least-once",
        },
        name,
        "fanout",
    )


def parked(queue: str) -> str:
    """Where messages of `queue` wait for a person."""
    return f"{queue}.parked"


def declare(channel: Channel, *declarations: Declaration) -> None:
    """Declare each, idempotently."""
    for item in declarations:
        channel.queue_declare(item.queue, durable=True, auto_delete=False, arguments=item.arguments)
        if item.exchange:
            channel.exchange_declare(item.exchange, item.exchange_type, durable=True, auto_delete=False)
            channel.queue_bind(item.queue, item.exchange, item.key)

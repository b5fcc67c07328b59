"""The broker: connections, what is declared on it, and publishing with many unconfirmed at once."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import kombu
from amqp import Channel, Connection, Message, spec

from libs.chassis.errors import Unavailable

CONFIRM_WITHIN = 10.0  # seconds for the broker to confirm a batch
HEARTBEAT = 10  # seconds


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
        return Message(self.body, content_type=self.content_type, delivery_mode=2, message_id=self.message_id,
                       application_headers=self.headers)


class Outcome(Enum):
    """What the broker said of one message."""

    TAKEN = auto()
    UNROUTABLE = auto()
    REFUSED = auto()  # a queue it is bound for is full


def connect(url: str, name: str) -> Connection:
    """An open connection that the broker lists as `name`. Raises Unavailable."""
    link = kombu.Connection(url, heartbeat=HEARTBEAT, connect_timeout=5,
                            transport_options={"client_properties": {"connection_name": name}})
    try:
        return link.transport.establish_connection()
    except link.connection_errors as away:
        raise Unavailable(f"broker: {away}") from away


def publish(channel: Channel, exchange: str, key: str, message: Message, *, mandatory: bool = True) -> None:
    """Send one message without waiting. py-amqp's own basic_publish drains the socket first, which another greenlet reads."""
    channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, key, mandatory, False), message)


class Publisher:
    """Publishes batches on a connection of its own, and waits for the broker's word on each message."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self._connection: Connection | None = None
        self._channel: Channel | None = None
        self._tag = 0
        self._open: dict[int, str] = {}
        self._said: dict[str, Outcome] = {}
        self._turn = threading.Lock()

    def publish(self, batch: Sequence[Outgoing]) -> dict[str, Outcome]:
        """The broker's word by message id. Raises Unavailable when the link fails: then nothing is known of the batch."""
        with self._turn:
            try:
                return self._publish(batch)
            except (OSError, *kombu.Connection(self._url).connection_errors) as away:
                self.close()
                raise Unavailable(f"broker: {away}") from away

    def _publish(self, batch: Sequence[Outgoing]) -> dict[str, Outcome]:
        channel = self._channel or self._connect()
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
        self._tag, self._open = 0, {}
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

    def declare(self, *declarations: "Declaration") -> None:
        """Declare exchanges and queues."""
        with self._turn:
            declare(self._channel or self._connect(), *declarations)

    def beat(self) -> None:
        """Keep an idle link alive."""
        with self._turn:
            if self._connection is not None:
                try:
                    self._connection.heartbeat_tick()
                except Exception:  # the next publish opens a new link
                    self.close()

    def close(self) -> None:
        """Drop the link; the next publish opens a new one."""
        connection, self._connection, self._channel, self._open = self._connection, None, None, {}
        if connection is not None:
            close(connection)


def close(connection: Connection) -> None:
    """Close a link that may be dead already."""
    try:
        connection.collect()
    except Exception:  # closing is a courtesy: the broker notices by itself
        return


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
    """The queue of one (service, fact), and its parked queue. Past `limit` messages it takes no more, which holds the relay back."""
    return (
        Declaration(parked(queue), _QUORUM),
        Declaration(queue, _QUORUM | {
            "x-delivery-limit": 10, "x-max-length": limit,
            "x-dead-letter-exchange": "", "x-dead-letter-routing-key": parked(queue),
            "x-dead-letter-strategy": "at-least-once"}, exchange, "topic", key),
    )


def delay_queue(tier: str, seconds: float) -> Declaration:
    """A delay tier: what is published to the fanout exchange with a queue's name as key comes home to that queue."""
    name = f"delay.{tier}"
    return Declaration(name, _QUORUM | {"x-message-ttl": int(seconds * 1000), "x-dead-letter-exchange": "",
                                        "x-dead-letter-strategy": "at-least-once"}, name, "fanout")


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

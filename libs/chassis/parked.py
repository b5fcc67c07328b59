"""Parked messages: what could not be handled waits in `<queue>.parked` for a person, who reads it, replays it or drops it."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from amqp import Channel, Connection, spec
from amqp import Message as Delivery
from amqp.exceptions import NotFound, ResourceLocked

from libs.chassis.errors import Transient, Unavailable
from libs.chassis.logs import log
from libs.chassis.wire import LINK_ERRORS, Outcome, Outgoing, Publisher, close, connect, parked

HELD = 500  # messages in hand at once. Always as many: what goes back goes behind what went back before it
REPLAYED = 1_000  # messages of one replay of a whole queue; a person waits for its end
RENEWED = 8  # returns after which a message goes back as a copy: RabbitMQ 4 drops what was returned 20 times
PATIENCE = 5.0  # seconds that one reader waits for another
_OURS = {"attempt", "error", "queue", "first_failed_at"}  # what Handles writes when it puts a message off
_BROKERS = ("x-death", "x-first-death-", "x-last-death-")
_NOT_TAKEN = {
    Outcome.UNROUTABLE: "{queue} is gone: start the service that declares it",
    Outcome.REFUSED: "{queue} is full: replay again when it is shorter",
}
_COUNTS = ("x-delivery-count", "x-acquired-count")


class Busy(Transient):
    """Somebody else has this queue's parked messages in hand."""


class NoSuchQueue(Exception):
    """The queue parks nothing: no service has declared it."""


class NotTaken(Exception):
    """The broker did not take a message home, for the reason in words; it is still parked."""


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A message as it was parked. `id` is its own, or made of its bytes where it came without one."""

    id: str
    queue: str
    body: bytes
    content_type: str
    error: str
    attempts: int
    first_failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages went home, and how many are still parked. `stopped` says why the broker took no more, if so."""

    replayed: int
    left: int
    stopped: str | None = None


class Lot:
    """The parked messages of one queue. Raises Unavailable when the broker is away, and NoSuchQueue."""

    def __init__(self, url: str, queue: str) -> None:
        self._url, self._queue = url, queue
        self._name = f"parked.{queue}"

    def look(self) -> list[ParkedMessage]:
        """The first messages, in their order, at most HELD; all of them stay."""
        with self._in_hand() as hand:
            return [self._read(delivery) for delivery in hand.held]

    def find(self, id: str) -> ParkedMessage | None:
        """The message with this id, which stays."""
        return next((message for message in self.look() if message.id == id), None)

    def drop(self, id: str) -> bool:
        """Throw the message away for good; False when it is not there."""
        with self._in_hand() as hand:
            delivery = self._pick(hand, id)
            if delivery is not None:
                hand.settle(delivery)
                log.info("chassis.parked_dropped", queue=self._queue, message_id=id)
            return delivery is not None

    def replay(self, id: str) -> bool:
        """Send the message home as if it came for the first time; False when it is not there. Raises NotTaken.

        A crash in between leaves it here and at home: the inbox of the service makes the second time nothing.
        """
        with self._in_hand() as hand, self._publisher() as publisher:
            delivery = self._pick(hand, id)
            if delivery is not None:
                self._go_home(publisher, hand, delivery)
                log.info("chassis.parked_replayed", queue=self._queue, message_id=id)
            return delivery is not None

    def replay_all(self) -> Replayed:
        """Send home what is parked now, at most REPLAYED, until the broker takes no more. What comes back stays parked."""
        with self._in_hand(most=0) as hand, self._publisher() as publisher:
            replayed, waiting = 0, hand.waiting()
            try:
                while replayed < min(waiting, REPLAYED) and (delivery := hand.take()) is not None:
                    self._go_home(publisher, hand, delivery)
                    replayed += 1
            except NotTaken as full:
                return Replayed(replayed, hand.waiting() + len(hand.held), str(full))
            finally:
                log.info("chassis.parked_replayed", queue=self._queue, messages=replayed)
            return Replayed(replayed, hand.waiting())

    @staticmethod
    def _pick(hand: "_Hand", id: str) -> Delivery | None:
        return next((delivery for delivery in hand.held if _id_of(delivery) == id), None)

    def _go_home(self, publisher: Publisher, hand: "_Hand", delivery: Delivery) -> None:
        headers = {
            name: value
            for name, value in (delivery.headers or {}).items()
            if name not in _OURS and not name.startswith((*_BROKERS, *_COUNTS))
        }
        outcome = _publish(publisher, self._queue, delivery, headers)
        if outcome is not Outcome.TAKEN:
            raise NotTaken(_NOT_TAKEN[outcome].format(queue=self._queue))
        hand.settle(delivery)

    def _read(self, delivery: Delivery) -> ParkedMessage:
        headers = dict(delivery.headers or {})
        given_up = next((each for each in headers.get("x-death") or () if each.get("reason") == "delivery_limit"), None)
        first = headers.get("first_failed_at")
        return ParkedMessage(
            id=_id_of(delivery),
            queue=self._queue,
            body=_bytes_of(delivery),
            content_type=delivery.properties.get("content_type") or "application/octet-stream",
            error=_error(headers, given_up is not None),
            attempts=int(headers.get("attempt", 1)) - (given_up is None),
            first_failed_at=datetime.fromisoformat(first) if first else _moment(given_up),
        )

    @contextmanager
    def _publisher(self) -> Iterator[Publisher]:
        with closing(Publisher(self._url, self._name)) as publisher:
            yield publisher

    @contextmanager
    def _in_hand(self, most: int = HELD) -> Iterator["_Hand"]:
        connection = connect(self._url, self._name)
        try:
            _alone(connection, f"{parked(self._queue)}.reader")
            hand = _Hand(connection.channel(), parked(self._queue), most)
            try:
                yield hand
            finally:
                with self._publisher() as publisher:
                    hand.put_back(publisher)
        except NotFound:
            raise NoSuchQueue(self._queue) from None
        except LINK_ERRORS as away:  # what is in hand goes back by itself
            raise Unavailable(f"broker: {away}") from away
        finally:
            close(connection)


class _Hand:
    """What is taken from a parked queue and not settled yet, in its order."""

    def __init__(self, channel: Channel, queue: str, most: int) -> None:
        channel.auto_decode = False
        self._channel, self._queue = channel, queue
        self.held: list[Delivery] = []
        while len(self.held) < most and self.take() is not None:
            pass

    def waiting(self) -> int:
        """Messages that are not in hand."""
        return self._channel.queue_declare(self._queue, passive=True).message_count

    def take(self) -> Delivery | None:
        """The next message, now in hand."""
        delivery = self._channel.basic_get(self._queue)
        if delivery is not None:
            self.held.append(delivery)
        return delivery

    def settle(self, delivery: Delivery) -> None:
        """The message is done with."""
        self._channel.basic_ack(delivery.delivery_tag)
        self.held.remove(delivery)

    def put_back(self, publisher: Publisher) -> None:
        """All that is in hand, in its order; whoever counts or looks after this finds it there."""
        here = self.waiting() + len(self.held)  # nobody else takes from a parked queue, though more may come
        if any(int((delivery.headers or {}).get("x-delivery-count", 0)) >= RENEWED for delivery in self.held):
            for delivery in list(self.held):
                self._renew(publisher, delivery)
        if self.held:
            every, again = True, True
            self._channel.send_method(spec.Basic.Nack, "Lbb", (self.held[-1].delivery_tag, every, again))
        until = time.monotonic() + PATIENCE
        while self.waiting() < here and time.monotonic() < until:  # a quorum queue takes back after it has said so
            time.sleep(0.002)

    def _renew(self, publisher: Publisher, delivery: Delivery) -> None:
        headers = {name: value for name, value in (delivery.headers or {}).items() if name not in _COUNTS}
        if _publish(publisher, self._queue, delivery, headers) is Outcome.TAKEN:
            self.settle(delivery)


def _publish(publisher: Publisher, queue: str, delivery: Delivery, headers: dict[str, Any]) -> Outcome:
    copy = Outgoing(
        "",
        queue,
        delivery.properties.get("message_id") or "none",
        _bytes_of(delivery),
        headers,
        delivery.properties.get("content_type") or "application/octet-stream",
    )
    return publisher.publish([copy])[copy.message_id]


def _alone(connection: Connection, name: str) -> None:
    """Wait until nobody else reads here: a message in one reader's hand is not to be seen by another."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.channel().queue_declare(name, exclusive=True, auto_delete=True)
            return
        except ResourceLocked:
            if time.monotonic() > until:
                raise Busy("another person has these messages in hand: try again") from None
            time.sleep(0.05)


def _id_of(delivery: Delivery) -> str:
    given = delivery.properties.get("message_id")
    if given and given != "none":
        return str(given)
    return f"bytes-{hashlib.sha256(_bytes_of(delivery)).hexdigest()[:16]}"


def _bytes_of(delivery: Delivery) -> bytes:
    body = delivery.body
    return body.encode() if isinstance(body, str) else bytes(body)


def _error(headers: dict[str, Any], given_up: bool) -> str:
    if given_up:
        return "the broker gave up: each process that had it in hand died or lost its link"
    return str(headers.get("error") or "no reason was written")


def _moment(death: dict[str, Any] | None) -> datetime | None:
    at = death.get("time") if death else None
    return at.replace(tzinfo=UTC) if isinstance(at, datetime) else None

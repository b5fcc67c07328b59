"""Facts brought to a service and heard from it, with or without a broker between."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from uuid import UUID

import kombu
from amqp import Channel
from amqp import Message as Delivery

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.store import Store
from libs.contracts.base import Envelope, Message


def fact(retailer_id: UUID, body: Message, *, time: datetime | None = None) -> Envelope:
    """`body` as it travels."""
    return Envelope.of(body, id=new_id(), time=time or now(), retailer_id=retailer_id, correlation_id=new_id())


def said(store: Store, retailer_id: UUID, kind: type[Message]) -> list[Message]:
    """The facts of `kind` that wait in the outbox of `store` for this retailer, oldest first."""
    with store.unit(retailer_id=retailer_id) as unit:
        bodies = unit.db.exec_driver_sql(
            "SELECT body FROM outbox WHERE retailer_id = %s AND routing_key = %s ORDER BY id",
            (retailer_id, kind.wire()),
        ).scalars()
        return [Envelope[kind].parse(body).data for body in bodies]


class Bus:
    """The broker as another service sees it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._channel.auto_decode = False
        self._seen: set[UUID] = set()

    def state(self, envelope: Envelope) -> None:
        """Publish a fact in its owner's name."""
        body = envelope.data
        message = Delivery(envelope.to_json(), content_type="application/json", message_id=str(envelope.id))
        self._channel.basic_publish(message, body.exchange(), body.wire(), mandatory=True)

    def listen(self, kind: type[Message]) -> None:
        """Hear every fact of `kind` from now on, as long as this link lives."""
        queue = kind.queue("test")
        self._channel.exchange_declare(kind.exchange(), "topic", durable=True, auto_delete=False)
        self._channel.queue_declare(queue, exclusive=True)
        self._channel.queue_bind(queue, kind.exchange(), kind.wire())

    def heard(self, kind: type[Message], *, of: UUID) -> Message | None:
        """The next fact of `kind` stated for the retailer `of`, if one has come. Others' are left aside."""
        envelope = self.received(kind, of=of)
        return envelope.data if envelope is not None else None

    def received(self, kind: type[Message], *, of: UUID) -> Envelope | None:
        """The same as it travelled, with its id."""
        while delivery := self._channel.basic_get(kind.queue("test"), no_ack=True):
            envelope = Envelope[kind].parse(delivery.body)
            if envelope.retailer_id == of and envelope.id not in self._seen:  # an outbox may send one twice
                self._seen.add(envelope.id)
                return envelope
        return None


@contextmanager
def bus(broker_url: str) -> Iterator[Bus]:
    """A link to the broker."""
    with closing(kombu.Connection(broker_url)) as link, closing(link.channel()) as channel:
        yield Bus(channel)

"""Which deliveries were put off or parked: their copy is under way, and one that comes again must not make another.

A link may be lost after the broker took the copy and before it heard that the delivery is done with. It then gives the delivery
to whoever listens, and each of the two would be put off again, and so on. So each copy is written down in the inbox.
"""

from uuid import NAMESPACE_OID, UUID, uuid5

import eventlet
from amqp import Message as Delivery

from libs.chassis.logs import log
from libs.chassis.store import engine_of

WITHIN = 2.0  # seconds for the database, which may be what is away: a fact is put off without it too
_KNOWN = "SELECT at FROM inbox WHERE consumer = %s AND message_id = %s"
_NOTE = "INSERT INTO inbox (consumer, message_id, at) VALUES (%s, %s, now()) ON CONFLICT DO NOTHING"


class Copies:
    """The copies that processes of `service` published, by the delivery of which each is one."""

    def __init__(self, service: str) -> None:
        self._service = service

    def has(self, queue: str, delivery: Delivery) -> bool:
        """Whether a copy of this delivery is under way; False where that cannot be known."""
        found = self._ask(_KNOWN, queue, delivery)
        if found:
            log.info("chassis.copy_under_way", queue=queue)
        return found

    def note(self, queue: str, delivery: Delivery) -> None:
        """The broker has taken a copy of this delivery."""
        self._ask(_NOTE, queue, delivery)

    def _ask(self, statement: str, queue: str, delivery: Delivery) -> bool:
        key = key_of(delivery)
        if key is None:
            return False
        try:
            with eventlet.Timeout(WITHIN), engine_of(self._service).begin() as db:
                found = db.exec_driver_sql(statement, (f"put off {queue}", key))
                return found.returns_rows and found.first() is not None
        except (Exception, eventlet.Timeout) as away:
            log.info("chassis.copies_unknown", queue=queue, error=type(away).__name__)
            return False


def key_of(delivery: Delivery) -> UUID | None:
    """What names this delivery and what the broker redelivers of it; None where nothing tells it from another.

    A message that a person replays begins anew, and is another: it comes by no exchange. From its second try on, a message
    says when it first failed.
    """
    headers, told = delivery.headers or {}, delivery.properties.get("message_id")
    began, attempt = headers.get("first_failed_at"), headers.get("attempt", 1)
    if told in (None, "", "none") or (began is None and not delivery.delivery_info.get("exchange")):
        return None
    return uuid5(NAMESPACE_OID, f"{told} {attempt} {began}")

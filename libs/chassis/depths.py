"""What the broker says of queues: how many messages wait in each, how many are parked, and whether anybody listens."""

from collections.abc import Iterable
from dataclasses import dataclass

from amqp import Connection
from amqp.exceptions import NotFound

from libs.chassis.errors import Unavailable
from libs.chassis.wire import LINK_ERRORS, close, connect, parked


@dataclass(frozen=True, slots=True)
class Depth:
    """Messages that wait in a queue and in its parked queue, those in hand not counted, and how many processes listen."""

    messages: int
    consumers: int
    parked: int = 0


def depths(url: str, queues: Iterable[str]) -> dict[str, Depth]:
    """The depth of each of `queues` that exists, about 1 ms a queue. Raises Unavailable when the broker is away."""
    connection = connect(url, "depths")
    try:
        asking, found = _Asking(connection), {}
        for queue in queues:
            if (home := asking.counts(queue)) is not None:
                aside = asking.counts(parked(queue))
                found[queue] = Depth(*home, parked=aside[0] if aside else 0)
        return found
    except LINK_ERRORS as away:
        raise Unavailable(f"broker: {away}") from away
    finally:
        close(connection)


class _Asking:
    """A channel that survives the answer that there is no such queue, which closes it."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._channel = connection, connection.channel()

    def counts(self, queue: str) -> tuple[int, int] | None:
        """Messages and consumers."""
        try:
            said = self._channel.queue_declare(queue, passive=True)
        except NotFound:
            self._channel = self._connection.channel()
            return None
        return said.message_count, said.consumer_count

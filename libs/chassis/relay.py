"""The outbox's way to the broker: fed from memory after each commit, swept as a backup, each retailer in turn."""

import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from uuid import UUID

from sqlalchemy import Engine

from libs.chassis.logs import log
from libs.chassis.metrics import meter
from libs.chassis.wire import Outcome, Outgoing, Publisher

BATCH = 100  # rows unconfirmed at once
SHARE = 20  # of one retailer in a round, so that one retailer's flood does not starve another
MEMORY = 5_000  # rows kept in memory; what is over waits in the table for the sweep
MEMORY_OF_ONE = 1_000  # of one retailer, so that a flood leaves room for the others
MEMORY_CHARACTERS = 32_000_000  # the same bound for few but large bodies
SWEEP_AGE = (
    5.0  # seconds a row may wait in memory before the sweep takes it for lost; shorter makes duplicates under load
)
HOLD = 1.0  # seconds a key rests after a full queue refused it
COUNTED = 100_000  # rows, beyond which a backlog is not counted further
KEEP_INBOX_DAYS = 30

_SWEEP = """
WITH RECURSIVE owners AS (
  (SELECT retailer_id FROM outbox ORDER BY retailer_id LIMIT 1)
  UNION ALL
  SELECT (SELECT o.retailer_id FROM outbox o WHERE o.retailer_id > owners.retailer_id ORDER BY o.retailer_id LIMIT 1)
  FROM owners WHERE owners.retailer_id IS NOT NULL)
SELECT due.* FROM (SELECT retailer_id FROM owners ORDER BY random()) AS owners, LATERAL (
  SELECT id, message_id, retailer_id, exchange, routing_key, body FROM outbox
  WHERE retailer_id = owners.retailer_id AND created_at < now() - make_interval(secs => %(age)s) AND next_try <= now()
    AND routing_key <> ALL(%(held)s::text[]) AND id <> ALL(%(known)s::bigint[])
  ORDER BY id LIMIT %(share)s FOR UPDATE SKIP LOCKED) due
LIMIT %(batch)s"""
_DELETE = "DELETE FROM outbox WHERE id = ANY(%s)"
_PUT_OFF = """
UPDATE outbox SET tries = tries + 1, next_try = now() + make_interval(secs => least(300, power(2, least(tries, 9))))
WHERE id = ANY(%s)"""
_MEASURE = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT %s) AS head),
       coalesce(extract(epoch FROM now() - (SELECT created_at FROM outbox ORDER BY id LIMIT 1)), 0)"""
_PURGE_INBOX = "DELETE FROM inbox WHERE at < now() - make_interval(days => %s)"


@dataclass(frozen=True, slots=True)
class Row:
    """An outbox row as committed; `body` is sent unchanged, so a second sending has the same id."""

    id: int
    message_id: UUID
    retailer_id: UUID
    exchange: str
    key: str
    body: str

    def outgoing(self) -> Outgoing:
        return Outgoing(
            self.exchange, self.key, str(self.message_id), self.body.encode(), {"retailer": str(self.retailer_id)}
        )


class Relay:
    """Sends a service's outbox. One thread (a greenlet where the process is green), with links of its own."""

    def __init__(self, engine: Engine, publisher: Publisher) -> None:
        self._engine, self._publisher = engine, publisher
        self._waiting: OrderedDict[UUID, deque[Row]] = OrderedDict()
        self._size = self._characters = 0
        self._mutex = threading.Lock()
        self._something = threading.Event()
        self._sent: list[int] = []
        self._held: dict[str, float] = {}
        self._stopping = self._behind = False
        self._next_tick = 0.0
        self._next_purge = time.monotonic() + 60
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self, within: float = 10.0) -> None:
        """Send what is in memory, then end; what is left stays in the table."""
        self._stopping = True
        self._something.set()
        self._thread.join(within)

    def offer(self, rows: Iterable[Row]) -> None:
        """Take rows whose transaction has committed."""
        with self._mutex:
            for row in rows:
                if self._has_room_for(row):
                    self._waiting.setdefault(row.retailer_id, deque()).append(row)
                    self._size += 1
                    self._characters += len(row.body)
        self._something.set()

    def _has_room_for(self, row: Row) -> bool:
        return (
            self._size < MEMORY
            and self._characters < MEMORY_CHARACTERS
            and len(self._waiting.get(row.retailer_id, ())) < MEMORY_OF_ONE
        )

    def take(self) -> list[Row]:
        """The next batch: each retailer in turn, at most SHARE of one; who was cut off stands at the end of the queue."""
        batch: list[Row] = []
        with self._mutex:
            for owner in list(self._waiting):
                room = min(SHARE, BATCH - len(batch))
                if room <= 0:
                    break
                rows = self._waiting.pop(owner)
                batch += [rows.popleft() for _ in range(min(room, len(rows)))]
                if rows:
                    self._waiting[owner] = rows
            self._size -= len(batch)
            self._characters -= sum(len(row.body) for row in batch)
            if not self._size:
                self._something.clear()
        return batch

    def _run(self) -> None:
        while not (self._stopping and not self._size):
            if not self._behind:
                self._something.wait(0.5)
            try:
                self.turn()
            except Exception as wrong:  # the rows are in the table: the sweep takes them when the trouble is over
                self._behind = False
                log.warning("chassis.relay_failed", error=type(wrong).__name__, detail=str(wrong)[:200])
                time.sleep(0.5)
                if self._stopping:
                    return
        self._forget_sent()
        self._publisher.close()

    def turn(self) -> None:
        """One round: a batch from memory, and the sweep, once a second or as long as it is behind."""
        if batch := self.take():
            self._send(batch)
        tick = time.monotonic() >= self._next_tick
        if tick:
            self._next_tick = time.monotonic() + 1.0
            self._forget_sent()
            self._publisher.beat()
            self._measure()
        if tick or self._behind:
            self._behind = self.sweep() >= SHARE

    def _send(self, batch: list[Row]) -> None:
        taken, unroutable = self._publish([row for row in batch if not self._is_held(row.key)])
        self._sent += taken
        if unroutable:
            with self._engine.begin() as db:
                db.exec_driver_sql(_PUT_OFF, (unroutable,))

    def _publish(self, rows: list[Row]) -> tuple[list[int], list[int]]:
        """The ids that the broker took, and those that no queue is bound for. What a full queue refused is in neither."""
        if not rows:
            return [], []
        said = self._publisher.publish([row.outgoing() for row in in_turn(rows)], topics={row.exchange for row in rows})
        taken, unroutable = [], []
        for row in rows:
            match said[str(row.message_id)]:
                case Outcome.TAKEN:
                    taken.append(row.id)
                case Outcome.UNROUTABLE:
                    unroutable.append(row.id)
                    meter().returned.inc()
                    log.error(
                        "chassis.outbox_unroutable", exchange=row.exchange, key=row.key, message_id=str(row.message_id)
                    )
                case Outcome.REFUSED:
                    self._held[row.key] = time.monotonic() + HOLD
                    meter().held.inc()
        meter().sent.inc(len(taken))
        return taken, unroutable

    def _is_held(self, key: str) -> bool:
        return self._held.get(key, 0.0) > time.monotonic()

    def sweep(self) -> int:
        """Send what has waited too long, whoever committed it, and give the number of rows found.

        The rows stay locked until the broker has them, so that no other process sends them too.
        """
        with self._engine.begin() as db:
            held = [key for key in self._held if self._is_held(key)]
            rows = [
                Row(*row)
                for row in db.exec_driver_sql(
                    _SWEEP, {"age": SWEEP_AGE, "held": held, "known": self._known(), "share": SHARE, "batch": BATCH}
                )
            ]
            if rows:
                taken, unroutable = self._publish(rows)
                db.exec_driver_sql(_DELETE, (taken,))
                db.exec_driver_sql(_PUT_OFF, (unroutable,))
        return len(rows)

    def _measure(self) -> None:
        with self._engine.begin() as db:
            pending, age = db.exec_driver_sql(_MEASURE, (COUNTED,)).one()
            if time.monotonic() > self._next_purge:
                self._next_purge = time.monotonic() + 3600
                db.exec_driver_sql(_PURGE_INBOX, (KEEP_INBOX_DAYS,))
        meter().outbox_rows.set(pending)
        meter().outbox_age.set(age)

    def _known(self) -> list[int]:
        with self._mutex:
            return [row.id for rows in self._waiting.values() for row in rows]

    def _forget_sent(self) -> None:
        if self._sent:
            with self._engine.begin() as db:
                db.exec_driver_sql(_DELETE, (self._sent,))
            self._sent = []


def in_turn(rows: Iterable[Row]) -> list[Row]:
    """The rows of all retailers alternately, each retailer's own in their order: where room is scarce each gets some."""
    places: Counter[UUID] = Counter()
    placed = []
    for row in rows:
        places[row.retailer_id] += 1
        placed.append((places[row.retailer_id], row))
    return [row for _, row in sorted(placed, key=itemgetter(0))]


_relay: Relay | None = None


def start(engine: Engine, url: str, service: str) -> Relay:
    """Start this process's relay."""
    global _relay
    _relay = Relay(engine, Publisher(url, f"{service}.relay"))
    _relay.start()
    return _relay


def offer(rows: list[Row]) -> None:
    """Hand committed rows to this process's relay; without one they wait in the table for another process's sweep."""
    if rows and _relay is not None:
        _relay.offer(rows)

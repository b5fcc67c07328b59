"""The outbox's way to the broker: fed from memory after each commit, swept as a backup, each retailer in turn."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine

from libs.chassis.errors import Unavailable
from libs.chassis.logs import log
from libs.chassis.metrics import meter
from libs.chassis.wire import Outcome, Outgoing, Publisher

BATCH = 100  # rows unconfirmed at once
SHARE = 20  # of one retailer in a round, so that one retailer's flood does not starve another
MEMORY = 5_000  # rows kept in memory; what is over waits in the table for the sweep
SWEEP_AGE = 5.0  # seconds a row may wait in memory before the sweep takes it for lost; shorter makes duplicates under load
HOLD = 1.0  # seconds a key rests after a full queue refused it
KEEP_INBOX_DAYS = 30

_SWEEP = """
WITH RECURSIVE owners AS (
  (SELECT retailer_id FROM outbox ORDER BY retailer_id LIMIT 1)
  UNION ALL
  SELECT (SELECT o.retailer_id FROM outbox o WHERE o.retailer_id > owners.retailer_id ORDER BY o.retailer_id LIMIT 1)
  FROM owners WHERE owners.retailer_id IS NOT NULL)
SELECT due.* FROM owners, LATERAL (
  SELECT id, message_id, retailer_id, exchange, routing_key, body FROM outbox
  WHERE retailer_id = owners.retailer_id AND created_at < now() - make_interval(secs => %(age)s) AND next_try <= now()
    AND routing_key <> ALL(%(held)s::text[]) AND id <> ALL(%(known)s::bigint[])
  ORDER BY id LIMIT %(share)s FOR UPDATE SKIP LOCKED) due
LIMIT %(batch)s"""
_DELETE = "DELETE FROM outbox WHERE id = ANY(%s)"
_PUT_OFF = """
UPDATE outbox SET tries = tries + 1, next_try = now() + make_interval(secs => least(300, power(2, least(tries, 9)))) WHERE id = ANY(%s)"""
_MEASURE = "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbox"
_PURGE_INBOX = f"DELETE FROM inbox WHERE at < now() - interval '{KEEP_INBOX_DAYS} days'"


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
        return Outgoing(self.exchange, self.key, str(self.message_id), self.body.encode(), {"retailer": str(self.retailer_id)})


class Relay:
    """Sends a service's outbox. One thread (a greenlet where the process is green), with links of its own."""

    def __init__(self, engine: Engine, publisher: Publisher) -> None:
        self._engine, self._publisher = engine, publisher
        self._waiting: OrderedDict[UUID, deque[Row]] = OrderedDict()
        self._size = 0
        self._mutex = threading.Lock()
        self._something = threading.Event()
        self._sent: list[int] = []
        self._held: dict[str, float] = {}
        self._stopping = False
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
                if self._size >= MEMORY:
                    break
                self._waiting.setdefault(row.retailer_id, deque()).append(row)
                self._size += 1
        self._something.set()

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
            if not self._size:
                self._something.clear()
        return batch

    def _run(self) -> None:
        while not (self._stopping and not self._size):
            self._something.wait(0.5)
            try:
                self.turn()
            except Exception as wrong:  # the rows are in the table: the sweep takes them when the trouble is over
                log.warning("chassis.relay_failed", error=type(wrong).__name__, detail=str(wrong)[:200])
                time.sleep(0.5)
                if self._stopping:
                    return
        self._forget_sent()
        self._publisher.close()

    def turn(self) -> None:
        """One round: a batch from memory, and once a second the sweep."""
        if batch := self.take():
            self._send(batch)
        if time.monotonic() >= self._next_tick:
            self._next_tick = time.monotonic() + 1.0
            self._forget_sent()
            self._sweep()
            self._publisher.beat()

    def _send(self, batch: list[Row]) -> None:
        free = [row for row in batch if not self._is_held(row.key)]
        try:
            said = self._publisher.publish([row.outgoing() for row in free])
        except Unavailable:
            time.sleep(0.2)
            raise
        self._sent += self._sort(free, said)

    def _sort(self, rows: list[Row], said: dict[str, Outcome]) -> list[int]:
        """The ids that the broker took. The others stay in the table with a later next_try, and do not hold up the rest."""
        taken, left = [], []
        for row in rows:
            outcome = said[str(row.message_id)]
            if outcome is Outcome.TAKEN:
                taken.append(row.id)
                continue
            left.append(row.id)
            self._note(row, outcome)
        meter().sent.inc(len(taken))
        if left:
            with self._engine.begin() as db:
                db.exec_driver_sql(_PUT_OFF, (left,))
        return taken

    def _note(self, row: Row, outcome: Outcome) -> None:
        if outcome is Outcome.REFUSED:
            self._held[row.key] = time.monotonic() + HOLD
            meter().held.inc()
        else:
            meter().returned.inc()
            log.error("chassis.outbox_unroutable", exchange=row.exchange, key=row.key, message_id=str(row.message_id))

    def _is_held(self, key: str) -> bool:
        return self._held.get(key, 0.0) > time.monotonic()

    def _sweep(self) -> None:
        with self._engine.begin() as db:
            held = [key for key in self._held if self._is_held(key)]
            found = db.exec_driver_sql(_SWEEP, {"age": SWEEP_AGE, "held": held, "known": self._known(),
                                                "share": SHARE, "batch": BATCH}).all()
            rows = [Row(*row) for row in found]
            if rows:
                said = self._publisher.publish([row.outgoing() for row in rows])
                taken = {row.id for row in rows if said[str(row.message_id)] is Outcome.TAKEN}
                left = [row for row in rows if row.id not in taken]
                for row in left:
                    self._note(row, said[str(row.message_id)])
                db.exec_driver_sql(_DELETE, (list(taken),))
                db.exec_driver_sql(_PUT_OFF, ([row.id for row in left],))
                meter().sent.inc(len(taken))
            pending, age = db.exec_driver_sql(_MEASURE).one()
            meter().outbox_rows.set(pending)
            meter().outbox_age.set(age)
            if time.monotonic() > self._next_purge:
                self._next_purge = time.monotonic() + 3600
                db.exec_driver_sql(_PURGE_INBOX)
        if len(rows) == BATCH:
            self._next_tick = 0.0  # more are waiting: sweep again at once

    def _known(self) -> list[int]:
        with self._mutex:
            return [row.id for rows in self._waiting.values() for row in rows]

    def _forget_sent(self) -> None:
        if self._sent:
            with self._engine.begin() as db:
                db.exec_driver_sql(_DELETE, (self._sent,))
            self._sent = []


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

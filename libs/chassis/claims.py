"""Planned work outside: rows committed with the intent, taken one account at a time, so that one that hangs holds nobody else."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import Engine

from libs.chassis.clock import now
from libs.chassis.context import Context, working
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.metrics import meter
from libs.chassis.retries import Ladder, is_transient, reason

CAP = 4  # pieces of work at once per account, over all processes
TAKE = 40  # pieces one process takes in a round

_TURN = "SELECT pg_advisory_xact_lock(hashtext('homeward.claims'))"  # one process takes at a time, or the cap would not hold
# Only the head of each account's queue is read, so that a flood in one account costs the others nothing. What is due follows
# the clock, which the sandbox may move; a lease is real time.
_TAKE = """
WITH RECURSIVE accounts AS (
  (SELECT kind, account FROM claims WHERE parked_at IS NULL ORDER BY kind, account LIMIT 1)
  UNION ALL
  SELECT next.kind, next.account FROM accounts a, LATERAL (
    SELECT kind, account FROM claims WHERE parked_at IS NULL AND (kind, account) > (a.kind, a.account)
    ORDER BY kind, account LIMIT 1) next),
places AS (
  SELECT free.id, hands.busy + row_number() OVER (PARTITION BY a.kind, a.account ORDER BY free.due_at, free.id) AS place
  FROM accounts a, LATERAL (
    SELECT count(*) AS busy FROM claims c
    WHERE c.kind = a.kind AND c.account = a.account AND c.claimed_until > now()) hands, LATERAL (
    SELECT c.id, c.due_at FROM claims c
    WHERE c.kind = a.kind AND c.account = a.account AND c.parked_at IS NULL AND c.due_at <= %(now)s
      AND (c.claimed_until IS NULL OR c.claimed_until <= now())
    ORDER BY c.due_at, c.id LIMIT greatest(0, %(cap)s - hands.busy)) free
  WHERE a.kind = ANY(%(kinds)s::text[]))
UPDATE claims SET claimed_until = now() + make_interval(secs => %(lease)s), tries = tries + 1
WHERE id = ANY(ARRAY(SELECT id FROM places ORDER BY place LIMIT %(room)s))
RETURNING id, kind, account, retailer_id, subject, tries, correlation_id, causation_id, traceparent"""
# `tries` tells this holder from a later one. A plan made anew meanwhile has set it to 0: then the work is to be done once more.
_DONE = "DELETE FROM claims WHERE id = %(id)s AND tries = %(tries)s"
_LATER = "UPDATE claims SET claimed_until = NULL, due_at = %(due_at)s, error = %(error)s WHERE id = %(id)s AND tries = %(tries)s"
_PARK = "UPDATE claims SET claimed_until = NULL, parked_at = now(), error = %(error)s WHERE id = %(id)s AND tries = %(tries)s"
_RELEASE = "UPDATE claims SET claimed_until = NULL WHERE id = %(id)s AND tries = 0"


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of planned work, held by this process for its lease. `tries` counts this one."""

    id: int
    kind: str
    account: str
    retailer_id: UUID
    subject: UUID
    tries: int
    correlation_id: UUID = field(default_factory=new_id)
    causation_id: UUID | None = None
    traceparent: str | None = None


class Claimer:
    """Takes due work of the kinds it has methods for, and runs each piece by `spawn`."""

    def __init__(
        self, engine: Engine, ladder: Ladder, lease: int, spawn: Callable[[Callable[[], None]], object]
    ) -> None:
        self._engine, self._ladder, self._lease, self._spawn = engine, ladder, lease, spawn
        self.methods: dict[str, Callable[[Claim], None]] = {}
        self.running = 0
        self._woken = threading.Event()
        self.stopping = False

    def wake(self) -> None:
        """Look at once: work was committed, or a place came free."""
        self._woken.set()

    def run(self) -> None:
        """Take work until told to stop."""
        while not self.stopping:
            self._woken.wait(1.0)
            self._woken.clear()
            try:
                self._round()
            except Exception as wrong:  # the database is away: the rows wait there
                log.warning("chassis.claimer_failed", error=type(wrong).__name__)
                self._woken.clear()

    def _round(self) -> None:
        if self.stopping:
            return
        self.running += 1  # a stop waits for what is being taken too
        try:
            for claim in self.take():
                self.running += 1
                self._spawn(partial(self.work, claim))
        finally:
            self.running -= 1

    def take(self) -> list[Claim]:
        """Due work, at most CAP in hand per account, held for the lease."""
        with self._engine.begin() as db:
            db.exec_driver_sql(_TURN)
            rows = db.exec_driver_sql(
                _TAKE,
                {
                    "kinds": list(self.methods),
                    "cap": CAP,
                    "room": max(0, TAKE - self.running),
                    "lease": self._lease,
                    "now": now(),
                },
            )
            return [Claim(*row) for row in rows]

    def work(self, claim: Claim) -> None:
        """Do one piece to its end: done, later or parked. Never raises."""
        context = Context(claim.correlation_id, claim.causation_id, claim.traceparent)
        with working(
            context, retailer=str(claim.retailer_id), kind=claim.kind, subject=str(claim.subject), tries=claim.tries
        ):
            self._work(claim)

    def _work(self, claim: Claim) -> None:
        started, outcome = time.monotonic(), "done"
        try:
            self.methods[claim.kind](claim)
            self._finish(claim, _DONE)
        except Exception as wrong:
            outcome = type(wrong).__name__
            self._put_off(claim, wrong)
        finally:
            self.running -= 1
            self.wake()
        meter().work_seconds.labels(claim.kind, outcome).observe(time.monotonic() - started)
        log.info("chassis.worked", outcome=outcome)

    def _put_off(self, claim: Claim, failure: Exception) -> None:
        wait = self._ladder.wait_for(failure, claim.tries)
        if wait is None:
            meter().parked.labels(claim.kind).inc()
            log.error("chassis.work_parked", error=reason(failure), exc_info=None if is_transient(failure) else failure)
            self._finish(claim, _PARK, error=reason(failure))
        else:
            log.info("chassis.work_put_off", error=reason(failure), seconds=wait)
            self._finish(claim, _LATER, error=reason(failure), due_at=now() + timedelta(seconds=wait))

    def _finish(self, claim: Claim, statement: str, **values: object) -> None:
        held = {"id": claim.id, "tries": claim.tries}
        try:
            with self._engine.begin() as db:
                if not db.exec_driver_sql(statement, held | values).rowcount:
                    db.exec_driver_sql(_RELEASE, held)
        except Exception as away:  # the lease runs out and the work is taken again; its intent knows what was done
            log.warning("chassis.claim_not_finished", error=type(away).__name__)


_claimer: Claimer | None = None


def install(claimer: Claimer) -> None:
    """Make `claimer` the one that commits of this process wake."""
    global _claimer
    _claimer = claimer


def wake() -> None:
    """Wake this process's claimer; without one another process finds the row within a second."""
    if _claimer is not None:
        _claimer.wake()

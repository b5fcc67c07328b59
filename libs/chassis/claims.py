"""Planned work outside: rows committed with the intent, taken one account at a time, so that one that hangs holds nobody else."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from sqlalchemy import Engine

from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.metrics import meter
from libs.chassis.retries import Ladder, is_transient, reason

CAP = 4  # pieces of work at once per account, over all processes
TAKE = 40  # pieces one process takes in a round

_TURN = "SELECT pg_advisory_xact_lock(hashtext('homeward.claims'))"  # one process takes at a time, or the cap would not hold
_TAKE = """
UPDATE claims SET claimed_until = now() + make_interval(secs => %(lease)s), tries = tries + 1 WHERE id IN (
  SELECT id FROM (
    SELECT c.id, row_number() OVER (PARTITION BY c.kind, c.account ORDER BY c.due_at, c.id) + coalesce(b.busy, 0) AS place
    FROM claims c LEFT JOIN (
      SELECT kind, account, count(*) AS busy FROM claims WHERE claimed_until > now() GROUP BY kind, account) b USING (kind, account)
    WHERE c.kind = ANY(%(kinds)s::text[]) AND c.due_at <= now() AND c.parked_at IS NULL
      AND (c.claimed_until IS NULL OR c.claimed_until <= now())) queue
  WHERE place <= %(cap)s ORDER BY place LIMIT %(room)s)
RETURNING id, kind, account, retailer_id, subject, tries, correlation_id, causation_id, traceparent"""
_DONE = "DELETE FROM claims WHERE id = %s"
_LATER = "UPDATE claims SET claimed_until = NULL, due_at = now() + make_interval(secs => %s), error = %s WHERE id = %s"
_PARK = "UPDATE claims SET claimed_until = NULL, parked_at = now(), error = %s WHERE id = %s"


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

    def __init__(self, engine: Engine, ladder: Ladder, lease: int, spawn: Callable[[Callable[[], None]], object]) -> None:
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
        if self.stopping or not (claims := self.take()):
            return
        for claim in claims:
            self.running += 1
            self._spawn(partial(self.work, claim))

    def take(self) -> list[Claim]:
        """Due work, at most CAP in hand per account, held for the lease."""
        with self._engine.begin() as db:
            if not db.exec_driver_sql(_TURN).scalar_one():
                return []
            rows = db.exec_driver_sql(_TAKE, {"kinds": list(self.methods), "cap": CAP, "room": max(0, TAKE - self.running),
                                              "lease": self._lease, "now": now()}).all()
        return [Claim(*row) for row in rows]

    def work(self, claim: Claim) -> None:
        """Do one piece to its end: done, later or parked. Never raises."""
        outcome = "done"
        try:
            with meter().work_seconds.labels(claim.kind, "any").time():
                self.methods[claim.kind](claim)
            self._finish(_DONE, (claim.id,))
        except Exception as wrong:
            outcome = type(wrong).__name__
            self._put_off(claim, wrong)
        finally:
            self.running -= 1
            self.wake()
        log.info("chassis.worked", kind=claim.kind, subject=str(claim.subject), tries=claim.tries, outcome=outcome)

    def _put_off(self, claim: Claim, failure: Exception) -> None:
        wait = self._ladder.wait_for(failure, claim.tries)
        if wait is None:
            meter().parked.labels(claim.kind).inc()
            log.error("chassis.work_parked", kind=claim.kind, subject=str(claim.subject), error=reason(failure),
                      exc_info=None if is_transient(failure) else failure)
            self._finish(_PARK, (reason(failure), claim.id))
        else:
            log.info("chassis.work_put_off", kind=claim.kind, subject=str(claim.subject), error=reason(failure), seconds=wait)
            self._finish(_LATER, (wait, reason(failure), claim.id))

    def _finish(self, statement: str, values: tuple) -> None:
        try:
            with self._engine.begin() as db:
                db.exec_driver_sql(statement, values)
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

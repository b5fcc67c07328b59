"""Trials of a policy on past cases, batch by batch, so that a process that dies is followed by one that goes on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from libs.chassis.claims import Claim
from libs.chassis.ids import new_id
from libs.chassis.store import Store
from libs.contracts.errors import Refused
from libs.contracts.rules import DecideReturnV1, DecisionV1
from libs.contracts.rules_policies import CaseChanged, ReplayState, ReplayV1
from services.rules import domain
from services.rules.policy import Document, compiled
from services.rules.replaying import Change, Tally, compare
from services.rules.store.cases import Kept, count_between, read_after
from services.rules.store.tables import metadata, replays

REPLAYS = "replays"
BATCH = 1_000  # cases that are read, tried and added up together
TURN = 20.0  # seconds, well within the lease of work in hand
POLITE = 10  # cases between two looks at who else waits for this process
_FIRST = UUID(int=0)


class Replays(Store):
    """Starts replays, goes on with them, and says how far they are."""

    service, metadata = "rules", metadata

    def start(self, retailer_id: UUID, document: Document, *, days: int, by: str) -> ReplayV1:
        """Plan a trial of `document` on the cases of `days` past."""
        with self.unit(retailer_id=retailer_id) as unit:
            since, until = unit.now - timedelta(days=days), unit.now
            row = {
                "id": new_id(),
                "retailer_id": retailer_id,
                "state": ReplayState.RUNNING,
                "document": document.model_dump(mode="json"),
                "by": by,
                "since": since,
                "until": until,
                "total": count_between(unit.db, retailer_id, since, until),
                "tally": Tally().kept(),
                "started_at": unit.now,
            }
            made = unit.db.execute(insert(replays).values(row).returning(replays)).one()
            unit.claim(REPLAYS, account=str(retailer_id), subject=made.id)
            return told(made)

    def get(self, retailer_id: UUID, replay_id: UUID) -> ReplayV1:
        """How far it is; refused as `rules.not_found`."""
        with self.look(retailer_id) as db:
            return told(_row(db, replay_id))

    def run(self, claim: Claim) -> None:
        """Try the cases that are left, for TURN seconds, and plan to go on where some are left then.

        Whoever takes over from a dead process begins behind its last batch.
        """
        with self.look(claim.retailer_id) as db:
            found = _row(db, claim.subject)
        row: Row[Any, Any] | None = found
        policy = compiled(Document.model_validate(found.document), 0)
        until = monotonic() + TURN
        with ThreadPoolExecutor(1) as reader:  # the database reads the next batch while this one is tried
            ahead = reader.submit(self._read, found, _place(found))
            while row is not None and row.state == ReplayState.RUNNING and monotonic() < until:
                kept = ahead.result()
                if len(kept) == BATCH:
                    ahead = reader.submit(self._read, found, (kept[-1].decided_at, kept[-1].return_id))
                row = self._batch(claim, row, policy, kept)
        if row is not None and row.state == ReplayState.RUNNING:
            with self.unit(retailer_id=claim.retailer_id) as unit:
                unit.claim(REPLAYS, account=claim.account, subject=claim.subject)

    def _read(self, row: Row[Any, Any], after: tuple[datetime, UUID]) -> list[Kept]:
        with self.look(row.retailer_id) as db:
            return list(read_after(db, row.retailer_id, after=after, until=row.until, most=BATCH))

    def _batch(self, claim: Claim, row: Row[Any, Any], policy: domain.Policy, kept: list[Kept]) -> Row[Any, Any] | None:
        """The row behind this batch; None where another process has gone on from here."""
        tally = Tally(**row.tally)
        for case, tried in _tried(policy, kept):
            if tally.add(tried.change):
                tally.show(_case(case, tried))
        values: dict[str, Any] = {"tally": tally.kept()}
        if kept:
            values |= {"reached_at": kept[-1].decided_at, "reached_id": kept[-1].return_id}
        unmoved = replays.c.reached_id.is_not_distinct_from(row.reached_id)
        with self.unit(retailer_id=claim.retailer_id) as unit:
            if len(kept) < BATCH:
                values |= {"state": ReplayState.DONE, "ended_at": unit.now, "total": tally.done}
            here = update(replays).where(replays.c.id == claim.subject, unmoved).values(values)
            return unit.db.execute(here.returning(replays)).first()


@dataclass(frozen=True, slots=True)
class _Tried:
    """A case decided anew."""

    before: DecisionV1
    after: DecisionV1
    change: Change


def _tried(policy: domain.Policy, kept: list[Kept]) -> Iterator[tuple[Kept, _Tried]]:
    """Each case with what was decided and what would be."""
    for place, case in enumerate(kept):
        if place % POLITE == 0:
            sleep(0)  # whoever waits for an answer of this process comes first
        asked, before = DecideReturnV1.model_validate_json(case.asked), DecisionV1.model_validate_json(case.given)
        after = domain.decide(policy, asked, case.decided_at)
        yield case, _Tried(before, after, compare(asked, before, after, case.chosen))


def told(row: Row[Any, Any]) -> ReplayV1:
    """A row of the table as its answer."""
    tally = Tally(**row.tally)
    return ReplayV1(
        replay_id=row.id,
        state=ReplayState(row.state),
        done=tally.done,
        total=row.total,
        changed=tally.changed,
        changes=tally.changes,
        money=tally.money(),
        cases=tuple(CaseChanged.model_validate(case) for case in tally.shown),
        started_at=row.started_at,
        ended_at=row.ended_at,
        words=row.words,
    )


def _row(db: Connection, replay_id: UUID) -> Row[Any, Any]:
    row = db.execute(select(replays).where(replays.c.id == replay_id)).first()
    if row is None:
        raise Refused("rules.not_found", "no such replay")
    return row


def _place(row: Row[Any, Any]) -> tuple[datetime, UUID]:
    """Behind which case to go on."""
    return row.reached_at or row.since - timedelta(microseconds=1), row.reached_id or _FIRST


def _case(kept: Kept, tried: _Tried) -> CaseChanged:
    return CaseChanged(
        return_id=kept.return_id,
        number=kept.number,
        decided_at=kept.decided_at,
        kinds=tuple(sorted(tried.change.kinds)),
        lines=tried.change.lines,
        label_before=tried.before.label,
        label_after=tried.after.label,
    )

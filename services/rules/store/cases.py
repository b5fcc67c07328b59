"""The cases that a policy decided: what was asked of it, kept so that another policy can be asked the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Text, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.portal import ReturnDecidedV1
from services.rules.store.tables import cases, metadata


@dataclass(frozen=True, slots=True)
class Kept:
    """A case: `asked` is a DecideReturnV1 and `given` a DecisionV1 as text, `chosen` the resolution taken, by order line."""

    return_id: UUID
    number: str
    policy_version: int
    decided_at: datetime
    asked: str
    given: str
    chosen: dict[str, str]


_TEXTS = {"asked", "given"}  # read as they stand: pydantic is quicker with text than with what was read of it


class Cases(Store):
    """Keeps each return's case once."""

    service, metadata = "rules", metadata

    def keep(self, fact: Envelope[ReturnDecidedV1]) -> None:
        """Keep what the policy was asked of a return."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            said = fact.data
            row = {
                "return_id": said.return_id,
                "retailer_id": fact.retailer_id,
                "number": said.number,
                "policy_version": said.policy_version,
                "decided_at": said.decided_at,
                "asked": said.asked.model_copy(update={"explain": False}).model_dump(
                    mode="json", exclude_defaults=True
                ),
                "given": said.given.model_dump(mode="json", exclude_defaults=True),
                "chosen": {str(line.line_id): line.resolution for line in said.chosen},
            }
            unit.db.execute(insert(cases).values(row).on_conflict_do_nothing())


def count_between(db: Connection, retailer_id: UUID, since: datetime, until: datetime) -> int:
    """How many cases were decided from `since` to before `until`."""
    decided = cases.c.decided_at
    return db.execute(
        select(func.count()).where(cases.c.retailer_id == retailer_id, decided >= since, decided < until)
    ).scalar_one()


def read_after(
    db: Connection, retailer_id: UUID, *, after: tuple[datetime, UUID], until: datetime, most: int
) -> Iterator[Kept]:
    """The next cases in the order they were decided, at most `most`."""
    place = tuple_(cases.c.decided_at, cases.c.return_id)
    columns = [cast(cases.c[name], Text) if name in _TEXTS else cases.c[name] for name in Kept.__dataclass_fields__]
    rows = db.execute(
        select(*columns)
        .where(cases.c.retailer_id == retailer_id, place > after, cases.c.decided_at < until)
        .order_by(cases.c.decided_at, cases.c.return_id)
        .limit(most)
    )
    return (Kept(*row) for row in rows)

"""The reporting tables: folded fact by fact in the transaction that notes it, and rebuilt from the facts alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.store import Store
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.payments import FeePaidV1, FeeRefundedV1
from libs.contracts.portal import (
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    ReturnHeldForReviewV1,
    ReturnRejectedV1,
    ReturnSubmittedV1,
    SettlementRequestedV1,
)
from libs.contracts.tracking import MilestoneReachedV1, ParcelInspectedV1
from libs.contracts.values import Condition, Milestone, Resolution, ReturnKind
from services.portal.store.tables import facts, metadata, report_lines, report_returns, returns

AT_ONCE = 100  # returns that are built anew in one transaction: nothing can happen to them meanwhile
_FIRST = UUID(int=0)
_WORST = list(Condition)


class Fact(NamedTuple):
    """A noted fact, as reports see it."""

    retailer_id: UUID
    return_id: UUID
    type: str
    at: datetime
    data: dict[str, Any]


class Anew(NamedTuple):
    """How many facts of some returns were read, and the id of the last of these returns."""

    facts: int
    last: UUID


def fold(db: Connection, fact: Fact) -> None:
    """Add `fact` to the reporting tables, in the caller's transaction; one that reports do not count changes nothing."""
    counted = _COUNTED.get(fact.type)
    if counted is not None:
        counted(db, fact)


class Reporting(Store):
    """The reporting tables of a retailer."""

    service, metadata = "portal", metadata

    def rebuild(self, retailer_id: UUID) -> int:
        """Build the tables of the retailer anew from all noted facts, while it works on; how many facts were read."""
        many, last = 0, _FIRST
        while anew := self._some(retailer_id, after=last):
            many, last = many + anew.facts, anew.last
        return many

    def _some(self, retailer_id: UUID, *, after: UUID) -> Anew | None:
        """The next returns anew, under their locks, under which whatever happens to them meanwhile is noted too."""
        with self.unit(retailer_id=retailer_id) as unit:
            next_ones = returns.c.retailer_id == retailer_id, returns.c.id > after
            locked = select(returns.c.id).where(*next_ones).order_by(returns.c.id).limit(AT_ONCE).with_for_update()
            ids = unit.db.execute(locked).scalars().all()
            if not ids:
                return None
            for table in (report_lines, report_returns):
                unit.db.execute(delete(table).where(table.c.return_id.in_(ids)))
            noted = unit.db.execute(select(facts).where(facts.c.return_id.in_(ids)).order_by(facts.c.id)).all()
            for row in noted:
                fold(unit.db, Fact(row.retailer_id, row.return_id, row.type, row.at, row.data))
            return Anew(len(noted), ids[-1])

    def rows(self, retailer_id: UUID) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """All rows of the two tables, in the order of their ids."""
        with self.look(retailer_id) as db:
            return _all(db, report_returns, report_returns.c.return_id), _all(db, report_lines, report_lines.c.line_id)


def _all(db: Connection, table: Table, order: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(select(table).order_by(order)).mappings()]


def _submitted(db: Connection, fact: Fact) -> None:
    data, lines = fact.data, fact.data["lines"]
    own = {"retailer_id": fact.retailer_id, "return_id": fact.return_id, "submitted_at": fact.at}
    whole = {
        "number": data["number"],
        "kind": data.get("kind", ReturnKind.RETURN),  # facts noted before there were withdrawals have none
        "order_id": data["order_id"],
        "country": data["country"],
        "language": data["language"],
        "policy_version": data["policy_version"],
        "lines": len(lines),
        "units": sum(line["quantity"] for line in lines),
        "currency": lines[0]["owed"]["currency"],
        "owed_amount": sum(line["owed"]["amount"] for line in lines),
    }
    db.execute(upsert(report_returns).values(own | whole).on_conflict_do_nothing())
    db.execute(insert(report_lines), [own | _line(line) for line in lines])


def _line(line: dict[str, Any]) -> dict[str, Any]:
    same = ("order_line_id", "sku", "title", "variant", "reason", "sub_reason", "resolution", "quantity")
    return {name: line.get(name) for name in same} | {
        "line_id": line["id"],
        "currency": line["owed"]["currency"],
        "owed_amount": line["owed"]["amount"],
    }


def _change(db: Connection, fact: Fact, **values: Any) -> None:
    db.execute(update(report_returns).where(report_returns.c.return_id == fact.return_id).values(**values))


def _first(column: str, when: datetime) -> dict[str, Any]:
    """The earliest time counts: facts come in any order."""
    return {column: func.least(func.coalesce(report_returns.c[column], when), when)}


def _once(column: str) -> Callable[[Connection, Fact], None]:
    return lambda db, fact: _change(db, fact, **_first(column, fact.at))


def _ended(outcome: str) -> Callable[[Connection, Fact], None]:
    return lambda db, fact: _change(db, fact, outcome=outcome, ended_at=fact.at)


def _approved(db: Connection, fact: Fact) -> None:
    _change(db, fact, label=fact.data["label"], outcome=None, ended_at=None, **_first("approved_at", fact.at))


def _fee_paid(db: Connection, fact: Fact) -> None:
    if fact.data.get("line_id") is None:  # else it is what an exchange costs more
        _change(db, fact, fee_amount=fact.data["price"]["amount"], **_first("fee_paid_at", fact.at))


def _fee_refunded(db: Connection, fact: Fact) -> None:
    if fact.data.get("line_id") is None:
        _change(db, fact, fee_amount=0)


def _milestone(db: Connection, fact: Fact) -> None:
    columns = {Milestone.ACCEPTED: "first_scan_at", Milestone.HUB_RECEIVED: "hub_scan_at"}
    column = columns.get(Milestone(fact.data["milestone"]))
    if column:
        _change(db, fact, **_first(column, datetime.fromisoformat(fact.data["occurred_at"])))


def _inspected(db: Connection, fact: Fact) -> None:
    _change(db, fact, **_first("inspected_at", fact.at))
    for found in fact.data["lines"]:
        mine = report_lines.c.line_id == UUID(found["line_id"])
        arrived = func.coalesce(report_lines.c.arrived, 0) + found["quantity"]
        before = db.scalar(select(report_lines.c.condition).where(mine))
        worst = max((Condition(each) for each in (before, found["condition"]) if each), key=_WORST.index)
        db.execute(update(report_lines).where(mine).values(arrived=arrived, condition=worst))


def _settlement_asked(db: Connection, fact: Fact) -> None:
    for line in fact.data["lines"]:
        asked = {"asked_amount": line["owed"]["amount"], "given": line["resolution"]}
        db.execute(update(report_lines).where(report_lines.c.line_id == UUID(line["id"])).values(**asked))


def _settled(db: Connection, fact: Fact) -> None:
    lines = report_lines.c.line_id.in_([UUID(line) for line in fact.data["line_ids"]])
    paid = 0 if fact.data["resolution"] == Resolution.NONE else report_lines.c.asked_amount
    unpaid = (lines, report_lines.c.settled_at.is_(None))
    db.execute(update(report_lines).where(*unpaid).values(paid_amount=paid, settled_at=fact.at))
    mine = report_lines.c.return_id == fact.return_id
    total = select(func.coalesce(func.sum(report_lines.c.paid_amount), 0)).where(mine).scalar_subquery()
    latest = func.greatest(func.coalesce(report_returns.c.settled_at, fact.at), fact.at)
    _change(db, fact, paid_amount=total, settled_at=latest)


_COUNTED: dict[str, Callable[[Connection, Fact], None]] = {
    ReturnSubmittedV1.type(): _submitted,
    ReturnHeldForReviewV1.type(): _once("held_at"),
    ReturnApprovedV1.type(): _approved,
    ReturnRejectedV1.type(): _ended("rejected"),
    ReturnCancelledV1.type(): _ended("cancelled"),
    ReturnExpiredV1.type(): _ended("expired"),
    ReturnClosedV1.type(): _ended("closed"),
    FeePaidV1.type(): _fee_paid,
    FeeRefundedV1.type(): _fee_refunded,
    LabelIssuedV1.type(): _once("label_at"),
    MilestoneReachedV1.type(): _milestone,
    ParcelInspectedV1.type(): _inspected,
    SettlementRequestedV1.type(): _settlement_asked,
    SettlementSucceededV1.type(): _settled,
}

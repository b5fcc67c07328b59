"""What all money of one return has in common: its turn, when the return ended, and its entries in the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis import ledger
from libs.chassis.ids import new_id
from libs.chassis.store import Unit
from libs.contracts.base import Envelope
from libs.contracts.portal import ReturnCancelledV1, ReturnClosedV1, ReturnExpiredV1
from services.payments.domain import Entry
from services.payments.store.tables import ended_returns, ledger_entries

Ended = Envelope[ReturnCancelledV1] | Envelope[ReturnExpiredV1] | Envelope[ReturnClosedV1]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an entry of the ledger is of: a charge or a hold of a return, of one of its lines where it has one."""

    return_id: UUID
    id: UUID
    line_id: UUID | None = None


def in_turn(unit: Unit, return_id: UUID) -> None:
    """Wait for whoever holds this return: its money and its end must not miss each other."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{unit.retailer_id}:{return_id}", 0))))


def ended_at(unit: Unit, return_id: UUID) -> datetime | None:
    """When the return ended last, as far as is known."""
    return unit.db.execute(
        select(ended_returns.c.ended_at).where(ended_returns.c.return_id == return_id)
    ).scalar_one_or_none()


def keep_end(unit: Unit, fact: Ended) -> None:
    """Keep when the return ended, whether its money is known by now or comes later."""
    new = insert(ended_returns).values(retailer_id=unit.retailer_id, return_id=fact.data.return_id, ended_at=fact.time)
    unit.db.execute(
        new.on_conflict_do_update(
            index_elements=["retailer_id", "return_id"],
            set_={"ended_at": func.greatest(ended_returns.c.ended_at, new.excluded.ended_at)},
        )
    )


def enter(unit: Unit, of: Effect, entries: Iterable[Entry], *, note: str) -> None:
    """Write balanced entries of one change."""
    rows: Iterable[dict[str, Any]] = (
        {
            "id": new_id(),
            "at": unit.now,
            "return_id": of.return_id,
            "line_id": of.line_id,
            "account": entry.account,
            "amount_amount": entry.amount.amount,
            "amount_currency": entry.amount.currency,
            "effect_id": of.id,
            "note": note,
        }
        for entry in entries
    )
    ledger.append(unit.db, ledger_entries, unit.retailer_id, rows)

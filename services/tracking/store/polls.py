"""Questions to carriers: which parcel is to be asked for when, and what its carrier answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store, Unit
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.domain import RANK, Reported
from services.tracking.store import rows
from services.tracking.store.tables import metadata, parcels, turns

KIND = "polls"


@dataclass(frozen=True, slots=True)
class Question:
    """A parcel that its carrier is to be asked for now."""

    parcel_id: UUID
    booking_id: UUID
    carrier: str
    tracking_number: str


class Polls(Store):
    """Plans questions and keeps answers. A parcel has at most one question planned."""

    service, metadata = "tracking", metadata

    def take(self, retailer_id: UUID, parcel_id: UUID) -> Question | None:
        """What to ask now; None where nothing is to be asked, or where it is not its turn yet and it was planned for then."""
        with self.unit(retailer_id=retailer_id) as unit:
            parcel = _locked(unit, parcel_id)
            at = _turn_of(unit, parcel)
            if at is None:
                return None
            if at > unit.now:
                _plan(unit, parcel, at)
                return None
            _change(unit, parcel, turn_at=None)
            return Question(parcel.id, parcel.booking_id, parcel.carrier, parcel.tracking_number)

    def answered(self, retailer_id: UUID, question: Question, seen: Collection[Reported]) -> None:
        """Keep what the carrier answered, which also confirms what others said of the parcel, and plan the next question."""
        own = [scan for scan in seen if scan.tracking_number == question.tracking_number]
        with self.unit(retailer_id=retailer_id) as unit:
            rows.in_turn(unit, question.tracking_number)
            parcel = _locked(unit, question.parcel_id)
            new = rows.insert_reported(unit, parcel, own, account=rows.account_of(parcel), hints=False)
            confirms = any(domain.shows_movement(scan.code) for scan in own)
            parcel = _change(
                unit,
                parcel,
                asked_at=unit.now,
                heard_at=unit.now if new else parcel.heard_at,
                confirmed_at=parcel.confirmed_at or (unit.now if confirms else None),
            )
            rows.state_news(unit, parcel)
            if not _is_over(unit, parcel):
                _plan(unit, parcel, unit.now + domain.AGAIN if rows.has_hints(unit, parcel) else _due(unit, parcel))

    def unanswered(self, retailer_id: UUID, question: Question) -> None:
        """The carrier gave no answer: it is asked again a little later."""
        with self.unit(retailer_id=retailer_id) as unit:
            parcel = _locked(unit, question.parcel_id)
            _plan(unit, parcel, unit.now + domain.AGAIN)

    def unaskable(self, retailer_id: UUID, question: Question) -> None:
        """Nobody can ask this carrier: no question is planned any more, and what others say of the parcel has to do."""
        with self.unit(retailer_id=retailer_id) as unit:
            rows.in_turn(unit, question.tracking_number)
            parcel = _change(unit, _locked(unit, question.parcel_id), confirmed_at=unit.now)
            rows.state_news(unit, parcel)


def follow(unit: Unit, parcel: Row[Any]) -> None:
    """Plan when the carrier of a new parcel is asked, where it can be: at once where it must confirm what was said before."""
    if domain.is_asked(parcel.carrier):
        _plan(unit, parcel, unit.now if rows.has_hints(unit, parcel) else _due(unit, parcel))


def heard(unit: Unit, parcel: Row[Any], *, hints: bool) -> None:
    """Something was reported of a parcel: its carrier is asked the later, or at once to confirm what nobody can prove."""
    if domain.is_asked(parcel.carrier) and parcel.booking_id is not None:
        parcel = _change(unit, parcel, heard_at=unit.now)
        if hints and rows.has_hints(unit, parcel) and not _is_over(unit, parcel):
            _plan(unit, parcel, unit.now)


def _turn_of(unit: Unit, parcel: Row[Any]) -> datetime | None:
    """When the parcel is to be asked for, which is kept for it where others of its account are asked for until then."""
    if _is_over(unit, parcel):
        return None
    due = unit.now if rows.has_hints(unit, parcel) else _due(unit, parcel)
    if due is None or due > unit.now:
        return due
    at: datetime = parcel.turn_at or _next_turn(unit, parcel)
    if at > unit.now:
        _change(unit, parcel, turn_at=at)
    return at


def _is_over(unit: Unit, parcel: Row[Any]) -> bool:
    """Whether a carrier has nothing more to tell: it says that it delivered, or a hub has the parcel."""
    return any(RANK[milestone] >= RANK[Milestone.DELIVERED] for milestone in rows.told(unit, parcel.id))


def _due(unit: Unit, parcel: Row[Any]) -> datetime | None:
    last = max((moment for moment in (parcel.heard_at, parcel.asked_at) if moment), default=None)
    return domain.next_question(registered_at=parcel.registered_at, heard_at=last, now=unit.now)


def _plan(unit: Unit, parcel: Row[Any], at: datetime | None) -> None:
    if at is not None:
        account = f"{unit.retailer_id} {rows.account_of(parcel)}"
        unit.claim(KIND, account=account, subject=parcel.id, after=max(timedelta(), at - unit.now))


def _next_turn(unit: Unit, parcel: Row[Any]) -> datetime:
    """The moment kept for this parcel: questions to one account never follow each other faster than the carrier takes them."""
    pause, now = domain.gap(parcel.carrier), unit.now
    return (
        unit.db.execute(
            insert(turns)
            .values(retailer_id=unit.retailer_id, account=rows.account_of(parcel), next_at=now + pause)
            .on_conflict_do_update(
                index_elements=["retailer_id", "account"], set_={"next_at": func.greatest(turns.c.next_at, now) + pause}
            )
            .returning(turns.c.next_at)
        ).scalar_one()
        - pause
    )


def _locked(unit: Unit, parcel_id: UUID) -> Row[Any]:
    return unit.db.execute(select(parcels).where(parcels.c.id == parcel_id).with_for_update()).one()


def _change(unit: Unit, parcel: Row[Any], **values: Any) -> Row[Any]:
    return unit.db.execute(update(parcels).where(parcels.c.id == parcel.id).values(values).returning(parcels)).one()

"""The rows of parcels and scans, as their stories read and change them within a unit."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.store import Unit
from libs.contracts.tracking import MilestoneReachedV1, ParcelInTroubleV1, Step
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.domain import Scan, Trouble
from services.tracking.store.tables import milestones, parcels, scans, troubles

LABEL, CARRIER, HUB, STAFF = "label", "carrier", "hub", "staff"  # who saw it


def in_turn(unit: Unit, number: str) -> None:
    """Wait for whoever holds this number: a scan and the label it overtakes must not miss each other."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{unit.retailer_id}:{number}", 0))))


def insert_parcel(unit: Unit, **values: Any) -> Row[Any]:
    """The parcel with this number and carrier, new or here before."""
    unit.db.execute(
        insert(parcels)
        .values(id=new_id(), retailer_id=unit.retailer_id, registered_at=unit.now, **values)
        .on_conflict_do_nothing()
    )
    known = (parcels.c.tracking_number == values["tracking_number"], parcels.c.carrier == values["carrier"])
    return unit.db.execute(select(parcels).where(*known)).one()


def insert_scan(unit: Unit, **values: Any) -> UUID | None:
    """The id of a scan now kept; None when it was here before."""
    return unit.db.execute(
        insert(scans)
        .values(id=new_id(), retailer_id=unit.retailer_id, received_at=unit.now, **values)
        .on_conflict_do_nothing()
        .returning(scans.c.id)
    ).scalar_one_or_none()


def take_early_scans(unit: Unit, parcel: Row[Any]) -> None:
    """Give the parcel what was scanned of its number before it was known."""
    its_own = or_(scans.c.carrier.is_(None), scans.c.carrier == parcel.carrier)
    unit.db.execute(
        update(scans)
        .where(scans.c.tracking_number == parcel.tracking_number, scans.c.parcel_id.is_(None), its_own)
        .values(parcel_id=parcel.id)
    )


def scans_of(unit: Unit, parcel_id: UUID) -> list[Scan]:
    """Every scan of a parcel, in no order."""
    rows = unit.db.execute(select(scans).where(scans.c.parcel_id == parcel_id)).all()
    return [
        Scan(
            key=row.key,
            code=domain.normal(row.code),
            at=row.occurred_at,
            received_at=row.received_at,
            place=row.place,
            description=row.description,
            implied=row.implied,
            void=row.voided_at is not None,
        )
        for row in rows
    ]


def told(unit: Unit, parcel_id: UUID) -> set[Milestone]:
    """The milestones of a parcel that were stated."""
    names = unit.db.execute(select(milestones.c.milestone).where(milestones.c.parcel_id == parcel_id)).scalars()
    return {Milestone(name) for name in names}


def state_news(unit: Unit, parcel: Row[Any]) -> None:
    """State each milestone and each trouble that the parcel's scans prove and that was not stated before."""
    seen = scans_of(unit, parcel.id)
    for step in domain.news(seen, told=told(unit, parcel.id)):
        if _insert_milestone(unit, parcel.id, step):
            unit.announce(
                MilestoneReachedV1(
                    **_of(parcel),
                    milestone=step.milestone,
                    occurred_at=step.at,
                    implied=step.implied,
                    place=step.place,
                )
            )
    for trouble in domain.troubles(seen):
        if _insert_trouble(unit, parcel.id, trouble):
            unit.announce(
                ParcelInTroubleV1(**_of(parcel), trouble=trouble.name, occurred_at=trouble.at, words=trouble.words)
            )


def _of(parcel: Row[Any]) -> dict[str, Any]:
    return {
        "return_id": parcel.return_id,
        "parcel_id": parcel.id,
        "parcel": parcel.parcel,
        "tracking_number": parcel.tracking_number,
    }


def _insert_milestone(unit: Unit, parcel_id: UUID, step: Step) -> bool:
    return (
        unit.db.execute(
            insert(milestones)
            .values(
                parcel_id=parcel_id,
                milestone=step.milestone,
                retailer_id=unit.retailer_id,
                occurred_at=step.at,
                implied=step.implied,
                place=step.place,
                stated_at=unit.now,
            )
            .on_conflict_do_nothing()
            .returning(milestones.c.milestone)
        ).first()
        is not None
    )


def _insert_trouble(unit: Unit, parcel_id: UUID, trouble: Trouble) -> bool:
    return (
        unit.db.execute(
            insert(troubles)
            .values(
                parcel_id=parcel_id,
                trouble=trouble.name,
                retailer_id=unit.retailer_id,
                occurred_at=trouble.at,
                stated_at=unit.now,
            )
            .on_conflict_do_nothing()
            .returning(troubles.c.trouble)
        ).first()
        is not None
    )

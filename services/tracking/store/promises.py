"""What is expected of parcels, step by step, as they come along."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Unit
from libs.contracts.tracking import Expected, Step
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.store import paces
from services.tracking.store.tables import inspections, milestones, promises

KIND = "promises"
_MOMENT = timedelta(seconds=1)


def make(unit: Unit, parcel: Row[Any], steps: Sequence[Step], new: Iterable[Step]) -> tuple[Expected, ...]:
    """What a parcel is expected to reach now that it came to some new milestones; it is kept, and looked after.

    Where it has come to its hub, its lane learns from it.
    """
    fresh = {step.milestone for step in new}
    if domain.HUB in fresh:
        paces.learn(unit, parcel, domain.stretches(steps))
    spans = domain.to_promise(fresh, {step.milestone for step in steps})
    if not spans:
        return ()
    known = paces.known(unit, parcel, {*spans, domain.WHOLE_WAY})
    told = _keep(unit, parcel, domain.promise(spans, steps, known, days=parcel.expected_days))
    plan(unit, parcel, told)
    return told


def inspected(unit: Unit, parcel: Row[Any]) -> None:
    """Learn how long the parcel lay at its hub until it was first opened."""
    received = unit.db.execute(
        select(milestones.c.occurred_at).where(
            milestones.c.parcel_id == parcel.id, milestones.c.milestone == domain.HUB, ~milestones.c.implied
        )
    ).scalar_one_or_none()
    taken = domain.hours(received, unit.now) if received is not None else None
    if taken is not None:
        paces.learn(unit, parcel, {domain.AT_HUB: taken})


def withdraw(unit: Unit, parcel: Row[Any], reached: Collection[Milestone]) -> None:
    """A parcel is not at its hub after all: it is not waited for there, and is looked after on its way again.

    Its lane learned from a mistake, and forgets that.
    """
    if domain.HUB in reached:
        return
    paces.forget(unit, parcel)
    at_hub = (promises.c.parcel_id == parcel.id, promises.c.milestone == domain.INSPECTED)
    unit.db.execute(delete(promises).where(*at_hub))
    kept = select(promises).where(promises.c.parcel_id == parcel.id, promises.c.delayed_at.is_(None))
    plan(unit, parcel, domain.open_ones([expected_of(row) for row in unit.db.execute(kept)], reached))


def of_parcels(unit: Unit, parcel_ids: Collection[UUID]) -> dict[UUID, list[Expected]]:
    """All that was promised of each of these parcels."""
    found: dict[UUID, list[Expected]] = {}
    for row in unit.db.execute(select(promises).where(promises.c.parcel_id.in_(parcel_ids))):
        found.setdefault(row.parcel_id, []).append(expected_of(row))
    return found


def inspections_of(unit: Unit, parcel_ids: Collection[UUID]) -> dict[UUID, Step]:
    """When each of these parcels was first opened, as the step of the timeline that it is."""
    first = select(inspections.c.parcel_id, func.min(inspections.c.inspected_at).label("at"))
    of = first.where(inspections.c.parcel_id.in_(parcel_ids)).group_by(inspections.c.parcel_id)
    return {row.parcel_id: Step(milestone=domain.INSPECTED, at=row.at) for row in unit.db.execute(of)}


def _keep(unit: Unit, parcel: Row[Any], told: Sequence[Expected]) -> tuple[Expected, ...]:
    """Promise this in place of what was promised before. What was stated to be late stays so until it comes."""
    if not told:
        return ()
    whose = {"parcel_id": parcel.id, "retailer_id": unit.retailer_id}
    new = insert(promises).values(
        [
            {
                **whose,
                "milestone": each.milestone,
                "expected_at": each.at,
                "latest_at": each.latest,
                "parcels": each.parcels,
            }
            for each in told
        ]
    )
    values = {name: new.excluded[name] for name in ("expected_at", "latest_at", "parcels")}
    kept = new.on_conflict_do_update(
        index_elements=["parcel_id", "milestone"], set_=values, where=promises.c.delayed_at.is_(None)
    ).returning(promises.c.milestone)
    names = set(unit.db.execute(kept).scalars())
    return tuple(each for each in told if each.milestone in names)


def plan(unit: Unit, parcel: Row[Any], promised: Collection[Expected]) -> None:
    """Look again right after the first of these should have come."""
    if promised:
        due = min(told.latest for told in promised) + _MOMENT - unit.now
        unit.claim(KIND, account=str(unit.retailer_id), subject=parcel.id, after=max(_MOMENT, due))


def expected_of(row: Row[Any]) -> Expected:
    """What a row says that is expected."""
    return Expected(milestone=Milestone(row.milestone), at=row.expected_at, latest=row.latest_at, parcels=row.parcels)

"""How long parcels of a lane take, counted as they come, and when one on its way is expected."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Unit
from libs.contracts.tracking import Expected, Step
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.store.tables import stretches


def learn(unit: Unit, parcel: Row[Any], steps: Sequence[Step]) -> None:
    """Count a parcel that has just come to its hub."""
    hours = domain.stretch(steps)
    if hours is None:
        return
    row = {**_lane(unit, parcel), "day": unit.now.date(), "hours": hours, "parcels": 1}
    unit.db.execute(
        insert(stretches)
        .values(row)
        .on_conflict_do_update(index_elements=list(row)[:-1], set_={"parcels": stretches.c.parcels + 1})
    )


def expect(unit: Unit, parcel: Row[Any], steps: Sequence[Step]) -> Expected | None:
    """When a parcel that is on its way comes to its hub; None for one that is not."""
    if not domain.is_expected(steps):
        return None
    lane = [stretches.c[name] == value for name, value in _lane(unit, parcel).items()]
    lately = stretches.c.day >= (unit.now - domain.LOOK_BACK).date()
    counted = select(stretches.c.hours, func.sum(stretches.c.parcels)).where(*lane, lately)
    hours = {row[0]: int(row[1]) for row in unit.db.execute(counted.group_by(stretches.c.hours))}
    return domain.expected(steps, domain.pace(hours))


def _lane(unit: Unit, parcel: Row[Any]) -> dict[str, Any]:
    return {
        "retailer_id": unit.retailer_id,
        "carrier": parcel.carrier,
        "hub": parcel.hub or "",
        "until": Milestone.HUB_RECEIVED,
    }

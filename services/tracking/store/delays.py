"""Parcels that did not come in time: each promise that is broken is stated once, as the clock passes it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from libs.chassis.store import Store, Unit
from libs.contracts.tracking import Expected, ParcelDelayedV1
from services.tracking import domain
from services.tracking.store import rows
from services.tracking.store.promises import expected_of, inspections_of, plan
from services.tracking.store.tables import metadata, parcels, promises, troubles

NO_LONGER = ("lost", "returned_to_sender", "rejected")  # troubles after which a parcel is a person's task as it is


class Delays(Store):
    """Looks after what was promised, as its time comes."""

    service, metadata = "tracking", metadata

    def look_after(self, retailer_id: UUID, parcel_id: UUID) -> None:
        """State what the parcel should have reached by now and has not, once each, and look again when the next is due."""
        with self.unit(retailer_id=retailer_id) as unit:
            parcel = unit.db.execute(select(parcels).where(parcels.c.id == parcel_id)).one()
            rows.in_turn(unit, parcel.tracking_number)
            waiting = () if _is_lost(unit, parcel_id) else _open(unit, parcel)
            late = [told for told in waiting if domain.is_late(told, unit.now)]
            _mark(unit, parcel, late)
            for told in late:
                broken = {"milestone": told.milestone, "expected": told.at, "latest": told.latest}
                unit.announce(ParcelDelayedV1(**rows.of(parcel), **broken))
            plan(unit, parcel, [told for told in waiting if told not in late])


def _open(unit: Unit, parcel: Row[Any]) -> tuple[Expected, ...]:
    """What is still to come of what was promised, and was not stated to be late."""
    reached = rows.told(unit, parcel.id)
    if inspections_of(unit, [parcel.id]):
        reached.add(domain.INSPECTED)
    waiting = select(promises).where(promises.c.parcel_id == parcel.id, promises.c.delayed_at.is_(None))
    return domain.open_ones([expected_of(row) for row in unit.db.execute(waiting)], reached)


def _mark(unit: Unit, parcel: Row[Any], late: list[Expected]) -> None:
    if late:
        which = (promises.c.parcel_id == parcel.id, promises.c.milestone.in_([told.milestone for told in late]))
        unit.db.execute(update(promises).where(*which).values(delayed_at=unit.now))


def _is_lost(unit: Unit, parcel_id: UUID) -> bool:
    met = select(troubles.c.trouble).where(troubles.c.parcel_id == parcel_id, troubles.c.trouble.in_(NO_LONGER))
    return unit.db.execute(met.limit(1)).first() is not None

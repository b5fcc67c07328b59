"""The ways of a parcel: the lane it was quoted, and those that the lane allows where its carrier says no or stays away."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from libs.chassis.errors import Permanent
from libs.chassis.store import Unit
from libs.contracts.labels import Fallback
from libs.contracts.values import Address
from services.labels.domain import OWN
from services.labels.store.lane_rows import IN_FORCE, IN_TURN, takes_from
from services.labels.store.tables import hubs, lanes

_LANE = select(lanes, hubs.c.address).join(
    hubs, (lanes.c.hub == hubs.c.code) & (lanes.c.retailer_id == hubs.c.retailer_id)
)


def ways_of(unit: Unit, lane_id: UUID, sender: Address) -> list[dict[str, Any]]:
    """The ways in their order, the lane's own first, as a booking keeps them; parks where the lane never was."""
    lane = unit.db.execute(_LANE.where(lanes.c.id == lane_id)).first()
    if lane is None:
        raise Permanent(f"no lane {lane_id}")
    return [_way(lane), *_others(unit, lane, sender)]


def _others(unit: Unit, lane: Row[Any], sender: Address) -> list[dict[str, Any]]:
    if lane.fallback == Fallback.OWN:
        return [_way(lane) | {"carrier": OWN}] if lane.carrier != OWN else []
    if lane.fallback != Fallback.LANE:
        return []
    fits = (takes_from(sender.country, sender.postcode), lanes.c.id != lane.id)
    return [_way(row) for row in unit.db.execute(_LANE.where(*IN_FORCE, *fits).order_by(*IN_TURN))]


def _way(lane: Row[Any]) -> dict[str, Any]:
    return {"carrier": lane.carrier, "service": lane.service, "hub": {"code": lane.hub, "address": lane.address}}

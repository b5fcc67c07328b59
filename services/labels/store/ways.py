"""The ways of a parcel: the lane it was quoted, and those that the lane allows where its carrier says no or stays away."""

from typing import Any

from sqlalchemy import Row, select

from libs.chassis.errors import Permanent
from libs.chassis.store import Unit
from libs.contracts.labels import Fallback, LaneMethod
from libs.contracts.portal import LabelRequestedV1
from services.labels.domain import OWN
from services.labels.store.lane_rows import IN_FORCE, IN_TURN, takes_all, takes_from, takes_weight
from services.labels.store.tables import hubs, lanes

_LANE = select(lanes, hubs.c.address, hubs.c.hours).join(
    hubs, (lanes.c.hub == hubs.c.code) & (lanes.c.retailer_id == hubs.c.retailer_id)
)


# What a shopper who was told the first does may do for the second: nobody is sent to a shop, or to pay a carrier, unasked.
_IN_PLACE = {method: {method} for method in LaneMethod} | {
    LaneMethod.QR: {LaneMethod.QR, LaneMethod.LABEL},
    LaneMethod.DROP_OFF: {LaneMethod.DROP_OFF, LaneMethod.LABEL},
}


def ways_of(unit: Unit, asked: LabelRequestedV1) -> list[dict[str, Any]]:
    """The ways in their order, the lane's own first, as a booking keeps them; parks where the lane never was.

    Another lane takes the place of the first only where a quote might have named it: it and its hub take the parcel, and it
    is sent in the same way, or with a label in place of a code. One to the same hub is before others.
    """
    lane = unit.db.execute(_LANE.where(lanes.c.id == asked.lane_id)).first()
    if lane is None:
        raise Permanent(f"no lane {asked.lane_id}")
    return [_way(lane), *_others(unit, lane, asked)]


def _others(unit: Unit, lane: Row[Any], asked: LabelRequestedV1) -> list[dict[str, Any]]:
    if lane.fallback == Fallback.OWN:
        ours = {"carrier": OWN, "method": LaneMethod.LABEL}  # at the carrier's own counters nobody reads our code
        return [_way(lane) | ours] if lane.carrier != OWN else []
    if lane.fallback != Fallback.LANE:
        return []
    fits = (
        takes_from(asked.sender.country, asked.sender.postcode),
        takes_weight(asked.grams),
        takes_all(asked.reasons, asked.product_types),
        lanes.c.method.in_(_IN_PLACE[LaneMethod(lane.method)]),
        lanes.c.id != lane.id,
    )
    in_turn = (lanes.c.hub != lane.hub, *IN_TURN)
    return [_way(row) for row in unit.db.execute(_LANE.where(*IN_FORCE, *fits).order_by(*in_turn))]


def _way(lane: Row[Any]) -> dict[str, Any]:
    return {
        "carrier": lane.carrier,
        "service": lane.service,
        "method": lane.method,
        "expected_days": lane.expected_days,
        "hub": {"code": lane.hub, "address": lane.address, "hours": lane.hours},
    }

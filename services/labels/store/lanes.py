"""The retailer's lanes, hubs and look."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.errors import Refused
from libs.contracts.labels import Hub, Lane, LanesV1, QuoteLabelV1, QuoteV1, SaveLanesV1
from libs.contracts.labels_lanes import (
    ChangeLanesV1,
    LaneChange,
    LaneInForce,
    LanesChangedV1,
    LanesInForceV1,
    LaneTold,
)
from libs.contracts.portal import RetailerChangedV1
from libs.contracts.values import Address
from services.labels import domain
from services.labels.store.lane_rows import (
    IN_FORCE,
    IN_TURN,
    hub_of,
    key_columns,
    lane_of,
    takes_all,
    takes_from,
    takes_weight,
    terms_columns,
)
from services.labels.store.tables import hubs, lanes, looks, metadata


class Lanes(Store):
    """Saves lanes and hubs, keeps the look and quotes."""

    service, metadata = "labels", metadata

    def keep_look(self, fact: Envelope[RetailerChangedV1]) -> None:
        """Keep the look unless a newer one is here: facts come in any order."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            new = insert(looks).values(
                retailer_id=unit.retailer_id, look=fact.data.look.model_dump(mode="json"), as_of=fact.time
            )
            unit.db.execute(
                new.on_conflict_do_update(
                    index_elements=["retailer_id"],
                    set_={"look": new.excluded.look, "as_of": new.excluded.as_of},
                    where=looks.c.as_of < new.excluded.as_of,
                )
            )

    def save(self, retailer_id: UUID, asked: SaveLanesV1) -> LanesV1:
        """Put hubs and lanes in force. A lane that stays keeps its id; one that goes is retired, never deleted."""
        with self.unit(retailer_id=retailer_id) as unit:
            _in_turn(unit)
            for hub in asked.hubs:
                _save_hub(unit, hub)
            unit.db.execute(update(lanes).where(lanes.c.retired_at.is_(None)).values(retired_at=unit.now))
            for place, lane in enumerate(asked.lanes):
                _save_lane(unit, lane, place)
        return LanesV1(hubs=len(asked.hubs), lanes=len(asked.lanes))

    def change(self, retailer_id: UUID, asked: ChangeLanesV1, *, carriers: Collection[str]) -> LanesChangedV1:
        """Take the hubs, and the lanes that can be in force beside those there are; the others are told of."""
        with self.unit(retailer_id=retailer_id) as unit:
            _in_turn(unit)
            for hub in asked.hubs:
                _save_hub(unit, hub)
            now = _in_force(unit)
            codes = {hub.code for hub in now.hubs}
            places = {domain.key_of(each.lane): (place, each.lane) for place, each in enumerate(now.lanes)}
            told = [_change(unit, lane, places, codes, carriers) for lane in asked.lanes]
        return LanesChangedV1(lanes=tuple(told))

    def in_force(self, retailer_id: UUID) -> LanesInForceV1:
        """The hubs, and the lanes in their order, those that are off too."""
        with self.unit(retailer_id=retailer_id) as unit:
            return _in_force(unit)

    def quote(self, retailer_id: UUID, asked: QuoteLabelV1) -> QuoteV1:
        """The first lane for such a parcel that is on, to the hub it wishes where one leads there; refused as `labels.no_lane`."""
        fits = (
            takes_from(asked.country, asked.postcode),
            takes_weight(asked.grams),
            takes_all(asked.reasons, asked.product_types),
        )
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(
                select(lanes, hubs.c.address)
                .join(hubs, (lanes.c.hub == hubs.c.code) & (lanes.c.retailer_id == hubs.c.retailer_id))
                .where(lanes.c.retailer_id == retailer_id, *IN_FORCE, *fits)
                .order_by(lanes.c.hub != (asked.hub or ""), *IN_TURN)
                .limit(1)
            ).first()
        if found is None:
            raise domain.NoLane(asked.country)
        lane, address = lane_of(found), Address.model_validate(found.address)
        return QuoteV1(
            lane_id=found.id,
            carrier=lane.carrier,
            service=lane.service,
            hub=lane.hub,
            price=domain.price_of(lane),
            hub_address=address,
            method=lane.method,
            cost=lane.cost,
            customs=domain.crosses(
                asked.country, asked.postcode, to_country=address.country, to_postcode=address.postcode
            ),
        )


def _in_turn(unit: Unit) -> None:
    """Wait for whoever changes this retailer's lanes."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"lanes:{unit.retailer_id}", 0))))


def _in_force(unit: Unit) -> LanesInForceV1:
    found = unit.db.execute(select(lanes).where(lanes.c.retired_at.is_(None)).order_by(lanes.c.place, lanes.c.id))
    return LanesInForceV1(
        hubs=tuple(hub_of(row) for row in unit.db.execute(select(hubs).order_by(hubs.c.code))),
        lanes=tuple(LaneInForce(lane_id=row.id, lane=lane_of(row)) for row in found),
    )


def _change(
    unit: Unit,
    lane: Lane,
    places: dict[domain.Key, tuple[int, Lane]],
    codes: Collection[str],
    carriers: Collection[str],
) -> LaneTold:
    """Take one lane, and note its place among the others."""
    try:
        domain.check_lane(lane, hubs=codes, carriers=carriers)
    except Refused as no:
        return LaneTold(outcome=LaneChange.REFUSED, code=no.code, words=no.detail)
    key = domain.key_of(lane)
    place, before = places.get(key, (len(places), None))
    if before is not None and terms_columns(before) == terms_columns(lane):
        return LaneTold(outcome=LaneChange.UNCHANGED)
    _save_lane(unit, lane, place)
    places[key] = place, lane
    return LaneTold(outcome=LaneChange.CREATED if before is None else LaneChange.CHANGED)


def _save_hub(unit: Unit, hub: Hub) -> None:
    terms = {
        "address": hub.address.model_dump(mode="json"),
        "hours": hub.hours,
        "reasons": list(hub.reasons),
        "product_types": list(hub.product_types),
        "on": hub.on,
    }
    new = insert(hubs).values(retailer_id=unit.retailer_id, code=hub.code, **terms)
    unit.db.execute(new.on_conflict_do_update(index_elements=["retailer_id", "code"], set_=terms))


def _save_lane(unit: Unit, lane: Lane, place: int) -> None:
    key = key_columns(unit.retailer_id, lane)
    force = terms_columns(lane) | {"place": place, "retired_at": None}
    new = insert(lanes).values(id=new_id(), **key, **force)
    unit.db.execute(new.on_conflict_do_update(index_elements=list(key), set_=force))

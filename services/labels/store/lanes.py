"""The retailer's lanes, hubs and look."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
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
from libs.contracts.values import Address, Look
from services.labels import domain
from services.labels.store import rates, rows
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

    def look_of(self, retailer_id: UUID) -> Look:
        """The retailer's brand; raises Transient while it has not come."""
        with self.unit(retailer_id=retailer_id) as unit:
            return rows.look(unit)

    def save(self, retailer_id: UUID, asked: SaveLanesV1) -> LanesV1:
        """Put hubs and lanes in force. A lane that stays keeps its id; one that goes is retired, never deleted."""
        with self.unit(retailer_id=retailer_id) as unit:
            _in_turn(unit)
            for hub in asked.hubs:
                _save_hub(unit, hub)
            unit.db.execute(update(lanes).where(lanes.c.retired_at.is_(None)).values(retired_at=unit.now))
            rates.plan(unit, [_save_lane(unit, lane, place) for place, lane in enumerate(asked.lanes)])
        return LanesV1(hubs=len(asked.hubs), lanes=len(asked.lanes))

    def change(
        self, retailer_id: UUID, asked: ChangeLanesV1, *, carriers: Collection[str], rating: Collection[str]
    ) -> LanesChangedV1:
        """Take the hubs, and the lanes that can be in force beside those there are; the others are told of."""
        with self.unit(retailer_id=retailer_id) as unit:
            _in_turn(unit)
            moved = _save_hubs(unit, asked.hubs)
            now = _in_force(unit)
            codes = {hub.code for hub in now.hubs}
            places = {domain.key_of(each.lane): (place, each.lane) for place, each in enumerate(now.lanes)}
            check = partial(domain.check_lane, hubs=codes, carriers=carriers, rating=rating)
            changes = [_change(unit, lane, places, check) for lane in asked.lanes]
            rates.plan(unit, [*(lane_id for _, lane_id in changes if lane_id), *_leading_to(unit, moved)])
        return LanesChangedV1(lanes=tuple(told for told, _ in changes))

    def in_force(self, retailer_id: UUID, *, rating: Collection[str]) -> LanesInForceV1:
        """The hubs, and the lanes in their order, those that are off too, with their rates; `rating` carriers tell some."""
        with self.unit(retailer_id=retailer_id) as unit:
            known, told = _in_force(unit), rates.by_lane(unit)
        lanes_of = tuple(each.model_copy(update={"rates": told.get(each.lane_id, ())}) for each in known.lanes)
        return known.model_copy(update={"lanes": lanes_of, "rating": tuple(rating)})

    def quote(self, retailer_id: UUID, asked: QuoteLabelV1) -> QuoteV1:
        """The first lane for such a parcel that is on, to the hub it wishes where one leads there; refused as `labels.no_lane`."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(rates.priced(_first(retailer_id, asked), asked.grams)).first()
            if found is None:
                raise domain.NoLane(asked.country, asked.grams)
            lane = lane_of(found).model_copy(update={"cost": rates.cost_of(unit, found)})
        hub = Address.model_validate(found.address)
        return QuoteV1(
            lane_id=found.id,
            carrier=lane.carrier,
            service=lane.service,
            hub=lane.hub,
            price=domain.price_of(lane),
            hub_address=hub,
            method=lane.method,
            cost=lane.cost,
            customs=domain.crosses(asked.country, asked.postcode, to_country=hub.country, to_postcode=hub.postcode),
        )


def _first(retailer_id: UUID, asked: QuoteLabelV1) -> Select[Any]:
    """The lane that a parcel takes, with its hub's address."""
    fits = (
        takes_from(asked.country, asked.postcode),
        takes_weight(asked.grams),
        takes_all(asked.reasons, asked.product_types),
    )
    return (
        select(lanes, hubs.c.address)
        .join(hubs, (lanes.c.hub == hubs.c.code) & (lanes.c.retailer_id == hubs.c.retailer_id))
        .where(lanes.c.retailer_id == retailer_id, *IN_FORCE, *fits)
        .order_by(lanes.c.hub != (asked.hub or ""), *IN_TURN)
        .limit(1)
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
    check: Callable[[Lane], None],
) -> tuple[LaneTold, UUID | None]:
    """Take one lane, and note its place among the others; with its id where it is another than before."""
    try:
        check(lane)
    except Refused as no:
        return LaneTold(outcome=LaneChange.REFUSED, code=no.code, words=no.detail), None
    key = domain.key_of(lane)
    place, before = places.get(key, (len(places), None))
    if before is not None and terms_columns(before) == terms_columns(lane):
        return LaneTold(outcome=LaneChange.UNCHANGED), None
    lane_id = _save_lane(unit, lane, place)
    places[key] = place, lane
    return LaneTold(outcome=LaneChange.CREATED if before is None else LaneChange.CHANGED), lane_id


def _save_hubs(unit: Unit, wished: Collection[Hub]) -> list[str]:
    """Which of them are others than before."""
    before = {row.code: hub_of(row) for row in unit.db.execute(select(hubs))}
    for hub in wished:
        _save_hub(unit, hub)
    return [hub.code for hub in wished if before.get(hub.code) != hub]


def _leading_to(unit: Unit, codes: Collection[str]) -> Sequence[UUID]:
    if not codes:
        return ()
    there = select(lanes.c.id).where(lanes.c.hub.in_(codes), lanes.c.retired_at.is_(None))
    return unit.db.execute(there).scalars().all()


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


def _save_lane(unit: Unit, lane: Lane, place: int) -> UUID:
    key = key_columns(unit.retailer_id, lane)
    force = terms_columns(lane) | {"place": place, "retired_at": None}
    new = insert(lanes).values(id=new_id(), **key, **force)
    saved = new.on_conflict_do_update(index_elements=list(key), set_=force).returning(lanes.c.id)
    return unit.db.execute(saved).scalar_one()

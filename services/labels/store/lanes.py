"""The retailer's lanes, hubs and look."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.labels import Hub, Lane, LanesV1, QuoteV1, SaveLanesV1
from libs.contracts.portal import RetailerChangedV1
from libs.contracts.values import Address, Money
from services.labels import domain
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
            unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"lanes:{retailer_id}", 0))))
            for hub in asked.hubs:
                _save_hub(unit, hub)
            unit.db.execute(update(lanes).where(lanes.c.retired_at.is_(None)).values(retired_at=unit.now))
            for place, lane in enumerate(asked.lanes):
                _save_lane(unit, lane, place)
        return LanesV1(hubs=len(asked.hubs), lanes=len(asked.lanes))

    def quote(self, retailer_id: UUID, country: str) -> QuoteV1:
        """The first lane from `country` that is on; refused as `labels.no_lane`."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(
                select(lanes, hubs.c.address)
                .join(hubs, lanes.c.hub == hubs.c.code)
                .where(lanes.c.country == country, lanes.c.on, lanes.c.retired_at.is_(None))
                .order_by(lanes.c.place)
                .limit(1)
            ).first()
        if found is None:
            raise domain.NoLane(country)
        return QuoteV1(
            lane_id=found.id,
            carrier=found.carrier,
            service=found.service,
            hub=found.hub,
            price=Money(amount=found.price_amount, currency=found.price_currency),
            hub_address=Address.model_validate(found.address),
        )


def _save_hub(unit: Unit, hub: Hub) -> None:
    new = insert(hubs).values(retailer_id=unit.retailer_id, code=hub.code, address=hub.address.model_dump(mode="json"))
    unit.db.execute(
        new.on_conflict_do_update(index_elements=["retailer_id", "code"], set_={"address": new.excluded.address})
    )


def _save_lane(unit: Unit, lane: Lane, place: int) -> None:
    force = {
        "price_amount": lane.price.amount,
        "price_currency": lane.price.currency,
        "on": lane.on,
        "place": place,
        "retired_at": None,
    }
    unit.db.execute(
        insert(lanes)
        .values(
            id=new_id(),
            retailer_id=unit.retailer_id,
            country=lane.country,
            hub=lane.hub,
            carrier=lane.carrier,
            service=lane.service,
            **force,
        )
        .on_conflict_do_update(index_elements=["retailer_id", "country", "hub", "carrier", "service"], set_=force)
    )

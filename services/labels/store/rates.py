"""What carriers ask for parcels of the lanes that say so, kept by weight, so that a quote only reads."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    bindparam,
    cast,
    delete,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.chassis.store import Store, Unit
from libs.contracts.labels_lanes import LaneRate
from libs.contracts.values import Address, Money
from services.labels import domain
from services.labels.domain import NoAnswer, NoOffer, Offer, Offered, Rate, Sample
from services.labels.settings import LabelsSettings
from services.labels.store.accounts import on_now
from services.labels.store.lane_rows import IN_FORCE, lane_of
from services.labels.store.tables import carrier_accounts, hubs, lanes, metadata, rates

RATES = "rates"  # the kind of planned work that asks a carrier for one of them
_TO_ITS_HUB = (lanes.c.hub == hubs.c.code) & (lanes.c.retailer_id == hubs.c.retailer_id)


def _weight() -> ColumnElement[int]:
    """What the parcel weighs: where nobody told, the usual weight of the retailer's account, as far as the lane takes it."""
    told = cast(carrier_accounts.c.options["grams"].astext, Integer)
    its_own = (carrier_accounts.c.carrier == lanes.c.carrier, carrier_accounts.c.on)
    usual = func.coalesce(select(told).where(*its_own).correlate(lanes).scalar_subquery(), domain.USUAL_GRAMS)
    within = func.least(func.greatest(usual, lanes.c.least_grams), lanes.c.most_grams)  # PostgreSQL's leaves nulls out
    return func.coalesce(bindparam("grams", type_=Integer), within)


def _kept() -> FromClause:
    """The rate of the first weight that is not less, of a lane that asks for some."""
    known = (
        rates.c.cost_amount.label("rate_amount"),
        rates.c.cost_currency.label("rate_currency"),
        rates.c.fetched_at.label("rate_at"),
    )
    fits = (lanes.c.rates_city.is_not(None), rates.c.lane_id == lanes.c.id, rates.c.up_to >= _weight())
    return select(*known).where(*fits).order_by(rates.c.up_to).limit(1).correlate(lanes).lateral("kept")


_KEPT = _kept()  # made once: to put it together takes longer than to ask the database for it


class Rates(Store):
    """Has each rate asked for, keeps what came, and has it asked for again."""

    service, metadata = "labels", metadata

    def take(self, retailer_id: UUID, rate_id: UUID) -> Sample | None:
        """The parcel whose rate is to be asked for; None where its lane is not in force any more, or asks for none."""
        with self.unit(retailer_id=retailer_id) as unit:
            wanted = select(lanes, hubs.c.address, rates.c.up_to).join(hubs, _TO_ITS_HUB).join(rates)
            row = unit.db.execute(wanted.where(rates.c.id == rate_id, *IN_FORCE)).first()
            if row is None:
                return None
            lane, hub = lane_of(row), Address.model_validate(row.address)
            sender, account_id = domain.sender_of(lane), on_now(unit, lane.carrier)
            return Sample(lane.carrier, lane.service, sender, hub, row.up_to, account_id)

    def record(self, retailer_id: UUID, rate_id: UUID, sample: Sample, offered: Offered) -> None:
        """Keep what the carrier said, and have it asked again in time. A rate that was forgotten meanwhile stays so."""
        with self.unit(retailer_id=retailer_id) as unit:
            kept = update(rates).where(rates.c.id == rate_id).values(**_said(unit, offered)).returning(rates.c.id)
            if unit.db.execute(kept).first() is not None:
                every = timedelta(hours=load(LabelsSettings).rates_hours)
                _claim(unit, sample.carrier, sample.account_id, rate_id, after=domain.asked_again(offered, every=every))

    def ask_anew(self, retailer_id: UUID, carrier: str) -> None:
        """Have every rate of a carrier asked for now: the retailer's account with it is another."""
        with self.unit(retailer_id=retailer_id) as unit:
            its_own = select(lanes.c.id).where(lanes.c.carrier == carrier, lanes.c.retired_at.is_(None))
            plan(unit, unit.db.execute(its_own.where(lanes.c.rates_city.is_not(None))).scalars().all())


def plan(unit: Unit, lane_ids: Collection[UUID]) -> None:
    """Have carriers asked what these lanes cost. What was asked from elsewhere, or for other weights, is forgotten."""
    if not lane_ids:
        return
    asks = or_(lanes.c.rates_city.is_not(None), lanes.c.id.in_(select(rates.c.lane_id)))
    for row in unit.db.execute(select(lanes).where(lanes.c.id.in_(lane_ids), asks)).all():
        _plan(unit, row)


def priced(found: Select[Any], grams: int | None) -> Select[Any]:
    """The lanes that `found` selects, each with its kept rate for a parcel of that weight, or of the usual one: in one query."""
    return found.add_columns(_KEPT).outerjoin(_KEPT, true()).params(grams=grams)


def cost_of(unit: Unit, row: Row[Any]) -> Money | None:
    """What a parcel of the lane costs now, of a row that `priced` selected."""
    rate = (
        None
        if row.rate_amount is None
        else Rate(Money(amount=row.rate_amount, currency=row.rate_currency), row.rate_at)
    )
    return domain.cost_of(lane_of(row), rate, now=unit.now, good_for=_good_for())


def cost_now(unit: Unit, lane_id: UUID, grams: int | None = None) -> Money | None:
    """What a parcel of this lane costs now; None where nobody knows."""
    row = unit.db.execute(priced(select(lanes).where(lanes.c.id == lane_id), grams)).first()
    return None if row is None else cost_of(unit, row)


def by_lane(unit: Unit) -> Mapping[UUID, tuple[LaneRate, ...]]:
    """What is known of each lane's rates, the lightest parcel first."""
    told: dict[UUID, tuple[LaneRate, ...]] = defaultdict(tuple)
    wanted = select(rates, lanes.c.price_currency).join(lanes).where(lanes.c.retired_at.is_(None))
    for row in unit.db.execute(wanted.order_by(rates.c.up_to)):
        told[row.lane_id] += (_told(unit, row),)
    return told


def _told(unit: Unit, row: Row[Any]) -> LaneRate:
    cost = None if row.cost_amount is None else Money(amount=row.cost_amount, currency=row.cost_currency)
    rate = Rate(cost, row.fetched_at) if cost else None
    return LaneRate(
        up_to_grams=row.up_to,
        use=domain.use_of(rate, currency=row.price_currency, now=unit.now, good_for=_good_for()),
        cost=cost,
        service=row.service,
        fetched_at=row.fetched_at,
        error=row.error_words,
        failed_at=row.failed_at,
    )


def _plan(unit: Unit, row: Row[Any]) -> None:
    lane = lane_of(row)
    place, bands = domain.place_of(lane), domain.bands_of(lane)
    of_lane = rates.c.lane_id == row.id
    unit.db.execute(delete(rates).where(of_lane, or_(rates.c.place != place, rates.c.up_to.not_in(bands))))
    if not bands or not lane.on:
        return
    shared = {"retailer_id": unit.retailer_id, "lane_id": row.id, "place": place}
    new = insert(rates).values([{"id": new_id(), "up_to": band, **shared} for band in bands])
    unit.db.execute(new.on_conflict_do_nothing(index_elements=["lane_id", "up_to"]))
    account_id = on_now(unit, lane.carrier)
    for rate_id in unit.db.execute(select(rates.c.id).where(of_lane)).scalars():
        _claim(unit, lane.carrier, account_id, rate_id)


def _claim(unit: Unit, carrier: str, account_id: UUID | None, rate_id: UUID, *, after: timedelta = timedelta()) -> None:
    """Plan the question. It has places of its own at each account: bookings and voids never wait for it."""
    unit.claim(RATES, account=f"{carrier}:{account_id or unit.retailer_id}", subject=rate_id, after=after)


def _said(unit: Unit, offered: Offered) -> dict[str, Any]:
    match offered:
        case Offer(cost, service):
            fresh = {"service": service, "fetched_at": unit.now, "error_words": None, "failed_at": None}
            return {"cost_amount": cost.amount, "cost_currency": cost.currency} | fresh
        case NoOffer(words) | NoAnswer(words):
            return {"error_words": words, "failed_at": unit.now}


def _good_for() -> timedelta:
    return timedelta(hours=load(LabelsSettings).rates_good_hours)

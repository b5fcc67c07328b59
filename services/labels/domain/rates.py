"""What a carrier asks for a parcel of a lane: for which weights that is asked, when again, and which cost counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.labels import Lane
from libs.contracts.labels_lanes import RateUse
from libs.contracts.values import Address, Money

BANDS = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000)  # grams; each is asked for at its heaviest
USUAL_GRAMS = 1_000  # a parcel whose weight nobody told, where its account has no usual one
AGAIN = timedelta(minutes=10)  # after a carrier that gave no answer
_ANYBODY = "Shopper"


class NoRates(Refused):
    """A lane is to take the rates of a carrier that tells none."""

    def __init__(self, carrier: str) -> None:
        super().__init__("labels.no_rates", f"{carrier} tells no rates: leave rates_from empty, and write the cost")


@dataclass(frozen=True, slots=True)
class Sample:
    """A parcel that stands for all of a lane up to a weight: what its carrier asks for it is to be known."""

    carrier: str
    service: str
    sender: Address
    hub: Address
    grams: int
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a carrier asks for a parcel, and what it calls the service."""

    cost: Money
    service: str


@dataclass(frozen=True, slots=True)
class NoOffer:
    """The carrier asks nothing for such a parcel: it does not take it. `words` say why."""

    words: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The carrier was not reached, or its answer was lost: it is asked again soon."""

    words: str = "The carrier did not answer. It is asked again in a few minutes."


Offered = Offer | NoOffer | NoAnswer


@dataclass(frozen=True, slots=True)
class Rate:
    """An offer as it was at a moment."""

    cost: Money
    fetched_at: datetime


def bands_of(lane: Lane) -> tuple[int, ...]:
    """Up to which weights, in grams, the carrier is asked for its rate: none where the lane does not say so."""
    if lane.rates_from is None:
        return ()
    least, most = max(1, lane.least_grams), lane.most_grams
    within = tuple(band for band in BANDS if band >= least and (most is None or band < most))
    return (*within, most) if most is not None else within or (least,)


def place_of(lane: Lane) -> str:
    """From where the rates of a lane are asked, to be read and compared: `Bristol, BS8 2HY`."""
    place = lane.rates_from
    return ", ".join(filter(None, (place.city, place.postcode))) if place else ""


def sender_of(lane: Lane) -> Address:
    """Nobody's address in the place from which rates are asked: carriers look at the town, the postcode and the country."""
    city, postcode = (lane.rates_from.city, lane.rates_from.postcode) if lane.rates_from else (lane.country, None)
    return Address(name=_ANYBODY, line1=city, city=city, postcode=postcode, country=lane.country)


def use_of(rate: Rate | None, *, currency: str, now: datetime, good_for: timedelta) -> RateUse:
    """Whether a quote in `currency` takes the rate."""
    if rate is None:
        return RateUse.NONE
    if rate.cost.currency != currency:
        return RateUse.OTHER_CURRENCY
    return RateUse.TOO_OLD if now - rate.fetched_at > good_for else RateUse.IN_USE


def cost_of(lane: Lane, rate: Rate | None, *, now: datetime, good_for: timedelta) -> Money | None:
    """What a parcel costs the retailer: the carrier's rate where it may be used, else what the lane itself says."""
    if rate is not None and use_of(rate, currency=lane.price.currency, now=now, good_for=good_for) is RateUse.IN_USE:
        return rate.cost
    return lane.cost


def asked_again(offered: Offered, *, every: timedelta) -> timedelta:
    """After what time the carrier is asked once more."""
    return min(AGAIN, every) if isinstance(offered, NoAnswer) else every

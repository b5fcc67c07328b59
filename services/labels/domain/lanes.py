"""Which lane a parcel takes and what it costs: what may be in force together."""

import re
from collections.abc import Collection, Sequence

from libs.contracts.errors import Refused
from libs.contracts.labels import Hub, Lane, LaneMethod, Pricing
from libs.contracts.values import Money
from services.labels.domain.bookings import OWN
from services.labels.domain.rates import NoRates

_POSTCODES = re.compile(r"[A-Z0-9]{1,10}(-[A-Z0-9]{1,10})?")
_WITHOUT_CARRIER = {LaneMethod.OWN_CARRIER, LaneMethod.IN_STORE}

Key = tuple[str, str, str, str, str, str, str, int]


class NoLane(Refused):
    """The retailer takes nothing back from this country, or nothing of this weight."""

    def __init__(self, country: str, grams: int | None = None) -> None:
        takes = "" if grams is None else f" that takes {grams} g"
        super().__init__("labels.no_lane", f"no lane from {country}{takes} is on")


class UnknownHub(Refused):
    """A lane ends at a hub that is not among those saved with it."""

    def __init__(self, hub: str) -> None:
        super().__init__("labels.unknown_hub", f"no hub has the code {hub}")


class UnknownCarrier(Refused):
    """A lane names a carrier that has no adapter."""

    def __init__(self, carrier: str) -> None:
        super().__init__("labels.unknown_carrier", f"no carrier is called {carrier}")


class Repeated(Refused):
    """The same hub or lane stands twice in what is to be saved."""

    def __init__(self, what: str) -> None:
        super().__init__("labels.repeated", f"{what} stands there twice")


class LaneWrong(Refused):
    """What a lane says does not fit together."""

    def __init__(self, words: str) -> None:
        super().__init__("labels.lane_wrong", words)


def check_lanes(
    hubs: Sequence[Hub], lanes: Sequence[Lane], *, carriers: Collection[str], rating: Collection[str] = ()
) -> None:
    """Raise Repeated, UnknownHub, UnknownCarrier, NoRates or LaneWrong when these cannot be in force together.

    `rating` are those of the `carriers` that tell rates.
    """
    codes = [hub.code for hub in hubs]
    _once(codes)
    for lane in lanes:
        check_lane(lane, hubs=codes, carriers=carriers, rating=rating)
    _once([named(lane) for lane in lanes])


def check_lane(lane: Lane, *, hubs: Collection[str], carriers: Collection[str], rating: Collection[str] = ()) -> None:
    """Raise UnknownHub, UnknownCarrier, NoRates or LaneWrong when it cannot be in force."""
    if lane.hub not in hubs:
        raise UnknownHub(lane.hub)
    if lane.carrier not in carriers:
        raise UnknownCarrier(lane.carrier)
    if lane.rates_from is not None and lane.carrier not in rating:
        raise NoRates(lane.carrier)
    if lane.method in _WITHOUT_CARRIER and lane.carrier != OWN:
        raise LaneWrong(f"a lane with the method {lane.method} has the carrier {OWN}: no other is asked")
    if lane.least_grams < 0 or (lane.most_grams is not None and lane.most_grams < max(1, lane.least_grams)):
        raise LaneWrong("the most weight is at least the least, and neither is below nothing")
    postcodes_of(lane)
    if lane.cost is not None and lane.cost.amount < 0:
        raise LaneWrong("a cost is not below nothing")
    if lane.pricing is Pricing.FIXED and lane.price.amount < 0:
        raise LaneWrong("a price is not below nothing")
    if lane.pricing is Pricing.COST_PLUS:
        _check_cost(lane)


def _check_cost(lane: Lane) -> None:
    if lane.cost is None:
        stands_in = ", which counts while no rate of the carrier is known" if lane.rates_from else ""
        raise LaneWrong(f"a price that is made of the cost needs the cost{stands_in}")
    if lane.cost.currency != lane.price.currency:
        raise LaneWrong("the cost and what is added to it are in one currency")
    if not -100 <= lane.percent <= 1000:
        raise LaneWrong("the percent are from -100 to 1000")


def price_of(lane: Lane) -> Money:
    """What the shopper pays where the policy makes the label paid: half a penny rounds up, and it is never below nothing."""
    if lane.pricing is Pricing.FIXED or lane.cost is None:
        return lane.price
    more = (lane.cost.amount * lane.percent + 50) // 100
    return Money(amount=max(0, lane.cost.amount + more + lane.price.amount), currency=lane.price.currency)


def postcodes_of(lane: Lane) -> tuple[str, str]:
    """What the first and the last of the lane's postcodes begin with, both empty where it takes all; raises LaneWrong."""
    text = re.sub(r"\s", "", lane.postcodes or "").upper()
    if text and not _POSTCODES.fullmatch(text):
        raise LaneWrong(f"{lane.postcodes} are no postcodes: write BT, or 1000-1999")
    first, _, last = text.partition("-")
    if (last or first) < first:
        raise LaneWrong(f"{lane.postcodes}: the first postcode comes after the last")
    return first, last or first


def plain_postcode(text: str | None) -> str:
    """A postcode as it is compared: capitals and digits only."""
    return re.sub(r"[^A-Z0-9]", "", (text or "").upper())


def key_of(lane: Lane) -> Key:
    """What a lane is known by: one with the same takes its place."""
    first, last = postcodes_of(lane)
    return lane.country, first, last, lane.hub, lane.carrier, lane.service, lane.method.value, lane.least_grams


def named(lane: Lane) -> str:
    """The lane's key, to be read."""
    country, first, last, *rest, least = key_of(lane)
    code = f"{first}-{last}" if first != last else first
    weight = f"from {least} g" if least else ""
    return " ".join(str(part) for part in (country, code, *rest, weight) if part)


def _once(names: Sequence[str]) -> None:
    seen = set()
    for name in names:
        if name in seen:
            raise Repeated(name)
        seen.add(name)

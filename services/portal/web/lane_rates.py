"""What staff read of the rates that carriers told for a lane: which count, how old they are, and what went wrong."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from libs.contracts.labels_lanes import LaneInForce, LaneRate, RateUse
from services.portal import lane_files
from services.portal.web import views

USES = {
    RateUse.IN_USE: ("In use", "ok"),
    RateUse.TOO_OLD: ("Too old: our cost counts", "warn"),
    RateUse.OTHER_CURRENCY: ("In another currency: our cost counts", "bad"),
    RateUse.NONE: ("No rate: our cost counts", "bad"),
}
_ASKED = ("Being asked", "info")
_SOME = ("In use for some weights", "warn")


def rates_of(each: LaneInForce, typed: str | None, *, rating: Collection[str]) -> views.LaneRates | None:
    """The rates of a lane with the place that was `typed`, or is kept; None where its carrier tells none."""
    if each.lane.carrier not in rating:
        return None
    place = lane_files.place_text(each.lane.rates_from) if typed is None else typed
    told = [rate for rate in each.rates if rate.cost and rate.fetched_at]
    costs = sorted((rate.cost for rate in told if rate.cost), key=lambda cost: cost.amount)
    words, tone = _summed(each.rates)
    counts = any(rate.use is RateUse.IN_USE for rate in each.rates)
    return views.LaneRates(
        place=place,
        words=words,
        tone=tone,
        least=costs[0] if costs else None,
        most=costs[-1] if costs else None,
        service=told[0].service or "" if told else "",
        asked_at=min((rate.fetched_at for rate in told if rate.fetched_at), default=None),
        error="" if counts else next((rate.error for rate in each.rates if rate.error), ""),
        rows=tuple(_row(rate) for rate in _apart(each.rates)),
    )


def _apart(rates: Sequence[LaneRate]) -> Iterator[LaneRate]:
    """The rates without those that say the same as the next heavier one."""
    for _, same in groupby(rates, key=lambda rate: (rate.cost, rate.use, rate.error)):
        yield list(same)[-1]


def _summed(rates: Collection[LaneRate]) -> tuple[str, str]:
    """How the lane stands, in words and a tone: the worst of what hinders every rate, where none is in use."""
    uses = {rate.use for rate in rates}
    if not rates:
        return "", ""
    if RateUse.IN_USE in uses:
        return USES[RateUse.IN_USE] if len(uses) == 1 else _SOME
    if uses == {RateUse.NONE}:
        return USES[RateUse.NONE] if any(rate.error for rate in rates) else _ASKED
    return USES[RateUse.OTHER_CURRENCY if RateUse.OTHER_CURRENCY in uses else RateUse.TOO_OLD]


def _row(rate: LaneRate) -> views.RateRow:
    asked = rate.use is RateUse.NONE and not rate.error
    words, tone = _ASKED if asked else USES[rate.use]
    return views.RateRow(
        kilograms=f"{rate.up_to_grams / 1000:g}",
        words=words,
        tone=tone,
        cost=rate.cost,
        error=rate.error or "",
        failed_at=rate.failed_at,
    )

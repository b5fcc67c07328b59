"""When a parcel is expected at its hub: by what its lane took lately, or by what is usual while too few were seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.contracts.tracking import Expected, Step
from libs.contracts.values import Milestone
from services.tracking.domain.scans import RANK

LOOK_BACK = timedelta(days=90)
ENOUGH = 20  # parcels, from which on a lane is known
LONGEST = 24 * 120  # hours; a parcel older than that tells nothing of the lane
_SLOW = 0.9


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the middle parcel takes, and how long nine of ten take at most; learned of so many `parcels`."""

    median: timedelta
    slow: timedelta
    parcels: int = 0


USUAL = Pace(timedelta(days=5), timedelta(days=10))


def pace(hours: Mapping[int, int]) -> Pace:
    """The pace of a lane on which so many parcels took so many hours; the usual one while they are fewer than ENOUGH."""
    parcels = sum(hours.values())
    if parcels < ENOUGH:
        return USUAL
    return Pace(timedelta(hours=_at(hours, 0.5)), timedelta(hours=_at(hours, _SLOW)), parcels)


def stretch(steps: Iterable[Step]) -> int | None:
    """How many hours the parcel took from its carrier's first scan to its hub; None where one of the two is not known."""
    known = {step.milestone: step for step in steps if not step.implied}
    accepted, received = known.get(Milestone.ACCEPTED), known.get(Milestone.HUB_RECEIVED)
    if accepted is None or received is None:
        return None
    took = round((received.at - accepted.at) / timedelta(hours=1))
    return took if 0 <= took <= LONGEST else None


def is_expected(steps: Iterable[Step]) -> bool:
    """Whether a carrier has the parcel, and no hub yet."""
    ranks = {RANK[step.milestone] for step in steps}
    return any(RANK[Milestone.ACCEPTED] <= rank for rank in ranks) and max(ranks) < RANK[Milestone.HUB_RECEIVED]


def expected(steps: Iterable[Step], of_lane: Pace) -> Expected:
    """When the hub has a parcel that is on its way, at the pace of its lane from the first scan on."""
    since = next(step.at for step in steps if step.milestone is Milestone.ACCEPTED)
    return Expected(
        milestone=Milestone.HUB_RECEIVED,
        at=since + of_lane.median,
        latest=since + of_lane.slow,
        parcels=of_lane.parcels,
    )


def is_late(told: Expected | None, now: datetime) -> bool:
    """Whether nine of ten parcels of the lane would have come by now."""
    return told is not None and now > told.latest


def _at(hours: Mapping[int, int], share: float) -> int:
    """The least number of hours within which this share of the parcels came."""
    left = share * sum(hours.values())
    for taken in sorted(hours):
        left -= hours[taken]
        if left <= 1e-9:
            return taken
    return max(hours)

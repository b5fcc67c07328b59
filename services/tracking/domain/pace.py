"""When a parcel is expected: by what its lane took lately, step by step, or by the lane's setting while too few were seen."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from libs.contracts.tracking import Expected, Step
from libs.contracts.values import Milestone
from services.tracking.domain.scans import RANK

LOOK_BACK = timedelta(days=90)
ENOUGH = 20  # parcels, from which on a step of a lane is known
LONGEST = timedelta(days=120)  # what took longer tells nothing of the lane
SOONEST = timedelta(days=1)  # before which nothing is late: scans themselves are told that late
USUAL = 0.9  # of a lane's parcels must be seen at a step, or it is not promised: not every carrier scans each
LEAST_MARGIN = timedelta(days=2)
_SLOW = 0.9

ACCEPTED, IN_TRANSIT, HUB, INSPECTED = (
    Milestone.ACCEPTED,
    Milestone.IN_TRANSIT,
    Milestone.HUB_RECEIVED,
    Milestone.PROCESSED,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A step of a lane: from one milestone to a later one."""

    since: Milestone
    until: Milestone


WHOLE_WAY, AT_HUB = Span(ACCEPTED, HUB), Span(HUB, INSPECTED)
# What each milestone makes us expect, the nearest first; of two spans with one end the first that is known counts.
SPANS: Mapping[Milestone, tuple[Span, ...]] = {
    ACCEPTED: (Span(ACCEPTED, IN_TRANSIT), WHOLE_WAY),
    IN_TRANSIT: (Span(IN_TRANSIT, HUB), WHOLE_WAY),
    HUB: (AT_HUB,),
}
_LEARNT_AT_HUB = (Span(ACCEPTED, IN_TRANSIT), Span(IN_TRANSIT, HUB), WHOLE_WAY)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the middle parcel takes, and how long nine of ten take at most; learned of so many `parcels`."""

    median: timedelta
    slow: timedelta
    parcels: int


def pace(hours: Mapping[int, int]) -> Pace | None:
    """The pace of a step that so many parcels took so many hours for; None while they are fewer than ENOUGH."""
    parcels = sum(hours.values())
    if parcels < ENOUGH:
        return None
    return Pace(timedelta(hours=_at(hours, 0.5)), timedelta(hours=_at(hours, _SLOW)), parcels)


def margin(days: int) -> timedelta:
    """How long after the days that a lane is set to take a parcel is late: half as many again, and two at least."""
    return max(LEAST_MARGIN, timedelta(days=days) / 2)


def stretches(steps: Iterable[Step]) -> dict[Span, int]:
    """How many hours a parcel that has come to its hub took for each step, begun ones whole.

    Left out are steps of which an end is not known, was only implied, or is no time that a parcel takes.
    """
    at = {step.milestone: step.at for step in steps if not step.implied}
    known = (span for span in _LEARNT_AT_HUB if span.since in at and span.until in at)
    taken = {span: hours(at[span.since], at[span.until]) for span in known}
    return {span: count for span, count in taken.items() if count is not None}


def hours(since: datetime, until: datetime) -> int | None:
    """The hours between two moments, a begun one whole; None where a clock must be wrong."""
    took = until.astimezone(UTC) - since.astimezone(UTC)  # in one zone Python would count by the clock on the wall
    return ceil(took / timedelta(hours=1)) if timedelta() <= took <= LONGEST else None


def to_promise(new: Collection[Milestone], reached: Collection[Milestone]) -> tuple[Span, ...]:
    """The steps to promise now that these milestones are new: those that begin at the last one that promises anything."""
    last = max((RANK[milestone] for milestone in reached), default=0)
    begun = [milestone for milestone in SPANS if milestone in new]
    if not begun:
        return ()
    return tuple(span for span in SPANS[max(begun, key=RANK.__getitem__)] if RANK[span.until] > last)


def promise(
    spans: Sequence[Span], steps: Iterable[Step], paces: Mapping[Span, Pace], *, days: int | None
) -> tuple[Expected, ...]:
    """What is expected of a parcel with these steps, the nearest first: by the lane's paces, to the hub also by its setting.

    `paces` hold what is known of these spans and of the whole way. Nothing is promised where neither says anything.
    """
    at = {step.milestone: step.at for step in steps}
    found: dict[Milestone, Expected] = {}
    for span in spans:
        known = paces.get(span)
        if known is None or span.until in found:
            continue
        if span.until is HUB or _is_usual(known, paces.get(WHOLE_WAY)):
            found[span.until] = _expected(span, at[span.since], known)
    if days and HUB not in found and WHOLE_WAY in spans:
        took = timedelta(days=days)
        found[HUB] = _expected(WHOLE_WAY, at[ACCEPTED], Pace(took, took + margin(days), 0))
    return tuple(sorted(found.values(), key=lambda told: RANK[told.milestone]))


def open_ones(promised: Iterable[Expected], reached: Collection[Milestone]) -> tuple[Expected, ...]:
    """What is still to come of what was promised, the nearest first: the parcel is not past it."""
    last = max((RANK[milestone] for milestone in reached), default=0)
    left = [told for told in promised if RANK[told.milestone] > last]
    return tuple(sorted(left, key=lambda told: RANK[told.milestone]))


def is_late(told: Expected, now: datetime) -> bool:
    """Whether nine of ten parcels of the lane would have come by now, or the lane's setting and its margin are over."""
    return now > told.latest


def _expected(span: Span, since: datetime, at: Pace) -> Expected:
    slow = max(at.slow, SOONEST)
    return Expected(milestone=span.until, at=since + at.median, latest=since + slow, parcels=at.parcels)


def _is_usual(step: Pace, whole: Pace | None) -> bool:
    """Whether most of the lane's parcels are seen at the end of the step."""
    return whole is None or step.parcels >= USUAL * whole.parcels


def _at(hours: Mapping[int, int], share: float) -> int:
    """The least number of hours within which this share of the parcels came."""
    left = share * sum(hours.values())
    for taken in sorted(hours):
        left -= hours[taken]
        if left <= 1e-9:
            return taken
    return max(hours)

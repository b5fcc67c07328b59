"""The one line of a return: what happened with its time and place, and what is still to come with when it is expected."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from libs.chassis.clock import now
from libs.contracts.labels import LabelIssuedV1, LaneMethod
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.portal import (
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    ReturnRejectedV1,
)
from libs.contracts.tracking import Expected, MilestoneReachedV1, ParcelInspectedV1, ScanVoidedV1
from libs.contracts.values import LabelTerms, Milestone, Resolution
from services.portal.domain import Awaiting
from services.portal.store.returns import Story
from services.portal.web import views, ways

_FACTS = {
    ReturnApprovedV1.type(): "approved",
    LabelIssuedV1.type(): "label",
    SettlementSucceededV1.type(): "settled",
    ReturnClosedV1.type(): "closed",
    ReturnRejectedV1.type(): "ended",
    ReturnCancelledV1.type(): "ended",
    ReturnExpiredV1.type(): "ended",
}
_WAY = {
    Milestone.ACCEPTED: "Dropped off",
    Milestone.IN_TRANSIT: "On its way",
    Milestone.OUT_FOR_DELIVERY: "Out for delivery to our hub",
    Milestone.DELIVERED: "Brought to our hub",
    Milestone.HUB_RECEIVED: "Arrived at our hub",
    Milestone.PROCESSED: "Checked at our hub",
}
_TAKEN_IN = "Taken in at our shop"
_ORDER = list(Milestone)
_SELDOM = {Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY, Milestone.DELIVERED}  # not every carrier scans them
_ENDS = {Awaiting.REJECTED: "Not accepted", Awaiting.CANCELLED: "Cancelled", Awaiting.EXPIRED: "Ended"}


class Way:
    """What is known of the parcels' way: by the facts of the return, in the order in which they came."""

    def __init__(self, story: Story) -> None:
        self.reached: dict[int, dict[Milestone, MilestoneReachedV1 | datetime]] = {}
        self.promised: dict[int, dict[Milestone, Expected]] = {}
        self._gone = _taken_back(story)
        for fact in story.facts:
            if fact.type == MilestoneReachedV1.type():
                self._learn(MilestoneReachedV1.model_validate(fact.data))
            elif fact.type == ParcelInspectedV1.type():
                self.reached.setdefault(fact.data["parcel"], {}).setdefault(Milestone.PROCESSED, fact.at)
        self.parcels = tuple(parcel.number for parcel in story.ret.travelling)

    def stands(self, told: MilestoneReachedV1) -> bool:
        """Whether a milestone that was stated was not taken back with the hub scan that alone had proved it."""
        return told.taken_back >= self._gone.get((told.parcel_id, told.milestone), 0)

    def _learn(self, told: MilestoneReachedV1) -> None:
        if not self.stands(told):
            return
        self.reached.setdefault(told.parcel, {}).setdefault(told.milestone, told)
        for expected in told.upcoming or filter(None, (told.expected,)):
            self.promised.setdefault(told.parcel, {})[expected.milestone] = expected

    def upcoming(self, parcel: int) -> tuple[Expected, ...]:
        """What is still to come of what was promised of a parcel, the nearest first."""
        last = max(map(_ORDER.index, self.reached.get(parcel, ())), default=-1)
        left = (told for told in self.promised.get(parcel, {}).values() if _ORDER.index(told.milestone) > last)
        return tuple(sorted(left, key=lambda told: _ORDER.index(told.milestone)))

    def step(self, milestone: Milestone) -> views.LineStep | None:
        """A step of the way; None for one that not every carrier scans and that is neither done nor promised.

        At the hub is what all parcels have reached; anything before, what the first has.
        """
        met = [self.reached[parcel][milestone] for parcel in self.parcels if milestone in self.reached.get(parcel, {})]
        late = [told for parcel in self.parcels for told in self.upcoming(parcel) if told.milestone is milestone]
        here = _ORDER.index(milestone) >= _ORDER.index(Milestone.HUB_RECEIVED)
        if met and (not here or len(met) == len(self.parcels)):
            return _done(milestone, met, last=here)
        if milestone in _SELDOM and (met or not late or self._are_past(milestone)):
            return None
        note = f"{len(met)}/{len(self.parcels)}" if met else None
        latest = max((told.latest for told in late), default=None)
        is_late = any(now() > told.latest for told in late)
        return views.LineStep(_WAY[milestone], False, None, note, expected=latest, late=is_late)

    def _are_past(self, milestone: Milestone) -> bool:
        here = _ORDER.index(milestone)
        return any(_ORDER.index(each) > here for parcel in self.parcels for each in self.reached.get(parcel, {}))


def _taken_back(story: Story) -> dict[tuple[UUID, Milestone], int]:
    """The milestones that a void scan took back, with how many were void by then."""
    gone: dict[tuple[UUID, Milestone], int] = {}
    for fact in story.facts:
        if fact.type == ScanVoidedV1.type():
            told = ScanVoidedV1.model_validate(fact.data)
            gone |= {
                (told.parcel_id, each): max(told.taken_back, gone.get((told.parcel_id, each), 0))
                for each in told.withdraws
            }
    return gone


def line_of(story: Story) -> tuple[views.LineStep, ...]:
    """The line of a return, from its beginning to its end."""
    steps = tuple(_steps(story))
    if not story.ret.is_ended:
        return steps
    # What never came about is no longer awaited.
    *before, end = steps
    end = replace(end, done=True, at=end.at or story.updated_at)
    return (*(step for step in before if step.done), end)


def _steps(story: Story) -> Iterator[views.LineStep]:
    ret = story.ret
    at = {what: fact.at for fact in reversed(story.facts) if (what := _FACTS.get(fact.type)) is not None}
    yield views.LineStep("Return booked", True, story.created_at)
    if ret.known.held:
        yield _step("Checked by our team", at.get("approved"))
    if ret.known.parcels:
        if ret.label is not LabelTerms.NONE:
            yield _step(ways.SENDINGS[ret.method].ready, at.get("label"))
        way = Way(story)
        left_out = {Milestone.PROCESSED} if not ret.inspect else set()
        shop = ret.method is LaneMethod.IN_STORE
        left_out |= {Milestone.ACCEPTED} if shop else set()  # nobody has it in between
        for step in filter(None, (way.step(milestone) for milestone in _WAY if milestone not in left_out)):
            yield replace(step, words=_TAKEN_IN) if shop and step.words == _WAY[Milestone.HUB_RECEIVED] else step
    if any(line.due.amount for line in ret.lines):
        gives = {line.resolution for line in ret.lines if line.due.amount}
        yield _step("Exchange ordered" if gives == {Resolution.EXCHANGE} else "Money sent back", at.get("settled"))
    yield _step(_ENDS.get(ret.awaiting, "Complete"), at.get("ended") or at.get("closed"))


def _step(words: str, at: datetime | None) -> views.LineStep:
    return views.LineStep(words, at is not None, at)


def _done(milestone: Milestone, met: Iterable[MilestoneReachedV1 | datetime], *, last: bool) -> views.LineStep:
    moments = {each if isinstance(each, datetime) else each.occurred_at: each for each in met}
    at = max(moments) if last else min(moments)
    return views.LineStep(_WAY[milestone], True, at, _note(moments[at]))


def _note(told: MilestoneReachedV1 | datetime) -> str | None:
    """Where it was, and what the carrier says of it."""
    if isinstance(told, datetime):
        return None
    return " · ".join(part for part in (told.place, told.words) if part) or None

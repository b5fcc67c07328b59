"""Parcels that take longer than those of their lane do: a person is told, until the parcel comes along."""

from dataclasses import replace

from libs.contracts.tracking import MilestoneReachedV1, ParcelDelayedV1
from libs.contracts.values import Milestone
from services.portal.domain.returns import Mark, Parcel, Return

ON_ITS_WAY, AT_HUB = "parcel_delayed", "inspection_delayed"  # marks, by who looks: whoever asks carriers, or the hub
_SHOULD = {
    Milestone.IN_TRANSIT: "have left its first depot",
    Milestone.HUB_RECEIVED: "have come to its hub",
    Milestone.PROCESSED: "have been inspected",
}


def delayed(ret: Return, fact: ParcelDelayedV1) -> Return:
    """The return with a mark that a parcel is late for a milestone."""
    kind = AT_HUB if fact.milestone is Milestone.PROCESSED else ON_ITS_WAY
    should = _SHOULD.get(fact.milestone, f"be {fact.milestone}")
    words = f"Parcel {fact.parcel} should {should} by {fact.latest.date().isoformat()}"
    return ret.marked(kind, f"{fact.parcel}/{fact.milestone}", words)


def moved(ret: Return, fact: MilestoneReachedV1) -> Return:
    """The return knowing that a parcel is on its way; one that is not of this return changes nothing."""
    parcel = ret.parcel(fact.parcel)
    return ret.with_parcel(replace(parcel, moved=True)) if parcel is not None else ret


def is_over(ret: Return, mark: Mark) -> bool:
    """Whether a mark is of a delay that is no longer one: the parcel came along, or nobody waits for it."""
    if mark.kind not in {ON_ITS_WAY, AT_HUB}:
        return False
    number, _, milestone = mark.subject.partition("/")
    parcel = ret.parcel(int(number))
    return ret.is_ended or parcel is None or parcel.given_up or _has_passed(ret, parcel, Milestone(milestone))


def open_delays(ret: Return, number: int) -> tuple[Milestone, ...]:
    """The milestones that a parcel is late for now."""
    late = (
        mark.subject.split("/")
        for mark in ret.known.marks
        if mark.kind in {ON_ITS_WAY, AT_HUB} and not is_over(ret, mark)
    )
    return tuple(Milestone(milestone) for parcel, milestone in late if parcel == str(number))


def _has_passed(ret: Return, parcel: Parcel, milestone: Milestone) -> bool:
    if milestone is Milestone.PROCESSED:
        return parcel.inspected or not ret.inspect
    return parcel.received or (milestone is Milestone.IN_TRANSIT and parcel.moved)

"""The way back, asked for later: a return that was made while labels was away has no lane until it answers."""

from datetime import timedelta

from libs.chassis.store import Unit
from libs.contracts.values import LabelTerms
from services.portal.domain import Awaiting, Return, TaskKind

QUOTES = "quotes"  # the kind of planned work that asks labels for a lane
ASKED_AGAIN = timedelta(seconds=30)


def needs_quote(ret: Return) -> bool:
    """Whether something is to be posted with a label of ours, and no lane is known for it."""
    return ret.lane_id is None and not ret.is_ended and ret.label is not LabelTerms.NONE and bool(ret.known.parcels)


def plan(unit: Unit, ret: Return, *, after: timedelta = timedelta()) -> None:
    """Ask labels for the lane of this return, `after` a while."""
    unit.claim(QUOTES, account=str(unit.retailer_id), subject=ret.id, after=after)


def follow(unit: Unit, before: Return | None, after: Return) -> None:
    """Plan it for a return that begins to need a lane."""
    if begins_to_need(before, after):
        plan(unit, after)


def begins_to_need(before: Return | None, after: Return) -> bool:
    """Whether labels is to be asked now: the return is new, was just accepted, or staff saw to a lane that was missing."""
    if not needs_quote(after):
        return False
    if before is None or not needs_quote(before) or (_is_marked(before) and not _is_marked(after)):
        return True
    return after.awaiting is Awaiting.PAYMENT and before.awaiting is not Awaiting.PAYMENT


def _is_marked(ret: Return) -> bool:
    return any(mark.kind == TaskKind.NO_LANE and not mark.cleared for mark in ret.known.marks)

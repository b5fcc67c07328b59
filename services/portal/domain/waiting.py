"""How long a return may wait in each state, for whom, and what happens then. A timer is a fact like any other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from libs.contracts.values import Stage
from services.portal.domain.returns import Line, Return
from services.portal.domain.states import Awaiting, MoneyState

SHOPPER = "shopper"


class Then(StrEnum):
    """What follows when nothing came in time: the return ends, or a person is told that it is overdue."""

    EXPIRES = "expires"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Limit:
    """Who is waited for, when they are reminded, and until when. Staff are named by their role."""

    waits_for: str
    after: timedelta
    then: Then
    reminder: timedelta | None = None


LIMITS: dict[Awaiting, Limit] = {
    Awaiting.REVIEW: Limit("agent", timedelta(days=3), Then.OVERDUE, timedelta(days=1)),
    Awaiting.INFORMATION: Limit(SHOPPER, timedelta(days=14), Then.EXPIRES, timedelta(days=3)),
    Awaiting.PAYMENT: Limit(SHOPPER, timedelta(days=14), Then.EXPIRES, timedelta(days=2)),
    Awaiting.LABEL: Limit("labels", timedelta(hours=1), Then.OVERDUE),
    Awaiting.DROPOFF: Limit(SHOPPER, timedelta(days=14), Then.EXPIRES, timedelta(days=10)),
    Awaiting.IN_TRANSIT: Limit("carrier", timedelta(days=14), Then.OVERDUE),
    Awaiting.AT_HUB: Limit("hub", timedelta(days=4), Then.OVERDUE, timedelta(days=2)),
    Awaiting.SETTLEMENT: Limit("orders", timedelta(hours=1), Then.OVERDUE),
}
NOTHING_TO_PAY = Limit("payments", timedelta(hours=1), Then.OVERDUE)
BY_HAND = Limit("finance", timedelta(days=3), Then.OVERDUE, timedelta(days=1))
DIFFERENCE = Limit(SHOPPER, timedelta(days=14), Then.OVERDUE, timedelta(days=2))
_ROLES = frozenset({"agent", "hub", "finance"})


def limit_of(ret: Return) -> Limit | None:
    """The limit that `ret` waits under; None when it has ended."""
    if ret.awaiting is Awaiting.PAYMENT and not ret.fee.amount:
        return NOTHING_TO_PAY
    if ret.awaiting is Awaiting.SETTLEMENT and (ret.is_disputed or any(_is_for_a_person(line) for line in ret.lines)):
        return BY_HAND
    if ret.awaiting is Awaiting.SETTLEMENT and any(_is_to_be_paid(line) for line in ret.lines):
        return DIFFERENCE
    return LIMITS.get(ret.awaiting)


def _is_for_a_person(line: Line) -> bool:
    by_hand = line.asked.stage is Stage.MANUAL or line.awaits_hold
    return line.money is MoneyState.DUE or (line.money is MoneyState.NOT_DUE and by_hand)


def _is_to_be_paid(line: Line) -> bool:
    return line.money is MoneyState.NOT_DUE and line.awaits_difference


def next_moment(ret: Return, since: datetime) -> datetime | None:
    """When the clock next matters to `ret`, which has awaited the same since `since`; None when it never does."""
    limit = limit_of(ret)
    if limit is None or ret.known.overdue:
        return None
    if limit.reminder is not None and not ret.known.reminded:
        return since + limit.reminder
    return since + limit.after


def ends_at(ret: Return, since: datetime) -> datetime | None:
    """When `ret` expires if nothing comes; None when it does not: after a withdrawal never, a person is told instead."""
    limit = limit_of(ret)
    ends = limit is not None and limit.then is Then.EXPIRES and not ret.is_withdrawn
    return since + limit.after if limit is not None and ends else None


def reminded_role(limit: Limit) -> str | None:
    """Whom a reminder goes to: the shopper, or the staff's role; machines are not reminded."""
    return limit.waits_for if limit.waits_for in _ROLES | {SHOPPER} else None

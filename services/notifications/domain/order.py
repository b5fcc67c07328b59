"""When a mail is overtaken: what it would say is no longer so, and would only confuse."""

from collections.abc import Iterable
from datetime import datetime

from services.notifications.domain.mails import ENDS, WHOLE, Happened, Notice, Template, What

# What each mail is overtaken by. A mail that is not here is always sent.
_OVERTAKEN_BY: dict[Template, frozenset[What]] = {
    Template.REVIEW_PENDING: frozenset({What.INFORMATION_ASKED, What.APPROVED}) | ENDS,
    Template.REVIEW_DUE: frozenset({What.APPROVED}) | ENDS,
    Template.INFORMATION_REQUESTED: frozenset({What.INFORMATION_GIVEN, What.APPROVED}) | ENDS,
    Template.INFORMATION_RECEIVED: frozenset({What.APPROVED}) | ENDS,
    Template.FEE_REQUESTED: frozenset({What.FEE_SETTLED}) | ENDS,
    Template.FEE_FAILED: frozenset({What.FEE_SETTLED, What.DIFFERENCE_SETTLED}) | ENDS,
    Template.DIFFERENCE_REQUESTED: frozenset({What.DIFFERENCE_SETTLED}) | ENDS,
    Template.LABEL_DELAYED: frozenset({What.LABELLED}) | ENDS,
    Template.LABEL_READY: ENDS,
    Template.LABEL_SENT: ENDS,
    Template.IN_TRANSIT: frozenset({What.ARRIVED}),
    Template.PARCEL_IN_TROUBLE: frozenset({What.ARRIVED}),
    Template.INTAKE_KEPT: frozenset({What.MATCHED, What.UNMATCHED}),
    Template.INTAKE_UNMATCHED: frozenset({What.MATCHED}),
    Template.CANCELLATION_ASKED: frozenset({What.CANCELLATION_ENDED}),
}
# A reminder is overtaken by the thing that its return waited for.
_REMINDED_OF: dict[str | None, frozenset[What]] = {
    "awaiting_review": frozenset({What.APPROVED, What.INFORMATION_ASKED}),
    "awaiting_information": frozenset({What.INFORMATION_GIVEN, What.APPROVED}),
    "awaiting_payment": frozenset({What.FEE_SETTLED}),
    "awaiting_label": frozenset({What.LABELLED}),
    "awaiting_dropoff": frozenset({What.MOVING}),
    "in_transit": frozenset({What.ARRIVED}),
    "at_hub": frozenset({What.SETTLED}),
    "awaiting_settlement": frozenset({What.SETTLED}),
}
_REMINDERS = frozenset({Template.REMINDER, Template.STAFF_REMINDER})
_OF_PARCELS = frozenset({What.LABELLED, What.SCANNED, What.MOVING, What.ARRIVED})
_OPENS = frozenset({What.HELD, What.APPROVED})


def is_overtaken(notice: Notice, happened: Iterable[Happened], now: datetime) -> bool:
    """Whether `notice` is not to be sent: what has `happened` says more, or its last day is past.

    Each happening comes with the last time it came about.
    """
    known = tuple(happened)
    if notice.details.until is not None and notice.details.until < now:
        return True
    overtaking = _overtaking(notice)
    if overtaking & ENDS and _is_over(known):
        return True
    return any(each.what in overtaking - ENDS and _says_more(each, notice) for each in known)


def _overtaking(notice: Notice) -> frozenset[What]:
    if notice.template in _REMINDERS:
        return _REMINDED_OF.get(notice.details.awaiting, frozenset()) | ENDS
    if notice.template is Template.CLOSED and notice.details.by is None:
        return frozenset({What.SETTLED})
    return _OVERTAKEN_BY.get(notice.template, frozenset())


def _says_more(happened: Happened, notice: Notice) -> bool:
    """Scans have an order of their own, whatever comes first here; for the rest the later one counts."""
    if happened.what in _OF_PARCELS and notice.about != WHOLE:
        return happened.about == notice.about
    if happened.what is What.DIFFERENCE_SETTLED and happened.about != notice.about:
        return False  # another line's exchange
    if happened.what is What.FEE_SETTLED and notice.about != WHOLE:
        return False  # the label's fee, where the mail is about an exchange
    return happened.what is What.MOVING or notice.template is Template.CLOSED or happened.at >= notice.at


def _is_over(happened: tuple[Happened, ...]) -> bool:
    """Whether the return has ended and was not opened anew since. A label of a return called off must not be used."""
    ends = [each.at for each in happened if each.what in ENDS]
    opens = [each.at for each in happened if each.what in _OPENS]
    return bool(ends) and all(opened <= max(ends) for opened in opens)

"""The mails of an exchange's money: what it costs more, and what is held for one that is given at once."""

from libs.contracts.base import Envelope
from libs.contracts.payments import HoldCapturedV1, HoldPlacedV1
from libs.contracts.portal import DifferenceRequestedV1
from services.notifications.domain.mails import Details, News, Notice, Template


def of_difference_request(fact: Envelope[DifferenceRequestedV1]) -> News:
    """What the shopper chose costs more than what comes back."""
    asked = fact.data
    notice = Notice(
        Template.DIFFERENCE_REQUESTED,
        f"{asked.line_id} {asked.attempt}",
        fact.time,
        about=str(asked.line_id),
        amount=asked.price,
        details=Details(line_ids=(asked.line_id,)),
    )
    return News(notices=(notice,))


def of_hold(fact: Envelope[HoldPlacedV1] | Envelope[HoldCapturedV1]) -> News:
    """An amount is held on the shopper's card, or what was held is taken."""
    held = fact.data
    template = Template.HOLD_PLACED if isinstance(held, HoldPlacedV1) else Template.HOLD_CAPTURED
    details = Details(line_ids=(held.line_id,))
    part = f"{held.hold_id} {held.attempt}"
    return News(notices=(Notice(template, part, fact.time, amount=held.amount, details=details),))

"""The mails of what portal decides: the return asked for, reviewed, accepted, reminded of and ended."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from libs.contracts.base import Envelope
from libs.contracts.portal import (
    FeeRequestedV1,
    InformationReceivedV1,
    InformationRequestedV1,
    ReminderDueV1,
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    ReturnHeldForReviewV1,
    ReturnRejectedV1,
    ReturnSubmittedV1,
    WithdrawalDeclaredV1,
)
from libs.contracts.values import Contact, LabelTerms
from services.notifications.domain.mails import WHOLE, Details, Happened, News, Notice, Template, What

SHOPPER = "shopper"  # whom a reminder is for, where it is none of the staff
STAFF = "staff"
ASKS_FOR_VOUCHER = timedelta(seconds=10)  # payments needs milliseconds to say that a voucher pays for the label

ASKS_FOR_MONEY = timedelta(seconds=10)  # the settlement that ended the return comes by a queue of its own


def of_submission(fact: Envelope[ReturnSubmittedV1]) -> News:
    """The return is booked."""
    happened = [Happened(What.SUBMITTED, fact.time)]
    happened += [Happened(What.GIFT, fact.time)] if fact.data.gift else []
    if all(line.keep_item for line in fact.data.lines):
        happened.append(Happened(What.NOTHING_TO_SEND, fact.time))
    return News(tuple(happened), (Notice(Template.RETURN_SUBMITTED, WHOLE, fact.time),))


def of_hold(fact: Envelope[ReturnHeldForReviewV1]) -> News:
    """The shopper learns that a person looks at it, and that person gets all there is to decide from."""
    held = fact.data
    told = _notice(fact, Template.REVIEW_PENDING, Details(because=held.because))
    details = Details(because=held.because, photo_ids=held.photo_ids, link=held.manage_url)
    return News(
        (Happened(What.HELD, fact.time),), (told, *_to_staff(fact, Template.REVIEW_DUE, held.review_to, details))
    )


def of_question(fact: Envelope[InformationRequestedV1]) -> News:
    """The shopper is asked for something."""
    asked = fact.data
    details = Details(words=asked.words, link=asked.answer_url, wants_photo=asked.wants_photo)
    return _told(fact, What.INFORMATION_ASKED, Template.INFORMATION_REQUESTED, details)


def of_information(fact: Envelope[InformationReceivedV1]) -> News:
    """The shopper answered, which staff must read."""
    given = fact.data
    details = Details(words=given.words, photo_ids=given.photo_ids, link=given.manage_url)
    return News(
        (Happened(What.INFORMATION_GIVEN, fact.time),),
        _to_staff(fact, Template.INFORMATION_RECEIVED, given.review_to, details),
    )


def of_approval(fact: Envelope[ReturnApprovedV1]) -> News:
    """Accepted. Told where somebody waited for it, where no label will say what to do next, and after an end."""
    approved = fact.data
    kept = tuple(line.id for line in approved.lines if line.keep_item)
    nothing_to_send = len(kept) == len(approved.lines)
    by_own_way = approved.label is LabelTerms.NONE and not nothing_to_send
    happened = [Happened(What.APPROVED, fact.time)]
    happened += [Happened(What.NOTHING_TO_SEND, fact.time)] if nothing_to_send else []
    happened += [Happened(What.NO_LABEL, fact.time)] if by_own_way else []
    if not (approved.reviewed or by_own_way or approved.attempt > 1):
        return News(tuple(happened))
    details = Details(words=approved.words, label=approved.label, line_ids=kept, attempt=approved.attempt)
    part = f"attempt {approved.attempt}"
    return News(tuple(happened), (Notice(Template.ACCEPTED, part, fact.time, details=details),))


def of_rejection(fact: Envelope[ReturnRejectedV1]) -> News:
    """Not accepted, and why."""
    return _told(fact, What.REJECTED, Template.REJECTED, Details(words=fact.data.words))


def of_fee_request(fact: Envelope[FeeRequestedV1]) -> News:
    """The way to pay, where the shopper is to pay something."""
    asked = fact.data
    if asked.label is not LabelTerms.PAID or asked.price.amount <= 0:
        return News()
    wait = ASKS_FOR_VOUCHER if asked.voucher else timedelta()
    notice = Notice(Template.FEE_REQUESTED, str(fact.id), fact.time, amount=asked.price, wait=wait)
    return News(notices=(notice,))


def of_reminder(fact: Envelope[ReminderDueV1]) -> News:
    """Whom a return waits for is reminded, at most once a day for the same thing."""
    due = fact.data
    part = f"{due.awaiting} {fact.time:%Y-%m-%d}"
    if due.reminded == SHOPPER:
        details = Details(awaiting=due.awaiting, until=due.until)
        return News(notices=(Notice(Template.REMINDER, part, fact.time, details=details),))
    details = Details(awaiting=due.awaiting, role=due.reminded, link=due.manage_url)
    return News(notices=_to_staff(fact, Template.STAFF_REMINDER, due.review_to, details, part=part))


def of_cancellation(fact: Envelope[ReturnCancelledV1]) -> News:
    """Called off."""
    return _told(fact, What.CANCELLED, Template.CANCELLED, Details(words=fact.data.words, by=fact.data.by))


def of_expiry(fact: Envelope[ReturnExpiredV1]) -> News:
    """Nothing came in time."""
    return _told(fact, What.EXPIRED, Template.EXPIRED, Details(awaiting=fact.data.awaiting))


def of_closing(fact: Envelope[ReturnClosedV1]) -> News:
    """At its end. Where no person brought it about, what was given tells enough: then this mail is overtaken."""
    happened = (Happened(What.CLOSED, fact.time),)
    if fact.data.by_hand:
        details = Details(words=fact.data.words, by=STAFF)
        return News(happened, (_notice(fact, Template.CLOSED, details),))
    return News(happened, (replace(_notice(fact, Template.CLOSED, Details()), wait=ASKS_FOR_MONEY),))


def of_withdrawal(fact: Envelope[WithdrawalDeclaredV1]) -> News:
    """The acknowledgement that Directive (EU) 2023/2673 asks for: what was declared, and when it was received."""
    declared = fact.data
    details = Details(line_ids=declared.line_ids)
    return News(notices=(Notice(Template.WITHDRAWAL_RECEIVED, str(fact.id), declared.declared_at, details=details),))


def _told(fact: Envelope[Any], what: What, template: Template, details: Details) -> News:
    return News((Happened(what, fact.time),), (_notice(fact, template, details),))


def _notice(fact: Envelope[Any], template: Template, details: Details) -> Notice:
    return Notice(template, str(fact.id), fact.time, details=details)


def _to_staff(
    fact: Envelope[Any], template: Template, mailbox: str | None, details: Details, *, part: str | None = None
) -> tuple[Notice, ...]:
    """The mail to the retailer's own address for such mail, where it has one."""
    if not mailbox:
        return ()
    to = Contact(name="", email=mailbox)
    return (Notice(template, part or str(fact.id), fact.time, to=to, details=details),)

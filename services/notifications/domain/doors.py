"""The mails that belong to no return: kept requests, links for staff, and requests about persons' data."""

import re

from libs.contracts.base import Envelope
from libs.contracts.portal import (
    IntakeKeptV1,
    IntakeMatchedV1,
    IntakeUnmatchedV1,
    StaffLinkIssuedV1,
    StaffLinkPurpose,
)
from libs.contracts.portal_lookups import LookupCodeIssuedV1
from libs.contracts.portal_persons import PersonExportReadyV1, PersonReminderDueV1
from libs.contracts.values import Contact
from services.notifications.domain.mails import WHOLE, Details, Happened, News, Notice, Template, What


def of_intake_kept(fact: Envelope[IntakeKeptV1]) -> News:
    """The request is kept, under a number."""
    return News(notices=(_of_intake(fact, Template.INTAKE_KEPT),))


def of_intake_matched(fact: Envelope[IntakeMatchedV1]) -> News:
    """The order was found: where to go on, and what may come back."""
    found = fact.data
    details = Details(link=found.go_on_url, can=found.can, cannot=found.cannot)
    notice = _of_intake(fact, Template.INTAKE_MATCHED, details)
    return News((Happened(What.MATCHED, fact.time),), (notice,))


def of_intake_unmatched(fact: Envelope[IntakeUnmatchedV1]) -> News:
    """No order was found."""
    return News((Happened(What.UNMATCHED, fact.time),), (_of_intake(fact, Template.INTAKE_UNMATCHED),))


def of_staff_link(fact: Envelope[StaffLinkIssuedV1]) -> News:
    """A link to one of the staff, which works once."""
    issued = fact.data
    notice = Notice(
        _LINKS[issued.purpose],
        WHOLE,
        fact.time,
        to=Contact(name="", email=issued.email),
        details=Details(link=issued.url, until=issued.expires_at, role=issued.role, by=issued.by),
    )
    return News(notices=(notice,))


def of_person_export(fact: Envelope[PersonExportReadyV1]) -> News:
    """A person's data is gathered: the retailer gets the link to it, and until when it is to be handed on."""
    ready = fact.data
    details = Details(link=ready.url, until=ready.expires_at, due=ready.due_at)
    notice = Notice(Template.PERSON_EXPORT, WHOLE, fact.time, to=Contact(name="", email=ready.to), details=details)
    return News(notices=(notice,))


def of_person_reminder(fact: Envelope[PersonReminderDueV1]) -> News:
    """A request about a person's data is late, or about to be."""
    late = fact.data
    details = Details(link=late.manage_url, due=late.due_at, reason=late.kind, because=late.waits_for)
    notice = Notice(Template.PERSON_DUE, WHOLE, fact.time, to=Contact(name="", email=late.to), details=details)
    return News(notices=(notice,))


def of_lookup_code(fact: Envelope[LookupCodeIssuedV1]) -> News:
    """The code that opens an order, to the order's own email."""
    issued = fact.data
    details = Details(order_number=issued.order_number, words=issued.code, until=issued.expires_at)
    return News(notices=(Notice(Template.LOOKUP_CODE, WHOLE, fact.time, to=issued.contact, details=details),))


# Anybody may type anything for anybody's address: what does not look like an order number is not mailed to it.
_ORDER_NUMBER = re.compile(r"[\w# -]{1,24}")
_LINKS = {StaffLinkPurpose.INVITE: Template.STAFF_INVITED, StaffLinkPurpose.RESET: Template.ACCESS_RESET}


def _of_intake(
    fact: Envelope[IntakeKeptV1] | Envelope[IntakeMatchedV1] | Envelope[IntakeUnmatchedV1],
    template: Template,
    details: Details | None = None,
) -> Notice:
    order_number = fact.data.order_number if _ORDER_NUMBER.fullmatch(fact.data.order_number) else None
    named = {"number": fact.data.number, "order_number": order_number}
    whole = (details or Details()).model_copy(update=named)
    return Notice(template, WHOLE, fact.time, to=fact.data.contact, details=whole)

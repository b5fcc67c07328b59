"""What the shopper is told, once each: which facts make a mail, and what the mail shows of the return."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.tracking import MilestoneReachedV1
from libs.contracts.values import Contact, Look, Milestone, Money, Resolution, ReturnLine

WHOLE = "whole"  # the part of a message that there is once a return
WRITTEN_IN = ("en",)  # the languages of the templates


class Template(StrEnum):
    """A mail, in the order in which a return earns them."""

    RETURN_SUBMITTED = "return_submitted"
    LABEL_READY = "label_ready"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    REFUNDED = "refunded"


class State(StrEnum):
    """How far a message is. `sent` may have reached the mail server, and is sent again under the same Message-ID."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail that a fact makes: `part` tells parcels and settlements of one return apart, `at` is when it happened."""

    template: Template
    part: str
    at: datetime
    tracking_number: str | None = None
    document_id: UUID | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """Everything that a message needs to be written. `happened` is when each thing told so far came about."""

    id: UUID
    return_id: UUID
    number: str
    order_number: str
    notice: Notice
    look: Look
    contact: Contact
    lines: tuple[ReturnLine, ...]
    status_url: str
    happened: Mapping[Template, datetime]


@dataclass(frozen=True, slots=True)
class Step:
    """A dot on the line that every mail shows; `at` is None where the step is ahead, or was never seen."""

    words: str
    at: datetime | None
    done: bool


def of_submission(at: datetime) -> Notice:
    """The mail that a return was asked for at `at`."""
    return Notice(Template.RETURN_SUBMITTED, WHOLE, at)


def of_label(issued: LabelIssuedV1, at: datetime) -> Notice:
    """The mail with a parcel's label."""
    return Notice(
        Template.LABEL_READY,
        _parcel(issued.parcel),
        at,
        tracking_number=issued.tracking_number,
        document_id=issued.document_id,
    )


def of_milestone(reached: MilestoneReachedV1) -> Notice | None:
    """The mail for a milestone, if it makes one. An implied one makes none: the scan that proves it has its own."""
    template = _TOLD.get(reached.milestone)
    if template is None or reached.implied:
        return None
    return Notice(template, _parcel(reached.parcel), reached.occurred_at, tracking_number=reached.tracking_number)


# The first scan may be any carrier's "in transit": whichever of the two is seen makes the one mail.
_TOLD = {
    Milestone.ACCEPTED: Template.IN_TRANSIT,
    Milestone.IN_TRANSIT: Template.IN_TRANSIT,
    Milestone.HUB_RECEIVED: Template.ARRIVED,
}


def of_settlement(settled: SettlementSucceededV1, at: datetime) -> Notice | None:
    """The mail that money is on its way, if the resolution is one."""
    if settled.resolution is not Resolution.REFUND:
        return None
    return Notice(Template.REFUNDED, str(settled.settlement_id), at, amount=settled.amount)


def is_overtaken(notice: Notice, planned: Iterable[Template]) -> bool:
    """Whether the parcel's `planned` mails already say more: after "arrived", "in transit" would only confuse."""
    return notice.template is Template.IN_TRANSIT and Template.ARRIVED in planned


def line(upto: Template, happened: Mapping[Template, datetime]) -> tuple[Step, ...]:
    """The steps of a return as the mail `upto` shows them; the mail looks the same however often it is sent."""
    order = list(Template)
    reached = order.index(upto)
    return tuple(
        Step(_STEP_WORDS[template], happened.get(template) if place <= reached else None, done=place <= reached)
        for place, template in enumerate(order)
    )


_STEP_WORDS = {
    Template.RETURN_SUBMITTED: "Return booked",
    Template.LABEL_READY: "Label sent",
    Template.IN_TRANSIT: "In transit",
    Template.ARRIVED: "Arrived",
    Template.REFUNDED: "Refunded",
}


def locale_for(shopper: str, retailer: str) -> str:
    """The BCP 47 tag to write dates and amounts in: the shopper's, else the retailer's, among the languages written."""
    by_language = [tag for tag in (shopper, retailer) if _language(tag) in WRITTEN_IN]
    with_region = [tag for tag in by_language if _language(tag) == _language(by_language[0]) and "-" in tag]
    return next(iter(with_region or by_language), WRITTEN_IN[0])


def _language(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _parcel(number: int) -> str:
    return f"parcel {number}"

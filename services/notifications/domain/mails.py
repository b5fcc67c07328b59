"""A mail: its template, whom it is for, what it carries, and what had happened to its return."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Value
from libs.contracts.labels import LaneMethod
from libs.contracts.values import Address, Contact, LabelTerms, Look, Money, Resolution, ReturnLine

WHOLE = "whole"  # the part of a mail, or what a happening is about, where there are no parts
WRITTEN_IN = ("en",)  # the languages of the templates


class Template(StrEnum):
    """A mail. Its words are in `templates/{name}.mail`."""

    RETURN_SUBMITTED = "return_submitted"
    REVIEW_PENDING = "review_pending"
    REVIEW_DUE = "review_due"
    INFORMATION_REQUESTED = "information_requested"
    INFORMATION_RECEIVED = "information_received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FEE_REQUESTED = "fee_requested"
    FEE_FAILED = "fee_failed"
    FEE_REFUNDED = "fee_refunded"
    DIFFERENCE_REQUESTED = "difference_requested"
    HOLD_PLACED = "hold_placed"
    HOLD_CAPTURED = "hold_captured"
    LABEL_DELAYED = "label_delayed"
    LABEL_READY = "label_ready"
    LABEL_SENT = "label_sent"
    IN_TRANSIT = "in_transit"
    PARCEL_IN_TROUBLE = "parcel_in_trouble"
    ARRIVED = "arrived"
    REFUNDED = "refunded"
    CREDITED = "credited"
    EXCHANGED = "exchanged"
    REMINDER = "reminder"
    STAFF_REMINDER = "staff_reminder"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CLOSED = "closed"
    WITHDRAWAL_RECEIVED = "withdrawal_received"
    INTAKE_KEPT = "intake_kept"
    INTAKE_MATCHED = "intake_matched"
    INTAKE_UNMATCHED = "intake_unmatched"
    STAFF_INVITED = "staff_invited"
    ACCESS_RESET = "access_reset"
    LOOKUP_CODE = "lookup_code"
    CANCELLATION_ASKED = "cancellation_asked"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_NOT_CANCELLED = "order_not_cancelled"
    PERSON_EXPORT = "person_export"
    PERSON_DUE = "person_due"


TO_STAFF = frozenset(
    {
        Template.REVIEW_DUE,
        Template.INFORMATION_RECEIVED,
        Template.STAFF_REMINDER,
        Template.STAFF_INVITED,
        Template.ACCESS_RESET,
        Template.PERSON_EXPORT,
        Template.PERSON_DUE,
    }
)
OF_NO_RETURN = frozenset(
    {
        Template.INTAKE_KEPT,
        Template.INTAKE_MATCHED,
        Template.INTAKE_UNMATCHED,
        Template.LOOKUP_CODE,
        Template.CANCELLATION_ASKED,
        Template.ORDER_CANCELLED,
        Template.ORDER_NOT_CANCELLED,
        Template.STAFF_INVITED,
        Template.ACCESS_RESET,
        Template.PERSON_EXPORT,
        Template.PERSON_DUE,
    }
)


class State(StrEnum):
    """How far a mail is. `sent` may have reached the mail server, and is sent again under the same Message-ID."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


class What(StrEnum):
    """Something that happened to a return or an intake, told or not. `moving`: its carrier has the parcel, seen or inferred."""

    SUBMITTED = "submitted"
    GIFT = "gift"
    NOTHING_TO_SEND = "nothing_to_send"
    HELD = "held"
    INFORMATION_ASKED = "information_asked"
    INFORMATION_GIVEN = "information_given"
    APPROVED = "approved"
    NO_LABEL = "no_label"
    FEE_SETTLED = "fee_settled"
    FEE_PAID = "fee_paid"
    DIFFERENCE_SETTLED = "difference_settled"
    LABELLED = "labelled"
    CODE_GIVEN = "code_given"  # in the label's place
    SLIP_GIVEN = "slip_given"
    SCANNED = "scanned"
    MOVING = "moving"
    ARRIVED = "arrived"
    SETTLED = "settled"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CLOSED = "closed"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    CANCELLATION_ENDED = "cancellation_ended"


ENDS = frozenset({What.REJECTED, What.CANCELLED, What.EXPIRED, What.CLOSED})


@dataclass(frozen=True, slots=True)
class Happened:
    """That `what` happened, and when. `about` is the parcel, line or settlement where there may be several."""

    what: What
    at: datetime
    about: str = WHOLE


class Details(Value):
    """What one mail tells beside its return; each template uses what it needs. `link` is where its button leads.

    `amount` of a notice of credit holds its `owed` and its `bonus`; `last4` ends a gift card's code, `good_until` is its last day.
    `method` is how a parcel is sent; `where` it is brought or sent by the shopper, open at `hours`, else with which `service`.
    """

    number: str | None = None
    order_number: str | None = None
    words: str | None = None
    link: str | None = None
    until: datetime | None = None
    due: datetime | None = None
    awaiting: str | None = None
    reason: str | None = None
    role: str | None = None
    by: str | None = None
    label: LabelTerms | None = None
    parcel: int = 1
    attempt: int = 1
    method: LaneMethod = LaneMethod.LABEL
    where: Address | None = None
    hours: str | None = None
    service: str | None = None
    wants_photo: bool = False
    line_ids: tuple[UUID, ...] = ()
    photo_ids: tuple[UUID, ...] = ()
    because: tuple[str, ...] = ()
    bonus: Money | None = None
    owed: Money | None = None
    last4: str | None = None
    good_until: datetime | None = None
    can: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail that a fact makes, once for each template and `part`. `at` is when it came about, `about` which parcel.

    `to` is set where it does not go to the shopper of the return. `wait` gives a fact that would make it moot its time.
    """

    template: Template
    part: str
    at: datetime
    about: str = WHOLE
    to: Contact | None = None
    tracking_number: str | None = None
    document_id: UUID | None = None
    amount: Money | None = None
    details: Details = field(default_factory=Details)
    wait: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class News:
    """What a fact means here: what happened, and the mails it makes."""

    happened: tuple[Happened, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """Everything that a mail needs to be written. `happened` has when each thing first came about.

    `subject_id` is the return, the intake, or the fact that a mail to staff came from. `shopper` is absent in the last.
    """

    id: UUID
    subject_id: UUID
    number: str
    order_number: str
    notice: Notice
    look: Look
    to: Contact
    shopper: Contact | None
    lines: tuple[ReturnLine, ...]
    status_url: str
    happened: Mapping[What, datetime]

    @property
    def return_id(self) -> UUID | None:
        """The return it tells about, if it tells about one."""
        return None if self.notice.template in OF_NO_RETURN else self.subject_id

    @property
    def named_lines(self) -> tuple[ReturnLine, ...]:
        """The lines that its details name."""
        return tuple(line for line in self.lines if line.id in self.notice.details.line_ids)


def is_secret(notice: Notice) -> bool:
    """Whether its link opens an account, or a person's data, or its code an order, to whoever holds it."""
    return notice.template in (
        Template.STAFF_INVITED,
        Template.ACCESS_RESET,
        Template.PERSON_EXPORT,
        Template.LOOKUP_CODE,
    )


def first_told(lines: Iterable[ReturnLine], given: Money | None) -> Money | None:
    """What the shopper was told to get for `lines`, where `given` is less than that."""
    told = [worth_of(line) for line in lines]
    if given is None or not told or any(owed.currency != given.currency for owed in told):
        return None
    whole = Money(amount=sum(owed.amount for owed in told), currency=given.currency)
    return whole if given.amount < whole.amount else None


def bonus_of(line: ReturnLine) -> Money | None:
    """What comes on top of what is owed for `line`, where it is store credit and somebody is told what it is worth."""
    credit = line.credit if line.resolution is Resolution.STORE_CREDIT and line.owed.amount else None
    return credit.bonus if credit and credit.bonus and credit.bonus.amount else None


def worth_of(line: ReturnLine) -> Money:
    """What the shopper gets for `line` in all."""
    bonus = bonus_of(line)
    return line.owed.model_copy(update={"amount": line.owed.amount + (bonus.amount if bonus else 0)})


def locale_for(reader: str, retailer: str) -> str:
    """The BCP 47 tag to write dates and amounts in: the reader's, else the retailer's, among the languages written."""
    by_language = [tag for tag in (reader, retailer) if _language(tag) in WRITTEN_IN]
    with_region = [tag for tag in by_language if _language(tag) == _language(by_language[0]) and "-" in tag]
    return next(iter(with_region or by_language), WRITTEN_IN[0])


def _language(tag: str) -> str:
    return tag.partition("-")[0].lower()

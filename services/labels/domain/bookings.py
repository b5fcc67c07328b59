"""How a booking goes, how it ends, and what is stated of it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum, StrEnum, auto
from typing import Any
from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.errors import Refused
from libs.contracts.labels import (
    DocumentForm,
    Hub,
    LabelIssuedV1,
    LabelOutcome,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidRefusedV1,
    LaneMethod,
    RecordLabelV1,
)
from libs.contracts.values import Address, Goods, Look, Money

OWN = "own"
BY_HAND = "by_hand"  # the code of a refusal that a person recorded
AWAY = "away"  # the code of a refusal where the carrier was never reached

_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,29}")  # longer, its bars would be too thin to be read


class NotFound(Refused):
    """There is no such document or booking for this retailer."""

    def __init__(self) -> None:
        super().__init__("labels.not_found")


class NoSuchForm(Refused):
    """A label cannot be had in this form: its carrier does not give it, or it crosses no customs border."""

    def __init__(self, form: str) -> None:
        super().__init__("labels.no_such_form", f"this label has no {form}")


class FormAway(Refused):
    """The label's carrier, which makes this form of it, gives no answer now."""

    def __init__(self) -> None:
        super().__init__("labels.carrier_away", "its carrier does not answer now; ask again later")


class NotNow(Refused):
    """What a person says of a booking does not fit what is known of it."""

    def __init__(self, why: str) -> None:
        super().__init__("labels.not_now", why)


class NumberNeeded(Refused):
    """A label issued by hand has a number of up to 30 letters, digits and hyphens."""

    def __init__(self) -> None:
        super().__init__("labels.number_needed", "a tracking number of 1 to 30 letters, digits and hyphens is needed")


class State(StrEnum):
    """How far a booking is. `unknown` waits for a person: the carrier may have a label for it.

    `expired` had a label whose last day is over. `void` is dead for ever.
    """

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    VOID = "void"


class VoidState(StrEnum):
    """How far the wish is that a label is not to be used: an intent of its own. `unknown` waits for a person.

    `promised`: the carrier took it, and says later whether it gives the label's money back.
    """

    PLANNED = "planned"
    SENT = "sent"
    PROMISED = "promised"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


NO_LABEL = frozenset({State.REFUSED, State.VOID})
ENDED = NO_LABEL | {State.EXPIRED}  # there is no label to use: another may be booked in its place


class Voiding(Enum):
    """What is to be done where a booking's label is not to be used."""

    NOW = auto()  # no carrier has a label
    AT_CARRIER = auto()  # which may still take an expired label, and ask to be paid for it
    LATER = auto()  # when the outcome is known
    DONE = auto()


VOIDING: Mapping[State, Voiding] = {
    State.PLANNED: Voiding.NOW,
    State.REFUSED: Voiding.NOW,
    State.DONE: Voiding.AT_CARRIER,
    State.EXPIRED: Voiding.AT_CARRIER,
    State.SENT: Voiding.LATER,
    State.UNKNOWN: Voiding.LATER,
    State.VOID: Voiding.DONE,
}


@dataclass(frozen=True, slots=True)
class Way:
    """How a parcel may travel: a carrier's service to a hub, how long its lane takes, and what the shopper does for it."""

    carrier: str
    service: str
    hub: Hub
    method: LaneMethod = LaneMethod.LABEL
    expected_days: int | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One label to be had from a carrier, whole. `reference` is our own name for it, told to every carrier.

    `attempt` counts the bookings of one parcel from 1; `tracking_number` is there once it has a label. `carrier_ref` is the
    carrier's own name for it, known before the step that must not be repeated. `others` are the ways that its lane
    allows where this carrier says no or stays away. `goods` are what the return sends back, whichever parcel it is in;
    `grams` is what this parcel weighs without its box, and `expected_days` how long its lane takes, where that is known.
    """

    id: UUID
    reference: str
    return_id: UUID
    return_number: str
    parcel: int
    parcels: int
    carrier: str
    service: str
    hub: Hub
    sender: Address
    look: Look
    document_id: UUID
    state: State
    attempt: int = 1
    tracking_number: str | None = None
    account_id: UUID | None = None
    carrier_ref: str | None = None
    others: tuple[Way, ...] = ()
    order_number: str | None = None
    goods: tuple[Goods, ...] = ()
    grams: int | None = None
    method: LaneMethod = LaneMethod.LABEL
    expected_days: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What a carrier gives for a booking: the number on the parcel and the page to print, as PDF.

    `carrier_ref` is the carrier's name for it, `cost` what it asks of the retailer, where it says so. `forms` are what else
    it gave of it.
    """

    tracking_number: str
    pdf: bytes
    carrier_ref: str | None = None
    cost: Money | None = None
    forms: Mapping[DocumentForm, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Booked:
    """The carrier has the booking, and this is its label."""

    label: Label


@dataclass(frozen=True, slots=True)
class Declined:
    """The carrier said no, in its own words."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The carrier's answer was lost, and reading back did not settle it."""


@dataclass(frozen=True, slots=True)
class Voided:
    """The carrier made the label void, or has none. Where it is not its last word, that is asked for later."""

    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """The carrier does not make the label void, or never said; `state` is `refused` or `unknown`."""

    state: "VoidState"
    code: str
    words: str


Outcome = Booked | Declined | Unknown


def may_book(attempt: int, attempts: Mapping[int, State]) -> bool:
    """Whether this booking of a parcel may be made beside those there are: no label before it may be in use or under way."""
    return all(attempts.get(earlier) in ENDED for earlier in range(1, attempt))


def settle(booking: Booking, outcome: Outcome) -> Booking:
    """The booking with its outcome."""
    match outcome:
        case Booked(label):
            return replace(booking, state=State.DONE, tracking_number=label.tracking_number)
        case Declined():
            return replace(booking, state=State.REFUSED)
        case _:
            return replace(booking, state=State.UNKNOWN)


def diverted(booking: Booking) -> Booking | None:
    """The booking on the next way that its lane allows; None where there is no other."""
    if not booking.others:
        return None
    way, *others = booking.others
    return replace(
        booking,
        carrier=way.carrier,
        service=way.service,
        hub=way.hub,
        method=way.method,
        expected_days=way.expected_days,
        others=tuple(others),
        account_id=None,
        carrier_ref=None,
        state=State.PLANNED,
    )


def told(booking: Booking, outcome: Outcome, *, by: str | None = None) -> Message:
    """The fact that states the outcome of a booking; `by` is who wrote it down where a person did."""
    match outcome:
        case Booked(label):
            return LabelIssuedV1(
                **_of(booking),
                carrier=booking.carrier,
                service=booking.service,
                hub=booking.hub.code,
                tracking_number=label.tracking_number,
                document_id=booking.document_id,
                parcels=booking.parcels,
                by=by,
                method=method_of(booking, label, by=by),
                hub_address=booking.hub.address,
                hub_hours=booking.hub.hours,
                country=booking.sender.country,
                expected_days=booking.expected_days,
            )
        case Declined(code, words):
            return LabelRefusedV1(**_of(booking), code=code, words=words, by=by)
        case _:
            return LabelOutcomeUnknownV1(**_of(booking))


_WITH_A_CODE = {LaneMethod.QR, LaneMethod.DROP_OFF}


def method_of(booking: Booking, label: Label, *, by: str | None = None) -> LaneMethod:
    """How the shopper sends it with this label: it is printed where its carrier gave no code to show in its place."""
    has_code = DocumentForm.QR_PNG in label.forms or (booking.carrier == OWN and by is None)
    return LaneMethod.LABEL if booking.method in _WITH_A_CODE and not has_code else booking.method


def _of(booking: Booking) -> dict[str, Any]:
    return {
        "return_id": booking.return_id,
        "booking_id": booking.id,
        "parcel": booking.parcel,
        "attempt": booking.attempt,
    }


def told_of_void(booking: Booking, outcome: Kept, *, asked: int = 1) -> Message:
    """The fact that a label is not void though it should be, after it was `asked` so often."""
    return LabelVoidRefusedV1(**_of(booking), code=outcome.code, words=outcome.words, asked=asked)


def asked_next(since: timedelta) -> timedelta | None:
    """How long to wait before a carrier is asked again what became of a void; None once that took too long."""
    if since >= _LONGEST_PROMISE:
        return None
    return min(max(since, _FIRST_LOOK), _LAST_LOOK)


_FIRST_LOOK, _LAST_LOOK = timedelta(hours=1), timedelta(days=1)
_LONGEST_PROMISE = timedelta(days=45)  # USPS takes two weeks to say; a month more is for a carrier that is behind


def expires(state: State, *, unwanted: bool) -> bool:
    """Whether a booking whose last day is over expires: it has a label, and that is not about to be void."""
    return state is State.DONE and not unwanted


def is_news(booking: Booking, said: RecordLabelV1) -> bool:
    """Whether a person's word on a booking says something new; raises NotNow where it contradicts, and NumberNeeded."""
    if said.outcome is LabelOutcome.REFUSED:
        return _is_new(booking, already=booking.state in NO_LABEL, to=(State.UNKNOWN,))
    number = written_number(said.tracking_number)
    already = booking.state in (State.DONE, State.VOID) and booking.tracking_number == number
    return _is_new(booking, already=already, to=(State.UNKNOWN, State.REFUSED))


def _is_new(booking: Booking, *, already: bool, to: Collection[State]) -> bool:
    if not already and booking.state not in to:
        raise NotNow(f"the booking is {booking.state}")
    return not already


def written_number(text: str | None) -> str:
    """A tracking number as it stands on the parcel, from what a person typed; raises NumberNeeded."""
    number = "".join((text or "").split()).upper()
    if not _NUMBER.fullmatch(number):
        raise NumberNeeded()
    return number

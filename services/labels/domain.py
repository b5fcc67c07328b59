"""What labels decides: which lane a parcel takes, what its number is, how an address is written, how a booking ends."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.errors import Refused
from libs.contracts.labels import (
    Hub,
    LabelIssuedV1,
    LabelOutcome,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    Lane,
    RecordLabelV1,
)
from libs.contracts.values import Address, Look

OWN = "own"
BRIDGE = "bridge"
BY_HAND = "by_hand"  # the code of a refusal that a person recorded

_A36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKALIKES = "ILO"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CITY_THEN_POSTCODE = {"GB", "IE"}
_CITY_REGION_POSTCODE = {"AU", "CA", "US"}
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,29}")  # longer, its bars would be too thin to be read


class NoLane(Refused):
    """The retailer takes nothing back from this country."""

    def __init__(self, country: str) -> None:
        super().__init__("labels.no_lane", f"no lane from {country} is on")


class UnknownHub(Refused):
    """A lane ends at a hub that is not among those saved with it."""

    def __init__(self, hub: str) -> None:
        super().__init__("labels.unknown_hub", f"no hub has the code {hub}")


class UnknownCarrier(Refused):
    """A lane names a carrier that has no adapter."""

    def __init__(self, carrier: str) -> None:
        super().__init__("labels.unknown_carrier", f"no carrier is called {carrier}")


class Repeated(Refused):
    """The same hub or lane stands twice in what is to be saved."""

    def __init__(self, what: str) -> None:
        super().__init__("labels.repeated", f"{what} stands there twice")


class NotFound(Refused):
    """There is no such document or booking for this retailer."""

    def __init__(self) -> None:
        super().__init__("labels.not_found")


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
class Booking:
    """One label to be had from a carrier, whole. `reference` is our own name for it, told to every carrier.

    `attempt` counts the bookings of one parcel from 1; `tracking_number` is there once it has a label.
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


@dataclass(frozen=True, slots=True)
class Label:
    """What a carrier gives for a booking: the number on the parcel and the page to print, as PDF."""

    tracking_number: str
    pdf: bytes


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


def told(booking: Booking, outcome: Outcome) -> Message:
    """The fact that states the outcome of a booking."""
    match outcome:
        case Booked(label):
            return LabelIssuedV1(
                **_of(booking),
                carrier=booking.carrier,
                service=booking.service,
                hub=booking.hub.code,
                tracking_number=label.tracking_number,
                document_id=booking.document_id,
            )
        case Declined(code, words):
            return LabelRefusedV1(**_of(booking), code=code, words=words)
        case _:
            return LabelOutcomeUnknownV1(**_of(booking))


def _of(booking: Booking) -> dict[str, Any]:
    return {
        "return_id": booking.return_id,
        "booking_id": booking.id,
        "parcel": booking.parcel,
        "attempt": booking.attempt,
    }


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


def check_lanes(hubs: Sequence[Hub], lanes: Sequence[Lane], *, carriers: Collection[str]) -> None:
    """Raise Repeated, UnknownHub or UnknownCarrier when these cannot be in force together."""
    codes = [hub.code for hub in hubs]
    _once(codes)
    _once([" ".join((lane.country, lane.hub, lane.carrier, lane.service)) for lane in lanes])
    for lane in lanes:
        if lane.hub not in codes:
            raise UnknownHub(lane.hub)
        if lane.carrier not in carriers:
            raise UnknownCarrier(lane.carrier)


def _once(names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise Repeated(name)


def reference(booking_id: UUID) -> str:
    """Our name for a booking, printed as the `own` carrier's tracking number: `OR`, 50 hashed bits, a check character.

    The same booking has the same reference for ever, and its neighbour's tells nothing about it. No character after
    the `OR` can be mistaken for another: I, L and O are not used, as the check character neither.
    """
    bodies = ("OR" + _hashed(booking_id, draw) for draw in count())
    numbers = (body + check_character(body) for body in bodies)
    return next(number for number in numbers if number[-1] not in _LOOKALIKES)


def _hashed(booking_id: UUID, draw: int) -> str:
    digest = int.from_bytes(sha256(b"homeward booking" + booking_id.bytes + draw.to_bytes(4)).digest())
    return "".join(_CROCKFORD[digest >> 5 * place & 31] for place in range(10))


def check_character(number: str) -> str:
    """The character that ISO 7064 MOD 37,36 adds to `number` (0-9, A-Z): it betrays every single wrong character."""
    product = 36
    for character in number:
        product = ((product + _A36.index(character)) % 36 or 36) * 2 % 37
    return _A36[(37 - product) % 36]


def scan_url(look: Look, tracking_number: str) -> str:
    """What the QR code says: the parcel's page at the retailer's portal."""
    return f"{look.portal_url.rstrip('/')}/p/{tracking_number}"


def object_key(retailer_id: UUID, document_id: UUID) -> str:
    """Where the object store holds a document."""
    return f"labels/{retailer_id}/{document_id}.pdf"


def filename(return_number: str, parcel: int) -> str:
    """The name under which the shopper saves the label: `return-label-R-7KQ2M9-1.pdf`."""
    return f"return-label-{return_number}-{parcel}.pdf"


def address_lines(address: Address) -> tuple[str, ...]:
    """The lines below the name, as the post of that country sorts them. The country itself is not among them."""
    town = (address.city, address.region, address.postcode)
    if address.country in _CITY_THEN_POSTCODE:
        end: tuple[str | None, ...] = (address.city, address.postcode)
    elif address.country in _CITY_REGION_POSTCODE:
        end = (_spaced(town),)
    else:
        end = (_spaced((address.postcode, address.city)),)
    return tuple(line for line in (address.company, address.line1, address.line2, *end) if line and line.strip())


def _spaced(parts: Iterable[str | None]) -> str:
    return " ".join(part for part in parts if part)

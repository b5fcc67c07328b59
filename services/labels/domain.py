"""What labels decides: which lane a parcel takes, what its number is, how an address is written, how a booking ends."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import count
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.labels import Hub, Lane
from libs.contracts.values import Address, Look

OWN = "own"

_A36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKALIKES = "ILO"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CITY_THEN_POSTCODE = {"GB", "IE"}
_CITY_REGION_POSTCODE = {"AU", "CA", "US"}


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
    """There is no such document for this retailer."""

    def __init__(self) -> None:
        super().__init__("labels.not_found")


class State(StrEnum):
    """How far a booking is. `unknown` waits for a person: the carrier may have a label for it."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Booking:
    """One label to be had from a carrier, whole. `reference` is our own name for it, told to every carrier."""

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

"""What things are called and how they are written: references, addresses, files."""

from collections.abc import Iterable
from hashlib import sha256
from itertools import count
from uuid import UUID

from libs.contracts.values import Address, Look

_A36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKALIKES = "ILO"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CITY_THEN_POSTCODE = {"GB", "IE"}
_CITY_REGION_POSTCODE = {"AU", "CA", "US"}


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


def object_key(retailer_id: UUID, document_id: UUID, ending: str = "pdf") -> str:
    """Where the object store holds a document."""
    return f"labels/{retailer_id}/{document_id}.{ending}"


def filename(return_number: str, parcel: int, *, stem: str = "return-label", ending: str = "pdf") -> str:
    """The name under which the shopper saves the label: `return-label-R-7KQ2M9-1.pdf`."""
    return f"{stem}-{return_number}-{parcel}.{ending}"


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

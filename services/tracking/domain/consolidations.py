"""Bags and pallets: their own code, and what is refused."""

from uuid import UUID

from libs.contracts.errors import Refused
from services.tracking.domain.numbers import check_character

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10


class NoConsolidation(Refused):
    """There is no such consolidation for this retailer."""

    def __init__(self) -> None:
        super().__init__("tracking.not_found", "there is no such bag or pallet")


class NoSuchParcel(Refused):
    """The code is of no parcel of this retailer."""

    def __init__(self) -> None:
        super().__init__("tracking.no_parcel", "no parcel has this code")


class NotReceived(Refused):
    """Only what a hub has in hand can be sent on."""

    def __init__(self) -> None:
        super().__init__("tracking.not_received", "no hub has received this parcel: scan it first")


class PackedElsewhere(Refused):
    """A parcel is in one bag or pallet only."""

    def __init__(self, code: str) -> None:
        super().__init__("tracking.packed_elsewhere", f"the parcel is in {code}")


class NotOpen(Refused):
    """What is closed takes no more."""

    def __init__(self) -> None:
        super().__init__("tracking.not_open", "it is closed and takes no more parcels")


class NothingInIt(Refused):
    """What is empty is not sent on."""

    def __init__(self) -> None:
        super().__init__("tracking.empty", "there is nothing in it")


class NotClosed(Refused):
    """What was not sent on cannot have come."""

    def __init__(self) -> None:
        super().__init__("tracking.not_closed", "it was not closed at its hub")


def consolidation_code(id: UUID) -> str:
    """The code that stands on a bag or pallet: `HB`, ten characters of its id's random end, and a check character."""
    number = id.int
    text = "".join(_CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(_LENGTH)))
    return f"HB{text}{check_character(f'HB{text}')}"


def is_consolidation_code(text: str) -> bool:
    """Whether `text` is in the form of such a code, its check character included."""
    known = len(text) == 2 + _LENGTH + 1 and text.startswith("HB") and set(text[2:-1]) <= set(_CROCKFORD)
    return known and check_character(text[:-1]) == text[-1]

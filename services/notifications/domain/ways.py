"""How a parcel is sent, in the words of the mail that brings what it needs: a label, a code to show, or a packing slip."""

from dataclasses import dataclass

from libs.contracts.labels import LaneMethod
from libs.contracts.values import Address
from services.notifications.domain.mails import Details

BY_CODE = frozenset({LaneMethod.QR, LaneMethod.DROP_OFF, LaneMethod.IN_STORE})


@dataclass(frozen=True, slots=True)
class Way:
    """The words of one way. `thing` is what comes with the mail, `again` what is said of one that took another's place."""

    thing: str
    preview: str
    lead: str
    again: str
    steps: tuple[str, ...]


_PACK = "Pack the items in a closed parcel, with their tags."
_NEW_CODE = "Do not use the code you had before."
_WAYS: dict[LaneMethod, Way] = {
    LaneMethod.LABEL: Way(
        "label",
        "It is attached as a PDF. Print it and drop your parcel off.",
        "It is attached to this email as a PDF",
        "Do not use the label you had before.",
        (
            _PACK,
            "Print the label and stick it flat on the largest side.",
            "Drop the parcel off and keep the receipt.",
        ),
    ),
    LaneMethod.QR: Way(
        "code",
        "Show it at the counter with your parcel. You need no printer.",
        "Show it at the counter with your parcel. You need no printer",
        _NEW_CODE,
        (_PACK, "Show the code at the counter. They do the rest.", "Hand the parcel over and keep the receipt."),
    ),
    LaneMethod.DROP_OFF: Way(
        "code",
        "Bring your parcel to a drop-off point. You need no printer.",
        "Bring your parcel to a drop-off point and have this code scanned there. You need no printer",
        _NEW_CODE,
        (_PACK, "Bring it to the drop-off point.", "Have the code scanned there and keep the receipt."),
    ),
    LaneMethod.OWN_CARRIER: Way(
        "packing slip",
        "Send your parcel with a carrier of your choice.",
        "Send your parcel to us with a carrier of your choice. The packing slip is attached to this email",
        "Do not use the one you had before.",
        (
            _PACK,
            "Put the packing slip into it, or write {number} on the outside.",
            "Send it with tracking, keep the receipt, and tell us its number on the page of your return.",
        ),
    ),
    LaneMethod.IN_STORE: Way(
        "code",
        "Bring the items to our shop and show it at the counter.",
        "Bring the items to our shop and show this code at the counter",
        _NEW_CODE,
        (
            "Bring the items with their tags.",
            "Show the code at the counter.",
            "You get an email once the shop has taken them in.",
        ),
    ),
}


def way_of(details: Details) -> Way:
    """How the parcel that a mail is about is sent."""
    return _WAYS[details.method]


def lines_of(address: Address | None) -> tuple[str, ...]:
    """An address as it is written, without its country; nothing of none."""
    if address is None:
        return ()
    town = [address.postcode, address.city]
    if address.country in {"GB", "IE"}:
        town.reverse()
    parts = (address.name, address.company, address.line1, address.line2, " ".join(part for part in town if part))
    return tuple(part for part in parts if part)

"""Customs: which borders a parcel home crosses, and what is declared there."""

from dataclasses import dataclass

from libs.contracts.values import Goods, Money
from services.labels.domain.bookings import Booking

# Member states of the EU's customs union (Regulation (EU) 952/2013, article 4). Monaco is in it with France.
EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "MC",
    ]
)
# In a customs union of their own with another: the Isle of Man and the Channel Islands with the United Kingdom, Liechtenstein
# with Switzerland. Northern Ireland is apart: goods move between it and the EU as within the EU (the Windsor Framework).
_WITH = {"IM": "GB", "GG": "GB", "JE": "GB", "LI": "CH", "PR": "US"}
NORTHERN_IRELAND = "XI"
# Parts of member states by how their postcodes begin: outside the union, or outside its VAT area, which asks for the same papers.
_OUTSIDE = {
    "ES": {"35": "IC", "38": "IC", "51": "EA", "52": "EA"},  # the Canary Islands, Ceuta and Melilla
    "DE": {"27498": "XH", "78266": "XB"},  # Helgoland, Büsingen
    "FI": {"22": "AX"},  # Åland
    "IT": {"23041": "XL"},  # Livigno
}


def territory(country: str, postcode: str | None = None) -> str:
    """The customs territory of an address: `EU`, `XI` for Northern Ireland, or a country's code."""
    code = "".join((postcode or "").split()).upper()
    if country == "GB" and code.startswith("BT"):
        return NORTHERN_IRELAND
    for start, part in _OUTSIDE.get(country, {}).items():
        if code.startswith(start):
            return part
    return "EU" if country in EU else _WITH.get(country, country)


def crosses(country: str, postcode: str | None, *, to_country: str, to_postcode: str | None) -> bool:
    """Whether a parcel has to be declared on its way. Between Northern Ireland and Great Britain or the EU it has not."""
    ends = {territory(country, postcode), territory(to_country, to_postcode)}
    return len(ends) == 2 and ends not in ({NORTHERN_IRELAND, "GB"}, {NORTHERN_IRELAND, "EU"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the customs are told of a parcel: goods that go back to who sent them, and what was paid for them.

    `exported_as` is the order that they were sent out for. `totals` has an amount for each currency.
    """

    reference: str
    tracking_number: str
    exported_as: str | None
    goods: tuple[Goods, ...]
    totals: tuple[Money, ...]


def declared(booking: Booking, tracking_number: str) -> Declaration:
    """The declaration of a booking."""
    sums: dict[str, int] = {}
    for item in booking.goods:
        sums[item.value.currency] = sums.get(item.value.currency, 0) + item.value.amount
    totals = tuple(Money(amount=amount, currency=currency) for currency, amount in sorted(sums.items()))
    return Declaration(booking.return_number, tracking_number, booking.order_number, booking.goods, totals)


def must_declare(booking: Booking) -> bool:
    """Whether the booking's parcel crosses a customs border."""
    to = booking.hub.address
    return crosses(booking.sender.country, booking.sender.postcode, to_country=to.country, to_postcode=to.postcode)

"""Customs: which borders a parcel home crosses, and what is declared there."""

from collections.abc import Iterable, Sequence
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

    `exported_as` is the order that they were sent out for, `shipped_as` the parcels they went out in. `totals` has an
    amount for each currency, `grams` is the net weight where it is known of every item.
    """

    reference: str
    tracking_number: str
    exported_as: str | None
    goods: tuple[Goods, ...]
    totals: tuple[Money, ...]
    shipped_as: tuple[str, ...] = ()
    grams: int | None = None
    parcel: int = 1
    parcels: int = 1


def goods_in(booking: Booking) -> tuple[Goods, ...]:
    """What a parcel declares of its return: its even part in whole pieces, for nobody says what is in which box.

    Together the parcels declare everything once. Where there are fewer pieces than parcels, those that name the same piece
    share its value.
    """
    pieces = sum(item.quantity for item in booking.goods)
    parcels, place = max(booking.parcels, booking.parcel), booking.parcel - 1
    if parcels == 1 or not pieces:
        return booking.goods
    if pieces >= parcels:
        return _pieces(booking.goods, pieces * place // parcels, pieces * (place + 1) // parcels)
    at = place % pieces
    (piece,) = _pieces(booking.goods, at, at + 1)
    sharing = range(at, parcels, pieces)
    return (_with(piece, _part(piece.value.amount, sharing.index(place), len(sharing))),)


def _pieces(goods: Iterable[Goods], start: int, end: int) -> tuple[Goods, ...]:
    """The pieces from `start` to before `end`, with their part of the value: all parts are the whole, to the penny."""
    found, before = [], 0
    for item in goods:
        first, last = max(start - before, 0), min(end - before, item.quantity)
        before += item.quantity
        if first < last:
            value = item.value.amount * last // item.quantity - item.value.amount * first // item.quantity
            found.append(_with(item, value, quantity=last - first))
    return tuple(found)


def _part(amount: int, place: int, of: int) -> int:
    return amount * (place + 1) // of - amount * place // of


def _with(item: Goods, amount: int, *, quantity: int = 1) -> Goods:
    value = item.value.model_copy(update={"amount": amount})
    return item.model_copy(update={"quantity": quantity, "value": value})


def declared(booking: Booking, tracking_number: str) -> Declaration:
    """The declaration of a booking's parcel."""
    goods, sums = goods_in(booking), dict[str, int]()
    for item in goods:
        sums[item.value.currency] = sums.get(item.value.currency, 0) + item.value.amount
    totals = tuple(Money(amount=amount, currency=currency) for currency, amount in sorted(sums.items()))
    return Declaration(
        reference=booking.return_number,
        tracking_number=tracking_number,
        exported_as=booking.order_number,
        goods=goods,
        totals=totals,
        shipped_as=tuple(dict.fromkeys(number for item in goods for number in item.shipped_as)),
        grams=net_grams(goods),
        parcel=booking.parcel,
        parcels=booking.parcels,
    )


def net_grams(goods: Sequence[Goods]) -> int | None:
    """What goods weigh together without their box; None where it is not known of every item."""
    weights = [item.grams * item.quantity for item in goods if item.grams is not None]
    return sum(weights) if goods and len(weights) == len(goods) else None


def must_declare(booking: Booking) -> bool:
    """Whether the booking's parcel crosses a customs border."""
    to = booking.hub.address
    return crosses(booking.sender.country, booking.sender.postcode, to_country=to.country, to_postcode=to.postcode)

"""What is in a parcel, as carriers are told it. What nobody knows of an item is left out, and never made up.

Fields: SEKO's `printshipment` (Commodities) and EasyPost's CustomsInfo and CustomsItem, as their documentation has them.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import get_currency_precision

from libs.contracts.values import Goods
from services.labels.domain import Booking, goods_in, must_declare, net_grams

_OUNCES = Decimal("0.03527396195")  # in a gram
_EXEMPT = "NOEEI 30.37(a)"  # exports worth up to 2500 USD by commodity are not filed (15 CFR 30.37(a))


def grams_of(booking: Booking, *, usual: int) -> int:
    """What the parcel weighs: its goods, or the `usual` weight where that is not known.

    No less than what is declared to be in it.
    """
    declared = net_grams(goods_in(booking)) if must_declare(booking) else None
    return max(booking.grams or usual, declared or 0)


def commodities(booking: Booking) -> list[dict[str, Any]]:
    """The goods in SEKO's words: values and weights are of one piece, in kilograms."""
    return [_known(_commodity(item)) for item in goods_in(booking)]


def customs_info(booking: Booking, *, grams: int) -> dict[str, Any] | None:
    """The declaration in EasyPost's words; None where the parcel crosses no customs border.

    The retailer, whose account it is, vouches for it. The weight of an item that nobody knows is its even part of `grams`.
    """
    if not booking.goods or not must_declare(booking):
        return None
    goods = goods_in(booking)
    pieces = sum(item.quantity for item in goods)
    told = {
        "contents_type": "returned_goods",
        "contents_explanation": f"Return {booking.return_number}",
        "restriction_type": "none",
        "non_delivery_option": "return",
        "customs_certify": True,
        "customs_signer": booking.look.name,
        "customs_items": [_customs_item(item, Decimal(grams) / pieces) for item in goods],
    }
    return told | ({"eel_pfc": _EXEMPT} if booking.sender.country == "US" else {})


def _commodity(item: Goods) -> dict[str, Any]:
    return {
        "Description": _description(item),
        "Units": item.quantity,
        "UnitValue": float(_amount(item, each=item.quantity)),
        "Currency": item.value.currency,
        "UnitKg": None if item.grams is None else item.grams / 1000,
        "HarmonizedCode": item.hs_code,
        "Country": item.origin,
        "itemSKU": item.sku,
    }


def _customs_item(item: Goods, share: Decimal) -> dict[str, Any]:
    ounces = (Decimal(item.grams) if item.grams else share) * item.quantity * _OUNCES
    return _known(
        {
            "description": _description(item),
            "quantity": item.quantity,
            "value": float(_amount(item)),
            "currency": item.value.currency,
            "weight": float(ounces.quantize(Decimal("0.001"), ROUND_HALF_UP)),
            "hs_tariff_number": item.hs_code,
            "origin_country": item.origin,
            "code": item.sku,
        }
    )


def _description(item: Goods) -> str:
    return ", ".join(filter(None, (item.title, item.variant)))


def _amount(item: Goods, *, each: int = 1) -> Decimal:
    """The value in the currency's own units, of one of `each`; half a penny rounds up."""
    penny = Decimal(1).scaleb(-get_currency_precision(item.value.currency))
    return (item.value.amount * penny / each).quantize(penny, ROUND_HALF_UP)


def _known(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}

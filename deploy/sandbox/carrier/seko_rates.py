"""SEKO's rates query: what takes a parcel and for how much, what does not and why. All values are our own."""

from decimal import ROUND_CEILING, Decimal
from typing import Any

CARRIER = "Sandbox Parcel"
SERVICES = (("eCommerce Express Tracked", "4.85"), ("eCommerce Standard", "3.60"))  # up to a kilogram
_MORE = Decimal("0.60")  # for each kilogram more
_HEAVIEST = Decimal(25)  # kilograms


def answer(asked: dict[str, Any], kind: str) -> dict[str, Any]:
    """What is available for the parcels, with errors beside it where `kind` is `partial`, and nothing where `no_rates`."""
    kilograms = sum((Decimal(str(each.get("Kg") or 0)) for each in asked.get("Packages") or ()), Decimal())
    taken = kilograms <= _HEAVIEST and kind != "no_rates"
    reason = "too heavy" if kilograms > _HEAVIEST else "the service is not offered from there"
    services = [service for service, _ in SERVICES] if not taken else ["Freight"] if kind == "partial" else []
    return {
        "Available": [_rate(place, *each, kilograms) for place, each in enumerate(SERVICES)] if taken else [],
        "Rejected": [{"CarrierName": CARRIER, "DeliveryType": each, "Reason": reason} for each in services],
        "ValidationErrors": _NO_PHONE if kind == "partial" else {},
    }


def refused(place: str, words: str) -> dict[str, Any]:
    """The answer to a question with something wrong in it."""
    wrong = {"Property": place, "Message": words, "Key": place.rpartition(".")[2], "Value": ""}
    return {"Available": [], "Rejected": [], "ValidationErrors": wrong}


def _rate(place: int, service: str, price: str, kilograms: Decimal) -> dict[str, Any]:
    more = max(Decimal(), kilograms.to_integral_value(ROUND_CEILING) - 1) * _MORE
    return {
        "QuoteId": f"00000000-0000-4000-8000-{place:012d}",
        "CarrierId": 900,
        "CarrierName": CARRIER,
        "DeliveryType": service,
        "Cost": float(Decimal(price) + more),
        "ServiceStandard": "",
        "Comments": "",
        "Route": "",
        "IsRuralDelivery": False,
        "IsSaturdayDelivery": False,
        "IsFreightForward": False,
        "CarrierServiceType": "DomesticCourier",
    }


_NO_PHONE = {
    "Property": "Origin.PhoneNumber",
    "Message": "PhoneNumber is recommended",
    "Key": "PhoneNumber",
    "Value": "",
}

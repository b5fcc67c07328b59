"""The shapes of EasyPost's answers, field for field as it documents them, with values of our own."""

import json
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

CARRIER = "SandboxPost"
_OUNCES = Decimal("35.27396195")  # in a kilogram
_MORE = Decimal("0.60")
RATES = (("Express", "9.80", 1), ("Tracked", "4.20", 2), ("Economy", "3.10", 4))  # service, price, days


def price_of(price: str, asked: dict[str, Any]) -> str:
    """What a shipment costs by a service of that price: it is for a kilogram, and 0.60 more for each one more."""
    kilograms = Decimal(str(asked["parcel"].get("weight") or 0)) / _OUNCES
    more = (kilograms - Decimal("0.01")).to_integral_value(ROUND_CEILING) - 1  # ounces are told with one decimal place
    return f"{Decimal(price) + max(Decimal(), more) * _MORE:.2f}"


def shipment(
    found: dict[str, Any], *, files: str, messages: list[Any], converted: str = "", forms: Sequence[str] = ()
) -> dict[str, Any]:
    """A shipment whose pages lie under the address `files`: its label `converted` to another format too, and its forms."""
    asked, at, number = found["asked"], found["made_at"], found["tracking_number"]
    bought = json.loads(found["rate"]) if found["rate"] else None
    stamp = {"created_at": at, "updated_at": found["bought_at"] or at, "mode": found["mode"]}
    return stamp | {
        "id": found["id"],
        "object": "Shipment",
        "is_return": bool(asked.get("is_return")),
        "messages": messages,
        "options": dict(asked.get("options") or {}) | {"payment": {"type": "SENDER"}, "date_advance": 0},
        "reference": found["reference"] or None,
        "status": "unknown",
        "tracking_code": number,
        "batch_id": None,
        "batch_status": None,
        "batch_message": None,
        "customs_info": None,
        "from_address": _address("f", found, asked["from_address"], stamp),
        "to_address": _address("t", found, asked["to_address"], stamp),
        "buyer_address": _address("t", found, asked["to_address"], stamp),
        "return_address": _address("f", found, asked["from_address"], stamp),
        "insurance": None,
        "order_id": None,
        "parcel": _parcel(found, asked["parcel"], stamp),
        "postage_label": _postage_label(found, files, stamp, converted) if number else None,
        "rates": [_rate(found, one, stamp) for one in found["rates"]],
        "refund_status": found["refund"],
        "scan_form": None,
        "selected_rate": _rate(found, bought, stamp) if bought else None,
        "tracker": _tracker(found, stamp) if number else None,
        "usps_zone": 4,
        "forms": [_form(found, kind, files, stamp) for kind in forms],
        "fees": [],
    }


def _address(side: str, found: dict[str, Any], given: dict[str, Any], stamp: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "company", "street1", "street2", "city", "state", "zip", "country", "phone", "email")
    empty = ("carrier_facility", "residential", "federal_tax_id", "state_tax_id")
    return (
        stamp
        | {"id": f"adr_{side}{found['seq']:031x}", "object": "Address", "verifications": {}}
        | {name: given.get(name) for name in names}
        | dict.fromkeys(empty)
    )


def _parcel(found: dict[str, Any], given: dict[str, Any], stamp: dict[str, Any]) -> dict[str, Any]:
    sizes = {name: float(given.get(name) or 0) for name in ("length", "width", "height", "weight")}
    return stamp | sizes | {"id": f"prcl_{found['seq']:032x}", "object": "Parcel", "predefined_package": None}


def _form(found: dict[str, Any], kind: str, files: str, stamp: dict[str, Any]) -> dict[str, Any]:
    return stamp | {
        "object": "Form",
        "id": f"form_{found['seq']:032x}",
        "form_type": kind,
        "form_url": f"{files}/{found['tracking_number']}.png",
        "form_file_type": "PNG",
        "submitted_electronically": False,
    }


def _postage_label(found: dict[str, Any], files: str, stamp: dict[str, Any], converted: str) -> dict[str, Any]:
    return {
        "object": "PostageLabel",
        "id": f"pl_{found['seq']:032x}",
        "created_at": stamp["updated_at"],
        "updated_at": stamp["updated_at"],
        "date_advance": 0,
        "integrated_form": "none",
        "label_date": stamp["updated_at"],
        "label_resolution": 300,
        "label_size": "4x6",
        "label_type": "default",
        "label_file_type": "application/pdf",
        "label_url": f"{files}/{found['tracking_number']}.pdf",
        "label_pdf_url": None,
        "label_zpl_url": f"{files}/{found['tracking_number']}.zpl" if converted == "zpl" else None,
        "label_epl2_url": None,
        "label_file": None,
    }


def _rate(found: dict[str, Any], one: dict[str, Any], stamp: dict[str, Any]) -> dict[str, Any]:
    prices = {f"{kind}rate": one["rate"] for kind in ("", "retail_", "list_")}
    currencies = {f"{kind}currency": one["currency"] for kind in ("", "retail_", "list_")}
    return (
        stamp
        | prices
        | currencies
        | {
            "id": one["id"],
            "object": "Rate",
            "service": one["service"],
            "carrier": CARRIER,
            "billing_type": "easypost",
            "delivery_days": one["days"],
            "delivery_date": None,
            "delivery_date_guaranteed": False,
            "est_delivery_days": one["days"],
            "shipment_id": found["id"],
            "carrier_account_id": "ca_sandbox",
        }
    )


def _tracker(found: dict[str, Any], stamp: dict[str, Any]) -> dict[str, Any]:
    return stamp | {
        "id": f"trk_{found['seq']:032x}",
        "object": "Tracker",
        "tracking_code": found["tracking_number"],
        "status": "unknown",
        "status_detail": "unknown",
        "signed_by": None,
        "weight": None,
        "est_delivery_date": None,
        "shipment_id": found["id"],
        "carrier": CARRIER,
        "tracking_details": [],
        "fees": [],
        "carrier_detail": None,
        "public_url": f"https://track.example/{found['tracking_number']}",
    }

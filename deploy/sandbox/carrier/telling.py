"""What the carriers tell of a scanned parcel, in the shapes of EasyPost and SEKO: in webhooks, and to whoever asks."""

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from deploy.sandbox.memory import Memory

_EASYPOST = {
    "label_created": ("pre_transit", "label_created"),
    "accepted": ("in_transit", "received_at_origin_facility"),
    "in_transit": ("in_transit", "arrived_at_facility"),
    "out_for_delivery": ("out_for_delivery", "out_for_delivery"),
    "delivered": ("delivered", "arrived_at_destination"),
    "ready_for_pickup": ("available_for_pickup", "arrived_at_pickup_location"),
    "delivery_failed": ("failure", "delivery_exception"),
    "return_to_sender": ("return_to_sender", "return"),
    "lost": ("failure", "lost"),
    "damaged": ("in_transit", "damaged"),
    "delayed": ("in_transit", "delayed"),
    "cancelled": ("cancelled", "cancelled"),
}
_SEKO_PARCEL = {
    "label_created": "OP-1",
    "accepted": "OP-33",
    "in_transit": "OP-3",
    "out_for_delivery": "OP-21",
    "delivered": "OP-72",
    "ready_for_pickup": "OP-19",
    "delivery_failed": "OP-24",
    "return_to_sender": "OP-66",
    "lost": "OP-15",
    "damaged": "OP-17",
    "delayed": "OP-16",
    "customs_hold": "OP-6",
    "cancelled": "OP-34",
}
_SEKO_RETURN = {
    "hub_received": ("DS", "Depot Scan"),
    "processed": ("RP", "Return Processed"),
    "exported": ("RE", "Return Exported"),
    "delivered_to_retailer": ("RDBTC", "Return Delivered Back To Retailer"),
}
NEW = "OP-99"  # a code of which nobody has heard yet

Rows = Sequence[Any]


def history(memory: Memory, number: str) -> Rows:
    """Every scan of a parcel, oldest first."""
    return memory.rows("SELECT * FROM scans WHERE tracking_number = ? ORDER BY occurred_at, seq", number)


def tracker(number: str, scans: Rows) -> dict[str, Any]:
    """EasyPost's tracker, with its whole history."""
    details = [_detail(scan) for scan in scans]
    status = details[-1]["status"] if details else "unknown"
    return {"object": "Tracker", "tracking_code": number, "status": status, "tracking_details": details}


def events(scans: Rows) -> list[dict[str, Any]]:
    """The events of a consignment of SEKO's. Its clock is the parcel's own, and says nothing of where that is."""
    return [
        {
            "EventDT": _local(scan["occurred_at"]),
            "Code": None,
            "OmniCode": _SEKO_PARCEL.get(scan["code"], NEW),
            "Description": scan["code"].replace("_", " ").capitalize(),
            "Location": "Daventry, GB",
            "Part": 1,
        }
        for scan in scans
        if scan["code"] not in _SEKO_RETURN
    ]


def easypost(id_: str, number: str, scans: Rows, secret: str) -> tuple[bytes, dict[str, str]]:
    """A webhook of EasyPost's and its headers; `secret` is `easypost:` and the secret."""
    event = {"id": id_, "object": "Event", "description": "tracker.updated", "result": tracker(number, scans)}
    return _signed(event, secret)


def easypost_refund(shipment: Mapping[str, Any], status: str, secret: str) -> tuple[bytes, dict[str, str]]:
    """EasyPost's webhook of what became of a refund, and its headers."""
    refund = {
        "id": f"rfnd_{shipment['seq']:032x}",
        "object": "Refund",
        "tracking_code": shipment["tracking_number"],
        "confirmation_number": None,
        "status": status,
        "shipment_id": shipment["id"],
    }
    event = {
        "id": f"evt_{shipment['seq']:032x}",
        "object": "Event",
        "description": "refund.successful",
        "result": refund,
    }
    return _signed(event, secret)


def _signed(event: Mapping[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
    body, key = json.dumps(event).encode(), unicodedata.normalize("NFKD", secret.partition(":")[2]).encode()
    return body, {"X-Hmac-Signature": f"hmac-sha256-hex={hmac.new(key, body, hashlib.sha256).hexdigest()}"}


def seko(number: str, scans: Rows, secret: str) -> tuple[bytes, dict[str, str]]:
    """A webhook of SEKO's and its headers; `secret` is `seko:`, the name, `:` and the password."""
    _, name, password = secret.split(":", 2)
    last = scans[-1]
    told = _return(number, last) if last["code"] in _SEKO_RETURN else _consignment(number, scans)
    return json.dumps([told]).encode(), {"Username": name, "Password": password}


def aftership(id_: str, number: str, scans: Rows, secret: str) -> tuple[bytes, dict[str, str]]:
    """A webhook of AfterShip's and its headers; it names milestones by their tag alone, as for a carrier it knows little of."""
    tags = {"label_created": "InfoReceived", "out_for_delivery": "OutForDelivery", "delivered": "Delivered"}
    told = [
        {"tag": tags.get(scan["code"], "InTransit"), "checkpoint_time": scan["occurred_at"], "message": scan["code"]}
        for scan in scans
    ]
    event = {"event": "tracking_update", "event_id": id_, "msg": {"tracking_number": number, "checkpoints": told}}
    body = json.dumps(event).encode()
    mac = hmac.new(secret.partition(":")[2].encode(), body, hashlib.sha256).digest()
    return body, {"aftership-hmac-sha256": base64.b64encode(mac).decode()}


def _detail(scan: Any) -> dict[str, Any]:
    status, detail = _EASYPOST.get(scan["code"], ("unknown", "unknown"))
    return {
        "object": "TrackingDetail",
        "message": scan["code"].replace("_", " ").capitalize(),
        "status": status,
        "status_detail": detail,
        "datetime": scan["occurred_at"],
        "tracking_location": {
            "object": "TrackingLocation",
            "city": "Daventry",
            "state": None,
            "country": "GB",
            "zip": None,
        },
    }


def _consignment(number: str, scans: Rows) -> dict[str, Any]:
    return {"ConsignmentNo": number, "Status": "In transit", "Events": events(scans)}


def _return(number: str, scan: Any) -> dict[str, Any]:
    code, words = _SEKO_RETURN[scan["code"]]
    return {
        "ConsignmentNo": number,
        "Code": code,
        "Status": words,
        "EventDT": _local(scan["occurred_at"]).replace("T", " "),
        "SourceLocation": "Bristol, United Kingdom-GB",
        "DestinationLocation": "Daventry, United Kingdom-GB",
        "ItemNo": "",
    }


def _local(written: str) -> str:
    return datetime.fromisoformat(written).replace(tzinfo=None, microsecond=0).isoformat()

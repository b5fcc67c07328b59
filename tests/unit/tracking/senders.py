"""What EasyPost, SEKO, AfterShip and Shippo send of Maya's parcel, in their shapes and our own words."""

import json

NUMBER = "H00ABC123"


def text(value) -> str:
    """As it comes."""
    return json.dumps(value)


def easypost(*details, number=NUMBER, event="tracker.updated"):
    """A tracker's event; each detail is (status, status_detail, message, hours after Monday's midnight)."""
    told = [
        {
            "object": "TrackingDetail",
            "status": status,
            "status_detail": detail,
            "message": message,
            "datetime": f"2026-11-02T{hour:02}:00:00Z",
            "tracking_location": {"city": "BRISTOL", "state": None, "country": "GB", "zip": None},
        }
        for status, detail, message, hour in details
    ]
    tracker = {"object": "Tracker", "tracking_code": number, "status": "unknown", "tracking_details": told}
    return {"object": "Event", "id": "evt_1", "description": event, "result": tracker}


def consignment(*events, number=NUMBER):
    """What statusv2 answers of one consignment; each event is (code, local time, place)."""
    return {
        "ConsignmentNo": number,
        "Status": "IN TRANSIT",
        "Events": [
            {"EventDT": at, "Code": None, "OmniCode": code, "Description": "seen", "Location": place, "Part": 1}
            for code, at, place in events
        ],
    }


def row(code, at, *, number=NUMBER, status="seen", item=None):
    """One row of OmniRPS."""
    return {
        "ConsignmentNo": number,
        "SourceLocation": "Leeds, United Kingdom-GB",
        "DestinationLocation": "Tilburg, Netherlands-NL",
        "Code": code,
        "Status": status,
        "Carrier": "Royal Mail",
        "EventDT": at,
        **({"ItemNo": item} if item else {}),
    }


def aftership(*checkpoints, number=NUMBER, event="tracking_update"):
    """A parcel's update; each checkpoint is (tag, subtag, time)."""
    told = [
        {"tag": tag, "subtag": subtag, "checkpoint_time": at, "message": "Seen", "city": "Leeds", "country_iso3": "GBR"}
        for tag, subtag, at in checkpoints
    ]
    return {
        "event": event,
        "event_id": "7f2c",
        "msg": {"tracking_number": number, "slug": "evri", "checkpoints": told},
    }


def shippo(*history, number=NUMBER, event="track_updated"):
    """A parcel's update; each of its history is (status, substatus, time), the last one stands alone too."""
    told = [
        {
            "status": status,
            "substatus": {"code": code} if code else None,
            "status_details": "Seen",
            "status_date": at,
            "location": {"city": "Leeds", "state": "", "country": "GB", "zip": ""},
        }
        for status, code, at in history
    ]
    data = {"carrier": "evri", "tracking_number": number, "tracking_history": told}
    return {"event": event, "test": False, "data": data | ({"tracking_status": told[-1]} if told else {})}

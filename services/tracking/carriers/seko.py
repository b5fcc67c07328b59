"""SEKO: OmniParcel's consignments with their events, which `statusv2` answers too, and OmniRPS' rows, one for each event.

Its times are local, without an offset. A return is created and processed once for each item, so that a row's item is no part
of its name (seko.atlassian.net/wiki, pages 2494464001 and 2162327828).
"""

import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, TypeAdapter

from libs.contracts.values import Milestone
from services.tracking.carriers.clocks import moment
from services.tracking.carriers.shapes import History, Number, Word, Words, newest, stable_key
from services.tracking.domain import Note, Reported, tracking_number

Code = Milestone | Note
RETURNS: Mapping[str, Code] = {
    "RC": Milestone.LABEL_CREATED,
    "RT": Milestone.ACCEPTED,
    "RDTPF": Milestone.DELIVERED,  # the carrier's word: "does not mean Seko has the package"
    "DS": Milestone.HUB_RECEIVED,
    "RP": Milestone.PROCESSED,
    "RE": Milestone.EXPORTED,
    "RDBTC": Milestone.DELIVERED_TO_RETAILER,
}
_AT_THE_HUB = {"RDTPF", "DS", "RP", "RE"}
_REJECTED = "rejected"  # there is no code for it that we know of: the words say "Return Rejected"
_PARCELS: Mapping[Code, str] = {
    Milestone.LABEL_CREATED: "1 8 9 12",
    Milestone.ACCEPTED: "7 10 11 14 33 89",
    Milestone.IN_TRANSIT: "3 4 18 20 22 47 48 50 51 54 56 71 78 79 80 81 82",  # 71 is delivered in part
    Milestone.OUT_FOR_DELIVERY: "21",
    Milestone.DELIVERED: "72 73 74 75 76 77",
    Note.CUSTOMS_HOLD: "6",
    Note.CUSTOMS_CLEARED: "5",
    Note.READY_FOR_PICKUP: "19 25 42",
    Note.DELIVERY_FAILED: "24 27 28 30 37 38 43 45 83 84 86",
    Note.DELAYED: "13 16 35",
    Note.HELD: "2 26 49 70 87 88 91",
    Note.ADDRESS_PROBLEM: "23 41",
    Note.DAMAGED: "17",
    Note.RETURN_TO_SENDER: "29 55 57 58 59 60 61 62 63 64 65 66 68 69 85 90 94",
    Note.LOST: "15 40 92",  # 40 and 92 are destroyed
    Note.CANCELLED: "34 67",
}
PARCELS: Mapping[str, Code] = {f"OP-{number}": code for code, numbers in _PARCELS.items() for number in numbers.split()}
_COUNTRY = re.compile(r"(?:^|[\s,-])([A-Z]{2})$")


class _Event(BaseModel):
    EventDT: Word = None
    Code: Word = None
    OmniCode: Word = None
    Description: Words = None
    Location: Word = None
    Part: Word = None


class _Consignment(BaseModel):
    ConsignmentNo: Number
    Events: History[_Event]


class _Row(BaseModel):
    ConsignmentNo: Number
    Code: Number
    Status: Words = None
    EventDT: Word = None
    SourceLocation: Word = None
    DestinationLocation: Word = None


_Webhook: TypeAdapter[tuple[_Consignment | _Row, ...]] = TypeAdapter(tuple[_Consignment | _Row, ...])
_Single: TypeAdapter[_Consignment | _Row] = TypeAdapter(_Consignment | _Row)


def read(body: str) -> tuple[Reported, ...]:
    """The scans of a webhook, or of what `statusv2` answers: of one consignment or of many."""
    told = (_Single.validate_json(body),) if body.lstrip().startswith("{") else _Webhook.validate_json(body)
    return tuple(scan for one in told for scan in (_events(one) if isinstance(one, _Consignment) else [_row(one)]))


def _events(consignment: _Consignment) -> Iterator[Reported]:
    for event in newest(consignment.Events, lambda each: each.EventDT):
        raw = event.OmniCode or event.Code or "none"
        yield Reported(
            tracking_number=tracking_number(consignment.ConsignmentNo),
            code=PARCELS.get(raw, Note.UNKNOWN),
            raw_code=raw if raw == event.Code or not event.Code else f"{raw}/{event.Code}",
            key=stable_key("parcel", event.Part, raw, event.EventDT),
            time=event.EventDT,
            at=moment(event.EventDT, country=_country(event.Location)),
            place=event.Location,
            description=event.Description,
        )


def _row(row: _Row) -> Reported:
    place = row.DestinationLocation if row.Code in _AT_THE_HUB else row.SourceLocation
    rejected = _REJECTED in (row.Status or "").lower()
    return Reported(
        tracking_number=tracking_number(row.ConsignmentNo),
        code=RETURNS.get(row.Code, Note.REJECTED if rejected else Note.UNKNOWN),
        raw_code=row.Code,
        key=stable_key("return", row.Code, row.EventDT),
        time=row.EventDT,
        at=moment(row.EventDT, country=_country(place)),
        place=place,
        description=row.Status,
    )


def _country(location: str | None) -> str | None:
    found = _COUNTRY.search(location or "")
    return found.group(1) if found else None

"""EasyPost: a tracker with its whole history, in a webhook's event or as an answer (docs.easypost.com/docs/trackers).

A later snapshot may date the same scans anew, so that a time is no part of a scan's name; how many there were before is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field, TypeAdapter

from libs.contracts.values import Milestone
from services.tracking.carriers.clocks import moment
from services.tracking.carriers.shapes import History, Number, Place, Word, Words, newest, paced, stable_key
from services.tracking.domain import Note, Reported, tracking_number

STATUSES: Mapping[str, Milestone | Note] = {
    "pre_transit": Milestone.LABEL_CREATED,
    "in_transit": Milestone.IN_TRANSIT,
    "out_for_delivery": Milestone.OUT_FOR_DELIVERY,
    "delivered": Milestone.DELIVERED,
    "available_for_pickup": Note.READY_FOR_PICKUP,
    "return_to_sender": Note.RETURN_TO_SENDER,
    "failure": Note.DELIVERY_FAILED,
    "cancelled": Note.CANCELLED,
    "unknown": Note.UNKNOWN,
    "error": Note.UNKNOWN,  # the carrier does not know the number: nothing is wrong with the parcel
}
DETAILS: Mapping[str, Note] = {  # what a person must know is told here only, beside any status
    "damaged": Note.DAMAGED,
    "lost": Note.LOST,
    "return": Note.RETURN_TO_SENDER,
    "refused": Note.REJECTED,
    "address_correction": Note.ADDRESS_PROBLEM,
    "delayed": Note.DELAYED,
    "weather_delay": Note.DELAYED,
    "held": Note.HELD,
}


class _Detail(BaseModel):
    status: Word = None
    status_detail: Word = None
    message: Words = None
    datetime: Word = None
    tracking_location: Place | None = None


class _Tracker(BaseModel):
    tracking_code: Number
    tracking_details: History[_Detail] = ()


class _Event(BaseModel):
    description: str = Field(min_length=1)
    result: object = None


class _Trackers(BaseModel):
    trackers: tuple[_Tracker, ...]


_Answer: TypeAdapter[_Trackers | _Tracker] = TypeAdapter(_Trackers | _Tracker)


def read(body: str) -> tuple[Reported, ...]:
    """The scans of a tracker's event; none where the event is of something else."""
    event = _Event.model_validate_json(body)
    return _scans([_Tracker.model_validate(event.result)]) if event.description.startswith("tracker.") else ()


def answered(body: str) -> tuple[Reported, ...]:
    """The scans of what the carrier answers: a tracker, or a list of them."""
    found = _Answer.validate_json(body)
    return _scans(found.trackers if isinstance(found, _Trackers) else [found])


def _scans(trackers: Sequence[_Tracker]) -> tuple[Reported, ...]:
    return tuple(scan for tracker in trackers for scan in _of(tracker))


def _of(tracker: _Tracker) -> list[Reported]:
    found: list[Reported] = []
    for detail, name in newest(_named(tracker.tracking_details), lambda each: each[0].datetime):
        key = stable_key(*name)
        status = STATUSES.get(detail.status or "", Note.UNKNOWN)
        note = DETAILS.get(detail.status_detail or "", status)
        codes = {status: key} if note is status else {status: key, note: f"{key} {note}"}
        found += [_reported(tracker, detail, code, key) for code, key in codes.items()]
    return found


def _named(details: Sequence[_Detail]) -> list[tuple[_Detail, tuple[object, ...]]]:
    """Each with what stays the same in it, and how many there were of that: of the whole history, for some of it is cut."""
    seen: Counter[tuple[str | None, ...]] = Counter()
    named: list[tuple[_Detail, tuple[object, ...]]] = []
    for _, detail in paced(details):
        name = (detail.status, detail.status_detail, (detail.message or "").lower())
        seen[name] += 1
        named.append((detail, (*name, seen[name])))
    return named


def _reported(tracker: _Tracker, detail: _Detail, code: Milestone | Note, key: str) -> Reported:
    place = detail.tracking_location or Place()
    return Reported(
        tracking_number=tracking_number(tracker.tracking_code),
        code=code,
        raw_code="/".join(word for word in (detail.status, detail.status_detail) if word) or "none",
        key=key,
        time=detail.datetime,
        at=moment(detail.datetime, country=place.country),
        place=str(place) or None,
        description=detail.message,
    )

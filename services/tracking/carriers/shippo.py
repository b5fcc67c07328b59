"""Shippo: a parcel of any carrier with its history (docs.goshippo.com, `track_updated`).

Its substatuses are known from others' code only: one that is wrong here, or new, counts as its status says.
"""

from collections.abc import Mapping

from pydantic import BaseModel, Field, field_validator

from libs.contracts.values import Milestone
from services.tracking.carriers.clocks import moment
from services.tracking.carriers.shapes import History, Number, Place, Word, Words, newest, stable_key
from services.tracking.domain import Note, Reported, tracking_number

STATUSES: Mapping[str, Milestone | Note] = {
    "PRE_TRANSIT": Milestone.LABEL_CREATED,
    "TRANSIT": Milestone.IN_TRANSIT,
    "DELIVERED": Milestone.DELIVERED,
    "RETURNED": Note.RETURN_TO_SENDER,
    "FAILURE": Note.DELIVERY_FAILED,
    "UNKNOWN": Note.UNKNOWN,
}
SUBSTATUSES: Mapping[str, Milestone | Note] = {
    "package_accepted": Milestone.ACCEPTED,
    "out_for_delivery": Milestone.OUT_FOR_DELIVERY,
    "pickup_available": Note.READY_FOR_PICKUP,
    "delayed": Note.DELAYED,
    "address_issue": Note.ADDRESS_PROBLEM,
    "package_held": Note.HELD,
    "package_damaged": Note.DAMAGED,
    "package_lost": Note.LOST,
    "return_to_sender": Note.RETURN_TO_SENDER,
}


class _Substatus(BaseModel):
    code: Word = None


class _Status(BaseModel):
    status: Word = None
    substatus: _Substatus | None = None
    status_details: Words = None
    status_date: Word = None
    location: Place | None = None

    @field_validator("substatus", mode="before")
    @classmethod
    def _by_name(cls, told: object) -> object:
        return {"code": told} if isinstance(told, str) else told


class _Parcel(BaseModel):
    tracking_number: Number
    carrier: Word = None
    tracking_status: _Status | None = None
    tracking_history: History[_Status] = ()


class _Webhook(BaseModel):
    event: str = Field(min_length=1)
    data: object = None


def read(body: str) -> tuple[Reported, ...]:
    """The scans of a parcel's update; none where the webhook is of something else."""
    told = _Webhook.model_validate_json(body)
    if told.event != "track_updated":
        return ()
    parcel = _Parcel.model_validate(told.data)
    its_last = [parcel.tracking_status] if parcel.tracking_status else []
    seen = [*newest(parcel.tracking_history, lambda each: each.status_date), *its_last]
    return tuple({scan.key: scan for scan in (_reported(parcel, status) for status in seen)}.values())


def _reported(parcel: _Parcel, seen: _Status) -> Reported:
    status, code = seen.status or "", (seen.substatus.code if seen.substatus else None) or ""
    place = seen.location or Place()
    return Reported(
        tracking_number=tracking_number(parcel.tracking_number),
        code=SUBSTATUSES.get(code, STATUSES.get(status, Note.UNKNOWN)),
        raw_code="/".join(word for word in (status, code) if word) or "none",
        key=stable_key(status, code, seen.status_date, seen.status_details),
        time=seen.status_date,
        at=moment(seen.status_date, country=place.country),
        place=str(place) or None,
        description=seen.status_details,
        carrier=parcel.carrier,
    )

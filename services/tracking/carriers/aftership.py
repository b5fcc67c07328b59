"""AfterShip Tracking: a parcel of any carrier with all its checkpoints, by tag and subtag (aftership.com/docs/tracking, webhook).

A subtag that is new since this table was written counts as its tag says; one of an exception is unknown, for it may be anything.
"""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from libs.contracts.values import Milestone
from services.tracking.carriers.clocks import moment
from services.tracking.carriers.shapes import History, Number, Word, Words, newest, stable_key
from services.tracking.domain import Note, Reported, tracking_number

TAGS: Mapping[str, Milestone | Note] = {
    "Pending": Milestone.LABEL_CREATED,
    "InfoReceived": Milestone.LABEL_CREATED,
    "InTransit": Milestone.IN_TRANSIT,
    "OutForDelivery": Milestone.OUT_FOR_DELIVERY,
    "AttemptFail": Note.DELIVERY_FAILED,
    "Delivered": Milestone.DELIVERED,
    "AvailableForPickup": Note.READY_FOR_PICKUP,
    "Exception": Note.UNKNOWN,
    "Expired": Note.UNKNOWN,
}
SUBTAGS: Mapping[str, Milestone | Note] = {
    "InTransit_002": Milestone.ACCEPTED,
    "InTransit_005": Note.CUSTOMS_CLEARED,
    "InTransit_006": Note.CUSTOMS_HOLD,
    "Exception_001": Note.DELIVERY_FAILED,
    "Exception_002": Note.ADDRESS_PROBLEM,
    "Exception_003": Note.DELIVERY_FAILED,
    "Exception_004": Note.CUSTOMS_HOLD,
    "Exception_005": Note.DELAYED,
    "Exception_006": Note.HELD,
    "Exception_007": Note.ADDRESS_PROBLEM,
    "Exception_008": Note.DELIVERY_FAILED,
    "Exception_009": Note.REJECTED,
    "Exception_010": Note.RETURN_TO_SENDER,
    "Exception_011": Note.RETURN_TO_SENDER,
    "Exception_012": Note.DAMAGED,
    "Exception_013": Note.LOST,
}


class _Checkpoint(BaseModel):
    tag: Word = None
    subtag: Word = None
    message: Words = None
    checkpoint_time: Word = None
    location: Word = None
    city: Word = None
    country_region: Word = None
    country_iso3: Word = None


class _Parcel(BaseModel):
    tracking_number: Number
    slug: Word = None
    checkpoints: History[_Checkpoint] = ()


class _Webhook(BaseModel):
    event: str = Field(min_length=1)
    msg: object = None


def read(body: str) -> tuple[Reported, ...]:
    """The scans of a parcel's update; none where the webhook is of something else."""
    told = _Webhook.model_validate_json(body)
    if told.event != "tracking_update":
        return ()
    parcel = _Parcel.model_validate(told.msg)
    return tuple(_reported(parcel, each) for each in newest(parcel.checkpoints, lambda each: each.checkpoint_time))


def _reported(parcel: _Parcel, seen: _Checkpoint) -> Reported:
    tag, subtag = seen.tag or "", seen.subtag or ""
    country = seen.country_region or seen.country_iso3
    return Reported(
        tracking_number=tracking_number(parcel.tracking_number),
        code=SUBTAGS.get(subtag, TAGS.get(tag or subtag.partition("_")[0], Note.UNKNOWN)),
        raw_code=subtag or tag or "none",
        key=stable_key(tag, subtag, seen.checkpoint_time, seen.message),
        time=seen.checkpoint_time,
        at=moment(seen.checkpoint_time, country=country),
        place=seen.location or ", ".join(part for part in (seen.city, country) if part) or None,
        description=seen.message,
        carrier=parcel.slug,
    )

"""What labels states and answers: the way back, from the carriers."""

from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import Address, Country, Money


class LabelIssuedV1(Message):
    """A parcel has its label; the document's bytes come from `GetDocumentV1`."""

    return_id: UUID
    booking_id: UUID
    parcel: int
    carrier: str
    service: str
    tracking_number: str
    document_id: UUID
    hub: str
    attempt: int = 1


class LabelRefusedV1(Message):
    """The carrier declined, in its own words; a person must act."""

    return_id: UUID
    booking_id: UUID
    parcel: int
    code: str
    words: str
    attempt: int = 1


class LabelOutcomeUnknownV1(Message):
    """The carrier's answer was lost; a label may exist, so nothing is booked again without a person."""

    return_id: UUID
    booking_id: UUID
    parcel: int
    attempt: int = 1


class LabelVoidedV1(Message):
    """The parcel's label is void: it can be used no more, and is not paid for."""

    return_id: UUID
    booking_id: UUID
    parcel: int
    attempt: int = 1


class LabelExpiredV1(Message):
    """The parcel's label is past its last day; a new one may be asked for."""

    return_id: UUID
    booking_id: UUID
    parcel: int
    attempt: int = 1


class LabelOutcome(StrEnum):
    """What a person may say of a booking: the carrier has it under a number, or made nothing."""

    ISSUED = "issued"
    REFUSED = "refused"


class BookingV1(Named):
    """A parcel's booking: `state` is `planned`, `sent`, `done`, `refused`, `unknown`, `expired` or `void`."""

    booking_id: UUID
    state: str


class RecordLabelV1(Request[BookingV1]):
    """Record by hand what became of a booking that was refused or is unknown; a repeat changes nothing.

    `tracking_number` is needed for `issued`. Refused as `labels.not_found`, or as `labels.not_now` where its state does
    not allow it.
    """

    return_id: UUID
    parcel: int
    outcome: LabelOutcome
    tracking_number: str | None = None
    words: str
    by: str


class QuoteV1(Named):
    """How a return would travel, and what the shopper would pay for the label where the policy makes it paid."""

    lane_id: UUID
    carrier: str
    service: str
    price: Money
    hub: str
    hub_address: Address


class QuoteLabelV1(Request[QuoteV1]):
    """The lane for a parcel from `country`; refused as `labels.no_lane` where none is on."""

    country: Country


class DocumentV1(Named):
    """A stored document with its bytes."""

    document_id: UUID
    filename: str
    media_type: str
    content: bytes


class GetDocumentV1(Request[DocumentV1]):
    """The document with this id; refused as `labels.not_found`."""

    document_id: UUID


class Hub(Value):
    """Where parcels arrive."""

    code: str
    address: Address


class Lane(Value):
    """A trade lane: from a country to a hub, with a carrier's service and the retailer's price for the label."""

    country: Country
    hub: str
    carrier: str = "own"
    service: str
    price: Money
    on: bool = True


class LanesV1(Named):
    """How many hubs and lanes are in force."""

    hubs: int
    lanes: int


class SaveLanesV1(Request[LanesV1]):
    """Put these hubs and lanes in force in place of the retailer's present ones."""

    hubs: tuple[Hub, ...]
    lanes: tuple[Lane, ...]

"""What labels states and answers: the way back, from the carriers."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import Address, Country, Money


class LaneMethod(StrEnum):
    """How the shopper sends it: with a label to print, with a code shown at a counter, or without a carrier of ours."""

    LABEL = "label"
    QR = "qr"
    DROP_OFF = "drop_off"
    OWN_CARRIER = "own_carrier"
    IN_STORE = "in_store"


class LabelIssuedV1(Message):
    """A parcel, one of `parcels` of its return, has its label; the document's bytes come from `GetDocumentV1`.

    `account` names the retailer's account at the carrier where it has several; numbers are unique within one. `by` is who
    wrote it down where a person did. `method` is how the shopper sends it: with `own_carrier` the document is a packing
    slip, and the number is ours. `hub_address` and `hub_hours` are of where it goes. `country` is where the parcel comes
    from, `expected_days` how long its lane is said to take from the first scan to the hub.
    """

    return_id: UUID
    booking_id: UUID
    parcel: int
    carrier: str
    service: str
    tracking_number: str
    document_id: UUID
    hub: str
    attempt: int = 1
    parcels: int = 1
    account: str | None = None
    by: str | None = None
    method: LaneMethod = LaneMethod.LABEL
    hub_address: Address | None = None
    hub_hours: str | None = None
    country: Country | None = None
    expected_days: int | None = None


class LabelRefusedV1(Message):
    """The carrier declined, in its own words, or in those of a person, `by`, who asked there; a person must act."""

    return_id: UUID
    booking_id: UUID
    parcel: int
    code: str
    words: str
    attempt: int = 1
    by: str | None = None


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


class LabelVoidRefusedV1(Message):
    """The carrier does not make the parcel's label void, in its own words; a person must act.

    It may come after `LabelVoidedV1`, where a carrier takes its yes back. `asked` counts how often it was asked by then.
    """

    return_id: UUID
    booking_id: UUID
    parcel: int
    code: str
    words: str
    attempt: int = 1
    asked: int = 1


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


class Pricing(StrEnum):
    """How a lane's price is made: it is fixed, or it is our cost and more, or less."""

    FIXED = "fixed"
    COST_PLUS = "cost_plus"


class QuoteV1(Named):
    """How a return would travel, and what the shopper would pay for the label where the policy makes it paid.

    `cost` is what the lane costs the retailer, where that is known. `customs`: the parcel crosses a customs border.
    """

    lane_id: UUID
    carrier: str
    service: str
    price: Money
    hub: str
    hub_address: Address
    method: LaneMethod = LaneMethod.LABEL
    cost: Money | None = None
    customs: bool = False


class QuoteLabelV1(Request[QuoteV1]):
    """The lane for a parcel from `country`, to `hub` where one leads there; refused as `labels.no_lane` where none is on.

    A lane for some postcodes only is one for a parcel whose `postcode` is known. A hub that does not take all of `reasons`
    and `product_types` is no destination; what is not told is not asked of it. `grams` is the weight of what comes back:
    a lane that does not take it is none for it.
    """

    country: Country
    hub: str | None = None
    postcode: str | None = None
    grams: int | None = None
    reasons: tuple[str, ...] = ()
    product_types: tuple[str, ...] = ()


class DocumentV1(Named):
    """A stored document with its bytes."""

    document_id: UUID
    filename: str
    media_type: str
    content: bytes


class DocumentForm(StrEnum):
    """What a label may be had as: itself, with a packing slip on A4, the code for a printer at the counter, for a label
    printer, or the papers for the customs."""

    LABEL = "label"
    SHEET = "sheet"
    QR_PNG = "qr_png"
    QR_SVG = "qr_svg"
    ZPL = "zpl"
    CUSTOMS = "customs"


class FormsOfLabel(Value):
    """The forms in which one label may be had."""

    document_id: UUID
    forms: tuple[DocumentForm, ...]


class DocumentFormsV1(Named):
    """The forms of each label that there is, in the order in which they were asked for."""

    labels: tuple[FormsOfLabel, ...]


class ListDocumentFormsV1(Request[DocumentFormsV1]):
    """In which forms these labels may be had; what is no label of the retailer's is left out."""

    document_ids: tuple[UUID, ...]


class GetDocumentV1(Request[DocumentV1]):
    """The label with this id, in a form of it.

    Refused as `labels.not_found`, `labels.no_such_form` where it has none, or `labels.carrier_away` where its carrier makes it.
    """

    document_id: UUID
    form: DocumentForm = DocumentForm.LABEL


class Hub(Value):
    """Where parcels arrive. `hours` are in the hub's own words.

    It takes everything, unless it says for which `reasons` or of which `product_types`. One that is off gets no new parcels.
    """

    code: str
    address: Address
    hours: str | None = None
    reasons: tuple[str, ...] = ()
    product_types: tuple[str, ...] = ()
    on: bool = True


class Fallback(StrEnum):
    """What a lane allows where its carrier says no or stays away: our own label, or the country's next lane."""

    OWN = "own"
    LANE = "lane"


class RatesFrom(Value):
    """A place in a lane's country that stands for where its parcels come from, to ask a carrier what one costs from there."""

    city: str = Field(min_length=1, max_length=80)
    postcode: str | None = Field(None, max_length=12)


class Lane(Value):
    """A trade lane: from a country to a hub, with a carrier's service and the retailer's price for the label.

    Without `fallback` a label that its carrier does not make waits for a person. `postcodes` limits it to those that begin so:
    `BT`, or `1000-1999` for all from the one to the other. `least_grams` and `most_grams` are the weights it takes.
    `cost` is the retailer's own; with `cost_plus` the shopper pays that, `percent` of it more (or less), and `price` on
    top. A `default` lane is also the one of every country that has no other.

    With `rates_from` the cost is the carrier's own rate for a parcel from there, by weight, asked beforehand and now and then
    again; `cost` stands in where no rate is known that is fresh, in the currency of the price.

    `expected_days` is how long it takes from the carrier's first scan to the hub, by the retailer; what its parcels took
    counts instead once enough of them came.
    """

    country: Country
    hub: str
    carrier: str = "own"
    service: str
    price: Money
    on: bool = True
    fallback: Fallback | None = None
    postcodes: str | None = None
    method: LaneMethod = LaneMethod.LABEL
    pricing: Pricing = Pricing.FIXED
    percent: int = 0
    cost: Money | None = None
    least_grams: int = 0
    most_grams: int | None = None
    default: bool = False
    rates_from: RatesFrom | None = None
    expected_days: int | None = Field(None, ge=1, le=90)


class LanesV1(Named):
    """How many hubs and lanes are in force."""

    hubs: int
    lanes: int


class SaveLanesV1(Request[LanesV1]):
    """Put these hubs and lanes in force in place of the retailer's present ones."""

    hubs: tuple[Hub, ...]
    lanes: tuple[Lane, ...]


class TrackerV1(Named):
    """What a carrier says of a parcel now: its own answer, as JSON. Tracking reads it as it reads the carrier's webhooks."""

    carrier: str
    body: str


class PollTrackerV1(Request[TrackerV1]):
    """Ask the carrier of a booking where the parcel is.

    Refused as `labels.not_found`, `labels.not_tracked` where the carrier cannot be asked, `labels.carrier_declined`, or
    `labels.carrier_away` where it gave no answer.
    """

    booking_id: UUID
    tracking_number: str

"""What portal states: the return and its life, its retailers, and the webhooks that came in."""

from uuid import UUID

from pydantic import AwareDatetime

from libs.contracts.base import Message
from libs.contracts.values import Address, Contact, LabelTerms, Look, Money, ReturnLine


class ReturnSubmittedV1(Message):
    """A shopper asked to send lines back."""

    return_id: UUID
    number: str
    order_id: UUID
    order_number: str
    contact: Contact
    address: Address
    lines: tuple[ReturnLine, ...]
    status_url: str
    policy_version: int


class ReturnHeldForReviewV1(Message):
    """A person must decide."""

    return_id: UUID


class ReturnApprovedV1(Message):
    """The return is accepted on these terms; the shop's own return is opened from it."""

    return_id: UUID
    number: str
    order_id: UUID
    lines: tuple[ReturnLine, ...]
    label: LabelTerms


class FeeRequestedV1(Message):
    """The label's fee is to be settled: paid, or waived where nothing is owed."""

    return_id: UUID
    number: str
    label: LabelTerms
    price: Money


class LabelRequestedV1(Message):
    """A parcel of this return needs its label; it is `parcel` of `parcels`, counted from 1."""

    return_id: UUID
    number: str
    parcel: int
    parcels: int = 1
    lane_id: UUID
    sender: Address


class SettlementRequestedV1(Message):
    """These lines' stage was reached: give the shopper what is owed."""

    return_id: UUID
    number: str
    order_id: UUID
    lines: tuple[ReturnLine, ...]


class ReturnClosedV1(Message):
    """Nothing more is awaited."""

    return_id: UUID
    number: str


class RetailerChangedV1(Message):
    """The retailer's whole look, for those who write in its name."""

    look: Look


class ShopWebhookReceivedV1(Message):
    """A shop's signed webhook was stored. `body` is the raw text as signed."""

    delivery_id: UUID
    topic: str
    shop: str
    triggered_at: AwareDatetime | None = None
    body: str


class CarrierWebhookReceivedV1(Message):
    """A carrier's signed webhook was stored. `body` is the raw text as signed."""

    delivery_id: UUID
    carrier: str
    received_at: AwareDatetime
    body: str

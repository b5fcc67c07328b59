"""What notifications states: what the shopper was told."""

from uuid import UUID

from libs.contracts.base import Message, Named, Request
from libs.contracts.labels import LaneMethod
from libs.contracts.values import Address


class MessageDeliveredV1(Message):
    """The mail server took the message."""

    return_id: UUID
    message_id: UUID
    template: str


class MessageBouncedV1(Message):
    """The mail server refused the message for good, in its own words; a person must act."""

    return_id: UUID
    message_id: UUID
    template: str
    words: str


class ResentV1(Named):
    """A mail that was planned once more."""

    message_id: UUID


class ResendLabelV1(Request[ResentV1]):
    """Mail a parcel's label once more, to whatever address the shopper named; under the same `once` it is sent once.

    `method`, `where`, `hours` and `service` say how the parcel is sent, as its label does. Refused as
    `notifications.no_return`, `notifications.bad_address`, or `notifications.too_many` after 5 of a return a day.
    """

    return_id: UUID
    parcel: int
    attempt: int = 1
    document_id: UUID
    tracking_number: str
    to: str
    once: UUID
    method: LaneMethod = LaneMethod.LABEL
    where: Address | None = None
    hours: str | None = None
    service: str | None = None

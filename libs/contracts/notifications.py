"""What notifications states: what the shopper was told."""

from uuid import UUID

from libs.contracts.base import Message


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

"""What portal states of parcels that shoppers send by themselves."""

from uuid import UUID

from libs.contracts.base import Message


class ParcelSentV1(Message):
    """The shopper, or staff for them, says that a parcel is under way with a carrier of the shopper's own, under a number.

    That somebody says so proves no scan: no money moves by it. Said again with another number, both are known.
    """

    return_id: UUID
    number: str
    parcel: int
    carrier: str
    tracking_number: str
    by: str

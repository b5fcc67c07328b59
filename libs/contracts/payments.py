"""What payments states and answers: the label fee, vouchers and exchange money."""

from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.values import Money


class FeeWaivedV1(Message):
    """Nothing is to be paid for this label: `reason` is `free_label` or `free_lane`."""

    return_id: UUID
    charge_id: UUID
    reason: str
    price: Money

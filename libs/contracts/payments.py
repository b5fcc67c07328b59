"""What payments states and answers: the label fee, vouchers and exchange money."""

from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Message, Named, Request
from libs.contracts.values import Money


class FeeWaivedV1(Message):
    """Nothing is to be paid for this label: `reason` is `free_label`, `free_lane` or `staff`."""

    return_id: UUID
    charge_id: UUID
    reason: str
    price: Money


class FeePaidV1(Message):
    """The label's fee is paid; `reference` is the payment's own id, or what a person wrote down."""

    return_id: UUID
    charge_id: UUID
    price: Money
    reference: str


class FeeFailedV1(Message):
    """The fee was not paid, for `reason`: `declined`, `expired` or `voucher_taken`. It is still awaited."""

    return_id: UUID
    charge_id: UUID
    reason: str
    words: str | None = None


class FeeRefundedV1(Message):
    """A paid fee was given back; `reference` is the refund's own id, or what a person wrote down."""

    return_id: UUID
    charge_id: UUID
    amount: Money
    reference: str


class FeeOutcome(StrEnum):
    """What a person may say of a fee."""

    WAIVED = "waived"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"


class FeeV1(Named):
    """A return's label fee: `state` is `awaiting`, `waived`, `paid`, `failed`, `cancelled` or `refunded`."""

    charge_id: UUID
    state: str
    price: Money


class RecordFeeV1(Request[FeeV1]):
    """Record by hand what became of a fee; a repeat changes nothing.

    Refused as `payments.no_fee` where none was asked for, and as `payments.not_now` where its state does not allow it.
    """

    return_id: UUID
    outcome: FeeOutcome
    words: str
    by: str

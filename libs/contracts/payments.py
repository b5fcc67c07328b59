"""What payments states and answers: the label fee, vouchers and exchange money."""

from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Message, Named, Request
from libs.contracts.values import Money


class FeeWaivedV1(Message):
    """Nothing is to be paid for this label: `reason` is `free_label`, `free_lane`, `staff` or `voucher`.

    With `line_id` it is not the label's fee but what that line's exchange costs more. `voucher` is the code that paid, `by`
    who wrote it down where a person did, and `attempt` that of the request.
    """

    return_id: UUID
    charge_id: UUID
    reason: str
    price: Money
    line_id: UUID | None = None
    voucher: str | None = None
    attempt: int = 1
    by: str | None = None


class FeePaidV1(Message):
    """The label's fee, or with `line_id` the difference of that line's exchange, is paid.

    `reference` is the payment's own id, or what a person, `by`, wrote down.
    """

    return_id: UUID
    charge_id: UUID
    price: Money
    reference: str
    line_id: UUID | None = None
    attempt: int = 1
    by: str | None = None


class FeeFailedV1(Message):
    """The fee, or with `line_id` the difference, was not paid, for `reason`: `declined`, `expired` or `voucher_taken`.

    It is still awaited.
    """

    return_id: UUID
    charge_id: UUID
    reason: str
    words: str | None = None
    line_id: UUID | None = None
    attempt: int = 1
    by: str | None = None


class FeeRefundedV1(Message):
    """A paid fee, or with `line_id` a difference, was given back; `reference` is the refund's own id, or a person's words."""

    return_id: UUID
    charge_id: UUID
    amount: Money
    reference: str
    line_id: UUID | None = None
    attempt: int = 1
    by: str | None = None


class VoucherReleasedV1(Message):
    """The return whose label fee a voucher paid has ended: the code is good again. `attempt` is the one that is over."""

    return_id: UUID
    charge_id: UUID
    voucher: str
    attempt: int = 1


class HoldPlacedV1(Message):
    """`amount` is held on the shopper's card for the exchange of a line; `attempt` is that of the request."""

    return_id: UUID
    hold_id: UUID
    line_id: UUID
    amount: Money
    reference: str
    attempt: int = 1
    by: str | None = None


class HoldCapturedV1(Message):
    """What was held is taken: the parcel did not come in time."""

    return_id: UUID
    hold_id: UUID
    line_id: UUID
    amount: Money
    reference: str
    attempt: int = 1
    by: str | None = None


class HoldReleasedV1(Message):
    """Nothing is held any more; where `placed` is false nothing ever was, and the exchange waits for the parcel."""

    return_id: UUID
    hold_id: UUID
    line_id: UUID
    amount: Money
    placed: bool = True
    reference: str | None = None
    attempt: int = 1
    by: str | None = None


class PaymentDisputedV1(Message):
    """The shopper's bank disputes a payment: the label's fee, or with `line_id` an exchange's difference or captured hold.

    `reference` is the dispute's own id.
    """

    return_id: UUID
    charge_id: UUID
    amount: Money
    reference: str
    words: str | None = None
    line_id: UUID | None = None
    by: str | None = None


class FeeOutcome(StrEnum):
    """What a person may say of a fee."""

    WAIVED = "waived"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"


class FeeV1(Named):
    """A return's label fee, or a line's difference.

    `state` is `awaiting`, `waived`, `paid`, `failed`, `cancelled`, `released` or `refunded`.
    """

    charge_id: UUID
    state: str
    price: Money


class RecordFeeV1(Request[FeeV1]):
    """Record by hand what became of the label's fee, or with `line_id` of a line's difference; a repeat changes nothing.

    `voucher` is the code that waives the label's fee, given back when the return ends. Refused as `payments.no_fee` where
    none was asked for, and as `payments.not_now` where its state does not allow it.
    """

    return_id: UUID
    outcome: FeeOutcome
    words: str
    by: str
    line_id: UUID | None = None
    voucher: str | None = None


class HoldOutcome(StrEnum):
    """What a person may say of a hold; one released before it is placed is given up."""

    PLACED = "placed"
    CAPTURED = "captured"
    RELEASED = "released"


class HoldV1(Named):
    """The hold for a line: `state` is `requested`, `given_up`, `placed`, `released` or `captured`."""

    hold_id: UUID
    state: str
    amount: Money


class RecordHoldV1(Request[HoldV1]):
    """Record by hand what became of the hold for a line's exchange; a repeat changes nothing.

    Refused as `payments.no_hold` where none was asked for, and as `payments.not_now` where its state does not allow it.
    """

    return_id: UUID
    line_id: UUID
    outcome: HoldOutcome
    words: str
    by: str


class DisputeV1(Named):
    """A dispute of a payment."""

    dispute_id: UUID
    reference: str
    amount: Money


class RecordDisputeV1(Request[DisputeV1]):
    """Record by hand that a bank disputes what was paid: the label's fee, or with `line_id` what was paid for that line.

    Once for each `reference`. Refused as `payments.not_paid` where nothing was paid.
    """

    return_id: UUID
    reference: str
    words: str
    by: str
    line_id: UUID | None = None

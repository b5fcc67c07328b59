"""What a label costs the shopper, what an exchange costs more, and what may become of either."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.errors import Refused
from libs.contracts.payments import (
    FeeFailedV1,
    FeeOutcome,
    FeePaidV1,
    FeeRefundedV1,
    FeeWaivedV1,
    VoucherReleasedV1,
)
from libs.contracts.values import LabelTerms, Money

LABEL_FEE = "label_fee"  # what a charge is for
DIFFERENCE = "difference"
WHOLE = "whole"  # the part of a charge that there is once a return; a difference has its line's id
OWED = "owed"  # the account that every fee comes from


class State(StrEnum):
    """How far a charge is."""

    AWAITING = "awaiting"
    WAIVED = "waived"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RELEASED = "released"
    REFUNDED = "refunded"


class Reason(StrEnum):
    """Why nothing is owed: the retailer pays for the label, the lane has no price, a voucher or a person said so.

    Or why a try failed.
    """

    FREE_LABEL = "free_label"
    FREE_LANE = "free_lane"
    STAFF = "staff"
    VOUCHER = "voucher"
    DECLINED = "declined"


MOVES: Mapping[State, frozenset[State]] = {  # a fee paid stays so when its return ends: a person gives it back
    State.AWAITING: frozenset({State.WAIVED, State.PAID, State.FAILED, State.CANCELLED}),
    State.FAILED: frozenset({State.WAIVED, State.PAID, State.CANCELLED}),
    State.PAID: frozenset({State.REFUNDED}),
    State.WAIVED: frozenset({State.RELEASED}),  # where a voucher waived it
    State.CANCELLED: frozenset(),
    State.RELEASED: frozenset(),
    State.REFUNDED: frozenset(),
}
_SETTLED = frozenset({State.WAIVED, State.PAID})  # nothing more is awaited from the shopper
_BECAUSE = {State.WAIVED: Reason.STAFF, State.FAILED: Reason.DECLINED}


class NegativePrice(ValueError):
    """A fee below zero would pay the shopper for sending something back."""


class NoFee(Refused):
    """No fee was asked for this return."""

    def __init__(self) -> None:
        super().__init__("payments.no_fee")


class NotNow(Refused):
    """The fee, or the hold, is in a state that does not become the one wanted."""

    def __init__(self, state: StrEnum, outcome: StrEnum, what: str = "fee") -> None:
        super().__init__("payments.not_now", f"the {what} is {state.replace('_', ' ')}, and does not become {outcome}")


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee as it was asked for, and what became of it. `reference` is the payment's id, or what a person wrote down.

    `line_id` is set where it is not the label's fee but the difference of a line's exchange; `attempt` is the return's.
    """

    label: LabelTerms
    price: Money
    state: State
    reason: Reason | None = None
    reference: str | None = None
    voucher: str | None = None
    line_id: UUID | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: `amount` enters `account`, or leaves it where it is negative."""

    account: str
    amount: Money


def assess(label: LabelTerms, price: Money) -> Charge:
    """The charge for a label on these terms; raises NegativePrice."""
    if price.amount < 0:
        raise NegativePrice(f"{price.amount} {price.currency}")
    if label is not LabelTerms.PAID:
        return Charge(label, price, State.WAIVED, Reason.FREE_LABEL)
    if price.amount == 0:
        return Charge(label, price, State.WAIVED, Reason.FREE_LANE)
    return Charge(label, price, State.AWAITING)


def record(charge: Charge, outcome: FeeOutcome, words: str, *, voucher: str | None = None) -> Charge:
    """The charge after a person's word, itself where it is so already; raises NotNow. `voucher` is what waives it."""
    after = State(outcome)
    if after is charge.state:
        return charge
    if after not in MOVES[charge.state]:
        raise NotNow(charge.state, outcome)
    if after is State.WAIVED and voucher is not None:
        return replace(charge, state=after, reason=Reason.VOUCHER, reference=words, voucher=voucher)
    return replace(charge, state=after, reason=_BECAUSE.get(after), reference=words)


def end(charge: Charge) -> Charge:
    """The charge once its return has ended unsent: given up where it is still owed, its voucher given back, else itself."""
    if charge.state is State.WAIVED and charge.reason is Reason.VOUCHER:
        return replace(charge, state=State.RELEASED)
    return give_up(charge)


def give_up(charge: Charge) -> Charge:
    """The charge once its return was closed by hand: given up where it is still owed, else itself. A voucher is used."""
    return replace(charge, state=State.CANCELLED) if State.CANCELLED in MOVES[charge.state] else charge


def again(charge: Charge, asked: Charge) -> Charge:
    """The charge of an ended return for which a fee is asked anew: what was paid or waived counts, else it is as asked."""
    return replace(charge, attempt=asked.attempt) if charge.state in _SETTLED else asked


def entries(left: str, charge: Charge) -> tuple[Entry, Entry]:
    """The fee leaves the account `left` and enters the one named for the charge's state: the two sum to zero."""
    leaves = Money(amount=-charge.price.amount, currency=charge.price.currency)
    return Entry(left, leaves), Entry(charge.state, charge.price)


def told(return_id: UUID, charge_id: UUID, charge: Charge, *, by: str | None = None) -> tuple[Message, ...]:
    """What is stated of a charge in its state: one fact, or none while it is awaited and once it is cancelled.

    `by` is who wrote it down.
    """
    of: dict[str, UUID | None] = {"return_id": return_id, "charge_id": charge_id}
    whose = {"line_id": charge.line_id, "attempt": charge.attempt, "by": by}
    words = charge.reference or ""
    match charge.state:
        case State.WAIVED:
            because = charge.reason or Reason.STAFF
            code = charge.voucher if because is Reason.VOUCHER else None
            return (FeeWaivedV1(**of, **whose, reason=because, price=charge.price, voucher=code),)
        case State.PAID:
            return (FeePaidV1(**of, **whose, price=charge.price, reference=words),)
        case State.FAILED:
            return (FeeFailedV1(**of, **whose, reason=Reason.DECLINED, words=words),)
        case State.REFUNDED:
            return (FeeRefundedV1(**of, **whose, amount=charge.price, reference=words),)
        case State.RELEASED:
            return (VoucherReleasedV1(**of, voucher=charge.voucher or "", attempt=charge.attempt),)
    return ()

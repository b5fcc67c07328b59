"""What a label costs the shopper, and what may become of that fee."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.errors import Refused
from libs.contracts.payments import FeeFailedV1, FeeOutcome, FeePaidV1, FeeRefundedV1, FeeWaivedV1
from libs.contracts.values import LabelTerms, Money

LABEL_FEE = "label_fee"  # what a charge is for
WHOLE = "whole"  # the part of a charge that there is once a return
OWED = "owed"  # the account that every fee comes from


class State(StrEnum):
    """How far a charge is."""

    AWAITING = "awaiting"
    WAIVED = "waived"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Reason(StrEnum):
    """Why nothing is owed: the retailer pays for the label, the lane has no price, or a person said so. Or why a try failed."""

    FREE_LABEL = "free_label"
    FREE_LANE = "free_lane"
    STAFF = "staff"
    DECLINED = "declined"


MOVES: Mapping[State, frozenset[State]] = {  # a fee paid stays so when its return ends: a person gives it back
    State.AWAITING: frozenset({State.WAIVED, State.PAID, State.FAILED, State.CANCELLED}),
    State.FAILED: frozenset({State.WAIVED, State.PAID, State.CANCELLED}),
    State.PAID: frozenset({State.REFUNDED}),
    State.WAIVED: frozenset(),
    State.CANCELLED: frozenset(),
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
    """The fee is in a state that does not become the one wanted."""

    def __init__(self, state: State, outcome: FeeOutcome) -> None:
        super().__init__("payments.not_now", f"the fee is {state}, and does not become {outcome}")


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee as it was asked for, and what became of it. `reference` is the payment's id, or what a person wrote down."""

    label: LabelTerms
    price: Money
    state: State
    reason: Reason | None = None
    reference: str | None = None


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


def record(charge: Charge, outcome: FeeOutcome, words: str) -> Charge:
    """The charge after a person's word, itself where it is so already; raises NotNow."""
    after = State(outcome)
    if after is charge.state:
        return charge
    if after not in MOVES[charge.state]:
        raise NotNow(charge.state, outcome)
    return replace(charge, state=after, reason=_BECAUSE.get(after), reference=words)


def end(charge: Charge) -> Charge:
    """The charge once its return has ended: given up where it is still owed, else itself."""
    return replace(charge, state=State.CANCELLED) if State.CANCELLED in MOVES[charge.state] else charge


def again(charge: Charge, asked: Charge) -> Charge:
    """The charge of an ended return for which a fee is asked anew: what was paid or waived counts, else it is as asked."""
    return charge if charge.state in _SETTLED else asked


def entries(left: str, charge: Charge) -> tuple[Entry, Entry]:
    """The fee leaves the account `left` and enters the one named for the charge's state: the two sum to zero."""
    leaves = Money(amount=-charge.price.amount, currency=charge.price.currency)
    return Entry(left, leaves), Entry(charge.state, charge.price)


def told(return_id: UUID, charge_id: UUID, charge: Charge) -> tuple[Message, ...]:
    """What is stated of a charge in its state: one fact, or none while it is awaited and once it is cancelled."""
    words = charge.reference or ""
    match charge.state:
        case State.WAIVED:
            because = charge.reason or Reason.STAFF
            return (FeeWaivedV1(return_id=return_id, charge_id=charge_id, reason=because, price=charge.price),)
        case State.PAID:
            return (FeePaidV1(return_id=return_id, charge_id=charge_id, price=charge.price, reference=words),)
        case State.FAILED:
            return (FeeFailedV1(return_id=return_id, charge_id=charge_id, reason=Reason.DECLINED, words=words),)
        case State.REFUNDED:
            return (FeeRefundedV1(return_id=return_id, charge_id=charge_id, amount=charge.price, reference=words),)
    return ()

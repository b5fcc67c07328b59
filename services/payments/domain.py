"""What a label costs the shopper: waived where nothing is owed, else awaited."""

from dataclasses import dataclass
from enum import StrEnum

from libs.contracts.values import LabelTerms, Money

LABEL_FEE = "label_fee"  # what a charge is for
WHOLE = "whole"  # the part of a charge that there is once a return


class State(StrEnum):
    """How far a charge is."""

    AWAITING = "awaiting"
    WAIVED = "waived"


class Reason(StrEnum):
    """Why nothing is owed: the retailer pays for the label, or the lane has no price."""

    FREE_LABEL = "free_label"
    FREE_LANE = "free_lane"


class NegativePrice(ValueError):
    """A fee below zero would pay the shopper for sending something back."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee as it was asked for, and what became of it. `reason` is there when it is waived."""

    label: LabelTerms
    price: Money
    state: State
    reason: Reason | None = None


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


def entries(charge: Charge) -> tuple[Entry, Entry]:
    """The fee leaves `owed` and enters the account named for the charge's state, so that the two sum to zero."""
    leaves = Money(amount=-charge.price.amount, currency=charge.price.currency)
    return Entry("owed", leaves), Entry(charge.state, charge.price)

"""What is held on a shopper's card for an exchange that is given before the parcel comes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.errors import Refused
from libs.contracts.payments import HoldCapturedV1, HoldOutcome, HoldPlacedV1, HoldReleasedV1
from libs.contracts.values import Money
from services.payments.domain.fees import Entry, NotNow


class HoldState(StrEnum):
    """How far a hold is. One that is given up was never placed."""

    REQUESTED = "requested"
    GIVEN_UP = "given_up"
    PLACED = "placed"
    RELEASED = "released"
    CAPTURED = "captured"


HOLD_MOVES: Mapping[HoldState, frozenset[HoldState]] = {  # one that is placed stays so when its return ends
    HoldState.REQUESTED: frozenset({HoldState.GIVEN_UP, HoldState.PLACED}),
    HoldState.PLACED: frozenset({HoldState.RELEASED, HoldState.CAPTURED}),
    HoldState.GIVEN_UP: frozenset(),
    HoldState.RELEASED: frozenset(),
    HoldState.CAPTURED: frozenset(),
}
_ACCOUNTS = {HoldState.PLACED: "held", HoldState.CAPTURED: "captured"}
_UNHELD = "unheld"  # the account that every hold comes from, and goes back to when it is released
_NEVER_PLACED = frozenset({HoldState.REQUESTED, HoldState.GIVEN_UP})
_STANDING = frozenset({HoldState.PLACED, HoldState.CAPTURED})


class NoHold(Refused):
    """No hold was asked for this line."""

    def __init__(self) -> None:
        super().__init__("payments.no_hold")


class NotPaid(Refused):
    """Nothing was paid that could be disputed."""

    def __init__(self) -> None:
        super().__init__("payments.not_paid")


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as it was asked for, and what became of it. `reference` is the card's, or what a person wrote down."""

    line_id: UUID
    amount: Money
    state: HoldState = HoldState.REQUESTED
    attempt: int = 1
    reference: str | None = None


def record_hold(hold: Hold, outcome: HoldOutcome, words: str) -> Hold:
    """The hold after a person's word, itself where it is so already; raises NotNow."""
    after = HoldState(outcome)
    if after is HoldState.RELEASED and hold.state in _NEVER_PLACED:
        after = HoldState.GIVEN_UP
    if after is hold.state:
        return hold
    if after not in HOLD_MOVES[hold.state]:
        raise NotNow(hold.state, outcome, "hold")
    return replace(hold, state=after, reference=words)


def end_hold(hold: Hold) -> Hold:
    """The hold once its return has ended: given up where it was never placed, else itself, for a person to release."""
    return replace(hold, state=HoldState.GIVEN_UP) if hold.state is HoldState.REQUESTED else hold


def hold_again(hold: Hold, asked: Hold) -> Hold:
    """The hold of an ended return that is asked for anew: one that stands counts, else it is as asked."""
    return replace(hold, attempt=asked.attempt) if hold.state in _STANDING else asked


def hold_entries(before: Hold | None, after: Hold) -> tuple[Entry, ...]:
    """The held amount leaves one account and enters another, summing to zero; nothing where it stays in its own."""
    left = _ACCOUNTS.get(before.state, _UNHELD) if before else _UNHELD
    entered = _ACCOUNTS.get(after.state, _UNHELD)
    if left == entered:
        return ()
    leaves = Money(amount=-after.amount.amount, currency=after.amount.currency)
    return Entry(left, leaves), Entry(entered, after.amount)


def hold_told(return_id: UUID, hold_id: UUID, hold: Hold, *, by: str | None = None) -> tuple[Message, ...]:
    """What is stated of a hold in its state: one fact, or none while it is only asked for."""
    of: dict[str, UUID] = {"return_id": return_id, "hold_id": hold_id, "line_id": hold.line_id}
    more = {"amount": hold.amount, "attempt": hold.attempt, "by": by}
    match hold.state:
        case HoldState.PLACED:
            return (HoldPlacedV1(**of, **more, reference=hold.reference or ""),)
        case HoldState.CAPTURED:
            return (HoldCapturedV1(**of, **more, reference=hold.reference or ""),)
        case HoldState.RELEASED | HoldState.GIVEN_UP:
            placed = hold.state is HoldState.RELEASED
            return (HoldReleasedV1(**of, **more, placed=placed, reference=hold.reference),)
    return ()

"""What is given for the lines of a return: which go together, from which payments, and what stops one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.values import Money, Resolution, ReturnLine
from services.orders.domain import money
from services.orders.domain.steps import State

BY_HAND = "by_hand"  # the code of a settlement that a person says was not given
Payment = tuple[str, Money]  # the shop's id of a payment of the order, and how much of it goes back


class ResolutionUnsupported(Refused):
    """The resolution is one that this shop cannot be asked for."""

    def __init__(self, resolution: Resolution) -> None:
        super().__init__("orders.resolution_unsupported", f"The shop cannot give {resolution.replace('_', ' ')}.")


class AmountDiffers(Refused):
    """We owe more than the shop would pay: nobody is paid before a person has looked."""

    def __init__(self, owed: Money, offered: Money) -> None:
        super().__init__(
            "orders.amount_differs",
            f"{_spoken(owed)} is owed; the shop would refund at most {_spoken(offered)}. Nothing was paid.",
        )


class NoPaymentToRefund(Refused):
    """The order has no payment that the shop could give back this amount from."""

    def __init__(self, owed: Money) -> None:
        super().__init__("orders.no_payment_to_refund", f"The order has no payment to refund {_spoken(owed)} from.")


class SettlementNotFound(Refused):
    """No settlement of these lines was ever asked for."""

    def __init__(self) -> None:
        super().__init__("orders.not_found", "No settlement of these lines was asked for.")


class NotNow(Refused):
    """What a person says of a settlement does not fit its state."""

    def __init__(self, words: str) -> None:
        super().__init__("orders.not_now", words)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that are settled by one call: those of one resolution, so that the shopper sees one refund."""

    resolution: Resolution
    lines: tuple[ReturnLine, ...]
    attempt: int = 1

    @property
    def part(self) -> str:
        """What tells this group from the others of its return; the order of its lines does not matter."""
        ids = "".join(sorted(str(line.id) for line in self.lines))
        again = f"-{self.attempt}" if self.attempt > 1 else ""
        return f"{self.resolution}-{sha256(ids.encode()).hexdigest()[:16]}{again}"

    @property
    def owed(self) -> Money:
        """What the shopper gets for the group. Raises BadAmount on mixed currencies."""
        return money.total([owed(line) for line in self.lines], self.lines[0].owed.currency)

    def check(self) -> None:
        """Raise ResolutionUnsupported when the shop cannot be asked for it."""
        if self.resolution not in (Resolution.REFUND, Resolution.NONE):
            raise ResolutionUnsupported(self.resolution)


def owed(line: ReturnLine) -> Money:
    """What moves for a line: nothing when its resolution is none, whatever amount it carries."""
    if line.resolution is Resolution.NONE:
        return Money(amount=0, currency=line.owed.currency)
    return line.owed


def groups(lines: Iterable[ReturnLine], attempt: int = 1) -> tuple[Group, ...]:
    """The lines by resolution, in the resolutions' own order."""
    kept = tuple(lines)
    parts = ((resolution, tuple(line for line in kept if line.resolution is resolution)) for resolution in Resolution)
    return tuple(Group(resolution, part, attempt) for resolution, part in parts if part)


def shares(owed: Money, offered: Money, payments: Sequence[Payment]) -> tuple[Payment, ...]:
    """From which payments `owed` goes back, when the shop would give `offered` from `payments`, in the shop's order.

    Less than offered is a deduction of ours. Raises AmountDiffers on more, and NoPaymentToRefund where none holds it.
    """
    if owed.currency != offered.currency or owed.amount > offered.amount:
        raise AmountDiffers(owed, offered)
    left, drawn = owed.amount, []
    for payment, amount in payments:
        if amount.currency == owed.currency and (taken := min(left, amount.amount)) > 0:
            drawn.append((payment, Money(amount=taken, currency=owed.currency)))
            left -= taken
    if left:
        raise NoPaymentToRefund(owed)
    return tuple(drawn)


def is_settled(approved: Iterable[ReturnLine], settled: Mapping[UUID, int]) -> bool:
    """Whether every unit that was to come back is settled; where one is not, portal says when the return is over."""
    return all(settled.get(line.id, 0) >= line.quantity for line in approved)


def short(approved: Iterable[ReturnLine], settled: Mapping[UUID, int]) -> tuple[ReturnLine, ...]:
    """The lines of which some units were settled, each with how many others never came."""
    return tuple(
        line.model_copy(update={"quantity": line.quantity - settled[line.id]})
        for line in approved
        if 0 < settled.get(line.id, 0) < line.quantity
    )


def moves(before: State | None, after: State, amount: Money) -> tuple[tuple[str, int], ...]:
    """The ledger's two entries for a change of state: `amount` leaves one account and enters another.

    They sum to zero. Accounts are named for the states, and `owed` stands before the first: the balance of `done` is
    what was paid.
    """
    return (before or "owed", -amount.amount), (str(after), amount.amount)


def _spoken(amount: Money) -> str:
    return f"{money.major(amount)} {amount.currency}"

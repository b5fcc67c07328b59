"""What is given for the lines of a return: which go together, from which payments, and what stops one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.values import Money, Resolution, ReturnLine
from services.orders.domain import money
from services.orders.domain.steps import Action, State

BY_HAND = "by_hand"  # the code of a settlement that a person says was not given
Payment = tuple[str, Money]  # the shop's id of a payment of the order, and how much of it goes back


class AmountDiffers(Refused):
    """We owe more than the shop would pay: nobody is paid before a person has looked."""

    def __init__(self, owed: Money, offered: Money) -> None:
        super().__init__(
            "orders.amount_differs",
            f"{_spoken(owed)} is owed; the shop would refund at most {_spoken(offered)}. Nothing was paid.",
        )


class WorthDiffers(Refused):
    """Our formula and the shop's disagree on what goods are worth: one of them is wrong, and a person must see which."""

    def __init__(self, worth: Money, offered: Money) -> None:
        super().__init__(
            "orders.amount_differs",
            f"By our books it is worth {_spoken(worth)}; the shop would give {_spoken(offered)}. Nothing was paid.",
        )


class NoPaymentToRefund(Refused):
    """The order has no payment that the shop could give back this amount from."""

    def __init__(self, owed: Money) -> None:
        super().__init__("orders.no_payment_to_refund", f"The order has no payment to refund {_spoken(owed)} from.")


class SettlementNotFound(Refused):
    """No settlement of these lines was ever asked for."""

    def __init__(self) -> None:
        super().__init__("orders.not_found", "No settlement of these lines was asked for.")


class GiftCardNotFound(Refused):
    """The settlement gave no gift card."""

    def __init__(self) -> None:
        super().__init__("orders.not_found", "The settlement gave no gift card.")


class NotNow(Refused):
    """What a person says of a settlement does not fit its state."""

    def __init__(self, words: str) -> None:
        super().__init__("orders.not_now", words)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that are settled by one call: those of one resolution on the same terms, so that the shopper sees one refund."""

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

    @property
    def valid_days(self) -> int | None:
        """How long store credit for the group is good for; None for ever."""
        return self.lines[0].credit.valid_days if self.lines[0].credit else None


def owed(line: ReturnLine) -> Money:
    """What moves for a line: nothing when its resolution is none, whatever amount it carries."""
    if line.resolution is Resolution.NONE:
        return Money(amount=0, currency=line.owed.currency)
    return line.owed


def bonus(lines: Iterable[ReturnLine]) -> Money | None:
    """What comes on top where the lines are given as store credit. Raises BadAmount on mixed currencies."""
    kept = [
        line for line in lines if line.credit and line.credit.bonus and line.credit.bonus.amount and line.owed.amount
    ]
    return money.total([line.credit.bonus for line in kept], kept[0].owed.currency) if kept else None  # type: ignore[union-attr,misc]


def groups(lines: Iterable[ReturnLine], attempt: int = 1) -> tuple[Group, ...]:
    """The lines by what settles them together, in the resolutions' own order.

    Each exchange is apart, so that one that is sold out does not keep the others back; so is credit of another length.
    """
    found: dict[object, list[ReturnLine]] = {}
    for line in sorted(lines, key=lambda line: list(Resolution).index(line.resolution)):
        found.setdefault((line.resolution, _apart(line)), []).append(line)
    return tuple(Group(kept[0].resolution, tuple(kept), attempt) for kept in found.values())


def _apart(line: ReturnLine) -> object:
    if line.resolution is Resolution.EXCHANGE:
        return line.id
    return line.credit.valid_days if line.credit and line.resolution is Resolution.STORE_CREDIT else None


def check_worth(owed: Money, *, worth: Money, offered: Money) -> None:
    """Raise WorthDiffers where the shop's amount is not ours to the minor unit, AmountDiffers where more is owed than both."""
    if worth != offered:
        raise WorthDiffers(worth, offered)
    if owed.currency != worth.currency or owed.amount > worth.amount:
        raise AmountDiffers(owed, worth)


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


def given_up(
    approved: Iterable[ReturnLine], settled: Mapping[UUID, int], never_came: Mapping[UUID, int]
) -> tuple[ReturnLine, ...]:
    """The lines of which nothing was settled, each with how many units never came, as portal says."""
    return tuple(
        line.model_copy(update={"quantity": min(line.quantity, never_came[line.id])})
        for line in approved
        if never_came.get(line.id, 0) > 0 and not settled.get(line.id)
    )


def follow_ups(line: ReturnLine, *, gave: Resolution, in_card: bool) -> tuple[Action, ...]:
    """What is left to be done at the shop after a settlement that `line` was in.

    A gift card takes no goods. Credit on top is in the card, or is given apart. An exchange that was not made stands in the
    shop's return until it is dropped.
    """
    is_credit = gave is Resolution.STORE_CREDIT
    wanted = {
        Action.TAKE_GOODS: is_credit and in_card,
        Action.GIVE_BONUS: is_credit and not in_card and bonus([line]) is not None,
        Action.DROP_EXCHANGE: line.resolution is Resolution.EXCHANGE and gave is not Resolution.EXCHANGE,
    }
    return tuple(action for action, is_wanted in wanted.items() if is_wanted)


def moves(before: State | None, after: State, amount: Money) -> tuple[tuple[str, int], ...]:
    """The ledger's two entries for a change of state: `amount` leaves one account and enters another.

    They sum to zero. Accounts are named for the states, and `owed` stands before the first: the balance of `done` is
    what was paid.
    """
    return (before or "owed", -amount.amount), (str(after), amount.amount)


def _spoken(amount: Money) -> str:
    return f"{money.major(amount)} {amount.currency}"

"""The steps a return takes at the shop: what each waits for, which lines go together, and what stops one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from libs.contracts.errors import Refused
from libs.contracts.values import Money, Resolution, ReturnLine
from services.orders.domain import money

WHOLE = "whole"  # the part of a step that there is once a return


class Action(StrEnum):
    """One call to the shop."""

    OPEN_RETURN = "open_return"
    ATTACH_LABEL = "attach_label"
    SETTLE = "settle"
    CLOSE_RETURN = "close_return"


class State(StrEnum):
    """How far a step is. `sent` may have happened at the shop and is read back; `unknown` waits for a person."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


ENDED = frozenset({State.DONE, State.REFUSED, State.UNKNOWN})


class ResolutionUnsupported(Refused):
    """The resolution is one that this shop cannot be asked for."""

    def __init__(self, resolution: Resolution) -> None:
        super().__init__("orders.resolution_unsupported", f"The shop cannot give {resolution.replace('_', ' ')}.")


class ReturnNotOpened(Refused):
    """The shop declined to open the return, so nothing of it can be settled."""

    def __init__(self, words: str) -> None:
        super().__init__("orders.return_not_opened", f"The return is not open at the shop: {words}")


class NotReturnable(Refused):
    """The shop has fewer left to return than the return holds."""

    def __init__(self, title: str, *, asked: int, left: int) -> None:
        super().__init__("orders.not_returnable", f"{asked} of {title} asked, {left} left to return at the shop.")


class LineNotInReturn(Refused):
    """The shop's return does not hold this line, or holds too few that are not processed yet."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.line_not_in_return", f"The shop's return holds no unprocessed {title}.")


class NoReturnAtShop(Refused):
    """The shop's return is not open, so no label can stand at it."""

    def __init__(self) -> None:
        super().__init__("orders.no_return_at_shop", "The shop's return is not open.")


class AmountDiffers(Refused):
    """What we owe and what the shop would pay differ: nobody is paid before a person has looked."""

    def __init__(self, owed: Money, offered: Money) -> None:
        super().__init__(
            "orders.amount_differs",
            f"{_spoken(owed)} is owed; the shop would refund {_spoken(offered)}. Nothing was paid.",
        )


class NoPaymentToRefund(Refused):
    """The order has no payment that the shop could give back this amount from."""

    def __init__(self, owed: Money) -> None:
        super().__init__("orders.no_payment_to_refund", f"The order has no payment to refund {_spoken(owed)} from.")


@dataclass(frozen=True, slots=True)
class Step:
    """A planned call to the shop, as far as it matters to the others of its return."""

    id: UUID
    action: Action
    state: State


@dataclass(frozen=True, slots=True)
class Intent:
    """A call to be made for a return: `asked` is what we want of it, `owed` what is to be paid by it."""

    return_id: UUID
    action: Action
    asked: dict[str, Any]
    part: str = WHOLE
    order_id: UUID | None = None
    owed: Money | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a step: `reference` is the shop's id of its effect, `code` and `words` say why there is none."""

    state: State
    reference: str | None = None
    code: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that are settled by one call: those of one resolution, so that the shopper sees one refund."""

    resolution: Resolution
    lines: tuple[ReturnLine, ...]

    @property
    def part(self) -> str:
        """What tells this group from the others of its return; the order of its lines does not matter."""
        ids = "".join(sorted(str(line.id) for line in self.lines))
        return f"{self.resolution}-{sha256(ids.encode()).hexdigest()[:16]}"

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


def groups(lines: Iterable[ReturnLine]) -> tuple[Group, ...]:
    """The lines by resolution, in the resolutions' own order."""
    kept = tuple(lines)
    parts = ((resolution, tuple(line for line in kept if line.resolution is resolution)) for resolution in Resolution)
    return tuple(Group(resolution, part) for resolution, part in parts if part)


def key_of(shop_id: UUID, return_id: UUID, action: Action, part: str) -> UUID:
    """The key of a step: the same after a crash, and the same in every process."""
    return uuid5(shop_id, f"{return_id}/{action}/{part}")


def ready(steps: Sequence[Step]) -> tuple[UUID, ...]:
    """The planned steps that wait for nothing: opening goes first, closing last, and the others together between."""
    opened = any(step.action is Action.OPEN_RETURN and step.state is State.DONE for step in steps)
    settling = any(step.action is Action.SETTLE and step.state not in ENDED for step in steps)
    waits = {
        Action.OPEN_RETURN: False,
        Action.ATTACH_LABEL: not opened,
        Action.SETTLE: not opened,
        Action.CLOSE_RETURN: not opened or settling,
    }
    return tuple(step.id for step in steps if step.state is State.PLANNED and not waits[step.action])


def doomed(steps: Sequence[Step]) -> tuple[UUID, ...]:
    """The planned settlements that cannot be given, because the shop did not open their return as far as we know."""
    stuck = any(step.action is Action.OPEN_RETURN and step.state in ENDED - {State.DONE} for step in steps)
    return tuple(step.id for step in steps if stuck and step.action is Action.SETTLE and step.state is State.PLANNED)


def is_settled(approved: Iterable[ReturnLine], settled: Iterable[UUID]) -> bool:
    """Whether every line that gives something is settled. False where none does: then portal says when it is over."""
    giving = {line.id for line in approved if line.resolution is not Resolution.NONE}
    return bool(giving) and giving <= set(settled)


def moves(before: State | None, after: State, amount: Money) -> tuple[tuple[str, int], ...]:
    """The ledger's two entries for a change of state: `amount` leaves one account and enters another.

    They sum to zero. Accounts are named for the states, and `owed` stands before the first: the balance of `done` is
    what was paid.
    """
    return (before or "owed", -amount.amount), (str(after), amount.amount)


def _spoken(amount: Money) -> str:
    return f"{money.major(amount)} {amount.currency}"

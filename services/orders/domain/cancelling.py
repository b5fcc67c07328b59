"""Cancelling what was not sent: what of an order that is, what is given back for it, and how the effect is recognised.

What is given back is our own formula, the one of `worth`: the units' share of what their line cost, tax included. Postage is
given back with the last of an order of which nothing was ever sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.values import Money, UnsentLine
from services.orders.domain import money
from services.orders.domain.settlements import AmountDiffers, WorthDiffers
from services.orders.domain.shops import Shop
from services.orders.domain.steps import State
from services.orders.domain.worth import share

LATE = frozenset(
    {"orders.already_sent", "orders.being_packed", "orders.already_cancelled"}
)  # nothing is left to do, for anybody
BEING_PACKED = frozenset({"IN_PROGRESS", "PENDING_FULFILLMENT"})
PAID = frozenset({"PAID", "PARTIALLY_REFUNDED"})
JOB_TAKES = timedelta(minutes=5)  # a shop cancels an order in the background: longer than that it is not awaited


class AlreadySent(Refused):
    """It is sent."""

    def __init__(self, title: str) -> None:
        words = f"{title} is on its way already. It can be returned once it has arrived."
        super().__init__("orders.already_sent", words)


class BeingPacked(Refused):
    """Whoever sends it has begun to."""

    def __init__(self) -> None:
        words = "The order is being packed already. It can be returned once it has arrived."
        super().__init__("orders.being_packed", words)


class AlreadyCancelled(Refused):
    """The order was cancelled before, by somebody at the shop or by us."""

    def __init__(self) -> None:
        super().__init__("orders.already_cancelled", "The order is cancelled already.")


class NotPaid(Refused):
    """The order is not paid, so that the shop has nothing to give back."""

    def __init__(self) -> None:
        super().__init__("orders.not_paid", "The order is not paid in full. Our team can cancel it.")


class HasReturns(Refused):
    """Something of the order is coming back: a refund beside a return would upset the shop's books."""

    def __init__(self) -> None:
        super().__init__(
            "orders.has_returns", "Something of the order is being returned. Our team can cancel the rest."
        )


class CancellationNotFound(Refused):
    """There is no such cancellation."""

    def __init__(self) -> None:
        super().__init__("orders.not_found", "There is no such cancellation.")


@dataclass(frozen=True, slots=True)
class Unsent:
    """A line of an order at the shop: `unsent` of its `quantity` units, of which `gone` were given back for already."""

    shop_line_id: str
    title: str
    quantity: int
    unsent: int
    gone: int
    paid: Money


@dataclass(frozen=True, slots=True)
class ShopRefunded:
    """A refund of the order."""

    id: str
    amount: Money
    note: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands at its shop. `shipping` is what is left of its postage, `note` what its cancelling was noted as."""

    lines: tuple[Unsent, ...]
    shipping: Money
    is_cancelled: bool = False
    note: str = ""
    is_paid: bool = True
    was_sent: bool = False
    is_packed: bool = False
    has_returns: bool = False
    refunds: tuple[ShopRefunded, ...] = ()

    def line(self, shop_line_id: str) -> Unsent | None:
        """The line with this id of the shop's."""
        return next((line for line in self.lines if line.shop_line_id == shop_line_id), None)


@dataclass(frozen=True, slots=True)
class Quote:
    """What is given back for some units: `units` by the shop's line, what each line's are `worth`, and the postage."""

    units: Mapping[str, int]
    worth: Mapping[str, Money]
    whole: bool
    shipping: Money

    @property
    def amount(self) -> Money:
        """All of it."""
        return money.total([*self.worth.values(), self.shipping], self.shipping.currency)


@dataclass(frozen=True, slots=True)
class Call:
    """One mutation, exactly as it is sent."""

    operation: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """A cancellation about to be made, or to be read back. `owed` is what the shopper was shown, `titles` name its lines."""

    id: UUID
    number: str
    key: UUID
    state: State
    shop: Shop
    order_id: UUID
    shop_order_id: str
    lines: tuple[UnsentLine, ...]
    shop_lines: Mapping[UUID, str]
    whole: bool
    owed: Money
    request: Call | None = None
    job: str | None = None
    sent_for: timedelta | None = None
    by_hand: bool = False

    @property
    def note(self) -> str:
        """What the shop's staff read at it, and we find it by."""
        return f"{self.number} {self.key}"

    @property
    def units(self) -> dict[str, int]:
        """How many units of each line of the shop's."""
        return {self.shop_lines[line.line_id]: line.quantity for line in self.lines if line.line_id in self.shop_lines}

    def is_quiet(self, *, after: timedelta) -> bool:
        """Whether the call was sent so long ago that it is either done by now or never will be."""
        return self.sent_for is not None and self.sent_for >= after


class Seen(Enum):
    """What an order at its shop says of a cancelling that was sent, besides that it is done."""

    NOT_YET = "not yet"
    OTHERS = "cancelled by others"


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a cancellation. `at_shop` is the shop's own id of its effect."""

    state: State
    reference: str | None = None
    code: str | None = None
    words: str | None = None
    recorded_by: str | None = field(default=None)


def quote(standing: Standing, units: Mapping[str, int] | None = None) -> Quote:
    """What is given back for `units`, or for all that was not sent. Raises why they cannot be cancelled."""
    _check(standing)
    wanted = dict(units) if units else {line.shop_line_id: line.unsent for line in standing.lines if line.unsent}
    if not wanted:
        raise AlreadySent("All of it")
    for shop_line_id, count in wanted.items():
        line = standing.line(shop_line_id)
        if line is None or count > line.unsent:
            raise AlreadySent(line.title if line else "A part of it")
    left = sum(line.quantity - line.gone for line in standing.lines)
    whole = not standing.was_sent and sum(wanted.values()) == left
    nothing = standing.shipping.model_copy(update={"amount": 0})
    found = {line.shop_line_id: line for line in standing.lines}
    worth = {id_: _worth(found[id_], count) for id_, count in wanted.items()}
    return Quote(wanted, worth, whole, standing.shipping if whole else nothing)


def _check(standing: Standing) -> None:
    if standing.is_cancelled:
        raise AlreadyCancelled()
    if standing.is_packed:
        raise BeingPacked()
    if not standing.is_paid:
        raise NotPaid()
    if standing.has_returns:
        raise HasReturns()


def _worth(line: Unsent, units: int) -> Money:
    return share(line.paid, quantity=line.quantity, units=units, before=line.gone)


def check_amount(found: Quote, *, shown: Money, offered: Money) -> None:
    """Raise where the shop would not give what our formula says, or that is not what the shopper was shown."""
    if found.amount != offered:
        raise WorthDiffers(found.amount, offered)
    if shown != found.amount:
        raise AmountDiffers(shown, found.amount)


def seen(standing: Standing, job: Job) -> str | Seen:
    """The shop's id of the effect where it is there; what is to be seen of it else."""
    if not job.whole:
        mine = next((each.id for each in standing.refunds if job.note in each.note), None)
        return mine or Seen.NOT_YET
    if not standing.is_cancelled:
        return Seen.NOT_YET
    return job.shop_order_id if job.note in standing.note else Seen.OTHERS


def to_do(lines: Iterable[UnsentLine], *, number: str, amount: Money) -> str:
    """What a person does where no shop of ours knows the order."""
    items = ", ".join(f"{line.quantity} × {line.title}" for line in lines)
    given = f"{money.major(amount)} {amount.currency}"
    return f"Cancel {items} in your own system and give back {given}, for {number}. Then record here the number it has there."


def entries(lines: Sequence[UnsentLine], *, cancellation_id: UUID, shipping: Money) -> tuple[tuple[UUID, Money], ...]:
    """What moves, by line; postage under the cancellation's own id."""
    moved = [(line.line_id, line.worth) for line in lines]
    return tuple(moved + ([(cancellation_id, shipping)] if shipping.amount else []))

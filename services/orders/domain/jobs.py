"""One planned call to the shop with all that is needed to make it, or to find out whether it was made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.contracts.values import Money, ReturnLine
from services.orders.domain.settlements import Action, State
from services.orders.domain.shops import Shop


@dataclass(frozen=True, slots=True)
class Request:
    """One mutation, exactly as it is sent. `before` is how many of each return line were processed by then."""

    operation: str
    variables: dict[str, Any]
    before: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A step of a return at the shop.

    `lines` are those it is about, `places` numbers all lines of the return from 1 as the shop's notes do, `shop_lines`
    names the shop's order lines, `sent_for` is how long ago its request left, by real time, and `taken` are refunds that
    other settlements of this return were matched with.
    """

    id: UUID
    return_id: UUID
    number: str
    action: Action
    key: UUID
    state: State
    shop: Shop
    shop_order_id: str
    shop_return_id: str
    lines: tuple[ReturnLine, ...]
    places: Mapping[UUID, int]
    shop_lines: Mapping[UUID, str]
    tracking_number: str
    owed: Money
    request: Request | None
    sent_for: timedelta | None
    taken: frozenset[str]

    def is_quiet(self, *, after: timedelta) -> bool:
        """Whether the call was sent so long ago that it is either done by now or never will be."""
        return self.sent_for is not None and self.sent_for >= after

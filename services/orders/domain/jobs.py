"""One planned call to the shop with all that is needed to make it, or to find out whether it was made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from libs.contracts.values import CreditAs, Money, Resolution, ReturnLine
from services.orders.domain.exchanges import Agreed
from services.orders.domain.shops import Shop
from services.orders.domain.steps import Action, State


@dataclass(frozen=True, slots=True)
class Request:
    """One mutation, exactly as it is sent. `before` counts each return line as it was: its units, or those processed.

    `code` is a gift card's: it is kept apart, sealed, and goes into the variables when they leave.
    """

    operation: str
    variables: dict[str, Any]
    before: dict[str, int] = field(default_factory=dict)
    code: str = field(default="", repr=False)

    @property
    def sent(self) -> dict[str, Any]:
        """The variables as they leave."""
        if not self.code:
            return self.variables
        return self.variables | {"input": self.variables["input"] | {"code": self.code}}


@dataclass(frozen=True, slots=True)
class Credit:
    """What store credit is for a settlement, how long it is good for (in UTC), and the code of its card where it has one."""

    given_as: CreditAs = CreditAs.STORE_CREDIT
    expires_on: date | None = None
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """A step of a return at the shop.

    `lines` are those it is about, `places` numbers all lines of the return from 1 as the shop's notes do, `shop_lines`
    names the shop's order lines, `sent_for` is how long ago its request left, by real time, and `taken` are the shop's
    ids of what other steps of the same kind have made. `former_label` is the shop's id of another label of the same parcel,
    and the attempt that it was made at; it is of `parcel` of
    `parcels`. `agreed` says by line which exchanges the shop's return was opened with, and
    `list_prices` what one piece of each order line costs before discounts. `by_hand`: no shop of ours knows the order, so
    that a person settles it. `photos` is how many the shopper sent, which staff see at
    `photos_at`.
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
    label_attempt: int = 1
    parcel: int = 1
    parcels: int = 1
    former_label: tuple[int, str] | None = None
    by_hand: bool = False
    credit: Credit = Credit()
    agreed: Mapping[UUID, Agreed] = field(default_factory=dict)
    list_prices: Mapping[UUID, Money] = field(default_factory=dict)
    country: str | None = None
    photos: int = 0
    photos_at: str | None = None

    @property
    def resolution(self) -> Resolution:
        """What was asked for."""
        return self.lines[0].resolution

    def is_quiet(self, *, after: timedelta) -> bool:
        """Whether the call was sent so long ago that it is either done by now or never will be."""
        return self.sent_for is not None and self.sent_for >= after

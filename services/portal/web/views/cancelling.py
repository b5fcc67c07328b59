"""What the pages of cancelling an order are given."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.contracts.values import Money
from services.portal.web.views.parts import Link, Notice, Picture, Problems, Receipt
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class UnsentItem:
    """A line of which `left` units are not sent; `chosen` of them are to be cancelled."""

    id: str
    product: Picture
    price: Money
    left: int
    chosen: int


@dataclass(frozen=True, slots=True)
class CancelPage:
    """Fields `quantity-{id}` for each line, and `reason`."""

    csrf: str
    order: str
    items: tuple[UnsentItem, ...]
    back: str
    reason: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class CancelCheckPage:
    """What is to be cancelled and what is given back for it, once more: nothing is done before the button is pressed.

    `hidden` are the fields that were filled in before, with `key` and `shown`.
    """

    csrf: str
    order: str
    items: tuple[UnsentItem, ...]
    receipt: Receipt
    hidden: tuple[tuple[str, str], ...]
    back: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class CancelledPage:
    """A cancellation at its own address. `state` is `asked`, `cancelled`, `refused` or `unknown`; `late`: it was sent."""

    number: str
    order: str
    state: str
    email: str
    items: tuple[UnsentItem, ...]
    receipt: Receipt
    late: bool = False
    words: str | None = None
    changing: bool = False
    onward: Link | None = None


@dataclass(frozen=True, slots=True)
class CancellationRow:
    """A cancellation in the admin's list."""

    number: str
    order: str
    shopper: str
    amount: Money
    state: str
    created_at: datetime
    for_a_person: bool


@dataclass(frozen=True, slots=True)
class CancellationsPage:
    """The list, and field `order` to begin one."""

    staff: Staff
    rows: tuple[CancellationRow, ...]
    older: str | None = None
    may_begin: bool = False
    order: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None

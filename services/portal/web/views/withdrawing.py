"""What the pages of a withdrawal are given."""

from dataclasses import dataclass, field
from datetime import date

from services.portal.web.views.parts import Notice, Picture, Problems


@dataclass(frozen=True, slots=True)
class WithdrawItem:
    """A line of which `left` units may be withdrawn from until `until`; `chosen` of them are to be."""

    id: str
    product: Picture
    left: int
    chosen: int
    until: date


@dataclass(frozen=True, slots=True)
class WithdrawPage:
    """Fields `quantity-{id}` for each line, `name` and `email`. No reason is asked."""

    csrf: str
    order: str
    items: tuple[WithdrawItem, ...]
    back: str
    name: str = ""
    email: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class WithdrawCheckPage:
    """The declaration once more: nothing is declared before the button is pressed.

    `hidden` are the fields that were filled in before, with `key`.
    """

    csrf: str
    order: str
    items: tuple[WithdrawItem, ...]
    name: str
    email: str
    hidden: tuple[tuple[str, str], ...]
    back: str

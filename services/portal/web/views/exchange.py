"""What the page is given on which a shopper chooses something else in place of money."""

from dataclasses import dataclass, field

from libs.contracts.values import Money
from services.portal.web.views.parts import Link, Notice, Picture, Problems


@dataclass(frozen=True, slots=True)
class Settles:
    """What an exchange settles: `more` is to be paid, or `back` comes back; neither where it is even."""

    more: Money | None = None
    back: Money | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A value of an option. `left` is how many there are where they are few, `settles` where it differs by value."""

    value: str
    chosen: bool = False
    sold_out: bool = False
    left: int | None = None
    settles: Settles | None = None
    bought: bool = False


@dataclass(frozen=True, slots=True)
class ChipRow:
    """An option to choose a value of; `name` is the field's."""

    name: str
    legend: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """Another product: where its variants are chosen, or no address where it is sold out. `from_`: others cost more."""

    product: Picture
    settles: Settles | None = None
    from_: bool = False
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A page of other products, those found by `search` where something was typed."""

    tiles: tuple[Tile, ...]
    search: str = ""
    more: str | None = None
    first: str | None = None


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """Fields `option-0`, `option-1` and so on, hidden `product`, and the button `instead` of another resolution.

    `product` is what the options are of, None where nothing of it can be chosen; `others` are the resolutions that may be
    taken in place of an exchange. `live`: a choice changes what else can be chosen, so the page is asked again.
    """

    csrf: str
    order: str
    item: Picture
    quantity: int
    address: str
    product: Picture | None = None
    product_id: str = ""
    rows: tuple[ChipRow, ...] = ()
    settles: Settles | None = None
    live: bool = False
    grid: Grid | None = None
    back: Link | None = None
    others: tuple[str, ...] = ()
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None

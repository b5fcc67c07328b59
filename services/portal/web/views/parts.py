"""What pages for the shopper and for staff have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from libs.contracts.values import Money

Problems = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One or two sentences and at most one link. `tone` is `info`, `warn`, `ok` or `bad`."""

    tone: str
    words: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A product as a person recognises it."""

    title: str
    variant: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One line of a receipt; what is taken off is negative. `nothing` is what no money is called, where it is not free."""

    words: str
    amount: Money
    note: str | None = None
    nothing: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Sums of money: rows, then `total` under `total_words`; `promise` says where it goes and when.

    `apart` is what the shopper pays by itself, and no part of the total; `on_top` is the same for what an exchange costs more.
    `nothing` is what no total is called.
    """

    rows: tuple[ReceiptRow, ...]
    total: Money
    total_words: str
    promise: str | None = None
    apart: ReceiptRow | None = None
    on_top: tuple[ReceiptRow, ...] = ()
    nothing: str | None = None


@dataclass(frozen=True, slots=True)
class LineStep:
    """One dot on the line of a return: done with its time, or still to come with when it is expected.

    `late`: it should have come by now.
    """

    words: str
    done: bool
    at: datetime | None = None
    note: str | None = None
    expected: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """What one parcel is sent with, once it is there: by its `method` a label, a `code` to show, or a packing slip.

    `parcel` says of which box where there are several, `papers` is where its other forms are. `where`, in the `country`, is
    where the shopper brings or sends it. `crosses`: it goes to another country. `is_ours`: no carrier drew it. `sent_with`
    and `sent_as` are what the shopper told of it.
    """

    address: str
    carrier: str
    tracking_number: str
    parcel: str | None = None
    papers: str = ""
    method: str = "label"
    code: str | None = None
    where: tuple[str, ...] = ()
    country: str = ""
    hours: str | None = None
    steps: tuple[str, ...] = ()
    crosses: bool = False
    is_ours: bool = True
    sent_with: str | None = None
    sent_as: str | None = None
    may_tell: bool = False
    number: int = 1


@dataclass(frozen=True, slots=True)
class Telling:
    """The form in which the shopper tells a carrier and a number: fields `parcel`, `carrier` and `tracking`."""

    csrf: str
    action: str
    parcel: int = 0
    carrier: str = ""
    tracking: str = ""
    problems: Problems = field(default_factory=dict)

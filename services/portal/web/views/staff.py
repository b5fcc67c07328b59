"""What the admin's pages are given."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.contracts.values import Money
from services.portal.web.views.parts import Label, LineStep, Notice, Picture, Problems, Receipt


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is signed in to the admin."""

    name: str
    email: str
    role: str
    csrf: str


@dataclass(frozen=True, slots=True)
class View:
    """A saved view of the list of returns, as a tab."""

    words: str
    address: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return in the list."""

    number: str
    shopper: str
    email: str
    items: tuple[str, ...]
    resolutions: tuple[str, ...]
    status: str
    value: Money
    updated_at: datetime
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A return line as staff see it; `money` is the code of where its money is."""

    product: Picture
    quantity: int
    reason: str
    resolution: str
    owed: Money
    money: str
    sku: str | None = None
    sub_reason: str | None = None
    comment: str | None = None
    reference: str | None = None
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a return, and who or what did it."""

    at: datetime
    words: str
    by: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Something a person must do."""

    words: str
    since: datetime
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Fields `email` and `password`; the password is never sent back."""

    csrf: str
    email: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class ReturnsPage:
    """Fields `q` and `status` by GET; `statuses` are the codes to filter by; `older` is the next page."""

    staff: Staff
    views: tuple[View, ...]
    rows: tuple[ReturnRow, ...]
    q: str = ""
    status: str = ""
    statuses: tuple[str, ...] = ()
    older: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """One return, whole."""

    staff: Staff
    number: str
    order: str
    status: str
    shopper: str
    email: str
    submitted_at: datetime
    lines: tuple[StaffLine, ...]
    receipt: Receipt
    line: tuple[LineStep, ...]
    events: tuple[Event, ...]
    tasks: tuple[Task, ...] = ()
    label: Label | None = None
    status_address: str | None = None
    notice: Notice | None = None

"""What the admin's lists are given."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.contracts.values import Money
from services.portal.web.views.parts import Link, Notice, Problems


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is signed in to the admin, and what the role allows."""

    name: str
    email: str
    role: str
    csrf: str
    may: frozenset[str] = frozenset()
    home: str = "/admin"


@dataclass(frozen=True, slots=True)
class View:
    """A saved view of a list, as a tab."""

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
    overdue: bool = False
    kind: str = "return"


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Fields `email` and `password`; the password is never sent back. `to` is the page that was asked for."""

    csrf: str
    email: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    to: str = ""


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
class TaskRow:
    """Something a person must do: `about` is the return or request it stands in, `acts` are the pages that clear it."""

    words: str
    since: datetime
    role: str
    acts: tuple[Link, ...] = ()
    about: Link | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class TasksPage:
    """Open tasks, the oldest first; `older` is the next page."""

    staff: Staff
    views: tuple[View, ...]
    rows: tuple[TaskRow, ...]
    older: str | None = None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class StaffProblemPage:
    """A page of the staff that could not be shown: `kind` is a key of phrases.FAILURES, `reference` finds it in the log.

    `away` says what is not answering, `kept` what became of what was sent; `again` is the same page once more.
    """

    staff: Staff
    kind: str
    reference: str
    away: str | None
    kept: str | None
    minutes: int | None
    again: Link | None
    back: Link

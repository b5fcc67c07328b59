"""What the page about persons' data is given."""

from dataclasses import dataclass, field
from datetime import datetime

from services.portal.web.views.parts import Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A request about a person's data. `kind` and `state` are codes; `waits_for` are words; `export` is where to fetch it."""

    id: str
    kind: str
    state: str
    by: str
    received_at: datetime
    due_at: datetime
    is_late: bool = False
    orders: int = 0
    returns: int = 0
    waits_for: tuple[str, ...] = ()
    export: str | None = None


@dataclass(frozen=True, slots=True)
class PersonsPage:
    """The newest requests, and fields `email` and `kind` to make one. `is_sure`: to erase is asked once more."""

    staff: Staff
    rows: tuple[PersonRow, ...]
    email: str = ""
    is_sure: bool = False
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    is_known: bool = True  # False while the service that leads them is away

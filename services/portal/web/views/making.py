"""What the page of a return that staff make for a shopper is given."""

from dataclasses import dataclass, field
from datetime import datetime

from services.portal.web.views.parts import Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """One of several orders with the same number."""

    id: str
    number: str
    placed_at: datetime
    shopper: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MakingPage:
    """Fields `order`, `email` and, where several orders were found, `which`."""

    staff: Staff
    order: str = ""
    email: str = ""
    found: tuple[FoundOrder, ...] = ()
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None

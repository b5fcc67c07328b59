"""What the page of carriers' webhooks is given: where each comes to, whose shape it has, and what was made just now."""

from dataclasses import dataclass, field
from datetime import datetime

from services.portal.web.views.parts import Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class HookRow:
    """An address that webhooks come to. `former`: an older secret is still good beside the one in force."""

    name: str
    sender: str
    former: bool
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class HookMade:
    """What the carrier is to be told, shown this once; without `address` that stays as it is."""

    name: str
    address: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HooksPage:
    """The addresses, and fields `name`, `sender`, `user` and `secret` to make one or to change its secret."""

    staff: Staff
    rows: tuple[HookRow, ...]
    senders: tuple[tuple[str, str], ...]
    name: str = ""
    sender: str = ""
    user: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    made: HookMade | None = None

"""What the page about carriers is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.portal.web.views.parts import Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class CarrierBlank:
    """A field of a carrier's account. `kept` says that a secret is there; it is never shown."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    secret: bool = False
    kept: bool = False
    needed: bool = True


@dataclass(frozen=True, slots=True)
class CarrierSheet:
    """An account with a carrier in one `mode`: its form, and what is known of it. `kept_on` is whether it is on now."""

    carrier: str
    title: str
    mode: str
    blanks: tuple[CarrierBlank, ...]
    on: bool = False
    kept_on: bool = False
    id: str = ""
    saved_at: datetime | None = None
    checked_at: datetime | None = None
    checked_words: str = ""
    problems: Problems = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CarriersPage:
    """A sheet for each mode of each carrier that needs an account, and the names of those that need none."""

    staff: Staff
    carriers: Mapping[str, tuple[CarrierSheet, ...]]
    free: tuple[str, ...]
    notice: Notice | None = None

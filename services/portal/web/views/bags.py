"""What the pages about bags and pallets are given."""

from dataclasses import dataclass, field
from datetime import datetime

from services.portal.web.views.parts import Link, Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag or pallet; `state` is `open`, `closed` or `delivered`, `parcels` are their numbers with their returns'."""

    code: str
    address: str
    state: str
    hub: str
    opened_at: datetime
    parcels: tuple[tuple[str, Link | None], ...] = ()


@dataclass(frozen=True, slots=True)
class BagsPage:
    """The newest, a button to begin one (field `hub`), and field `code` to receive one at the retailer."""

    staff: Staff
    rows: tuple[Bag, ...]
    once: str
    hub: str = ""
    code: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class BagPage:
    """One: field `code` puts a parcel in, and a button closes it."""

    staff: Staff
    bag: Bag
    code: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None

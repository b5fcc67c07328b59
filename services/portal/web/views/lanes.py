"""What the page of lanes and hubs is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from libs.contracts.labels import Hub
from libs.contracts.values import Money
from services.portal.web.views.bringing import FaultRow
from services.portal.web.views.parts import Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class RateRow:
    """What a carrier asks for a parcel up to a weight, whether that counts, and what went wrong since."""

    kilograms: str
    words: str
    tone: str
    cost: Money | None = None
    error: str = ""
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LaneRates:
    """From where a lane's carrier is asked for its rates, as it is typed, and what came of it: nothing where it is not asked."""

    place: str = ""
    words: str = ""
    tone: str = ""
    least: Money | None = None
    most: Money | None = None
    service: str = ""
    asked_at: datetime | None = None
    error: str = ""
    rows: tuple[RateRow, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A lane with what may be changed at once: whether it is on, and its amounts as they are typed."""

    id: str
    country: str
    postcodes: str
    hub: str
    way: str
    method: str
    currency: str
    price: str
    cost: str
    pricing: str
    percent: int
    weights: str
    default: bool
    on: bool
    rates: LaneRates | None = None  # none where its carrier tells none
    days: str = ""  # that it is expected to take, as they are typed


@dataclass(frozen=True, slots=True)
class LanesBroughtIn:
    """What came of a file."""

    rows: int
    created: int
    changed: int
    unchanged: int
    faults: tuple[FaultRow, ...]


@dataclass(frozen=True, slots=True)
class LanesPage:
    """Fields `on-`, `price-`, `cost-`, `days-` and `rates-` with each lane's id; `file`; a hub's, in `hub` once they were sent."""

    staff: Staff
    lanes: tuple[LaneRow, ...]
    hubs: tuple[Hub, ...]
    more: int = 0
    done: LanesBroughtIn | None = None
    hub: Mapping[str, str] = field(default_factory=dict)
    notice: Notice | None = None
    problems: Problems = field(default_factory=dict)

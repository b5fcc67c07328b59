"""What the page of lanes and hubs is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from libs.contracts.labels import Hub
from services.portal.web.views.bringing import FaultRow
from services.portal.web.views.parts import Notice, Problems
from services.portal.web.views.staff import Staff


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
    """Fields `on-`, `price-` and `cost-` with each lane's id; `file`; and a hub's, which are in `hub` once they were sent."""

    staff: Staff
    lanes: tuple[LaneRow, ...]
    hubs: tuple[Hub, ...]
    more: int = 0
    done: LanesBroughtIn | None = None
    hub: Mapping[str, str] = field(default_factory=dict)
    notice: Notice | None = None
    problems: Problems = field(default_factory=dict)

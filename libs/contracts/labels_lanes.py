"""The lanes and hubs that are in force, and changes to some of them."""

from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Named, Request, Value
from libs.contracts.labels import Hub, Lane


class LaneInForce(Value):
    """A lane under its id."""

    lane_id: UUID
    lane: Lane


class LanesInForceV1(Named):
    """The hubs, and the lanes in the order in which they are tried."""

    hubs: tuple[Hub, ...]
    lanes: tuple[LaneInForce, ...]


class GetLanesV1(Request[LanesInForceV1]):
    """The retailer's hubs and lanes."""


class LaneChange(StrEnum):
    """What came of a lane or a hub that was sent."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class LaneTold(Value):
    """What came of one lane, in the order in which they were sent; `code` and `words` say why it was refused."""

    outcome: LaneChange
    code: str | None = None
    words: str | None = None


class LanesChangedV1(Named):
    """What came of each lane."""

    lanes: tuple[LaneTold, ...]


class ChangeLanesV1(Request[LanesChangedV1]):
    """Put these beside the hubs and lanes there are, or in the place of their namesakes.

    A hub is known by its code. A lane is known by its country, postcodes, hub, carrier, service, method and least weight. A
    lane that cannot be in force is refused, and the others are taken; sending them again changes nothing.
    """

    hubs: tuple[Hub, ...] = ()
    lanes: tuple[Lane, ...] = ()

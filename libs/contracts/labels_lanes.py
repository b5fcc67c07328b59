"""The lanes and hubs that are in force, and changes to some of them."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from libs.contracts.base import Named, Request, Value
from libs.contracts.labels import Hub, Lane
from libs.contracts.values import Money


class RateUse(StrEnum):
    """Whether quotes take a rate: they do, or it is too old, or in another currency than the price, or there is none yet."""

    IN_USE = "in_use"
    TOO_OLD = "too_old"
    OTHER_CURRENCY = "other_currency"
    NONE = "none"


class LaneRate(Value):
    """The carrier's rate for a parcel of a lane, of a weight up to `up_to_grams`.

    `cost`, `service` and `fetched_at` are of its last answer, `error` and `failed_at` of what went wrong since.
    """

    up_to_grams: int
    use: RateUse
    cost: Money | None = None
    service: str | None = None
    fetched_at: AwareDatetime | None = None
    error: str | None = None
    failed_at: AwareDatetime | None = None


class LaneInForce(Value):
    """A lane under its id, with what its carrier asks where it is asked for rates, the lightest parcel first."""

    lane_id: UUID
    lane: Lane
    rates: tuple[LaneRate, ...] = ()


class LanesInForceV1(Named):
    """The hubs, and the lanes in the order in which they are tried. `rating` are the carriers that tell rates."""

    hubs: tuple[Hub, ...]
    lanes: tuple[LaneInForce, ...]
    rating: tuple[str, ...] = ()


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

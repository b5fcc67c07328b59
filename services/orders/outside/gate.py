"""What stands between a client and its shop: which token to show, and whether there is room for one call more."""

from dataclasses import dataclass
from typing import Any

from libs.chassis.errors import Transient
from libs.chassis.outside import NotSent
from services.orders.domain.throttle import Told


class AccessLost(NotSent):
    """The shop lets us in no more: a person must connect it again, and until then nothing is sent."""


class Throttled(NotSent):
    """The shop's bucket is empty: nothing was done. `retry_after` is in seconds, where it is known."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__(f"throttled, retry after {retry_after}")
        self.retry_after = retry_after


class NoAnswer(Transient):
    """A question had no usable answer. It changed nothing, so it may be asked again."""


@dataclass
class Gate:
    """The way in with one token, of which nothing more is known: as when a shop is tried for the first time.

    `left` is how many seconds the caller still has.
    """

    given: str

    def token(self, _left: float) -> str:
        """The token to show. Raises a NotSent where there is none."""
        return self.given

    def renewed(self, _left: float) -> str | None:
        """Another token, now that the shop has turned the last one away; None where there is none."""
        return None

    def closed(self, code: str, words: str) -> None:
        """The shop turned us away for good. May raise AccessLost."""

    def enter(self, cost: float, left: float) -> None:
        """Return once a call of so many points may go. Raises Throttled when that is not within the time."""

    def heard(self, told: Told, *, reserved: float) -> None:
        """What the shop says of its bucket, after a call that had `reserved` so many points."""

    def held(self, seconds: float) -> None:
        """The shop asks us to stay away for so long."""


def told_of(answer: Any) -> Told | None:
    """What an answer of the Admin API says of the bucket, if anything."""
    try:
        cost = answer["extensions"]["cost"]
        status, actual = cost["throttleStatus"], cost["actualQueryCost"]
        of_status = (float(status[name]) for name in ("maximumAvailable", "currentlyAvailable", "restoreRate"))
        return Told(0.0 if actual is None else float(actual), *of_status)
    except (KeyError, TypeError, ValueError):
        return None

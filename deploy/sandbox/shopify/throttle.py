"""The bucket of points from which a shop's calls are paid: it fills with time, and a call that it cannot pay is not done."""

import time
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox.shopify.catalogue import SHOPS
from deploy.sandbox.web import BadRequest, read

# So much that nothing waits unless it is asked for: a standard plan has 2000, and 100 more a second.
_SIZE, _RESTORE = 2_000_000.0, 100_000.0


class ThrottleAsked(BaseModel):
    """How large a shop's bucket is from now on, how fast it fills, and how much is in it: all of it, unless said."""

    model_config = ConfigDict(extra="forbid")

    shop: str
    size: float = Field(2000, gt=0)
    restore: float = Field(100, gt=0)
    available: float | None = Field(None, ge=0)


class Bucket:
    """One shop's points. `turned_away` counts the calls that came too soon."""

    def __init__(self, *, size: float = _SIZE, restore: float = _RESTORE, available: float | None = None) -> None:
        self.size, self.restore = size, restore
        self._available = size if available is None else available
        self._at = time.monotonic()
        self.turned_away = 0

    def spend(self, points: float) -> bool:
        """Pay a call; False, and nothing is paid, when there is not enough."""
        self._fill()
        if points > self._available:
            self.turned_away += 1
            return False
        self._available -= points
        return True

    def status(self) -> dict[str, int]:
        """The throttleStatus of an answer."""
        self._fill()
        told = {
            "maximumAvailable": self.size,
            "currentlyAvailable": self._available,
            "restoreRate": self.restore,
        }
        return {name: int(value) for name, value in told.items()}

    def _fill(self) -> None:
        now = time.monotonic()
        self._available = min(self.size, self._available + (now - self._at) * self.restore)
        self._at = now


class Buckets:
    """Every shop's bucket. They are full again after a restart."""

    def __init__(self) -> None:
        self._of: dict[str, Bucket] = {}

    def of(self, domain: str) -> Bucket:
        """The bucket of this shop."""
        return self._of.setdefault(domain, Bucket())

    def route(self) -> Route:
        """`/control/throttle`: give a shop another bucket (POST), look at them (GET), let nothing wait (DELETE)."""
        return Route("/control/throttle", self._handler(), methods=["GET", "POST", "DELETE"])

    def _handler(self) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            if request.method == "DELETE":
                self._of.clear()
            elif request.method == "POST":
                asked = await read(request, ThrottleAsked)
                if asked.shop not in SHOPS:
                    raise BadRequest(f"shop must be one of: {', '.join(SHOPS)}")
                self._of[asked.shop] = Bucket(size=asked.size, restore=asked.restore, available=asked.available)
            shown = {shop: self.of(shop) for shop in SHOPS}
            return JSONResponse({shop: one.status() | {"turnedAway": one.turned_away} for shop, one in shown.items()})

        return handle

"""A shop's bucket of points, as Shopify fills and empties it, so that we wait here instead of being turned away there."""

from dataclasses import dataclass, replace

HALF = 0.5  # of the bucket is kept for people
USUAL_COST = 60  # points, of an operation that was never made by this process


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says of the bucket: `cost` is what the call took in the end: nothing, when it was turned away."""

    cost: float
    size: float
    available: float
    restore: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """Points that are there now; `restore` more come each second, up to `size`. Nobody takes any for `held` seconds."""

    size: float = 2000.0
    available: float = 2000.0
    restore: float = 100.0
    held: float = 0.0

    def later(self, seconds: float) -> "Bucket":
        """The same after some time. A clock that went back changes nothing."""
        passed = max(0.0, seconds)
        filled = min(self.size, self.available + passed * self.restore)
        return replace(self, available=filled, held=max(0.0, self.held - passed))

    def wait(self, cost: float, *, person: bool) -> float:
        """Seconds until a call of `cost` may go. Work in the background leaves half of the bucket to people who wait."""
        needed = min(cost, self.size) if person else max(min(cost, self.size), self.size * HALF)
        return max(self.held, (needed - self.available) / self.restore, 0.0)

    def take(self, cost: float) -> "Bucket":
        """With the points of one call gone; calls under way at once may bring it below nothing."""
        return replace(self, available=self.available - min(cost, self.size))

    def hear(self, told: Told, *, reserved: float) -> "Bucket":
        """As the shop says it is. Of two accounts the lower one stands: the shop does not count what is on its way."""
        back = self.available + reserved - told.cost
        same = told.size == self.size
        available = min(back, told.available) if same else told.available
        return replace(self, size=told.size, restore=max(told.restore, 1.0), available=available)

    def hold(self, seconds: float) -> "Bucket":
        """Closed for as long as the shop asks."""
        return replace(self, held=max(self.held, seconds))

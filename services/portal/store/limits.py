"""Rate limits in the database: shared by all gateway processes, and kept over a restart."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import text

from libs.chassis.store import Store
from services.portal.store.tables import metadata

# A row lock makes racers for one bucket queue. The real clock counts, not one that was shifted.
_PEEK = text("""
SELECT least(:burst, tokens + extract(epoch FROM clock_timestamp() - at) * :rate) FROM rate_buckets WHERE key = :key FOR UPDATE""")
_PUT = text("""
INSERT INTO rate_buckets (key, tokens, at) VALUES (:key, :tokens, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET tokens = :tokens, at = clock_timestamp()""")
_PURGE = text("DELETE FROM rate_buckets WHERE at < clock_timestamp() - interval '1 day'")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` at once, refilled over `per`."""

    name: str
    burst: int
    per: timedelta

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return self.burst / self.per.total_seconds()


LOOKUP_BY_ADDRESS = Limit("lookup_address", 30, timedelta(minutes=10))
LOOKUP_BY_ORDER = Limit("lookup_order", 10, timedelta(minutes=10))
LOOKUP_BY_EMAIL = Limit("lookup_email", 10, timedelta(minutes=10))
SIGN_IN_BY_ADDRESS = Limit("sign_in_address", 20, timedelta(minutes=10))
SIGN_IN_BY_EMAIL = Limit("sign_in_email", 10, timedelta(minutes=10))
SUBMIT_BY_ADDRESS = Limit("submit_address", 30, timedelta(minutes=10))
UPLOAD_BY_ADDRESS = Limit("upload_address", 60, timedelta(minutes=10))
API_BY_KEY = Limit("api_key", 600, timedelta(minutes=1))
WEBHOOK_BY_ENDPOINT = Limit("webhook", 3000, timedelta(minutes=1))


class Limits(Store):
    """Token buckets by name and what is counted."""

    service, metadata = "portal", metadata

    def wait(self, *asked: tuple[Limit, str]) -> int:
        """Take one token of each bucket; 0 when all had one, else the seconds until the emptiest has. Keys are hashed."""
        longest = 0.0
        with self.engine.begin() as db:
            for limit, counted in sorted(asked, key=lambda item: (item[0].name, item[1])):
                key = sha256(f"{limit.name}\0{counted}".encode()).digest()
                left = db.execute(_PEEK, {"key": key, "burst": limit.burst, "rate": limit.rate}).scalar()
                tokens = float(limit.burst if left is None else left)
                longest = max(longest, (1 - tokens) / limit.rate)
                db.execute(_PUT, {"key": key, "tokens": tokens - 1 if tokens >= 1 else tokens})
        return 0 if longest <= 0 else int(longest) + 1

    def purge(self) -> None:
        """Forget buckets that are full again."""
        with self.engine.begin() as db:
            db.execute(_PURGE)

"""Rate limits in the database: shared by all gateway processes, and kept over a restart."""

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from math import ceil
from time import monotonic

from libs.chassis.store import Store
from services.portal.store.tables import metadata

# One statement takes a token of each bucket that has one: racers queue at the row, also for the first token of all. The
# real clock counts, not one that was shifted. A bucket that is empty stays as it is, and is not among the rows that come.
# The disk is not waited for while the row is held, or a flood at one bucket would pass no faster than it turns.
_TAKE = """
INSERT INTO rate_buckets AS bucket (key, tokens, at)
SELECT key, burst - 1, clock_timestamp()
FROM unnest(%(keys)s::bytea[], %(bursts)s::float8[]) AS asked (key, burst),
  (SELECT set_config('synchronous_commit', 'off', true)) AS unwaited ORDER BY key
ON CONFLICT (key) DO UPDATE SET tokens = {left} - 1, at = clock_timestamp() WHERE {left} >= 1
RETURNING key""".format(
    left="least(excluded.tokens + 1, bucket.tokens + extract(epoch FROM clock_timestamp() - bucket.at)"
    " * (%(rates)s::jsonb ->> encode(bucket.key, 'hex'))::float8)"
)
_LEFT = """
SELECT key, tokens, extract(epoch FROM clock_timestamp() - at)::float8 AS seconds
FROM rate_buckets WHERE key = ANY(%(keys)s::bytea[])"""
_GIVE_BACK = (
    "UPDATE rate_buckets SET tokens = tokens + 1 WHERE key = ANY(%(keys)s::bytea[])"  # taking caps it at its burst
)
_PURGE = """
DELETE FROM rate_buckets WHERE key IN (
  SELECT key FROM rate_buckets WHERE at < clock_timestamp() - interval '1 day' LIMIT 1000 FOR UPDATE SKIP LOCKED)"""
PURGED_EACH = 60.0  # seconds between two sweeps of a process, each a little of what has long been full again


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
RESET_BY_ADDRESS = Limit("reset_address", 20, timedelta(minutes=10))
RESET_BY_EMAIL = Limit("reset_email", 5, timedelta(hours=1))
SUBMIT_BY_ADDRESS = Limit("submit_address", 300, timedelta(minutes=10))
CHOOSE_BY_ADDRESS = Limit("choose_address", 300, timedelta(minutes=10))
CHOOSE_BY_ORDER = Limit("choose_order", 60, timedelta(minutes=10))
KEEP_BY_ADDRESS = Limit("keep_address", 20, timedelta(minutes=10))
KEEP_BY_EMAIL = Limit("keep_email", 5, timedelta(minutes=10))
UPLOAD_BY_ADDRESS = Limit("upload_address", 60, timedelta(minutes=10))
API_BY_KEY = Limit("api_key", 600, timedelta(minutes=1))
WEBHOOK_BY_ENDPOINT = Limit("webhook", 30_000, timedelta(minutes=1))
FORGED_BY_ENDPOINT = Limit("webhook_forged", 300, timedelta(minutes=1))


class Limits(Store):
    """Token buckets by name and what is counted."""

    service, metadata = "portal", metadata
    _purged_until = 0.0

    def wait(self, *asked: tuple[Limit, str]) -> int:
        """Take one token of each bucket; 0 when all had one, else the seconds until each has. What is counted is hashed."""
        limits = {_key(limit, counted): limit for limit, counted in asked}
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            taken = db.exec_driver_sql(_TAKE, _parameters(limits)).scalars().all()
            empty = limits.keys() - set(map(bytes, taken))
            left = db.exec_driver_sql(_LEFT, {"keys": list(empty)}).all() if empty else ()
        self._purge_in_time()
        waits = [(1 - row.tokens) / limits[bytes(row.key)].rate - row.seconds for row in left]
        return max((max(1, ceil(wait)) for wait in waits), default=0)

    def give_back(self, *asked: tuple[Limit, str]) -> None:
        """Put a token back into each bucket: what was tried turned out to be no guess."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.exec_driver_sql(_GIVE_BACK, {"keys": [_key(limit, counted) for limit, counted in asked]})

    def _purge_in_time(self) -> None:
        if monotonic() > self._purged_until:
            self._purged_until = monotonic() + PURGED_EACH
            self.purge()

    def purge(self) -> None:
        """Forget buckets that have long been full again."""
        with self.engine.begin() as db:
            db.exec_driver_sql(_PURGE)


def _key(limit: Limit, counted: str) -> bytes:
    return sha256(f"{limit.name}\0{counted}".encode()).digest()


def _parameters(limits: dict[bytes, Limit]) -> dict[str, object]:
    rates = json.dumps({key.hex(): limit.rate for key, limit in limits.items()})
    return {"keys": list(limits), "bursts": [limit.burst for limit in limits.values()], "rates": rates}

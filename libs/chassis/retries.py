"""How long a failed fact or piece of work waits for its next try, and when it is parked for a person."""

from dataclasses import dataclass
from typing import Self

import requests
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from libs.chassis.errors import Permanent, Transient
from libs.chassis.settings import Settings

SHORT = 3  # tries after a surprise: an error in code does not pass by waiting, but a deploy may mend it soon
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Ladder:
    """The delay tiers, shortest first: a name for the queue, and its seconds."""

    tiers: tuple[tuple[str, float], ...]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The ladder of this installation: `1s,5s,30s,5m,30m,2h`."""
        return cls(tuple((tier, seconds(tier)) for tier in settings.retry_tiers.split(",")))

    def tier_for(self, failure: Exception, attempt: int) -> str | None:
        """The tier to wait in after try number `attempt`, or None when it is to be parked."""
        if isinstance(failure, Permanent):
            return None
        steps = self.tiers if is_transient(failure) else self.tiers[:SHORT]
        return steps[attempt - 1][0] if attempt <= len(steps) else None

    def wait_for(self, failure: Exception, attempt: int) -> float | None:
        """The same in seconds."""
        tier = self.tier_for(failure, attempt)
        return None if tier is None else seconds(tier)


def seconds(tier: str) -> float:
    """`30s` is 30.0, `5m` is 300.0."""
    number = tier.rstrip("mhs")
    return float(number) * _UNITS[tier[len(number) :]]


def is_transient(failure: BaseException) -> bool:
    """Whether waiting may help: the database, the broker or an outside is away, or a lock was lost."""
    if isinstance(failure, Permanent):
        return False
    if isinstance(
        failure, (Transient, PoolTimeout, OperationalError, InterfaceError, OSError, requests.RequestException)
    ):
        return True
    return isinstance(failure, DBAPIError) and failure.connection_invalidated


def reason(failure: BaseException) -> str:
    """The failure in a line fit for a header and a log: no values of the message, which may be personal."""
    if isinstance(failure, ValidationError):
        faults = failure.errors(include_url=False, include_input=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, f['loc'])) or 'body'}: {f['msg']}" for f in faults)[:500]
    if isinstance(failure, DBAPIError):
        return f"{type(failure).__name__}: {type(failure.orig).__name__}"
    return f"{type(failure).__name__}: {failure}"[:500]

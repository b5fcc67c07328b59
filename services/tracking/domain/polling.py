"""When a carrier is asked where a parcel is: only while nothing is heard, less often as the parcel ages, never too fast."""

from collections.abc import Mapping
from datetime import datetime, timedelta

PACES = (  # up to this age of a parcel, after so long without news
    (timedelta(days=2), timedelta(hours=4)),
    (timedelta(days=10), timedelta(hours=8)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=120), timedelta(days=3)),
)
AGAIN = timedelta(minutes=15)  # after a carrier gave no answer
# The carriers that can be asked, and how long to leave between two questions to one account: SEKO takes 100 a minute, labels'
# own among them, and EasyPost 5 a second.
GAPS: Mapping[str, timedelta] = {"seko": timedelta(seconds=1), "easypost": timedelta(milliseconds=400)}


def is_asked(carrier: str) -> bool:
    """Whether this carrier can be asked at all."""
    return carrier in GAPS


def gap(carrier: str) -> timedelta:
    """How long to leave between two questions to one account of a carrier that is asked."""
    return GAPS[carrier]


def next_question(*, registered_at: datetime, heard_at: datetime | None, now: datetime) -> datetime | None:
    """When to ask next, counted from the last that was heard; None when the parcel is too old to be asked for."""
    age = now - registered_at
    pause = next((pause for most, pause in PACES if age <= most), None)
    if pause is None:
        return None
    return max(registered_at, heard_at or registered_at) + pause

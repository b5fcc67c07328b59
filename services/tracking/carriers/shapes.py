"""What the shapes of all carriers have in common: words and histories of bounded length, and a name for each scan."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from json import dumps
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, StringConstraints

from libs.chassis.logs import log
from services.tracking.carriers.clocks import roughly

MOST = 1_000  # scans of a parcel's history that are read: many times what a carrier ever sees of one
TOO_MANY = 10_000  # of these no history is made: who sends so many means no parcel
A_WHILE = 1_000  # scans that are looked at before others are served

# PostgreSQL keeps no NUL in a text.
Number = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$", strip_whitespace=True)]


def _told(most: int) -> BeforeValidator:
    def cut(value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        return (value.replace("\0", "").strip()[:most] or None) if isinstance(value, str) else None

    return BeforeValidator(cut)


Word = Annotated[str | None, _told(200)]  # what is no text, or none that we can keep, is as good as absent
Words = Annotated[str | None, _told(1000)]


def _a_history(told: object) -> object:
    """None for one that has not begun. One that is too long is refused before any of it is read."""
    if isinstance(told, list) and len(told) > TOO_MANY:
        raise ValueError(f"{len(told)} scans, and at most {TOO_MANY} are a history")
    return told or ()


Seen = TypeVar("Seen")
History = Annotated[tuple[Seen, ...], BeforeValidator(_a_history)]


def newest(history: Sequence[Seen], written: Callable[[Seen], str | None]) -> Sequence[Seen]:
    """The MOST newest of a parcel's history by the carrier's clock, as it was `written`, in the order they came.

    Those without a time are the oldest.
    """
    if len(history) <= MOST:
        return history
    log.warning("tracking.history_cut", scans=len(history), kept=MOST)
    times = [(roughly(written(each)), place) for place, each in paced(history)]
    return [history[place] for place in sorted(place for _, place in sorted(times)[-MOST:])]


def paced(history: Iterable[Seen]) -> Iterator[tuple[int, Seen]]:
    """Each with its place; others are served in between, for reading waits for nothing that would let them."""
    for place, each in enumerate(history):
        if place % A_WHILE == A_WHILE - 1:
            time.sleep(0)
        yield place, each


class Place(BaseModel):
    """Where something was seen, as most senders write it."""

    city: Word = None
    state: Word = None
    country: Word = None

    def __str__(self) -> str:
        return ", ".join(part for part in (self.city, self.state, self.country) if part)


def stable_key(*parts: object) -> str:
    """The same for each repeat of a scan, of whatever length its parts are."""
    return sha256(dumps([str(part) if part is not None else None for part in parts]).encode()).hexdigest()[:24]

"""A circuit breaker: an outside that fails or hangs is left alone for a while, and what waits for it holds nobody up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from libs.chassis.errors import Permanent, Transient


class Open(Transient):
    """The outside is left alone for now: nothing was sent."""


class Breaker:
    """Counts how the calls to one party end. Open after `limit` failures in a row, or while as many calls hang.

    A call hangs after `patience` seconds. Open lasts `rest` seconds; then one call is let through, and how it ends decides.
    """

    def __init__(
        self,
        name: str,
        *,
        limit: int = 3,
        patience: float = 8.0,
        rest: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._limit, self._patience, self._rest, self._clock = limit, patience, rest, clock
        self._lock = threading.Lock()
        self._started: dict[int, float] = {}
        self._failures = self._numbers = 0
        self._opened: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether a call would be refused now."""
        with self._lock:
            return self._refuses(self._clock())

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around one call; raises Open instead where the party is to be left alone. A clear no counts as an answer."""
        number = self._enter()
        answered = False
        try:
            yield
            answered = True
        except Permanent:
            answered = True
            raise
        finally:
            self._leave(number, answered=answered)

    def _enter(self) -> int:
        with self._lock:
            now = self._clock()
            if self._refuses(now):
                raise Open(f"{self.name} does not answer and is left alone for now")
            if self._opened is not None:
                self._opened = now  # this one is the trial: the others wait for how it ends
            self._numbers += 1
            self._started[self._numbers] = now
            return self._numbers

    def _leave(self, number: int, *, answered: bool) -> None:
        with self._lock:
            self._started.pop(number)
            self._failures = 0 if answered else self._failures + 1
            if answered:
                self._opened = None
            elif self._failures >= self._limit:
                self._opened = self._clock()

    def _refuses(self, now: float) -> bool:
        hanging = sum(now - since > self._patience for since in self._started.values())
        resting = self._opened is not None and now - self._opened < self._rest
        return resting or hanging >= self._limit


@cache
def breaker_of(name: str) -> Breaker:
    """The breaker of this process for the party called `name`."""
    return Breaker(name)

"""Waiting for a condition, and never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], *, within: float = 15.0) -> T:
    """What `condition` gives as soon as it is true; fails when it is not within so many seconds."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {getattr(condition, '__name__', condition)}")
        time.sleep(0.02)
    return found

"""Long work beside the decisions: in a thread of its own, for in this process whoever does not wait keeps all others waiting."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from eventlet import tpool

Asked = ParamSpec("Asked")
Found = TypeVar("Found")

tpool.set_num_threads(1)  # policies are looked at one by one, and all decisions go on beside the one


def apart(work: Callable[Asked, Found], *args: Asked.args, **named: Asked.kwargs) -> Found:
    """What `work` gives; whoever asks waits, and nobody else. It must be pure: no database, no bus, no log.

    Work whose turn comes when nobody waits for it any more is left out.
    """
    waiting = [True]

    def done() -> Found | None:
        return work(*args, **named) if waiting else None

    try:
        found: Found = tpool.execute(done)
        return found
    finally:
        waiting.clear()

"""What one piece of work carries along: whose it is, what started it and which message it comes from."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

import structlog

from libs.chassis.ids import new_id


@dataclass(frozen=True, slots=True)
class Context:
    """`correlation_id` is one for everything a click causes; `causation_id` is the message that caused this work."""

    correlation_id: UUID
    causation_id: UUID | None = None
    traceparent: str | None = None


_current: ContextVar[Context | None] = ContextVar("homeward_context", default=None)


def current() -> Context:
    """The present context, or a fresh one for work that nothing caused."""
    return _current.get() or fresh()


def fresh() -> Context:
    """A context for work that begins here, with a W3C traceparent of its own."""
    correlation_id = new_id()
    return Context(correlation_id, traceparent=f"00-{correlation_id.hex}-{secrets.token_hex(8)}-01")


@contextmanager
def working(context: Context, **fields: object) -> Iterator[None]:
    """Do the enclosed work in `context`; `fields` are on each of its log lines."""
    token = _current.set(context)
    bound = structlog.contextvars.bind_contextvars(correlation_id=str(context.correlation_id), **fields)
    try:
        yield
    finally:
        structlog.contextvars.reset_contextvars(**bound)
        _current.reset(token)

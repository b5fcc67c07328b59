"""Identifiers: UUIDv7, so that rows made together lie together in an index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh, time-ordered identifier (RFC 9562, version 7)."""
    return uuid7()

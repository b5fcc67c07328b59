"""Connections: cuts a list into the page that was asked for, or refuses as Shopify does."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError

LARGEST = 250


def page(
    items: Sequence[Any],
    show: Callable[[Any], Any] = lambda item: item,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    reverse: bool = False,
) -> dict[str, Any]:
    """The asked part of `items` as `nodes` and `pageInfo`; raises GraphQLError without `first` or `last`."""
    size = first if first is not None else last
    if size is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 <= size <= LARGEST:
        raise GraphQLError(f"first and last must be between 0 and {LARGEST}", extensions={"code": "BAD_REQUEST"})
    row = list(reversed(items)) if reverse else list(items)
    start = _place(after) + 1 if after else 0
    end = _place(before) if before else len(row)
    start, end = (start, min(end, start + size)) if first is not None else (max(start, end - size), end)
    return {
        "nodes": [show(item) for item in row[start:end]],
        "pageInfo": {
            "hasNextPage": end < len(row),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(start) if end > start else None,
            "endCursor": _cursor(end - 1) if end > start else None,
        },
    }


def _cursor(place: int) -> str:
    return base64.b64encode(f"place:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("place:"))
    except ValueError:
        raise GraphQLError(f"Invalid cursor: {cursor}", extensions={"code": "BAD_REQUEST"}) from None

"""Returns as they are read: one whole, or a page of a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, tuple_, union_all

from services.portal.domain import ENDED, Awaiting, Return
from services.portal.store.history import Happened, history_of
from services.portal.store.rows import as_return
from services.portal.store.tables import photos, return_lines, returns, tracking_numbers

LAST = "\U0010ffff"  # no character sorts after it
_OPEN_BY_STATE = (  # ended returns are nearly all there are: counted each time, they would cost the most and say the least
    select(returns.c.awaiting, func.count().label("many"))
    .where(returns.c.awaiting.in_([state for state in Awaiting if state not in ENDED]))
    .group_by(returns.c.awaiting)
)


@dataclass(frozen=True, slots=True)
class Story:
    """A return, what decided it, and all that happened to it. It has awaited the same thing since `since`."""

    ret: Return
    created_at: datetime
    updated_at: datetime
    since: datetime
    decision: dict[str, Any]
    status_path: str
    facts: tuple[Happened, ...]
    photos: dict[UUID, tuple[UUID, ...]]
    hub_photos: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """A return in a list."""

    ret: Return
    created_at: datetime
    updated_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and counts by what is awaited. `older` is where the next page begins, if there is one."""

    counts: dict[str, int]
    rows: tuple[Listed, ...]
    older: tuple[datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which returns: `search` is the beginning of a number, an order, an email or a tracking number.

    `before` is the moment and the id of the last return of the page before.
    """

    search: str = ""
    awaiting: Awaiting | None = None
    before: tuple[datetime, UUID] | None = None
    updated_after: datetime | None = None
    limit: int = 50
    counts: bool = True


def story_of(db: Connection, row: Row[Any]) -> Story:
    """The whole story of the return in `row`."""
    lines = lines_of(db, row.id)
    return Story(
        as_return(row, lines),
        row.created_at,
        row.updated_at,
        row.since,
        row.decision,
        row.status_path,
        history_of(db, row.id),
        *_photos_of(db, [line.id for line in lines]),
    )


def page_of(db: Connection, asked: Asked) -> Page:
    """The last changed returns that match, and how many open ones there are by what they await."""
    counts = {row.awaiting: row.many for row in db.execute(_OPEN_BY_STATE)} if asked.counts else {}
    found = select(returns).order_by(returns.c.updated_at.desc(), returns.c.id.desc()).limit(asked.limit + 1)
    if asked.awaiting is not None:
        found = found.where(returns.c.awaiting == asked.awaiting)
    if asked.search.strip():
        found = found.where(_begins_with(asked.search.strip()))
    if asked.before is not None:
        found = found.where(tuple_(returns.c.updated_at, returns.c.id) < asked.before)
    if asked.updated_after is not None:
        found = found.where(returns.c.updated_at > asked.updated_after)
    rows = db.execute(found).all()
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    lines = lines_of(db, *[row.id for row in rows]) if rows else ()
    listed = tuple(
        Listed(
            as_return(row, tuple(line for line in lines if line.return_id == row.id)),
            row.created_at,
            row.updated_at,
            row.since,
        )
        for row in rows
    )
    return Page(counts, listed, (rows[-1].updated_at, rows[-1].id) if more else None)


def lines_of(db: Connection, *return_ids: UUID) -> Sequence[Row[Any]]:
    """The rows of the returns' lines, in their places."""
    return db.execute(
        select(return_lines).where(return_lines.c.return_id.in_(return_ids)).order_by(return_lines.c.place)
    ).all()


def _begins_with(words: str) -> ColumnElement[bool]:
    """What indexes find, each its own part. LIKE would not do: it is not leakproof, so row-level security bars it."""
    lower, upper = words.lower(), words.upper()
    by_number = select(tracking_numbers.c.return_id).where(_starts(tracking_numbers.c.tracking_number, upper))
    mine = (
        select(returns.c.id).where(_starts(column, start))
        for column, start in ((returns.c.number, upper), (returns.c.order_key, lower), (returns.c.email, lower))
    )
    return returns.c.id.in_(union_all(*mine, by_number))


def _starts(column: Any, start: str) -> ColumnElement[bool]:
    return and_(column >= start, column < start + LAST)


def _photos_of(db: Connection, line_ids: Sequence[UUID]) -> tuple[dict[UUID, tuple[UUID, ...]], ...]:
    """The shopper's photos by line, and those of the hub's inspection."""
    found: tuple[dict[UUID, tuple[UUID, ...]], ...] = ({}, {})
    mine = select(photos.c.return_line_id, photos.c.id, photos.c.by_hub).where(photos.c.return_line_id.in_(line_ids))
    for row in db.execute(mine.order_by(photos.c.created_at, photos.c.id)):
        by_line = found[row.by_hub]
        by_line[row.return_line_id] = (*by_line.get(row.return_line_id, ()), row.id)
    return found

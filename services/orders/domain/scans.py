"""Reading a shop's orders page by page: the import of those of a time, once, and the sweep of those that changed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.orders.domain.orders import Reading

EVERY = timedelta(hours=1)  # from one sweep to the next
AGAIN = timedelta(minutes=1)  # until a page that failed is tried again
OVERLAP = timedelta(
    minutes=15
)  # a shop's search lags behind its writes: a sweep begins that much before the last one's end
REACH = timedelta(days=400)  # what the import reads: longer than any retailer takes goods back


class Kind(StrEnum):
    """Why a shop's orders are read."""

    IMPORT = "import"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Scan:
    """One run through a shop's orders. `since` is where it begins in the shop's time, `after` where its next page does.

    `newest` is the latest change that any run has seen. `listed` and `kept` count this run's orders: those that the shop
    listed, and of them those that were news. `expected` is the shop's own count, where it gives one.
    """

    kind: Kind
    since: datetime
    after: str | None = None
    newest: datetime | None = None
    listed: int = 0
    kept: int = 0
    expected: int | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An order of a page. Without a reading it has returns, refunds or too many lines to fit, and must be read alone."""

    shop_order_id: str
    updated_at: datetime
    reading: Reading | None


def first(kind: Kind, connected_at: datetime) -> Scan:
    """Before its first page. The sweep begins at the connection: what is older is the import's."""
    return Scan(kind, connected_at - (REACH if kind is Kind.IMPORT else OVERLAP))


def begun(scan: Scan, now: datetime) -> Scan | None:
    """The run that is under way, or a new one; None where an import has ended: there is one for each shop.

    A sweep begins where the shop's last known change was, by the shop's own clock, so that no clock of ours matters.
    """
    if scan.began_at is None:
        return replace(scan, began_at=now)
    if scan.ended_at is None:
        return scan
    if scan.kind is Kind.IMPORT:
        return None
    since = scan.since if scan.newest is None else max(scan.since, scan.newest - OVERLAP)
    return Scan(scan.kind, since, newest=scan.newest, began_at=now)


def turned(scan: Scan, changes: list[datetime], *, kept: int, after: str | None, now: datetime) -> Scan:
    """With one page more. `changes` are the shop's times of its orders; without an `after` it was the last page."""
    return replace(
        scan,
        after=after,
        newest=max([*changes, *([scan.newest] if scan.newest else [])], default=None),
        listed=scan.listed + len(changes),
        kept=scan.kept + kept,
        ended_at=None if after else now,
    )


def pause(scan: Scan) -> timedelta | None:
    """How long until the next page: none within a run, an hour after a sweep; None when nothing is left to do."""
    if scan.ended_at is None:
        return timedelta()
    return EVERY if scan.kind is Kind.SWEEP else None

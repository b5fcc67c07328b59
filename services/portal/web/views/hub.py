"""What the hub's pages are given."""

from dataclasses import dataclass, field
from datetime import datetime

from services.portal.web.views.parts import Link, Notice, Picture, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan met, large enough to be read at a step's distance: `result` is its code, `tone` its colour.

    `detail` says what to do, `at` when it was received before, and `then` what to do about that; `items` are what the
    return asks for, with how many. `keep` is where a photo of a parcel that nobody knows is sent, and `kept` are those
    that were.
    """

    result: str
    tone: str
    words: str
    detail: str
    code: str
    at: datetime | None = None
    about: Link | None = None
    status: str | None = None
    items: tuple[tuple[Picture, int], ...] = ()
    acts: tuple[Link, ...] = ()
    keep: str | None = None
    kept: tuple[str, ...] = ()
    then: str | None = None


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A scan in the list of the last ones; `again` shows what it met, `undo` is the page that takes it back."""

    code: str
    words: str
    tone: str
    at: datetime
    about: Link | None = None
    undo: str | None = None
    void: bool = False
    again: str | None = None


@dataclass(frozen=True, slots=True)
class HubPage:
    """Fields `code` and `hub`; `once` keeps a form sent twice from being two scans. `counts` are of the session.

    `away`: it is what a device keeps to be opened without a connection, and tells nothing that was scanned.
    """

    staff: Staff
    once: str
    who: str
    hubs: tuple[str, ...]
    hub: str
    counts: tuple[tuple[str, str, int], ...] = ()
    rows: tuple[ScanRow, ...] = ()
    scanned: Scanned | None = None
    code: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    away: bool = False

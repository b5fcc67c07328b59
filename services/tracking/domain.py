"""What tracking decides: what a code on a parcel says, and which milestones a parcel's scans add up to."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from libs.contracts.tracking import Step
from libs.contracts.values import Milestone

OWN = "own"
RANK = {milestone: 10 * place for place, milestone in enumerate(Milestone)}

_MOVED = RANK[Milestone.IN_TRANSIT]  # from here on a carrier must have accepted the parcel
_A36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")  # our numbers have none of these letters
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")  # what a scanner puts before a code (ISO/IEC 15424)
_NO_PART = re.compile(r"[\s\x00-\x1f\x7f\u200b\ufeff]")


class Note(StrEnum):
    """What a scan may say beside the milestones: unranked, kept and shown."""

    CUSTOMS_HOLD = "customs_hold"
    CUSTOMS_CLEARED = "customs_cleared"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERY_FAILED = "delivery_failed"
    DELAYED = "delayed"
    HELD = "held"
    DAMAGED = "damaged"
    ADDRESS_PROBLEM = "address_problem"
    RETURN_TO_SENDER = "return_to_sender"
    LOST = "lost"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


_NORMAL: dict[str, Milestone | Note] = {str(code): code for code in (*Milestone, *Note)}


@dataclass(frozen=True, slots=True)
class Scan:
    """One raw event of a parcel. `code` is of the normal form; `at` is UTC, None where the carrier gave no offset."""

    key: str
    code: Milestone | Note
    at: datetime | None
    received_at: datetime
    place: str | None = None

    @property
    def moment(self) -> datetime:
        """The best that is known of when it happened."""
        return self.at or self.received_at


@dataclass(frozen=True, slots=True)
class Reported:
    """A scan as a carrier reports it. `time` is its own clock, as written; `raw_code` its own word."""

    carrier: str
    tracking_number: str
    raw_code: str
    time: str
    at: datetime | None
    place: str | None = None
    description: str | None = None

    @property
    def key(self) -> str:
        """The same for each repeat of this scan."""
        return f"{self.carrier} {self.raw_code} {self.at.isoformat() if self.at else self.time}"


def normal(code: str) -> Milestone | Note:
    """`code` in the normal form; `unknown` for a word that is not of it."""
    return _NORMAL.get(code.strip().lower(), Note.UNKNOWN)


def fold(scans: Iterable[Scan]) -> tuple[Step, ...]:
    """The milestones that these scans prove, lowest rank first; the same for any order and any repeats of them."""
    reached: dict[Milestone, Step] = {}
    for scan in sorted(scans, key=_order):
        if not isinstance(scan.code, Milestone):
            continue
        if RANK[scan.code] >= _MOVED:
            implied = Step(milestone=Milestone.ACCEPTED, at=scan.moment, implied=True, place=scan.place)
            reached.setdefault(Milestone.ACCEPTED, implied)
        reached.setdefault(scan.code, Step(milestone=scan.code, at=scan.moment, place=scan.place))
    return tuple(sorted(reached.values(), key=lambda step: RANK[step.milestone]))


def news(scans: Iterable[Scan], *, told: Collection[Milestone]) -> tuple[Step, ...]:
    """The milestones to state now, lowest rank first: those proved and not stated before."""
    return tuple(step for step in fold(scans) if step.milestone not in told)


def timeline(scans: Iterable[Scan]) -> tuple[Step, ...]:
    """The milestones in the order of time, then of rank."""
    return tuple(sorted(fold(scans), key=lambda step: (step.at, RANK[step.milestone])))


def tracking_number(code: str) -> str:
    """The number that a scanned or typed code carries, without what scanners, links and people put around it."""
    text = _SYMBOLOGY.sub("", _NO_PART.sub("", code))
    if "://" in text:
        text = _in_link(text)
    text = text.upper()
    return own_number(text) or text


def own_number(text: str) -> str | None:
    """`text` as a number of the built-in carrier, or None when it is none or its check character betrays it.

    I, L and O are read as the digits they look like, for the number may have been typed from the label.
    """
    head, tail = text[:2], text[2:].translate(_LOOKALIKES)
    if head not in ("OR", "0R") or len(tail) != 11 or any(character not in _A36 for character in tail):
        return None
    return f"OR{tail}" if _check_character(f"OR{tail[:-1]}") == tail[-1] else None


def plain(text: str | None) -> str | None:
    """`text` without the one character that PostgreSQL cannot keep; None where nothing is left."""
    return (text or "").replace("\0", "") or None


def carrier_of(reporter: str, number: str) -> str:
    """Whose number it is: our own is our own, whoever carries the parcel and reports of it."""
    return OWN if own_number(number) else reporter


def _order(scan: Scan) -> tuple[int, datetime, datetime, str]:
    rank = RANK[scan.code] if isinstance(scan.code, Milestone) else -1
    return rank, scan.moment, scan.received_at, scan.key


def _check_character(number: str) -> str:
    """ISO 7064 MOD 37,36, as labels adds it."""
    product = 36
    for character in number:
        product = ((product + _A36.index(character)) % 36 or 36) * 2 % 37
    return _A36[(37 - product) % 36]


def _in_link(text: str) -> str:
    try:
        link = urlsplit(text)
    except ValueError:
        return text
    asked = parse_qs(link.query).get("code")
    return asked[0] if asked else link.path.rstrip("/").rsplit("/", 1)[-1]

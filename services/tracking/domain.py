"""What tracking decides: what a code on a parcel says, and which milestones and troubles a parcel's scans add up to."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.tracking import Step
from libs.contracts.values import Milestone

OWN = "own"
SHOPPER = "shopper"  # the carrier of a parcel without a label of ours: its number is the return's
BY_HAND = frozenset({Milestone.ACCEPTED, Milestone.HUB_RECEIVED})  # what a person may have seen
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


TROUBLES = {  # notes that a person must look at, by the name under which they are stated
    Note.LOST: "lost",
    Note.DAMAGED: "damaged",
    Note.RETURN_TO_SENDER: "returned_to_sender",
    Note.REJECTED: "rejected",
}

_NORMAL: dict[str, Milestone | Note] = {str(code): code for code in (*Milestone, *Note)}


class NotByHand(Refused):
    """Only a carrier or a hub can say that a parcel reached this milestone."""

    def __init__(self, milestone: Milestone) -> None:
        super().__init__("tracking.not_by_hand", f"{milestone} is not recorded by hand")


class NoParcel(Refused):
    """The return has parcels, or needs none, but not one with this place among them."""

    def __init__(self, parcel: int) -> None:
        super().__init__("tracking.no_parcel", f"the return has no parcel {parcel}")


class NotFound(Refused):
    """There is no such scan for this retailer."""

    def __init__(self) -> None:
        super().__init__("tracking.not_found")


class NotAHubScan(Refused):
    """Only what somebody scanned at a hub can have been scanned by mistake."""

    def __init__(self) -> None:
        super().__init__("tracking.not_a_hub_scan", "nobody scanned this at a hub")


@dataclass(frozen=True, slots=True)
class Scan:
    """One raw event of a parcel. `code` is of the normal form; `at` is UTC, None where the carrier gave no offset.

    `implied`: nobody scanned, but what was done proves it. `void`: made by mistake, it proves nothing.
    """

    key: str
    code: Milestone | Note
    at: datetime | None
    received_at: datetime
    place: str | None = None
    description: str | None = None
    implied: bool = False
    void: bool = False

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


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong with a parcel, in the carrier's words where it gave any."""

    name: str
    at: datetime
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A parcel of a return; `place` is its number among them. `void`: its label is not to be used any more."""

    id: UUID
    place: int
    void: bool = False


def normal(code: str) -> Milestone | Note:
    """`code` in the normal form; `unknown` for a word that is not of it."""
    return _NORMAL.get(code.strip().lower(), Note.UNKNOWN)


def fold(scans: Iterable[Scan]) -> tuple[Step, ...]:
    """The milestones that these scans prove, lowest rank first; the same for any order and any repeats of them."""
    reached: dict[Milestone, Step] = {}
    for scan in _counted(scans):
        if not isinstance(scan.code, Milestone):
            continue
        if RANK[scan.code] >= _MOVED:
            implied = Step(milestone=Milestone.ACCEPTED, at=scan.moment, implied=True, place=scan.place)
            reached.setdefault(Milestone.ACCEPTED, implied)
        step = Step(milestone=scan.code, at=scan.moment, implied=scan.implied, place=scan.place)
        reached.setdefault(scan.code, step)
    return tuple(sorted(reached.values(), key=lambda step: RANK[step.milestone]))


def news(scans: Iterable[Scan], *, told: Collection[Milestone]) -> tuple[Step, ...]:
    """The milestones to state now, lowest rank first: those proved and not stated before."""
    return tuple(step for step in fold(scans) if step.milestone not in told)


def troubles(scans: Iterable[Scan]) -> tuple[Trouble, ...]:
    """What these scans say that went wrong, each trouble once as it was first seen, in the order of TROUBLES."""
    met: dict[Note, Trouble] = {}
    for scan in _counted(scans):
        if isinstance(scan.code, Note) and scan.code in TROUBLES:
            met.setdefault(scan.code, Trouble(TROUBLES[scan.code], scan.moment, scan.description))
    return tuple(met[note] for note in TROUBLES if note in met)


def timeline(scans: Iterable[Scan]) -> tuple[Step, ...]:
    """The milestones in the order of time, then of rank."""
    return tuple(sorted(fold(scans), key=lambda step: (step.at, RANK[step.milestone])))


def check_by_hand(milestone: Milestone) -> None:
    """Raise NotByHand for a milestone that a person cannot have seen."""
    if milestone not in BY_HAND:
        raise NotByHand(milestone)


def meant(parcels: Sequence[Known], place: int) -> UUID | None:
    """Which of a return's parcels, oldest first, a person means; None where it has none yet and gets the shopper's own.

    Of several with one place the newest that is not void, else the newest; raises NoParcel.
    """
    there = [parcel for parcel in parcels if parcel.place == place]
    if there:
        return (([parcel for parcel in there if not parcel.void] or there)[-1]).id
    if parcels or place != 1:
        raise NoParcel(place)
    return None


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


def _counted(scans: Iterable[Scan]) -> list[Scan]:
    """Those that are not void, in an order that is the same however they came."""
    return sorted((scan for scan in scans if not scan.void), key=_order)


def _order(scan: Scan) -> tuple[int, bool, datetime, datetime, str]:
    rank = RANK[scan.code] if isinstance(scan.code, Milestone) else -1
    return rank, scan.implied, scan.moment, scan.received_at, scan.key


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

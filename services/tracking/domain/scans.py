"""What a parcel's scans add up to: milestones and troubles, the same for any order and any repeats of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from libs.contracts.tracking import Step
from libs.contracts.values import Milestone

RANK = {milestone: 10 * place for place, milestone in enumerate(Milestone)}

_MOVED = RANK[Milestone.IN_TRANSIT]  # from here on a carrier must have accepted the parcel


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


@dataclass(frozen=True, slots=True)
class Scan:
    """One raw event of a parcel. `code` is of the normal form; `at` is UTC, None where the carrier gave no offset.

    `implied`: nobody scanned, but what was done proves it. `void`: made by mistake, it proves nothing. `hint`: whoever
    reported it cannot prove to be the carrier, which has not confirmed it yet: until then it proves nothing. `words` are the
    carrier's own, which the shopper may read.
    """

    key: str
    code: Milestone | Note
    at: datetime | None
    received_at: datetime
    place: str | None = None
    description: str | None = None
    implied: bool = False
    void: bool = False
    hint: bool = False
    words: str | None = None

    @property
    def moment(self) -> datetime:
        """The best that is known of when it happened: a carrier whose clock is ahead of ours saw it before we were told."""
        return min(self.at or self.received_at, self.received_at)


@dataclass(frozen=True, slots=True)
class Reported:
    """A scan as a carrier reports it. `time` is its own clock, as written; `raw_code` its own word.

    `key` is the same for each repeat of this scan. `carrier` is there where the sender speaks for many and names one.
    """

    tracking_number: str
    code: Milestone | Note
    raw_code: str
    key: str
    time: str | None = None
    at: datetime | None = None
    place: str | None = None
    description: str | None = None
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong with a parcel, in the carrier's words where it gave any."""

    name: str
    at: datetime
    words: str | None = None


def normal(code: str) -> Milestone | Note:
    """`code` in the normal form; `unknown` for a word that is not of it."""
    return _NORMAL.get(code.strip().lower(), Note.UNKNOWN)


def shows_movement(code: Milestone | Note) -> bool:
    """Whether a carrier has had the parcel in its hands."""
    return isinstance(code, Milestone) and RANK[code] >= RANK[Milestone.ACCEPTED]


def fold(scans: Iterable[Scan]) -> tuple[Step, ...]:
    """The milestones that these scans prove, lowest rank first; the same for any order and any repeats of them."""
    reached: dict[Milestone, Step] = {}
    for scan in _counted(scans):
        if not isinstance(scan.code, Milestone):
            continue
        if RANK[scan.code] >= _MOVED:
            implied = Step(milestone=Milestone.ACCEPTED, at=scan.moment, implied=True, place=scan.place)
            reached.setdefault(Milestone.ACCEPTED, implied)
        step = Step(milestone=scan.code, at=scan.moment, implied=scan.implied, place=scan.place, words=scan.words)
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


def timeline(scans: Iterable[Scan], opened: Step | None = None) -> tuple[Step, ...]:
    """The milestones in the order of time, then of rank, with when a hub `opened` the parcel, where no scan tells that."""
    steps = fold(scans)
    if opened is not None and all(step.milestone is not opened.milestone for step in steps):
        steps = (*steps, opened)
    return tuple(sorted(steps, key=lambda step: (step.at, RANK[step.milestone])))


def _counted(scans: Iterable[Scan]) -> list[Scan]:
    """Those that prove something, in an order that is the same however they came."""
    return sorted((scan for scan in scans if not scan.void and not scan.hint), key=_order)


# Of each code the first by this order is all that counts: store.rows reads no other of a parcel's scans.
def _order(scan: Scan) -> tuple[int, bool, datetime, datetime, str]:
    rank = RANK[scan.code] if isinstance(scan.code, Milestone) else -1
    return rank, scan.implied, scan.moment, scan.received_at, scan.key

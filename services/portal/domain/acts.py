"""What people, and the clock, may do to a return."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.contracts.labels import LaneMethod
from libs.contracts.values import LabelTerms, Money, Resolution


@dataclass(frozen=True, slots=True)
class Accept:
    """A reviewer takes it: with a free or paid label, without one, or without anything being sent."""

    label: LabelTerms
    keep_item: bool = False
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A reviewer declines it, with words to the shopper."""

    words: str


@dataclass(frozen=True, slots=True)
class AskInformation:
    """A reviewer needs words or a photo of the shopper."""

    words: str
    wants_photo: bool = False


@dataclass(frozen=True, slots=True)
class GiveInformation:
    """The shopper answers."""

    words: str
    photo_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Quoted:
    """The way back is known now: its lane, the price of its label to the shopper where that is paid, and how it is sent."""

    lane_id: UUID
    price: Money
    method: LaneMethod = LaneMethod.LABEL


@dataclass(frozen=True, slots=True)
class Cancel:
    """The shopper, or staff for them, calls it off before the first scan. `by` is `shopper` or `staff`."""

    by: str = "staff"
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """Staff end it by hand: what was not given is not given any more."""

    words: str | None = None


@dataclass(frozen=True, slots=True)
class LineSettlement:
    """What one line is to give: all that is left of it, or `amount`; in place of the shopper's choice, `resolution`."""

    line_id: UUID
    amount: Money | None = None
    resolution: Resolution | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """Staff have these lines settled now, whatever stage was reached."""

    lines: tuple[LineSettlement, ...]


@dataclass(frozen=True, slots=True)
class WaiveLine:
    """Staff decide that nothing is given for a line, with words to the shopper."""

    line_id: UUID
    words: str


@dataclass(frozen=True, slots=True)
class LabelAgain:
    """Staff ask for a new label in place of one that was refused, is void or has expired."""

    parcel: int = 1


@dataclass(frozen=True, slots=True)
class VoidAgain:
    """Staff ask a carrier once more to make a parcel's label void, after it said no."""

    parcel: int = 1


@dataclass(frozen=True, slots=True)
class TellSent:
    """The shopper says with which carrier a parcel is under way that no label of ours is on, and under which number."""

    parcel: int
    carrier: str
    tracking_number: str
    by: str


@dataclass(frozen=True, slots=True)
class AddParcel:
    """One more box is needed: a label is asked for it."""


@dataclass(frozen=True, slots=True)
class GiveUpParcel:
    """Staff say that this parcel will not come: the others are no longer waiting for it."""

    parcel: int
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Revive:
    """Staff take up a return that was cancelled, expired or rejected."""

    words: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The shopper withdraws from the purchase (Directive (EU) 2023/2673)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A hub scan was made by mistake: nothing moves any more on what it proved."""

    scan_id: UUID
    words: str


@dataclass(frozen=True, slots=True)
class ClearMark:
    """Staff have looked at what was marked and done what there was to do."""

    kind: str
    subject: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class MarkFor:
    """Something came up beside the return's own facts that a person must look at."""

    kind: str
    subject: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock stands at `now`, and the return has awaited the same thing since `since`."""

    since: datetime
    now: datetime


Act = (
    Accept
    | Reject
    | AskInformation
    | GiveInformation
    | Quoted
    | Cancel
    | Close
    | Settle
    | WaiveLine
    | LabelAgain
    | VoidAgain
    | TellSent
    | AddParcel
    | GiveUpParcel
    | Revive
    | Withdraw
    | TakeBack
    | ClearMark
    | MarkFor
    | Tick
)

"""What the admin's pages of one return are given: its story, and the forms of what can be done to it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from libs.contracts.values import Money
from services.portal.web.views.parts import LineStep, Link, Notice, Picture, Problems, Receipt
from services.portal.web.views.staff import Staff, TaskRow


@dataclass(frozen=True, slots=True)
class Pick:
    """One of several answers; `detail` says what follows from it, `amount` what it comes to."""

    code: str
    words: str
    detail: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """A field to fill in. `kind` is `words`, `text`, `count`, `tick`, `radio`, `select` or `photo`."""

    name: str
    kind: str
    label: str
    value: str = ""
    hint: str = ""
    picks: tuple[Pick, ...] = ()
    most: int = 500


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, under a `legend` where there are several groups."""

    blanks: tuple[Blank, ...]
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form that does one act: sent to `address`, with `once` that keeps it from being done twice.

    `of` names the line, parcel or mark that it is about; `grave` is what cannot be undone.
    """

    code: str
    heading: str
    sentences: tuple[str, ...]
    button: str
    groups: tuple[Group, ...]
    address: str
    csrf: str
    once: str
    of: str = ""
    grave: bool = False
    problems: Problems = field(default_factory=dict)

    @property
    def has_files(self) -> bool:
        """Whether it brings files."""
        return any(blank.kind == "photo" for group in self.groups for blank in group.blanks)

    def filled(self, said: dict[str, str], problems: Problems) -> "Sheet":
        """The form with what was written into it, and what is wrong with that."""
        groups = tuple(
            replace(group, blanks=tuple(replace(blank, value=said.get(blank.name, "")) for blank in group.blanks))
            for group in self.groups
        )
        return replace(self, groups=groups, problems=problems)


@dataclass(frozen=True, slots=True)
class TakenOff:
    """A deduction from what a line gives, with its reason."""

    words: str
    amount: Money


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A return line as staff see it; `money` is the code of where its money is, `arrived` what the hub found."""

    product: Picture
    quantity: int
    reason: str
    resolution: str
    owed: Money
    due: Money
    money: str
    taken: tuple[TakenOff, ...] = ()
    paid: Money | None = None
    sku: str | None = None
    sub_reason: str | None = None
    comment: str | None = None
    arrived: str | None = None
    stage: str = ""
    notes: tuple[str, ...] = ()
    reference: str | None = None
    photos: tuple[str, ...] = ()
    acts: tuple[Link, ...] = ()
    hub_photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Awaited:
    """A milestone still to come: half of the lane's parcels are there by `at`, nine of ten by `latest`; `by` says how that is
    known."""

    words: str
    at: datetime
    latest: datetime
    by: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A parcel: `label` is the code of where its label is, `steps` the milestones it reached, `upcoming` those to come."""

    number: int
    label: str
    tracking_number: str | None = None
    address: str | None = None
    steps: tuple[LineStep, ...] = ()
    notes: tuple[str, ...] = ()
    acts: tuple[Link, ...] = ()
    papers: str | None = None
    upcoming: tuple[Awaited, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a return waits for, since when, whose turn it is, and until when; `expires` says what happens then."""

    words: str
    whose: str
    since: datetime
    until: datetime
    expires: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a return. `kind` is `act`, `fact` or `stated`; `effect` is what a fact did, in words."""

    at: datetime
    words: str
    by: str
    kind: str = "fact"
    detail: str | None = None
    effect: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was tried for a line, and why it did or did not match."""

    rule: str
    matched: bool
    because: str


@dataclass(frozen=True, slots=True)
class Decided:
    """How the policy decided on one line."""

    title: str
    outcome: str
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The decision that a return was made on: the policy's `version`, and each line's rules in the order tried."""

    version: int
    facts: tuple[str, ...]
    lines: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """A return for those who decide on it or look after it; `fee` is the label's, and what became of it."""

    number: str
    order: str
    status: str
    shopper: str
    email: str
    submitted_at: datetime
    lines: tuple[StaffLine, ...]
    held: tuple[str, ...] = ()
    asked: str | None = None
    answer: str | None = None
    told: str | None = None
    fee: tuple[Money, str] | None = None
    kind: str = "return"
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """One return, whole. `decide` are the forms of a review, `acts` the pages of what else can be done."""

    staff: Staff
    ret: ReturnFacts
    boxes: tuple[Box, ...]
    receipt: Receipt
    line: tuple[LineStep, ...]
    events: tuple[Event, ...]
    trace: Trace
    waiting: Waiting | None = None
    tasks: tuple[TaskRow, ...] = ()
    decide: tuple[Sheet, ...] = ()
    acts: tuple[Link, ...] = ()
    status_address: str | None = None
    notice: Notice | None = None
    last: Event | None = None


@dataclass(frozen=True, slots=True)
class ActPage:
    """One act's own page: the form, what follows from it, and the way back to `about`."""

    staff: Staff
    about: Link
    sheet: Sheet
    notice: Notice | None = None
    last: Event | None = None
    facts: tuple[tuple[str, str], ...] = ()
    happened: tuple[tuple[datetime, str], ...] = ()
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One held return for whoever has the link of its mail. Once decided, `last` says who decided what, and no more."""

    number: str
    status: str
    ret: ReturnFacts | None = None
    decide: tuple[Sheet, ...] = ()
    receipt: Receipt | None = None
    last: Event | None = None
    notice: Notice | None = None

"""A return and all that is known of it. Knowledge only grows, so that the order in which it comes does not matter."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from libs.contracts.labels import LaneMethod
from libs.contracts.values import (
    Address,
    Condition,
    Contact,
    Disposed,
    LabelTerms,
    Money,
    Resolution,
    ReturnKind,
    ReturnLine,
    Stage,
)
from services.portal.domain.parcels import Parcel
from services.portal.domain.states import (
    CALLED_OFF,
    ENDED,
    Awaiting,
    FeeState,
    HoldState,
    MoneyState,
)

DISPUTED = "payment_disputed"  # the mark that stops money which would move by itself
IN_TROUBLE = "parcel_in_trouble"  # one that stops what moves at a parcel's way, where the parcel is `ASTRAY`
ASTRAY = frozenset({"lost", "returned_to_sender", "rejected"})  # it does not come to its hub
MOVED = frozenset({MoneyState.SETTLING, MoneyState.SETTLED, MoneyState.UNKNOWN})  # on its way, or may be
NO_BONUS = "orders.bonus_refused"  # the code with which orders says that only the credit on top was not given
NO_SHOP = "orders.by_hand"  # the code with which orders leaves a settlement to a person


@dataclass(frozen=True, slots=True)
class Deduction:
    """Why a line gives less than it owes: `code` is `not_arrived` or `by_hand`; `words` are for the shopper too."""

    code: str
    amount: Money
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A return line and where its money is.

    `arrived` is how many units a hub counted and `condition` the worst they were found in; None before an inspection.
    `disposed` is what becomes of them, as far as the hub decided that.
    `instead` is the resolution a person chose over the shopper's. `paid` is what the shop gave, and `refused` the code of why it
    gave nothing last. `difference` is where the money is that an exchange costs more, `hold` what is held for one that is
    given at once.
    """

    asked: ReturnLine
    money: MoneyState = MoneyState.NOT_DUE
    arrived: int | None = None
    condition: Condition | None = None
    found: str | None = None
    disposed: tuple[Disposed, ...] = ()
    instead: Resolution | None = None
    deductions: tuple[Deduction, ...] = ()
    paid: Money | None = None
    attempt: int = 0
    refused: str | None = None
    difference: FeeState = FeeState.OPEN
    hold: HoldState = HoldState.WANTED

    @property
    def resolution(self) -> Resolution:
        """What the shopper gets."""
        return self.instead or self.asked.resolution

    @property
    def is_for_a_person(self) -> bool:
        """Whether no shop of ours can give it, so that a person gives it elsewhere and records that here."""
        return self.money is MoneyState.REFUSED and self.refused == NO_SHOP

    @property
    def deducted(self) -> Money:
        """What is taken off."""
        return Money(amount=sum(each.amount.amount for each in self.deductions), currency=self.asked.owed.currency)

    @property
    def due(self) -> Money:
        """What is to be given: what is owed less what is taken off, never below zero."""
        left = max(0, self.asked.owed.amount - self.deducted.amount)
        return Money(amount=left, currency=self.asked.owed.currency)

    @property
    def costs_more(self) -> Money | None:
        """What the shopper is to pay on top for the exchange; None where nothing is."""
        wished = self.asked.exchange_variant if self.resolution is Resolution.EXCHANGE else None
        return wished.difference if wished and wished.difference and wished.difference.amount > 0 else None

    @property
    def wants_hold(self) -> bool:
        """Whether it is an exchange to be given at once, against a hold."""
        return self.asked.instant and self.resolution is Resolution.EXCHANGE

    @property
    def awaits_difference(self) -> bool:
        """Whether an exchange waits for what it costs more."""
        return self.costs_more is not None and self.difference not in {FeeState.WAIVED, FeeState.PAID}

    @property
    def awaits_hold(self) -> bool:
        """Whether it is not known yet if the exchange is given at once or waits for the parcel."""
        return self.wants_hold and self.hold is HoldState.WANTED

    @property
    def is_given_at_once(self) -> bool:
        """Whether the exchange need not wait for the parcel: its value is, or was, held on the shopper's card."""
        return self.wants_hold and self.hold not in {HoldState.WANTED, HoldState.GIVEN_UP}

    @property
    def units(self) -> int:
        """How many units a settlement is for: those that arrived, where they were counted before the money moves."""
        if self.arrived is None or self.asked.stage is not Stage.INSPECTED or self.is_given_at_once:
            return self.asked.quantity
        return min(self.arrived, self.asked.quantity)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a person must look at and that nothing else of the return tells; gone when a person clears it."""

    kind: str
    subject: str
    words: str | None = None
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses in mails: the shopper's `status` page, the staff's `manage` page, and where reviews are mailed `to`."""

    status: str
    manage: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that a return remembers beside its state. `attempt` counts its lives: it grows when it is revived.

    `held` says what held it for review, by `photo_ids` among others; `asked` is what the shopper was asked for, `words` what
    staff last told them. `price` is what the lane's label costs the shopper where the label is paid. `voucher` is the code that
    waived the fee in this life, `released_in` the last life whose voucher was given back. A `gift`
    comes back from whoever got it, who is not told its price. `method` is how its lane has it sent. `undos` are the hub scans
    that were taken back here, `void_scans` those of which tracking said that they are void.
    """

    links: Links
    price: Money | None = None
    photo_ids: tuple[UUID, ...] = ()
    held: frozenset[str] = frozenset()
    approved: bool = False
    attempt: int = 1
    fee: FeeState = FeeState.OPEN
    voucher: str | None = None
    released_in: int = 0
    parcels: tuple[Parcel, ...] = ()
    inspections: frozenset[UUID] = frozenset()
    marks: tuple[Mark, ...] = ()
    asked: str | None = None
    wants_photo: bool = False
    answer: str | None = None
    words: str | None = None
    cancelled_by: str | None = None
    withdrawn_at: datetime | None = None
    reminded: bool = False
    overdue: bool = False
    gift: bool = False
    method: LaneMethod = LaneMethod.LABEL
    undos: frozenset[UUID] = frozenset()
    void_scans: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Return:
    """One shopper's request and all that is known of it. Without `lane_id` the way back is not quoted yet."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    contact: Contact
    address: Address
    awaiting: Awaiting
    lines: tuple[Line, ...]
    label: LabelTerms
    fee: Money
    lane_id: UUID | None
    inspect: bool
    policy_version: int
    known: Known = field(default_factory=lambda: Known(Links("")))
    kind: ReturnKind = ReturnKind.RETURN

    @property
    def owed(self) -> Money:
        """What the shopper gets for all lines by the decision, before anything is taken off."""
        return total(line.asked.owed for line in self.lines)

    @property
    def sent_back(self) -> tuple[Line, ...]:
        """The lines that are to be posted."""
        return tuple(line for line in self.lines if not line.asked.keep_item)

    @property
    def grams(self) -> int | None:
        """What all that is sent back weighs without its boxes; None where it is not known of every piece."""
        return weight((line.asked.grams, line.asked.quantity) for line in self.sent_back)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why things are sent back."""
        return tuple(sorted({line.asked.reason for line in self.sent_back}))

    @property
    def product_types(self) -> tuple[str, ...]:
        """What is sent back, by the shop's types of product, as far as they are known."""
        return tuple(sorted({kind for line in self.sent_back if (kind := line.asked.product_type)}))

    @property
    def travelling(self) -> tuple[Parcel, ...]:
        """The parcels that are expected."""
        return tuple(parcel for parcel in self.known.parcels if not parcel.given_up)

    @property
    def method(self) -> LaneMethod:
        """How the shopper sends it: as its first label says, or its lane while there is none."""
        return next((parcel.method for parcel in self.travelling if parcel.method), self.known.method)

    @property
    def is_disputed(self) -> bool:
        """Whether a bank disputes what the shopper paid, and nobody has cleared that yet."""
        return any(mark.kind == DISPUTED and not mark.cleared for mark in self.known.marks)

    @property
    def open_undos(self) -> frozenset[UUID]:
        """The scans taken back of which tracking has not said that they are void: until then nothing moves on any."""
        return self.known.undos - self.known.void_scans

    @property
    def is_astray(self) -> bool:
        """Whether a parcel on its way does not come to its hub, by its carrier's word that nobody has seen to yet."""
        expected = {str(parcel.number) for parcel in self.travelling if not parcel.received}
        return any(
            mark.kind == IN_TROUBLE and not mark.cleared and number in expected and trouble in ASTRAY
            for mark in self.known.marks
            for number, _, trouble in (mark.subject.partition("/"),)
        )

    @property
    def nothing_sent(self) -> bool:
        """Whether no carrier and no hub has had a parcel of it."""
        return not any(parcel.accepted or parcel.received for parcel in self.known.parcels)

    @property
    def is_unpaid(self) -> bool:
        """Whether something is owed for a line that is neither given nor taken off."""
        return any(line.money is not MoneyState.SETTLED and line.due.amount for line in self.lines)

    @property
    def has_moved_money(self) -> bool:
        """Whether money of a line is given or on its way, as far as is known."""
        return any(line.money in MOVED for line in self.lines)

    @property
    def is_withdrawal(self) -> bool:
        """Whether it is made as a withdrawal from the purchase, of which the law decides, and not the policy."""
        return self.kind is ReturnKind.WITHDRAWAL

    @property
    def is_withdrawn(self) -> bool:
        """Whether the shopper withdrew from the purchase: it is never rejected, and never ends because time ran out."""
        return self.is_withdrawal or self.known.withdrawn_at is not None

    @property
    def is_ended(self) -> bool:
        """Whether nothing more is awaited."""
        return self.awaiting in ENDED

    @property
    def tracking_number(self) -> str | None:
        """The first parcel's number."""
        return next((parcel.tracking_number for parcel in self.known.parcels if parcel.tracking_number), None)

    def parcel(self, number: int) -> Parcel | None:
        """The parcel with this number, or None."""
        return next((parcel for parcel in self.known.parcels if parcel.number == number), None)

    def line(self, line_id: UUID) -> Line | None:
        """The line with this id, or None."""
        return next((line for line in self.lines if line.asked.id == line_id), None)

    def knowing(self, **changes: object) -> "Return":
        """The return with more known of it."""
        return replace(self, known=replace(self.known, **changes))  # type: ignore[arg-type]

    def with_parcel(self, parcel: Parcel) -> "Return":
        """The return with this parcel in place of the one with its number, or added."""
        others = (each for each in self.known.parcels if each.number != parcel.number)
        return self.knowing(parcels=tuple(sorted((*others, parcel), key=lambda each: each.number)))

    def with_line(self, line: Line) -> "Return":
        """The return with this line in place of the one with its id."""
        return replace(self, lines=tuple(line if each.asked.id == line.asked.id else each for each in self.lines))

    def marked(self, kind: str, subject: str, words: str | None = None) -> "Return":
        """The return with this mark, unless it has it, cleared or not."""
        if any((mark.kind, mark.subject) == (kind, subject) for mark in self.known.marks):
            return self
        new = sorted((*self.known.marks, Mark(kind, subject, words)), key=lambda mark: (mark.kind, mark.subject))
        return self.knowing(marks=tuple(new))

    def cleared(self, kind: str, subject: str) -> "Return":
        """The return with this mark cleared."""
        marks = tuple(
            replace(mark, cleared=True) if (mark.kind, mark.subject) == (kind, subject) else mark
            for mark in self.known.marks
        )
        return self.knowing(marks=marks)

    def missing_units(self, line: Line) -> int:
        """How many units of a line did not come, as far as anybody knows.

        Where a hub counted, what it did not count; where nobody did, all of them, unless a carrier or a hub has had a parcel.
        """
        if line.arrived is None and any(parcel.accepted or parcel.received for parcel in self.known.parcels):
            return 0
        return max(0, line.asked.quantity - (line.arrived or 0))

    def held_units(self) -> dict[UUID, int]:
        """How many units of each order line this return keeps from being returned again.

        From its settlement on the shop counts a unit as returned. One that came and for which nothing was given is kept here
        for good: the shopper does not have it any more.
        """
        held: dict[UUID, int] = {}
        for line in self.lines:
            held[line.asked.order_line_id] = held.get(line.asked.order_line_id, 0) + self._held(line)
        return held

    def _held(self, line: Line) -> int:
        if self.awaiting in CALLED_OFF or line.money is MoneyState.SETTLED:
            return 0
        return line.asked.quantity - (self.missing_units(line) if self.awaiting is Awaiting.CLOSED else 0)


def total(amounts: Iterable[Money]) -> Money:
    """The sum of amounts in one currency; there must be at least one."""
    first, *rest = amounts
    if any(amount.currency != first.currency for amount in rest):
        raise ValueError("amounts in several currencies have no sum")
    return Money(amount=first.amount + sum(amount.amount for amount in rest), currency=first.currency)


def weight(pieces: Iterable[tuple[int | None, int]]) -> int | None:
    """What pieces weigh together, given the grams of one and how many there are; None where one is not known."""
    whole = 0
    for grams, quantity in pieces:
        if grams is None:
            return None
        whole += grams * quantity
    return whole


def share(paid: Money, *, quantity: int, units: int, before: int = 0) -> Money:
    """What `units` of `quantity` cost when all cost `paid`, after `before` units were shared out.

    Cumulative rounding half up, so that the shares of all units add up to `paid` exactly.
    """

    def upto(count: int) -> int:
        return (2 * paid.amount * count + quantity) // (2 * quantity)

    return Money(amount=upto(before + units) - upto(before), currency=paid.currency)

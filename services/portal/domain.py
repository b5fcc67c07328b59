"""The return and its life: one table for where the goods are, one for where the money is. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1
from libs.contracts.orders import SettlementOutcomeUnknownV1, SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.portal import (
    FeeRequestedV1,
    LabelRequestedV1,
    ReturnApprovedV1,
    ReturnClosedV1,
    ReturnHeldForReviewV1,
    ReturnSubmittedV1,
    SettlementRequestedV1,
)
from libs.contracts.tracking import MilestoneReachedV1
from libs.contracts.values import Address, Contact, LabelTerms, Milestone, Money, Resolution, ReturnLine, Stage


class Awaiting(StrEnum):
    """Where the goods are, named for what is awaited."""

    REVIEW = "awaiting_review"
    PAYMENT = "awaiting_payment"
    LABEL = "awaiting_label"
    DROPOFF = "awaiting_dropoff"
    IN_TRANSIT = "in_transit"
    AT_HUB = "at_hub"
    SETTLEMENT = "awaiting_settlement"
    CLOSED = "closed"


class MoneyState(StrEnum):
    """Where the money of one line is."""

    NOT_DUE = "not_due"
    SETTLING = "settling"
    SETTLED = "settled"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    WAIVED = "waived"


class Kind(StrEnum):
    """What a fact means for the return; several wire facts may mean the same."""

    FEE_SETTLED = "fee_settled"
    LABEL_REFUSED = "label_refused"
    LABEL_UNKNOWN = "label_unknown"
    LABEL_ISSUED = "label_issued"
    FIRST_SCAN = "first_scan"
    HUB_SCAN = "hub_scan"
    INSPECTION_SKIPPED = "inspection_skipped"
    ALL_SETTLED = "all_settled"
    SETTLED = "settled"
    SETTLEMENT_REFUSED = "settlement_refused"
    SETTLEMENT_UNKNOWN = "settlement_unknown"
    OF_NO_CONSEQUENCE = "of_no_consequence"


class Effect(StrEnum):
    """What a fact did to the return, kept with its history."""

    APPLIED = "applied"
    KEPT = "kept"
    LATE = "late"
    NOTED = "noted"


class Contradiction(Exception):
    """The fact cannot be true together with what is known of the return: a person must look."""


@dataclass(frozen=True, slots=True)
class Line:
    """A return line and where its money is."""

    asked: ReturnLine
    money: MoneyState = MoneyState.NOT_DUE


@dataclass(frozen=True, slots=True)
class Return:
    """One shopper's request and all that is known of it."""

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
    lane_id: UUID
    inspect: bool
    policy_version: int
    tracking_number: str | None = None
    document_id: UUID | None = None
    label_trouble: str | None = None
    reached: frozenset[Stage] = frozenset()
    kept: tuple[Message, ...] = field(default=())

    @property
    def owed(self) -> Money:
        """What the shopper gets for all lines."""
        return total(line.asked.owed for line in self.lines)

    @property
    def trouble(self) -> str | None:
        """What a person must look at, if anything: a label or a settlement that was refused or whose outcome is unknown."""
        stuck = next((line.money for line in self.lines if line.money in _STUCK), None)
        return self.label_trouble or (f"settlement_{stuck}" if stuck else None)


def total(amounts: Iterable[Money]) -> Money:
    """The sum of amounts in one currency; there must be at least one."""
    first, *rest = amounts
    if any(amount.currency != first.currency for amount in rest):
        raise ValueError("amounts in several currencies have no sum")
    return Money(amount=first.amount + sum(amount.amount for amount in rest), currency=first.currency)


def share(paid: Money, *, quantity: int, units: int, before: int = 0) -> Money:
    """What `units` of `quantity` cost when all cost `paid`, after `before` units were shared out.

    Cumulative rounding half up, so that the shares of all units add up to `paid` exactly.
    """

    def upto(count: int) -> int:
        return (2 * paid.amount * count + quantity) // (2 * quantity)

    return Money(amount=upto(before + units) - upto(before), currency=paid.currency)


# ---- what the return states --------------------------------------------------------------------------------------------

Build = Callable[[Return], Message]


def _submitted(status_url: str) -> Build:
    def build(ret: Return) -> Message:
        return ReturnSubmittedV1(
            return_id=ret.id,
            number=ret.number,
            order_id=ret.order_id,
            order_number=ret.order_number,
            contact=ret.contact,
            address=ret.address,
            lines=_asked(ret),
            status_url=status_url,
            policy_version=ret.policy_version,
        )

    return build


def _approved(ret: Return) -> Message:
    return ReturnApprovedV1(
        return_id=ret.id, number=ret.number, order_id=ret.order_id, lines=_asked(ret), label=ret.label
    )


def _held_for_review(ret: Return) -> Message:
    return ReturnHeldForReviewV1(return_id=ret.id)


def _fee_requested(ret: Return) -> Message:
    return FeeRequestedV1(return_id=ret.id, number=ret.number, label=ret.label, price=ret.fee)


def _label_requested(ret: Return) -> Message:
    return LabelRequestedV1(return_id=ret.id, number=ret.number, parcel=1, lane_id=ret.lane_id, sender=ret.address)


def _closed(ret: Return) -> Message:
    return ReturnClosedV1(return_id=ret.id, number=ret.number)


def _asked(ret: Return) -> tuple[ReturnLine, ...]:
    return tuple(line.asked for line in ret.lines)


# ---- where the goods are -----------------------------------------------------------------------------------------------

MOVES: dict[tuple[Awaiting, Kind], tuple[Awaiting, tuple[Build, ...]]] = {
    # (awaiting, this arrives): (then await, and state)
    (Awaiting.PAYMENT, Kind.FEE_SETTLED): (Awaiting.LABEL, (_label_requested,)),
    (Awaiting.LABEL, Kind.LABEL_REFUSED): (Awaiting.LABEL, ()),
    (Awaiting.LABEL, Kind.LABEL_UNKNOWN): (Awaiting.LABEL, ()),
    (Awaiting.LABEL, Kind.LABEL_ISSUED): (Awaiting.DROPOFF, ()),
    (Awaiting.DROPOFF, Kind.FIRST_SCAN): (Awaiting.IN_TRANSIT, ()),
    (Awaiting.IN_TRANSIT, Kind.HUB_SCAN): (Awaiting.AT_HUB, ()),
    (Awaiting.AT_HUB, Kind.INSPECTION_SKIPPED): (Awaiting.SETTLEMENT, ()),
    (Awaiting.SETTLEMENT, Kind.ALL_SETTLED): (Awaiting.CLOSED, (_closed,)),
}

_TROUBLE = {Kind.LABEL_REFUSED, Kind.LABEL_UNKNOWN}
_STAGES = {Kind.FIRST_SCAN: {Stage.FIRST_SCAN}, Kind.HUB_SCAN: {Stage.FIRST_SCAN, Stage.HUB_SCAN}}
_MILESTONES = {Milestone.ACCEPTED: Kind.FIRST_SCAN, Milestone.HUB_RECEIVED: Kind.HUB_SCAN}
_KINDS: dict[type[Message], Kind] = {
    FeeWaivedV1: Kind.FEE_SETTLED,
    LabelIssuedV1: Kind.LABEL_ISSUED,
    LabelRefusedV1: Kind.LABEL_REFUSED,
    LabelOutcomeUnknownV1: Kind.LABEL_UNKNOWN,
    SettlementSucceededV1: Kind.SETTLED,
    SettlementRefusedV1: Kind.SETTLEMENT_REFUSED,
    SettlementOutcomeUnknownV1: Kind.SETTLEMENT_UNKNOWN,
}
_ORDER = list(Awaiting)
_HOMES = {what: awaiting for awaiting, what in MOVES}

# ---- where the money is ------------------------------------------------------------------------------------------------

MONEY: dict[tuple[MoneyState, Kind], MoneyState] = {
    (MoneyState.SETTLING, Kind.SETTLED): MoneyState.SETTLED,
    (MoneyState.SETTLING, Kind.SETTLEMENT_REFUSED): MoneyState.REFUSED,
    (MoneyState.SETTLING, Kind.SETTLEMENT_UNKNOWN): MoneyState.UNKNOWN,
    (MoneyState.REFUSED, Kind.SETTLED): MoneyState.SETTLED,
    (MoneyState.UNKNOWN, Kind.SETTLED): MoneyState.SETTLED,
    (MoneyState.UNKNOWN, Kind.SETTLEMENT_REFUSED): MoneyState.REFUSED,
}
_DONE = {MoneyState.SETTLED, MoneyState.WAIVED}
_STUCK = {MoneyState.REFUSED, MoneyState.UNKNOWN}


def kind(fact: Message) -> Kind:
    """What `fact` means for the return."""
    if isinstance(fact, MilestoneReachedV1):
        return _MILESTONES.get(fact.milestone, Kind.OF_NO_CONSEQUENCE)
    return _KINDS.get(type(fact), Kind.OF_NO_CONSEQUENCE)


def submit(ret: Return, *, review: bool, status_url: str) -> tuple[Return, list[Message]]:
    """Begin the life of `ret`: approved by policy, or held for a person. Lines that give nothing have no money to move."""
    lines = tuple(
        replace(line, money=MoneyState.WAIVED) if line.asked.resolution is Resolution.NONE else line
        for line in ret.lines
    )
    awaiting = Awaiting.REVIEW if review else Awaiting.PAYMENT
    states = (_held_for_review,) if review else (_approved, _fee_requested)
    ret = replace(ret, awaiting=awaiting, lines=lines)
    return ret, [_submitted(status_url)(ret), *(build(ret) for build in states)]


def advance(ret: Return, fact: Message) -> tuple[Return, list[Message], Effect]:
    """Give `ret` as `fact`, and any fact kept waiting for its turn, leave it; the messages to state; and what the fact did.

    Facts come in any order: an early one is kept, a late or repeated one changes nothing. Raises Contradiction.
    """
    what = kind(fact)
    if what in {Kind.SETTLED, Kind.SETTLEMENT_REFUSED, Kind.SETTLEMENT_UNKNOWN}:
        return _settle(ret, fact, what)
    if (ret.awaiting, what) not in MOVES:
        return _out_of_turn(ret, fact, what)
    return *_run(replace(ret, kept=(*ret.kept, fact))), Effect.APPLIED


def _run(ret: Return) -> tuple[Return, list[Message]]:
    """Make every move whose turn has come."""
    said: list[Message] = []
    while (turn := _next_turn(ret)) is not None:
        ret, more = _move(ret, turn)
        said += more
    return replace(ret, kept=tuple(fact for fact in ret.kept if not _is_past(ret, kind(fact)))), said


def _is_past(ret: Return, what: Kind) -> bool:
    """Whether the return is beyond the state in which a fact of this kind has its turn."""
    return _ORDER.index(_HOMES[what]) < _ORDER.index(ret.awaiting)


def _next_turn(ret: Return) -> Message | Kind | None:
    """A kept fact whose turn has come, or a move that the return makes by itself."""
    for kept in ret.kept:
        if (ret.awaiting, kind(kept)) in MOVES:
            return kept
    if ret.awaiting is Awaiting.AT_HUB and not ret.inspect:
        return Kind.INSPECTION_SKIPPED
    if ret.awaiting is Awaiting.SETTLEMENT and all(line.money in _DONE for line in ret.lines):
        return Kind.ALL_SETTLED
    return None


def _move(ret: Return, turn: Message | Kind) -> tuple[Return, list[Message]]:
    what = turn if isinstance(turn, Kind) else kind(turn)
    awaiting, states = MOVES[ret.awaiting, what]
    ret = replace(
        ret,
        awaiting=awaiting,
        kept=tuple(fact for fact in ret.kept if fact is not turn),
        label_trouble=what.value if what in _TROUBLE else None,
        reached=ret.reached | _STAGES.get(what, set()),
    )
    if isinstance(turn, LabelIssuedV1):
        ret = replace(ret, tracking_number=turn.tracking_number, document_id=turn.document_id)
    said = [build(ret) for build in states]
    ret, due = _ask_settlement(ret)
    return ret, said + due


def _out_of_turn(ret: Return, fact: Message, what: Kind) -> tuple[Return, list[Message], Effect]:
    if what is Kind.OF_NO_CONSEQUENCE:
        return ret, [], Effect.NOTED
    if fact in ret.kept:
        return ret, [], Effect.LATE
    if isinstance(fact, LabelIssuedV1) and not _labels(ret) <= {fact.tracking_number}:
        raise Contradiction(f"a second label for parcel {fact.parcel}")
    if ret.awaiting is Awaiting.REVIEW:
        raise Contradiction(f"{what} before the return was accepted")
    if _is_past(ret, what):
        return ret, [], Effect.LATE
    return replace(ret, kept=(*ret.kept, fact)), [], Effect.KEPT


def _labels(ret: Return) -> set[str]:
    """The tracking numbers known of the parcel, from a label that has had its turn or waits for it."""
    waiting = {fact.tracking_number for fact in ret.kept if isinstance(fact, LabelIssuedV1)}
    return waiting | ({ret.tracking_number} if ret.tracking_number else set())


def _ask_settlement(ret: Return) -> tuple[Return, list[Message]]:
    """Ask for the money of every line whose stage was reached, in one message."""
    due = [line for line in ret.lines if line.money is MoneyState.NOT_DUE and line.asked.stage in ret.reached]
    if not due:
        return ret, []
    lines = tuple(replace(line, money=MoneyState.SETTLING) if line in due else line for line in ret.lines)
    asked = tuple(line.asked for line in due)
    return replace(ret, lines=lines), [
        SettlementRequestedV1(return_id=ret.id, number=ret.number, order_id=ret.order_id, lines=asked)
    ]


def _settle(ret: Return, fact: Message, what: Kind) -> tuple[Return, list[Message], Effect]:
    meant = [line for line in ret.lines if line.asked.id in fact.line_ids]  # type: ignore[attr-defined]
    if len(meant) != len(fact.line_ids):  # type: ignore[attr-defined]
        raise Contradiction("a settlement of lines that are not in this return")
    if any(line.money is MoneyState.NOT_DUE for line in meant):
        raise Contradiction("a settlement that was not asked for")
    if isinstance(fact, SettlementSucceededV1) and fact.amount != total(line.asked.owed for line in meant):
        raise Contradiction(f"settled {fact.amount.amount} {fact.amount.currency}, which is not what is owed")
    changes = {line.asked.id: MONEY[line.money, what] for line in meant if (line.money, what) in MONEY}
    if not changes:
        return ret, [], Effect.LATE
    lines = tuple(replace(line, money=changes.get(line.asked.id, line.money)) for line in ret.lines)
    return *_run(replace(ret, lines=lines)), Effect.APPLIED

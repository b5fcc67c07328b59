"""What a person must do, made from what is known of a return: a task is there while its cause is, and gone with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from libs.contracts.values import Resolution, Stage
from services.portal.domain import delays, knowledge
from services.portal.domain.returns import DISPUTED, Return
from services.portal.domain.states import CALLED_OFF, Awaiting, FeeState, HoldState, LabelState, MoneyState
from services.portal.domain.waiting import SHOPPER, limit_of


class TaskKind(StrEnum):
    """What there is to do."""

    REVIEW = "review"
    FEE_FAILED = "fee_failed"
    FEE_TO_REFUND = "fee_to_refund"
    LABEL_REFUSED = "label_refused"
    LABEL_UNKNOWN = "label_unknown"
    LABEL_EXPIRED = "label_expired"
    DIFFERENCE_FAILED = "difference_failed"
    DIFFERENCE_TO_REFUND = "difference_to_refund"
    HOLD_TO_PLACE = "hold_to_place"
    HOLD_TO_RELEASE = "hold_to_release"
    HOLD_TO_CAPTURE = "hold_to_capture"
    TAKEN_YET_BACK = knowledge.TAKEN_YET_BACK
    PAYMENT_DISPUTED = DISPUTED
    BONUS_REFUSED = knowledge.BONUS_REFUSED
    DECIDE_LINE = "decide_line"
    SETTLE_BY_HAND = "settle_by_hand"
    SETTLEMENT_REFUSED = "settlement_refused"
    GIVE_BY_HAND = "give_by_hand"
    SETTLEMENT_UNKNOWN = "settlement_unknown"
    WITHDRAWAL = "withdrawal"
    OUTBOUND_SHIPPING = "outbound_shipping"
    OVERDUE = "overdue"
    MESSAGE_BOUNCED = knowledge.BOUNCED
    EXTRA_ITEM = knowledge.EXTRA_ITEM
    LABEL_NOT_VOIDED = knowledge.NOT_VOIDED
    SHOP_UPDATE_FAILED = knowledge.SHOP_DIFFERS
    PARCEL_IN_TROUBLE = knowledge.IN_TROUBLE
    PARCEL_DELAYED = delays.ON_ITS_WAY
    INSPECTION_DELAYED = delays.AT_HUB
    SCAN_VOIDED = knowledge.SCAN_TAKEN_BACK
    LATE_PARCEL = knowledge.LATE_PARCEL
    NOT_AS_EXPECTED = knowledge.NOT_AS_EXPECTED
    NO_LANE = "no_lane"
    UNKNOWN_PARCEL = "unknown_parcel"
    INTAKE_UNMATCHED = "intake_unmatched"
    PROOF_OF_PURCHASE = "proof_of_purchase"
    AUDIT_WITHOUT_OUTCOME = "audit_without_outcome"
    SHOP_ACCESS_LOST = "shop_access_lost"
    CANCEL_BY_HAND = "cancel_by_hand"
    CANCELLATION_REFUSED = "cancellation_refused"
    CANCELLATION_UNKNOWN = "cancellation_unknown"
    PERSON_REQUEST = "person_request"


@dataclass(frozen=True, slots=True)
class Owed:
    """Who owns a task of a kind, what it says, and the acts that clear it, first the usual one."""

    role: str
    words: str
    acts: tuple[str, ...]


TASKS: dict[TaskKind, Owed] = {
    TaskKind.REVIEW: Owed("agent", "Decide on the return", ("accept", "reject", "ask")),
    TaskKind.FEE_FAILED: Owed("agent", "The label fee was not paid", ("fee", "cancel")),
    TaskKind.FEE_TO_REFUND: Owed("finance", "Give the label fee back", ("fee",)),
    TaskKind.DIFFERENCE_FAILED: Owed(
        "finance", "What the exchange costs more was not paid", ("difference", "settle", "waive-line")
    ),
    TaskKind.DIFFERENCE_TO_REFUND: Owed(
        "finance", "Give back what was paid for an exchange that is not made", ("difference",)
    ),
    TaskKind.HOLD_TO_PLACE: Owed("finance", "Hold the value of an exchange that is given at once", ("hold", "settle")),
    TaskKind.HOLD_TO_RELEASE: Owed("finance", "Release what is held on the shopper’s card", ("hold",)),
    TaskKind.HOLD_TO_CAPTURE: Owed("finance", "The parcel did not come in time: take what is held", ("hold",)),
    TaskKind.TAKEN_YET_BACK: Owed(
        "finance", "What was held is taken, and the parcel came after all: give it back", ("clear",)
    ),
    TaskKind.PAYMENT_DISPUTED: Owed(
        "finance", "The shopper’s bank disputes a payment: no money moves by itself", ("clear",)
    ),
    TaskKind.LABEL_REFUSED: Owed("agent", "The carrier refused the label", ("labels/again", "label")),
    TaskKind.LABEL_UNKNOWN: Owed("agent", "It is not known whether the carrier made the label", ("label",)),
    TaskKind.LABEL_EXPIRED: Owed("agent", "The label has expired", ("labels/again",)),
    TaskKind.DECIDE_LINE: Owed("finance", "Decide what is given for what came back", ("settle", "waive-line")),
    TaskKind.SETTLE_BY_HAND: Owed("finance", "Settle this line by hand", ("settle", "waive-line")),
    TaskKind.SETTLEMENT_REFUSED: Owed(
        "finance", "The shop refused the settlement", ("settle", "settlement", "waive-line")
    ),
    TaskKind.GIVE_BY_HAND: Owed(
        "finance", "Give this in your own system, and record it here", ("settlement", "waive-line")
    ),
    TaskKind.BONUS_REFUSED: Owed("finance", "The credit on top was not given: give it in the shop", ("clear",)),
    TaskKind.SETTLEMENT_UNKNOWN: Owed("finance", "It is not known whether the shop settled", ("settlement",)),
    TaskKind.WITHDRAWAL: Owed(
        "finance", "The shopper withdrew: pay within 14 days of the declaration", ("settle", "waive-line", "clear")
    ),
    TaskKind.OUTBOUND_SHIPPING: Owed(
        "finance",
        "The whole order is withdrawn from: give back what was paid for its standard delivery too",
        ("clear",),
    ),
    TaskKind.OVERDUE: Owed("agent", "Nothing has come in time", ("close", "cancel", "inspections", "settle")),
    TaskKind.MESSAGE_BOUNCED: Owed("agent", "An email did not arrive", ("clear",)),
    TaskKind.EXTRA_ITEM: Owed("hub", "Something came that is not of this return", ("clear",)),
    TaskKind.LABEL_NOT_VOIDED: Owed(
        "agent",
        "The carrier did not make a label void: ask it again, or for the money, and keep the label from being used",
        ("labels/void-again", "clear"),
    ),
    TaskKind.SHOP_UPDATE_FAILED: Owed(
        "agent", "The return in the shop does not say all that is known here: write it there", ("clear",)
    ),
    TaskKind.PARCEL_IN_TROUBLE: Owed("agent", "The carrier reports trouble with the parcel", ("clear", "settle")),
    TaskKind.PARCEL_DELAYED: Owed(
        "agent", "A parcel is late: ask its carrier where it is", ("clear", "parcels/give-up")
    ),
    TaskKind.INSPECTION_DELAYED: Owed(
        "hub", "A parcel waits longer than usual to be inspected", ("inspections", "clear")
    ),
    TaskKind.SCAN_VOIDED: Owed("hub", "A hub scan was taken back", ("clear",)),
    TaskKind.LATE_PARCEL: Owed("agent", "A parcel of an ended return was scanned", ("revive", "clear")),
    TaskKind.NOT_AS_EXPECTED: Owed("agent", "What came is not what was asked for, and its money has moved", ("clear",)),
    TaskKind.NO_LANE: Owed("merchandiser", "No lane leads from this country", ("clear", "close")),
    TaskKind.UNKNOWN_PARCEL: Owed("hub", "A parcel was scanned that is not known", ("clear",)),
    TaskKind.INTAKE_UNMATCHED: Owed("agent", "Find the order of a request", ("match", "clear")),
    TaskKind.PROOF_OF_PURCHASE: Owed("agent", "Find the order of a proof of purchase", ("match", "clear")),
    TaskKind.AUDIT_WITHOUT_OUTCOME: Owed("manager", "It is not known whether an act was done", ("clear",)),
    TaskKind.CANCEL_BY_HAND: Owed("finance", "Cancel this in your own system, and record it", ("clear",)),
    TaskKind.CANCELLATION_REFUSED: Owed("finance", "The shop refused to cancel what is not sent", ("clear",)),
    TaskKind.CANCELLATION_UNKNOWN: Owed("finance", "It is not known whether the shop cancelled", ("clear",)),
    TaskKind.SHOP_ACCESS_LOST: Owed("manager", "The shop lets us in no more: connect it again", ("clear",)),
    TaskKind.PERSON_REQUEST: Owed(
        "manager", "A person's data is to be exported or erased, and time runs out", ("clear",)
    ),
}
_LABELS = {
    LabelState.REFUSED: TaskKind.LABEL_REFUSED,
    LabelState.UNKNOWN: TaskKind.LABEL_UNKNOWN,
    LabelState.EXPIRED: TaskKind.LABEL_EXPIRED,
}
_MONEY = {
    MoneyState.DUE: TaskKind.DECIDE_LINE,
    MoneyState.REFUSED: TaskKind.SETTLEMENT_REFUSED,
    MoneyState.UNKNOWN: TaskKind.SETTLEMENT_UNKNOWN,
}


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """One thing to do on a return; `subject` names the parcel, line or mark that it is about."""

    kind: TaskKind
    subject: str
    words: str | None = None


def tasks_of(ret: Return) -> frozenset[Task]:
    """All that a person must do on `ret` now."""
    return frozenset((*_of_the_whole(ret), *_of_parcels(ret), *_of_lines(ret), *_of_exchanges(ret), *_of_marks(ret)))


def clearable(ret: Return) -> tuple[Task, ...]:
    """The tasks on `ret` that a person clears by having seen to them, in one order."""
    return tuple(task for task in sorted(tasks_of(ret)) if "clear" in TASKS[task.kind].acts)


def role_of(ret: Return, kind: TaskKind) -> str:
    """Who owns the task: for one that is overdue, whoever looks after what is awaited."""
    if kind is not TaskKind.OVERDUE:
        return TASKS[kind].role
    limit = limit_of(ret)
    return limit.waits_for if limit is not None and limit.waits_for in {"hub", "finance"} else TASKS[kind].role


def _of_the_whole(ret: Return) -> Iterator[Task]:
    if ret.awaiting is Awaiting.REVIEW:
        yield Task(TaskKind.REVIEW, "", ", ".join(sorted(ret.known.held)))
    if ret.awaiting is Awaiting.PAYMENT and ret.known.fee is FeeState.FAILED:
        yield Task(TaskKind.FEE_FAILED, "")
    if ret.known.fee is FeeState.PAID and (ret.awaiting in CALLED_OFF or _is_closed_unsent(ret)):
        yield Task(TaskKind.FEE_TO_REFUND, "")
    if ret.known.withdrawn_at is not None and not ret.is_withdrawal and ret.is_unpaid and not _is_paid_elsewhere(ret):
        yield Task(TaskKind.WITHDRAWAL, "", ret.known.withdrawn_at.date().isoformat())
    if ret.known.overdue:
        yield Task(TaskKind.OVERDUE, ret.awaiting)


def _is_closed_unsent(ret: Return) -> bool:
    return ret.awaiting is Awaiting.CLOSED and ret.nothing_sent


def _is_paid_elsewhere(ret: Return) -> bool:
    """Whether a person said that what a withdrawal gives was given some other way."""
    return any(mark.kind == TaskKind.WITHDRAWAL and mark.cleared for mark in ret.known.marks)


def _of_parcels(ret: Return) -> Iterator[Task]:
    if ret.is_ended:
        return
    for parcel in ret.travelling:
        if parcel.label in _LABELS and not parcel.accepted:
            yield Task(_LABELS[parcel.label], str(parcel.number))


def _of_lines(ret: Return) -> Iterator[Task]:
    for line in ret.lines:
        by_hand = line.money is MoneyState.NOT_DUE and line.asked.stage is Stage.MANUAL
        if line.is_for_a_person:
            yield Task(TaskKind.GIVE_BY_HAND, str(line.asked.id), line.found)
        elif line.money in _MONEY:
            yield Task(_MONEY[line.money], str(line.asked.id), line.found)
        elif by_hand and ret.awaiting is Awaiting.SETTLEMENT:
            yield Task(TaskKind.SETTLE_BY_HAND, str(line.asked.id))


def _of_exchanges(ret: Return) -> Iterator[Task]:
    for line in ret.lines:
        dropped = ret.awaiting in CALLED_OFF or line.money is MoneyState.WAIVED
        dropped = dropped or line.resolution is not Resolution.EXCHANGE
        open_ = line.money is MoneyState.NOT_DUE and ret.known.approved and not ret.is_ended
        if open_ and line.awaits_difference and line.difference is FeeState.FAILED:
            yield Task(TaskKind.DIFFERENCE_FAILED, str(line.asked.id))
        if dropped and line.difference is FeeState.PAID:
            yield Task(TaskKind.DIFFERENCE_TO_REFUND, str(line.asked.id))
        if open_ and line.awaits_hold:
            yield Task(TaskKind.HOLD_TO_PLACE, str(line.asked.id))
        if line.hold is HoldState.PLACED and (kind := _end_of_hold(ret, dropped=dropped)) is not None:
            yield Task(kind, str(line.asked.id))


def _end_of_hold(ret: Return, *, dropped: bool) -> TaskKind | None:
    """What is to become of a hold: it ends with the parcel's arrival, or with the time that the parcel had."""
    if dropped or all(parcel.received for parcel in ret.travelling):
        return TaskKind.HOLD_TO_RELEASE
    limit = limit_of(ret)
    late = ret.known.overdue and limit is not None and limit.waits_for in {SHOPPER, "carrier"}
    return TaskKind.HOLD_TO_CAPTURE if late or ret.is_ended else None


def _of_marks(ret: Return) -> Iterator[Task]:
    for mark in ret.known.marks:
        if not (mark.cleared or delays.is_over(ret, mark)):
            yield Task(TaskKind(mark.kind), mark.subject, mark.words)

"""The money of each line: what is due by stage, by decision and by override, and what became of it."""

from dataclasses import dataclass, replace

from libs.contracts.base import Message
from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.portal import SettlementRequestedV1
from libs.contracts.values import Condition, Money, Resolution, ReturnLine, Stage
from services.portal.domain.acts import LineSettlement, Settle, WaiveLine
from services.portal.domain.moves import MONEY
from services.portal.domain.returns import Deduction, Line, Return, share, total
from services.portal.domain.states import CALLED_OFF, UNDECIDED, Awaiting, Contradiction, Kind, MoneyState, NotNow

NOT_ARRIVED = "not_arrived"
BY_HAND = "by_hand"
DONE = frozenset({MoneyState.SETTLED, MoneyState.WAIVED})
_ON_THE_WAY = frozenset({Awaiting.IN_TRANSIT, Awaiting.AT_HUB, Awaiting.SETTLEMENT})
_ARRIVED = frozenset({Awaiting.AT_HUB, Awaiting.SETTLEMENT})


def reached(ret: Return, line: Line) -> bool:
    """Whether the stage of `line` is reached: by every parcel that is expected, or at once where nothing is sent.

    A parcel that is lost, or on its way back to the shopper, reaches none before a person has looked. An exchange waits for
    what it costs more; one that is given at once, for its hold and for nothing else.
    """
    if line.awaits_difference or line.awaits_hold:
        return False
    if line.is_given_at_once:
        return ret.known.approved and not ret.is_ended
    if line.asked.keep_item:
        return ret.known.approved and line.asked.stage is not Stage.MANUAL
    if ret.is_astray:
        return False
    match line.asked.stage:
        case Stage.FIRST_SCAN:
            sent = all(parcel.accepted or parcel.received for parcel in ret.travelling)
            return ret.awaiting in _ARRIVED or (ret.awaiting in _ON_THE_WAY and sent)
        case Stage.HUB_SCAN:
            return ret.awaiting in _ARRIVED
        case Stage.INSPECTED:
            return ret.awaiting is Awaiting.SETTLEMENT
        case _:
            return False


def ask_what_is_due(ret: Return) -> tuple[Return, list[Message]]:
    """Ask for the money of every line whose stage was reached, in one message; hold what a person must decide.

    While a bank disputes what the shopper paid, or a hub scan is being taken back, no money moves by itself.
    """
    if ret.is_disputed or ret.open_undos:
        return ret, []
    asked: list[Line] = []
    for line in ret.lines:
        if line.money is not MoneyState.NOT_DUE or not reached(ret, line):
            continue
        counted, kind = _inspected(line)
        due = replace(counted, money=MONEY[line.money, kind])
        if due.money is MoneyState.SETTLING:
            due = replace(due, attempt=line.attempt + 1)
            asked.append(due)
        ret = ret.with_line(due)
    return ret, _requests(ret, asked)


def _inspected(line: Line) -> tuple[Line, Kind]:
    """What the inspection, where it comes before the money, says of a line; what did not arrive is taken off."""
    if line.is_given_at_once:
        return line, Kind.HOLD_PLACED
    if line.arrived is None or line.asked.stage is not Stage.INSPECTED or line.asked.keep_item:
        return line, Kind.STAGE_REACHED
    missing = line.asked.quantity - line.units
    if missing > 0:
        arrived = share(line.asked.owed, quantity=line.asked.quantity, units=line.units)
        off = Money(amount=line.asked.owed.amount - arrived.amount, currency=arrived.currency)
        words = f"{missing} of {line.asked.quantity} did not arrive"
        line = replace(line, deductions=(*line.deductions, Deduction(NOT_ARRIVED, off, words)))
    if line.units == 0:
        return line, Kind.NOTHING_CAME
    return line, Kind.STAGE_REACHED if line.condition is Condition.AS_EXPECTED else Kind.DIFFERS


def settle_by_hand(ret: Return, act: Settle) -> tuple[Return, list[Message]]:
    """Ask for the money of the lines a person names, whatever stage was reached. Raises NotNow."""
    if ret.awaiting in UNDECIDED:
        raise NotNow("portal.not_accepted", "Accept the return first: the shop opens it then.")
    if ret.awaiting in CALLED_OFF:
        raise NotNow("portal.called_off", "The return has ended. Revive it first.")
    asked = [_overridden(_changed(ret, each.line_id, Kind.SETTLE_ASKED), each) for each in act.lines]
    for line in asked:
        ret = ret.with_line(line)
    return ret, _requests(ret, asked)


def waive(ret: Return, act: WaiveLine) -> Return:
    """Nothing is given for a line. Raises NotNow."""
    line = _changed(ret, act.line_id, Kind.LINE_WAIVED)
    off = Deduction(BY_HAND, line.due, act.words)
    return ret.with_line(replace(line, deductions=(*line.deductions, off)))


def waive_what_is_open(ret: Return) -> Return:
    """The return is closed by hand: what was not asked for is not given any more."""
    for line in ret.lines:
        then = MONEY.get((line.money, Kind.CLOSED_BY_HAND))
        ret = ret.with_line(replace(line, money=then)) if then else ret
    return ret


def _changed(ret: Return, line_id: object, kind: Kind) -> Line:
    line = ret.line(line_id)  # type: ignore[arg-type]
    if line is None:
        raise NotNow("portal.no_such_line", "This line is not in the return.")
    then = MONEY.get((line.money, kind))
    if then is None:
        raise NotNow("portal.money_has_moved", f"The money of this line is {line.money.replace('_', ' ')}.")
    return replace(line, money=then)


def _overridden(line: Line, wish: LineSettlement) -> Line:
    """The line as a person would have it settled: another resolution, and at most what is owed for it."""
    by_hand = tuple(each for each in line.deductions if each.code != BY_HAND)
    line = replace(line, deductions=by_hand, instead=wish.resolution or line.instead, attempt=line.attempt + 1)
    if line.resolution is Resolution.NONE:
        raise NotNow("portal.gives_nothing", "Choose what the line is to give: refund, store credit or exchange.")
    if wish.amount is None:
        return line
    if wish.amount.currency != line.asked.owed.currency or not 0 < wish.amount.amount <= line.due.amount:
        raise NotNow("portal.not_an_amount", f"Give an amount between 1 and {line.due.amount} {line.due.currency}.")
    if wish.amount == line.due:
        return line
    off = Money(amount=line.due.amount - wish.amount.amount, currency=wish.amount.currency)
    return replace(line, deductions=(*line.deductions, Deduction(BY_HAND, off, wish.words or "Reduced by our team")))


def _requests(ret: Return, lines: list[Line]) -> list[Message]:
    """One message for each attempt: a settlement that is asked for again is another one than the first."""
    return [
        SettlementRequestedV1(
            return_id=ret.id,
            number=ret.number,
            order_id=ret.order_id,
            lines=tuple(_to_settle(line) for line in lines if line.attempt == attempt),
            attempt=attempt,
            gift=ret.known.gift,
        )
        for attempt in sorted({line.attempt for line in lines})
    ]


def _to_settle(line: Line) -> ReturnLine:
    return line.asked.model_copy(
        update={
            "quantity": max(1, line.units),
            "owed": line.due,
            "resolution": line.resolution,
            "disposed": line.disposed,
        }
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What orders says of a settlement: its lines, what the shop gave where it gave, and by its code why it did not."""

    kind: Kind
    line_ids: tuple[object, ...]
    amount: Money | None
    code: str | None = None


def outcome_of(fact: Message, kind: Kind) -> Outcome:
    """The outcome that a settlement's fact tells."""
    amount = fact.amount if isinstance(fact, SettlementSucceededV1) else None
    code = fact.code if isinstance(fact, SettlementRefusedV1) else None
    return Outcome(kind, tuple(fact.line_ids), amount, code)  # type: ignore[attr-defined]


def take_outcome(ret: Return, told: Outcome) -> Return:
    """`ret` with what became of a settlement. Raises Contradiction where it was not asked for, or gave another amount."""
    meant = [line for line in ret.lines if line.asked.id in told.line_ids]
    if len(meant) != len(told.line_ids):
        raise Contradiction("a settlement of lines that are not in this return")
    if any(line.attempt == 0 for line in meant):
        raise Contradiction("a settlement that was not asked for")
    changing = [line for line in meant if (line.money, told.kind) in MONEY]
    if told.kind is Kind.SETTLED and changing and told.amount != total(line.due for line in meant):
        assert told.amount is not None
        raise Contradiction(f"settled {told.amount.amount} {told.amount.currency}, which is not what is due")
    for line in changing:
        paid = line.due if told.kind is Kind.SETTLED else line.paid
        ret = ret.with_line(replace(line, money=MONEY[line.money, told.kind], paid=paid, refused=told.code))
    return ret

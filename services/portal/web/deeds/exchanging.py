"""The deeds of exchange money: what an exchange costs more, what is held for one, and what a bank disputes."""

from dataclasses import replace
from uuid import UUID

from libs.contracts.payments import FeeOutcome, HoldOutcome, RecordDisputeV1, RecordFeeV1, RecordHoldV1
from libs.contracts.values import Resolution
from services.portal.access import May
from services.portal.domain import CALLED_OFF, FeeState, HoldState, Kind, Line, MoneyState, Return
from services.portal.web import views
from services.portal.web.deeds.deed import WHOLE, About, Deed, Form, Said, note

_WAIVED = views.Pick("waived", "It is waived", "Nothing is to be paid. The exchange goes on.")
_PAID = views.Pick("paid", "It is paid", "By another way than ours. The exchange goes on.")
_FAILED = views.Pick("failed", "The payment failed", "It is still awaited, and the exchange waits.")
_REFUNDED = views.Pick("refunded", "It is given back", "The shopper has it back.")
_PLACED = views.Pick("placed", "It is held", "The exchange is made at once.")
_GIVEN_UP = views.Pick("released", "It cannot be held", "The exchange waits for the parcel.")
_RELEASED = views.Pick("released", "It is released", "Nothing is held any more.")
_CAPTURED = views.Pick("captured", "It is taken", "The parcel did not come, and the shopper pays for the exchange.")
_TAKEN = {FeeState.PAID, FeeState.REFUNDED}
LABEL = "label"


def _line(ret: Return, of: str) -> Line:
    return next(line for line in ret.lines if str(line.asked.id) == of)


def _is_open(ret: Return, line: Line) -> bool:
    return ret.known.approved and not ret.is_ended and line.money is MoneyState.NOT_DUE


def _difference_picks(ret: Return, line: Line) -> tuple[views.Pick, ...]:
    if _is_open(ret, line) and line.awaits_difference:
        return _WAIVED, replace(_PAID, amount=line.costs_more), _FAILED
    dropped = line.money is MoneyState.WAIVED or line.resolution is not Resolution.EXCHANGE
    if line.difference is FeeState.PAID and (dropped or ret.awaiting in CALLED_OFF):
        return (_REFUNDED,)
    return ()


def _can_record_difference(ret: Return) -> tuple[str, ...]:
    return tuple(str(line.asked.id) for line in ret.lines if _difference_picks(ret, line))


def _difference(ret: Return, of: str) -> Form:
    line = _line(ret, of)
    picks = _difference_picks(ret, line)
    choose = views.Blank("outcome", "radio", "What you know", picks[0].code if len(picks) == 1 else "", picks=picks)
    return Form(
        f"What became of the price difference for {line.asked.title}?",
        ("The exchange is not made before it is paid or waived. The parcel travels meanwhile.",),
        "Record it",
        (views.Group((choose,)), note("How you know")),
    )


def _difference_told(ret: Return, of: str, said: Said) -> RecordFeeV1:
    codes = tuple(pick.code for pick in _difference_picks(ret, _line(ret, of)))
    outcome = said.pick("outcome", codes, needs="Choose what became of it")
    words = said.words(needs="Write how you know")
    return RecordFeeV1(return_id=ret.id, line_id=UUID(of), outcome=FeeOutcome(outcome), words=words, by=said.by)


def _hold_picks(ret: Return, line: Line) -> tuple[views.Pick, ...]:
    if line.hold is HoldState.PLACED:
        return _RELEASED, _CAPTURED
    return (replace(_PLACED, amount=line.asked.owed), _GIVEN_UP) if _is_open(ret, line) and line.awaits_hold else ()


def _can_record_hold(ret: Return) -> tuple[str, ...]:
    return tuple(str(line.asked.id) for line in ret.lines if _hold_picks(ret, line))


def _hold(ret: Return, of: str) -> Form:
    line = _line(ret, of)
    choose = views.Blank("outcome", "radio", "What you did", picks=_hold_picks(ret, line))
    return Form(
        f"What became of the hold for {line.asked.title}?",
        ("Do it where the card is first: nothing moves from here.",),
        "Record it",
        (views.Group((choose,)), note("How you know", "Like the payment’s own number.")),
    )


def _hold_told(ret: Return, of: str, said: Said) -> RecordHoldV1:
    codes = tuple(pick.code for pick in _hold_picks(ret, _line(ret, of)))
    outcome = said.pick("outcome", codes, needs="Choose what you did")
    words = said.words(needs="Write how you know")
    return RecordHoldV1(return_id=ret.id, line_id=UUID(of), outcome=HoldOutcome(outcome), words=words, by=said.by)


def _payments(ret: Return) -> tuple[views.Pick, ...]:
    """What the shopper paid, and a bank may dispute."""
    label = [views.Pick(LABEL, "The label fee")] if ret.known.fee in _TAKEN else []
    paid = [line for line in ret.lines if line.difference in _TAKEN or line.hold is HoldState.CAPTURED]
    return (*label, *(views.Pick(str(line.asked.id), f"The exchange of {line.asked.title}") for line in paid))


def _can_dispute(ret: Return) -> tuple[str, ...]:
    return WHOLE if _payments(ret) else ()


def _dispute(ret: Return, _of: str) -> Form:
    picks = _payments(ret)
    blanks = (
        views.Blank("payment", "radio", "What is disputed", picks[0].code if len(picks) == 1 else "", picks=picks),
        views.Blank("reference", "text", "The dispute’s own number", most=120),
    )
    return Form(
        "Record a dispute",
        ("Until somebody clears its task, no money of this return moves by itself.",),
        "Record it",
        (views.Group(blanks), note("What the bank says")),
    )


def _disputed(ret: Return, _of: str, said: Said) -> RecordDisputeV1:
    codes = tuple(pick.code for pick in _payments(ret))
    payment = said.pick("payment", codes, needs="Choose what is disputed")
    return RecordDisputeV1(
        return_id=ret.id,
        line_id=None if payment == LABEL else UUID(payment),
        reference=said.words("reference", needs="Enter the dispute’s number", most=120),
        words=said.words(needs="Write what the bank says"),
        by=said.by,
    )


EXCHANGING = (
    Deed(
        "difference",
        May.MOVE_MONEY,
        "Record the price difference",
        "Recorded. It shows here as soon as payments has stated it.",
        (Kind.DIFFERENCE_PAID, Kind.DIFFERENCE_WAIVED, Kind.DIFFERENCE_FAILED, Kind.DIFFERENCE_REFUNDED),
        _can_record_difference,
        _difference,
        _difference_told,
        About.LINE,
        by_owner=True,
    ),
    Deed(
        "hold",
        May.MOVE_MONEY,
        "Record the hold",
        "Recorded. It shows here as soon as payments has stated it.",
        (Kind.HOLD_PLACED, Kind.HOLD_RELEASED, Kind.HOLD_CAPTURED),
        _can_record_hold,
        _hold,
        _hold_told,
        About.LINE,
        by_owner=True,
    ),
    Deed(
        "dispute",
        May.MOVE_MONEY,
        "Record a dispute",
        "Recorded. No money of this return moves by itself until its task is cleared.",
        (Kind.PAYMENT_DISPUTED,),
        _can_dispute,
        _dispute,
        _disputed,
        by_owner=True,
    ),
)

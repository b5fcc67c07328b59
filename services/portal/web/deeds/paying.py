"""The deeds of money: settle a line, give nothing for it, and write down what became of a fee or a settlement."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from uuid import UUID

from libs.contracts.orders import RecordSettlementV1, SettlementOutcome
from libs.contracts.payments import FeeOutcome, RecordFeeV1
from libs.contracts.values import Money, Resolution
from services.portal import domain
from services.portal.access import May
from services.portal.domain import CALLED_OFF, MONEY, Awaiting, FeeState, Kind, Line, MoneyState, Return, acts, total
from services.portal.domain.settling import BY_HAND
from services.portal.domain.states import UNDECIDED
from services.portal.web import phrases, views, words
from services.portal.web.deeds.deed import WHOLE, About, Deed, Form, Said, note, to_shopper

_OUTCOME_OPEN = {MoneyState.REFUSED, MoneyState.UNKNOWN}
_GIVES = (Resolution.REFUND, Resolution.STORE_CREDIT, Resolution.EXCHANGE)
_WAIVED = views.Pick("waived", "It is waived", "Nothing is to be paid. The label is made.")
_PAID = views.Pick("paid", "It is paid", "By another way than ours. The label is made.")
_FAILED = views.Pick("failed", "The payment failed", "The fee is still awaited.")
_REFUNDED = views.Pick("refunded", "It is given back", "The shopper has the fee back.")


def _lines(ret: Return, kind: Kind) -> tuple[str, ...]:
    return tuple(str(line.asked.id) for line in ret.lines if (line.money, kind) in MONEY)


def _line(ret: Return, of: str) -> Line:
    return next(line for line in ret.lines if str(line.asked.id) == of)


def _can_settle(ret: Return) -> tuple[str, ...]:
    if ret.awaiting in UNDECIDED | CALLED_OFF:
        return ()
    return tuple(of for of in _lines(ret, Kind.SETTLE_ASKED) if most(_line(ret, of)).amount)


def most(line: Line) -> Money:
    """All that a person may give for `line`: what it owes, less what was taken off for other reasons than their own."""
    return replace(line, deductions=tuple(off for off in line.deductions if off.code != BY_HAND)).due


def _settle(ret: Return, of: str) -> Form:
    line = _line(ret, of)
    usual = line.resolution if line.resolution is not Resolution.NONE else Resolution.REFUND
    gives = (each for each in _GIVES if each is not Resolution.EXCHANGE or line.resolution is each)
    amounts = (views.Pick("all", "All that is due", amount=most(line)), views.Pick("part", "Less, as written below"))
    currency = most(line).currency
    blanks = (
        views.Blank("gives", "select", "The shopper gets", usual, picks=tuple(_named(each) for each in gives)),
        views.Blank("much", "radio", "How much", "all", picks=amounts),
        views.Blank("amount", "text", f"Amount in {currency}", hint="For less than all, like 12.50.", most=12),
    )
    return Form(
        f"Settle {line.asked.title}",
        ("The money moves at once, whatever the return still waits for. It cannot be called back from here.",),
        "Settle this line",
        (views.Group(blanks), to_shopper(needed=False, hint="Why it is less. The shopper reads it beside the sum.")),
    )


def _named(resolution: Resolution) -> views.Pick:
    return views.Pick(resolution, phrases.RESOLUTIONS[resolution])


def _settled(ret: Return, of: str, said: Said) -> acts.Act:
    gives = Resolution(said.pick("gives", _GIVES, needs="Choose what the shopper gets"))
    amount = None
    if said.pick("much", ("all", "part"), needs="Choose how much") == "part":
        amount = _amount(said, most(_line(ret, of)))
    elif said.words("amount", most=12):
        said.problems["much"] = "Choose that it is less, or leave the amount empty: all would move at once"
    line = _line(ret, of)
    chosen = None if gives is line.resolution else gives
    return acts.Settle((acts.LineSettlement(line.asked.id, amount, chosen, said.words() or None),))


def _amount(said: Said, at_most: Money) -> Money:
    """The amount written in major units, in minor units of the line's currency; a problem where it is none."""
    places = words.places(at_most.currency)
    needs = f"Enter an amount up to {Decimal(at_most.amount).scaleb(-places)}"
    written = said.words("amount", needs=needs, most=12).replace(",", ".")
    try:
        minor = Decimal(written).scaleb(places)
    except InvalidOperation:
        minor = Decimal(0)
    if not minor.is_finite() or minor != minor.to_integral_value() or not 0 < minor <= at_most.amount:
        said.problems["amount"] = needs
        return at_most
    return Money(amount=int(minor), currency=at_most.currency)


def _can_waive(ret: Return) -> tuple[str, ...]:
    return () if ret.is_ended else _lines(ret, Kind.LINE_WAIVED)


def _waive(ret: Return, of: str) -> Form:
    follows = "The shopper is not paid for this line, and reads why."
    return Form(
        f"Give nothing for {_line(ret, of).asked.title}?", (follows,), "Give nothing", (to_shopper(needed=True),)
    )


def _waived(_ret: Return, of: str, said: Said) -> acts.Act:
    return acts.WaiveLine(UUID(of), said.words(needs="Write to the shopper why nothing is given"))


def _can_record(ret: Return) -> tuple[str, ...]:
    return tuple(str(line.asked.id) for line in ret.lines if line.money in _OUTCOME_OPEN)


def _beside(ret: Return, of: str) -> tuple[Line, ...]:
    """The other lines that were most likely asked for in one settlement with this one: the shop knows them as one."""
    one = _line(ret, of)
    return tuple(
        line
        for line in ret.lines
        if (line.attempt, line.money, line.resolution) == (one.attempt, one.money, one.resolution) and line is not one
    )


def _settlement(ret: Return, of: str) -> Form:
    line = _line(ret, of)
    if line.is_for_a_person:
        return _given(ret, of)
    happened = views.Pick("succeeded", "It happened", "The shopper has the money.")
    failed = views.Pick("refused", "It did not happen", "The line can be settled again then.")
    blanks = (
        views.Blank("outcome", "radio", "What you found at the shop", picks=(happened, failed)),
        views.Blank("reference", "text", "The shop’s own number of it", hint="Where it happened.", most=120),
    )
    return Form(
        f"What became of the settlement of {line.asked.title}?",
        ("Look it up at the shop first. Nothing is paid twice on a guess.",),
        "Record it",
        (views.Group((*_ticks(ret, of), *blanks)), note("How you know")),
    )


def _given(ret: Return, of: str) -> Form:
    """For a line that no shop of ours can settle: what is to be given, and what to write down of it."""
    due = total(line.due for line in (_line(ret, of), *_beside(ret, of)))
    amount = f"{Decimal(due.amount).scaleb(-words.places(due.currency))} {due.currency}"
    done = views.Pick("succeeded", "It is given", "The shopper is told so.")
    undone = views.Pick("refused", "It cannot be given", "The line can be settled in another way then.")
    gives = phrases.RESOLUTIONS[_line(ret, of).resolution].lower()
    blanks = (
        views.Blank("outcome", "radio", "What you did", picks=(done, undone)),
        views.Blank(
            "reference", "text", "Its number in your own system", hint="The refund’s, or the gift card’s.", most=120
        ),
    )
    return Form(
        f"Record what is given for {_line(ret, of).asked.title}",
        (f"{amount} is due, as {gives}. Give it in your own system first: nothing moves from here.",),
        "Record it",
        (views.Group((*_ticks(ret, of), *blanks)), note("How you know")),
    )


def _ticks(ret: Return, of: str) -> tuple[views.Blank, ...]:
    """The lines that belong to the same settlement, each ticked."""
    return tuple(
        views.Blank(f"with-{other.asked.id}", "tick", f"Together with {other.asked.title}", "yes")
        for other in _beside(ret, of)
    )


def _settlement_told(ret: Return, of: str, said: Said) -> RecordSettlementV1:
    outcome = said.pick("outcome", tuple(SettlementOutcome), needs="Choose what you found")
    happened = outcome == SettlementOutcome.SUCCEEDED
    reference = said.words("reference", needs="Enter the shop’s number of it" if happened else "", most=120)
    others = (line.asked.id for line in _beside(ret, of) if said.ticked(f"with-{line.asked.id}"))
    return RecordSettlementV1(
        return_id=ret.id,
        line_ids=(UUID(of), *others),
        outcome=SettlementOutcome(outcome),
        reference=(reference or None) if happened else None,
        words=said.words(needs="Write how you know"),
        by=said.by,
    )


def _fee_picks(ret: Return) -> tuple[views.Pick, ...]:
    if ret.awaiting is Awaiting.PAYMENT and ret.lane_id is not None:
        return _WAIVED, _PAID, _FAILED
    if domain.may(ret, Kind.FEE_REFUNDED) and ret.known.fee is FeeState.PAID:
        return (_REFUNDED,)
    return ()


def _can_record_fee(ret: Return) -> tuple[str, ...]:
    return WHOLE if _fee_picks(ret) else ()


def _fee(ret: Return, _of: str) -> Form:
    picks = _fee_picks(ret)
    only = picks[0].code if len(picks) == 1 else ""
    outcome = views.Blank("outcome", "radio", "What you know", only, picks=picks)
    voucher = views.Blank("voucher", "text", "Voucher code", hint="Where a voucher waives it.", most=60)
    blanks = (outcome, voucher) if any(pick.code == "waived" for pick in picks) else (outcome,)
    return Form("What became of the label fee?", (), "Record it", (views.Group(blanks), note("How you know")))


def _fee_told(ret: Return, _of: str, said: Said) -> RecordFeeV1:
    outcome = said.pick("outcome", tuple(pick.code for pick in _fee_picks(ret)), needs="Choose what became of it")
    words_ = said.words(needs="Write how you know")
    voucher = said.words("voucher", most=60) if outcome == FeeOutcome.WAIVED else ""
    return RecordFeeV1(return_id=ret.id, outcome=FeeOutcome(outcome), words=words_, by=said.by, voucher=voucher or None)


PAYING = (
    Deed(
        "settle",
        May.MOVE_MONEY,
        "Settle",
        "The settlement is asked for.",
        (Kind.SETTLE_ASKED,),
        _can_settle,
        _settle,
        _settled,
        About.LINE,
    ),
    Deed(
        "waive-line",
        May.MOVE_MONEY,
        "Give nothing",
        "Nothing is given for the line, and the shopper is told.",
        (Kind.LINE_WAIVED,),
        _can_waive,
        _waive,
        _waived,
        About.LINE,
        grave=True,
    ),
    Deed(
        "settlement",
        May.MOVE_MONEY,
        "Record the settlement",
        "Recorded. It shows here as soon as orders has stated it.",
        (Kind.SETTLED, Kind.SETTLEMENT_REFUSED),
        _can_record,
        _settlement,
        _settlement_told,
        About.LINE,
        by_owner=True,
    ),
    Deed(
        "fee",
        May.MOVE_MONEY,
        "Record the label fee",
        "Recorded. It shows here as soon as payments has stated it.",
        (Kind.FEE_PAID, Kind.FEE_WAIVED, Kind.FEE_FAILED, Kind.FEE_REFUNDED),
        _can_record_fee,
        _fee,
        _fee_told,
        by_owner=True,
    ),
)

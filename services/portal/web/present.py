"""From a return as the suite knows it to what its shopper is told."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from libs.contracts.rules import Reason
from libs.contracts.values import LabelTerms, Money, Resolution, Stage
from services.portal.bonuses import bonus_of, with_bonus
from services.portal.domain import (
    CALLED_OFF,
    Awaiting,
    HoldState,
    Kind,
    LabelState,
    Line,
    MoneyState,
    Return,
    ends_at,
    may,
    total,
)
from services.portal.store.people import Retailer
from services.portal.store.returns import Story
from services.portal.terms import deductions_of
from services.portal.web import exchanged, views, ways
from services.portal.web.line import line_of
from services.portal.web.promises import promise

# The European Union and the European Economic Area, where Directive (EU) 2023/2673 holds.
WITHDRAWAL = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
        "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
SENT_WITHIN = timedelta(days=14)
LATE = views.Notice("warn", "That can no longer be done: the return has moved on. Ask our team if you need help.")
_PERSON = "This step needs a person of ours. We are on it, and will email you when it is done."
_STUCK = {MoneyState.REFUSED, MoneyState.UNKNOWN}


def status_page(
    retailer: Retailer,
    story: Story,
    reasons: Mapping[str, str],
    *,
    link: str,
    fresh: bool,
    late: bool = False,
    question: views.Question | None = None,
    telling: views.Telling | None = None,
    gift_cards: tuple[views.GiftCard, ...] = (),
) -> views.StatusPage:
    """A return as its shopper follows it; `link` is its own address. `late`: something asked can no longer be done."""
    ret = story.ret
    nothing_to_pay = ret.awaiting is Awaiting.PAYMENT and not ret.fee.amount
    return views.StatusPage(
        ret.number,
        ret.order_number,
        Awaiting.LABEL if nothing_to_pay else ret.awaiting,
        ret.contact.email,
        line_of(story),
        tuple(summary_of(line, reasons, story) for line in ret.lines),
        receipt_of(story),
        ways.labels_of(retailer, ret, link),
        _send_by(story),
        fresh,
        changing=ret.awaiting in {Awaiting.PAYMENT, Awaiting.LABEL, Awaiting.SETTLEMENT},
        notice=LATE if late else _notice(ret),
        said=_said(ret),
        question=question,
        acts=_acts(ret, link),
        gift_cards=gift_cards,
        declared=_declared(ret),
        words=ways.status_of(replace(ret, awaiting=Awaiting.LABEL) if nothing_to_pay else ret),
        telling=telling,
    )


def _send_by(story: Story) -> date | None:
    """Until when the parcel is to be sent: a withdrawal's within 14 days of its declaration (Directive 2011/83/EU, 14(1))."""
    if story.ret.awaiting is not Awaiting.DROPOFF:
        return None
    if story.ret.is_withdrawal and story.ret.known.withdrawn_at is not None:
        return (story.ret.known.withdrawn_at + SENT_WITHIN).date()
    ends = ends_at(story.ret, story.since)
    return ends.date() if ends is not None else None


def _declared(ret: Return) -> views.Declared | None:
    if ret.known.withdrawn_at is None:
        return None
    return views.Declared(ret.known.withdrawn_at, ret.contact.name, ret.contact.email)


def may_withdraw(ret: Return) -> bool:
    """Whether the page offers the right of withdrawal: to consumers in the EEA, while the return lives."""
    return ret.address.country in WITHDRAWAL and not ret.is_ended and ret.known.withdrawn_at is None


def _acts(ret: Return, link: str) -> tuple[views.Link, ...]:
    acts = []
    open_ = may(ret, Kind.CANCELLED) and not ret.is_withdrawn  # what is declared is not taken back by a tap
    if open_ and not ret.has_moved_money:
        acts.append(views.Link("Cancel this return", f"{link}/cancel"))
    if may_withdraw(ret):
        acts.append(views.Link("Withdraw from this purchase", f"{link}/withdraw"))
    return tuple(acts)


def _said(ret: Return) -> str | None:
    """What staff last wrote to the shopper; a question stands above its own form."""
    return None if ret.awaiting in {Awaiting.INFORMATION, Awaiting.REVIEW} else ret.known.words


def _notice(ret: Return) -> views.Notice | None:
    """What is out of the ordinary, the weightiest first."""
    if any(line.money in _STUCK for line in ret.lines) or _label_is_stuck(ret):
        return views.Notice("warn", _PERSON)
    if ret.awaiting is Awaiting.PAYMENT:
        return _about_payment(ret)
    if ret.known.withdrawn_at is not None and not ret.is_ended:
        return views.Notice("info", "You have withdrawn from this purchase. We have confirmed it to you by email.")
    return None


def _label_is_stuck(ret: Return) -> bool:
    stuck = {LabelState.REFUSED, LabelState.UNKNOWN, LabelState.EXPIRED}
    return not ret.is_ended and any(parcel.label in stuck and not parcel.accepted for parcel in ret.travelling)


def _about_payment(ret: Return) -> views.Notice | None:
    if ret.lane_id is None:
        priced = ret.label is LabelTerms.PAID
        return views.Notice(
            "info",
            "We cannot reach the carrier right now. "
            + ("We email you the price of the label, and how to pay it." if priced else "We email you the label."),
        )
    if ret.fee.amount:
        return views.Notice("info", "The postage is not paid yet. We email you as soon as you can pay it.")
    return None


def receipt_of(story: Story) -> views.Receipt:
    """What comes back, line by line, and what is taken off, with the reason."""
    ret = story.ret
    rows = []
    given_as = {line.asked.id: exchanged.gave(line, story) for line in ret.lines}
    bonuses = {line.asked.id: bonus_of(line, story) for line in ret.lines}
    for line in ret.lines:
        rows.append(exchanged.row_of(line, given_as[line.asked.id]))
        rows += [
            views.ReceiptRow("Taken off", off.amount.model_copy(update={"amount": -off.amount.amount}), off.words)
            for off in line.deductions
        ]
        rows += [bonus_row(bonus)] if (bonus := bonuses[line.asked.id]) else []
    wants_label = ret.lane_id is not None and ret.label is not LabelTerms.NONE
    label = ways.fee_row(ret.fee, ret.method) if wants_label else None
    if label is not None and not label.amount.amount:
        rows.append(label)
    done = ret.awaiting is Awaiting.CLOSED
    back = {line.asked.id: exchanged.money_back(line, given_as[line.asked.id]) for line in ret.lines}
    nothing = ret.lines[0].due.model_copy(update={"amount": 0})
    given = total(_was_given(line, back[line.asked.id], bonuses[line.asked.id]) for line in ret.lines)
    called_off = ret.awaiting in CALLED_OFF
    goods = not called_off and any(row.nothing for row in rows)
    moving = tuple(
        (given_as[line.asked.id], None if line.asked.keep_item else line.asked.stage)
        for line in ret.lines
        if back[line.asked.id].amount
    )
    on_top = tuple(filter(None, (exchanged.on_top(line, given_as[line.asked.id]) for line in ret.lines)))
    return views.Receipt(
        tuple(rows),
        given if done or called_off else total((nothing, *back.values(), *filter(None, bonuses.values()))),
        _total_words(over=done or called_off, goods=goods and not moving),
        None if called_off else _promise(ret, done, moving),
        label if label is not None and label.amount.amount else None,
        on_top,
        nothing=("Exchange" if on_top else "Even exchange") if goods else None,
    )


def _total_words(*, over: bool, goods: bool) -> str:
    if goods:
        return "You got" if over else "You get"
    return "You got back" if over else "You get back"


def _was_given(line: Line, back: Money, bonus: Money | None) -> Money:
    """What a line gave in money, with what came on top: where it gave goods, what came back besides."""
    if line.paid is None:
        return line.due.model_copy(update={"amount": 0})
    return back if line.resolution is Resolution.EXCHANGE else with_bonus(line.paid, bonus)


def bonus_row(bonus: Money) -> views.ReceiptRow:
    """What comes on top of store credit."""
    return views.ReceiptRow("Bonus on top", bonus)


def _promise(ret: Return, done: bool, moving: tuple[tuple[Resolution, Stage | None], ...]) -> str:
    if not moving and any(line.resolution is Resolution.EXCHANGE for line in ret.lines):
        return _when_ordered(ret, done)
    if ret.is_withdrawal and not done:
        return "To the way you paid, once the parcel is handed in."
    return promise(moving, done=done)


def _when_ordered(ret: Return, done: bool) -> str:
    exchanges = [line for line in ret.lines if line.resolution is Resolution.EXCHANGE]
    if done or all(line.money is MoneyState.SETTLED for line in exchanges):
        return "It is on order."
    if any(line.awaits_hold for line in exchanges):
        return "We order it at once when its value is held on your card, else once the parcel reaches our hub."
    return "We order it once the parcel reaches our hub."


def reason_words(reasons: Iterable[Reason], code: str, sub: str | None) -> tuple[str, str | None]:
    """The words for a reason and its sub-reason; their codes where the policy no longer has them."""
    reason = next((reason for reason in reasons if reason.code == code), None)
    below = next((below for below in reason.sub_reasons if below.code == sub), None) if reason else None
    return (reason.words if reason else code.replace("_", " ")), (below.words if below else sub)


def words_of(reasons: Iterable[Reason]) -> dict[str, str]:
    """Every reason's words by its code, and every sub-reason's by both codes: two reasons may each have an `other`."""
    said: dict[str, str] = {}
    for reason in reasons:
        said[reason.code] = reason.words
        said |= {f"{reason.code}/{sub.code}": sub.words for sub in reason.sub_reasons}
    return said


def summary_of(line: Line, reasons: Mapping[str, str], story: Story | None = None) -> views.SummaryItem:
    """A line of a return, to be read once more, with what became of its money."""
    asked, given = line.asked, exchanged.gave(line, story)
    back, bonus = exchanged.money_back(line, given), bonus_of(line, story)
    return views.SummaryItem(
        str(asked.id),
        views.Picture(asked.title, asked.variant, asked.image),
        asked.quantity,
        reasons.get(asked.reason, asked.reason.replace("_", " ").capitalize()),
        given,
        back,
        reasons.get(f"{asked.reason}/{asked.sub_reason}", (asked.sub_reason or "").replace("_", " ").capitalize())
        or None,
        asked.comment,
        (*exchanged.notes_of(line, given), *_fees(line, story), *_notes(line, back, bonus)),
        bonus=bonus,
    )


def _fees(line: Line, story: Story | None) -> tuple[views.Note, ...]:
    """What the policy took off before it said what is owed."""
    found = deductions_of(story.decision, line.asked) if story else ()
    return tuple(views.Note(f"Taken off: {fee.words}", fee.amount) for fee in found)


def _notes(line: Line, back: Money, bonus: Money | None) -> tuple[views.Note, ...]:
    """What is taken off and why, what was paid, and who decides where a person must."""
    notes = [views.Note(f"Taken off: {off.words}", off.amount) for off in line.deductions]
    if line.asked.keep_item:
        notes.append(views.Note("Keep this item: it need not be sent"))
    if line.money is MoneyState.NOT_DUE and line.awaits_difference:
        notes.append(views.Note("We order the exchange as soon as what it costs more is paid"))
    if line.hold is HoldState.PLACED:
        notes.append(views.Note("Held on your card until your parcel is here", line.asked.owed))
    match line.money:
        case MoneyState.SETTLED:
            is_even = line.resolution is Resolution.EXCHANGE and not back.amount
            notes.append(
                views.Note("It is on order") if is_even else views.Note("Given", _was_given(line, back, bonus))
            )
        case MoneyState.DUE:
            notes.append(views.Note("Our team decides what is given for it"))
        case MoneyState.REFUSED | MoneyState.UNKNOWN:
            notes.append(views.Note("A person of ours looks at the payment"))
        case MoneyState.WAIVED if line.asked.owed.amount:
            notes.append(views.Note("Nothing is given for it"))
    return tuple(notes)

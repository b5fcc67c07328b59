"""What each act of a person, or of the clock, does to a return."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from libs.contracts.base import Message
from libs.contracts.portal import ReminderDueV1
from libs.contracts.values import LabelTerms, Money
from services.portal.domain import acts, statements
from services.portal.domain.knowledge import LATE_PARCEL, SCAN_TAKEN_BACK
from services.portal.domain.life import accepted, move, settle_down
from services.portal.domain.moves import MOVES
from services.portal.domain.returns import Parcel, Return
from services.portal.domain.sending import tell_sent, void_again
from services.portal.domain.settling import settle_by_hand, waive, waive_what_is_open
from services.portal.domain.states import ENDED, Awaiting, FeeState, HoldState, Kind, LabelState, NotNow
from services.portal.domain.tasks import clearable
from services.portal.domain.waiting import ends_at, limit_of, next_moment, reminded_role

Done = tuple[Return, list[Message]]
MOST_PARCELS = 20


def act(ret: Return, what: acts.Act) -> Done:
    """`ret` after a person's act, and the messages to state. Raises NotNow, with words for that person."""
    return _DOING[type(what)](ret, what)


def may(ret: Return, kind: Kind) -> bool:
    """Whether the table has a place for `kind` where the return stands."""
    return (ret.awaiting, kind) in MOVES


def _check(ret: Return, kind: Kind) -> None:
    if not may(ret, kind):
        state = ret.awaiting.replace("_", " ")
        raise NotNow("portal.not_now", f"The return is {state}: that cannot be done now.")


def _accept(ret: Return, what: acts.Accept) -> Done:
    _check(ret, Kind.ACCEPTED)
    if what.label is LabelTerms.PAID and ret.known.price is None and ret.lane_id is not None:
        raise NotNow("portal.no_price", "The lane has no price for a paid label. Choose a free label.")
    fee = Money(amount=0, currency=ret.fee.currency)
    if what.label is LabelTerms.PAID and ret.known.price is not None:
        fee = ret.known.price
    ret = replace(ret, label=LabelTerms.NONE if what.keep_item else what.label, fee=fee).knowing(words=what.words)
    if what.keep_item:
        kept = (replace(line, asked=line.asked.model_copy(update={"keep_item": True})) for line in ret.lines)
        ret = replace(ret, lines=tuple(kept)).knowing(parcels=())
    return move(ret, accepted(ret))


def _reject(ret: Return, what: acts.Reject) -> Done:
    _check(ret, Kind.REJECTED)
    if ret.is_withdrawn:
        raise NotNow(
            "portal.withdrawn", "The shopper has withdrawn from the purchase, which nobody can reject. Accept it."
        )
    return move(ret.knowing(words=what.words), Kind.REJECTED)


def _ask(ret: Return, what: acts.AskInformation) -> Done:
    _check(ret, Kind.INFORMATION_ASKED)
    asked = ret.knowing(asked=what.words, wants_photo=what.wants_photo, answer=None)
    return move(asked, Kind.INFORMATION_ASKED)


def _answer(ret: Return, what: acts.GiveInformation) -> Done:
    _check(ret, Kind.INFORMATION_GIVEN)
    photos = (*ret.known.photo_ids, *what.photo_ids)
    return move(ret.knowing(answer=what.words, photo_ids=photos), Kind.INFORMATION_GIVEN)


def _quoted(ret: Return, what: acts.Quoted) -> Done:
    if ret.lane_id is not None:
        return ret, []
    fee = what.price if ret.label is LabelTerms.PAID else Money(amount=0, currency=what.price.currency)
    ret = replace(ret, lane_id=what.lane_id, fee=fee).knowing(price=what.price, method=what.method)
    return move(ret, Kind.QUOTED) if may(ret, Kind.QUOTED) else (ret, [])


def _cancel(ret: Return, what: acts.Cancel) -> Done:
    _check(ret, Kind.CANCELLED)
    _no_money_moved(ret)
    return move(ret.knowing(cancelled_by=what.by, words=what.words), Kind.CANCELLED)


def _no_money_moved(ret: Return) -> None:
    if ret.has_moved_money:
        raise NotNow("portal.money_has_moved", "Money of this return has moved. Close it instead.")


def _close(ret: Return, what: acts.Close) -> Done:
    _check(ret, Kind.CLOSED_BY_HAND)
    return move(waive_what_is_open(ret).knowing(words=what.words), Kind.CLOSED_BY_HAND)


def _settle(ret: Return, what: acts.Settle) -> Done:
    ret, said = settle_by_hand(ret, what)
    ret, more = settle_down(ret)
    return ret, said + more


def _waive(ret: Return, what: acts.WaiveLine) -> Done:
    return settle_down(waive(ret, what))


def _label_again(ret: Return, what: acts.LabelAgain) -> Done:
    _check(ret, Kind.LABEL_AGAIN)
    parcel = ret.parcel(what.parcel)
    if parcel is None:
        raise NotNow("portal.no_such_parcel", "The return has no such parcel.")
    if ret.lane_id is None:
        raise NotNow("portal.no_lane", "The way back is not known yet.")
    if (
        parcel.label not in {LabelState.REFUSED, LabelState.EXPIRED, LabelState.VOID}
        and ret.label is not LabelTerms.NONE
    ):
        raise NotNow("portal.label_stands", f"The label of this parcel is {parcel.label}.")
    again = replace(parcel, attempt=parcel.attempt + 1, label=LabelState.WANTED, tracking_number=None, document_id=None)
    again = replace(again, method=None, sent_with=None, sent_as=None)
    if ret.label is LabelTerms.NONE:
        again = replace(again, attempt=parcel.attempt)  # none was ever asked for
        ret = replace(ret, label=LabelTerms.FREE)
    ret = ret.with_parcel(again)
    said = [statements.label_requested(ret, again)]
    if parcel.label is LabelState.EXPIRED:
        said.insert(0, statements.void_requested(ret, parcel))  # the carrier may still take what is past our last day
    return ret, said


def _add_parcel(ret: Return, _what: acts.AddParcel) -> Done:
    _check(ret, Kind.PARCEL_ADDED)
    if len(ret.known.parcels) >= MOST_PARCELS:
        raise NotNow("portal.too_many_parcels", f"A return has at most {MOST_PARCELS} parcels.")
    parcel = Parcel(len(ret.known.parcels) + 1)
    ret = ret.with_parcel(parcel)
    if ret.label is LabelTerms.NONE or ret.lane_id is None:
        return ret, []
    return ret, [statements.label_requested(ret, parcel)]


def _give_up_parcel(ret: Return, what: acts.GiveUpParcel) -> Done:
    _check(ret, Kind.PARCEL_GIVEN_UP)
    parcel = ret.parcel(what.parcel)
    if parcel is None or parcel.received or parcel.given_up:
        raise NotNow("portal.no_such_parcel", "No such parcel is awaited.")
    if len(ret.travelling) == 1:
        raise NotNow("portal.last_parcel", "No other parcel is awaited. Close the return instead.")
    return settle_down(ret.with_parcel(replace(parcel, given_up=True)))


def _revive(ret: Return, what: acts.Revive) -> Done:
    kind = way_back(ret)
    _check(ret, kind)
    held = ret.known.held or frozenset({"staff"})
    ret = _anew(ret.knowing(attempt=ret.known.attempt + 1, words=what.words, held=held))
    for mark in ret.known.marks:
        ret = ret.cleared(mark.kind, mark.subject) if mark.kind == LATE_PARCEL else ret
    return move(ret, kind)


def _anew(ret: Return) -> Return:
    """What a voucher, a difference and a hold were in the life before is asked anew in this one."""
    if ret.known.voucher is not None:
        ret = ret.knowing(fee=FeeState.OPEN, voucher=None)
    fresh = (replace(line, difference=FeeState.OPEN, hold=HoldState.WANTED) for line in ret.lines)
    return replace(ret, lines=tuple(fresh))


def way_back(ret: Return) -> Kind:
    """Where a revived return goes on: with its review, with its fee where that was never settled, or with its parcel."""
    if not ret.known.approved:
        return Kind.REOPENED
    settled = ret.known.fee in {FeeState.PAID, FeeState.WAIVED, FeeState.REFUNDED} and ret.known.voucher is None
    return Kind.REVIVED if settled or ret.label is LabelTerms.NONE else Kind.REVIVED_UNPAID


def _withdraw(ret: Return, what: acts.Withdraw) -> Done:
    if ret.awaiting in ENDED:
        raise NotNow("portal.not_now", "The return has ended.")
    if ret.known.withdrawn_at is not None:
        return ret, []
    ret = ret.knowing(withdrawn_at=what.at)
    return ret, statements.withdrawal_declared(ret)


def _take_back(ret: Return, what: acts.TakeBack) -> Done:
    """Written down here before tracking is asked: money and the undo then take turns for the return."""
    if what.scan_id in ret.known.undos:
        return ret, []
    if ret.has_moved_money:
        raise NotNow("portal.money_has_moved", "Money of this return has moved: its scan stands.")
    ret = ret.knowing(undos=ret.known.undos | {what.scan_id})
    return ret.marked(SCAN_TAKEN_BACK, str(what.scan_id), what.words), []


def _clear(ret: Return, what: acts.ClearMark) -> Done:
    if not any((task.kind, task.subject) == (what.kind, what.subject) for task in clearable(ret)):
        raise NotNow("portal.no_such_task", "Nothing of that kind is open on this return.")
    return settle_down(ret.marked(what.kind, what.subject, what.words).cleared(what.kind, what.subject))


def _mark(ret: Return, what: acts.MarkFor) -> Done:
    return ret.marked(what.kind, what.subject, what.words), []


def _tick(ret: Return, what: acts.Tick) -> Done:
    """Remind, expire or call overdue, each once; nothing when the moment has not come."""
    moment, limit = next_moment(ret, what.since), limit_of(ret)
    if moment is None or limit is None or moment > what.now:
        return ret, []
    whom = reminded_role(limit)
    if limit.reminder is not None and not ret.known.reminded and whom:
        remind = ReminderDueV1(
            return_id=ret.id,
            number=ret.number,
            awaiting=ret.awaiting,
            reminded=whom,
            until=ends_at(ret, what.since),
            review_to=ret.known.links.to,
            manage_url=ret.known.links.manage,
        )
        ret, said = _tick(ret.knowing(reminded=True), what)
        return ret, said or [remind]  # what has ended meanwhile needs no reminder
    if ends_at(ret, what.since) is not None and not _money_moved(ret):
        return move(ret, Kind.EXPIRED)
    return ret.knowing(overdue=True), []


def _money_moved(ret: Return) -> bool:
    return any(line.attempt for line in ret.lines)


_DOING: dict[type, Callable[[Return, Any], Done]] = {
    acts.Accept: _accept,
    acts.Reject: _reject,
    acts.AskInformation: _ask,
    acts.GiveInformation: _answer,
    acts.Quoted: _quoted,
    acts.Cancel: _cancel,
    acts.Close: _close,
    acts.Settle: _settle,
    acts.WaiveLine: _waive,
    acts.LabelAgain: _label_again,
    acts.VoidAgain: void_again,
    acts.TellSent: tell_sent,
    acts.AddParcel: _add_parcel,
    acts.GiveUpParcel: _give_up_parcel,
    acts.Revive: _revive,
    acts.Withdraw: _withdraw,
    acts.TakeBack: _take_back,
    acts.ClearMark: _clear,
    acts.MarkFor: _mark,
    acts.Tick: _tick,
}
__all__ = ["Awaiting", "act", "may"]

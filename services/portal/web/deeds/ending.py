"""The deeds that end a return, take it up again, or settle what is about it as a whole."""

from libs.chassis.clock import now
from services.portal.access import May, to_clear
from services.portal.domain import (
    TASKS,
    Kind,
    LabelState,
    MoneyState,
    Return,
    Task,
    TaskKind,
    acts,
    clearable,
    way_back,
)
from services.portal.web.deeds.deed import WHOLE, About, Deed, Form, Said, note, to_shopper, whole

_GOES_ON = {
    Kind.REVIVED: "It waits for the parcel again. A void label stays void: ask for a new one afterwards where it is needed.",
    Kind.REVIVED_UNPAID: "It goes on with the label’s fee, which was never settled.",
    Kind.REOPENED: "It is to be reviewed again.",
}
# Tasks that hold money back, and what follows when they are seen to.
_HOLDS = {
    TaskKind.PAYMENT_DISPUTED: "What is due, and waited for the dispute, is given now.",
    TaskKind.PARCEL_IN_TROUBLE: "What waits because the parcel is lost or on its way back is given at its next step, or now.",
}


def _can_cancel(ret: Return) -> tuple[str, ...]:
    return () if ret.has_moved_money else whole(Kind.CANCELLED)(ret)


def _cancel(ret: Return, _of: str) -> Form:
    follows = ["Nothing is given. The items can be returned again while their window is open."]
    if any(parcel.label is LabelState.ISSUED for parcel in ret.travelling):
        follows.append("The label becomes void: a parcel that is posted all the same is not paid for.")
    if ret.fee.amount:
        follows.append("A label fee that was paid is given back.")
    return Form("Cancel the return?", tuple(follows), "Cancel the return", (to_shopper(needed=False),))


def _cancelled(_ret: Return, _of: str, said: Said) -> acts.Act:
    return acts.Cancel("staff", said.words() or None)


def _close(ret: Return, _of: str) -> Form:
    open_lines = [line.asked.title for line in ret.lines if line.money in {MoneyState.NOT_DUE, MoneyState.DUE}]
    lost = f"Nothing more is given for: {', '.join(open_lines)}." if open_lines else "All its money is settled."
    follows = [lost]
    if ret.nothing_sent and ret.fee.amount:
        follows.append("A label fee that was paid is to be given back: a task says so. A voucher is good again.")
    follows.append("The shopper is told.")
    return Form("Close the return?", tuple(follows), "Close the return", (to_shopper(needed=False),))


def _closed(_ret: Return, _of: str, said: Said) -> acts.Act:
    return acts.Close(said.words() or None)


def _can_revive(ret: Return) -> tuple[str, ...]:
    return whole(way_back(ret))(ret)


def _revive(ret: Return, _of: str) -> Form:
    follows = _GOES_ON[way_back(ret)]
    return Form("Take the return up again?", (follows,), "Take it up again", (to_shopper(needed=False),))


def _revived(_ret: Return, _of: str, said: Said) -> acts.Act:
    return acts.Revive(said.words() or None)


def _can_withdraw(ret: Return) -> tuple[str, ...]:
    return WHOLE if not ret.is_ended and ret.known.withdrawn_at is None else ()


def _withdraw(_ret: Return, _of: str) -> Form:
    follows = (
        "For a declaration that came by letter, phone or email. It counts from now, and is confirmed to the shopper.",
        "The money is to be paid within 14 days: a task says so.",
    )
    return Form("Record a withdrawal from the purchase?", follows, "Record the withdrawal")


def _withdrawn(_ret: Return, _of: str, _said: Said) -> acts.Act:
    return acts.Withdraw(now())


def _to_see_to(ret: Return) -> tuple[str, ...]:
    return tuple(_name(task) for task in clearable(ret))


def _name(task: Task) -> str:
    return f"{task.kind}:{task.subject}"


def _owned(of: str) -> frozenset[May]:
    """A task is cleared by those whose it is: some hold money back."""
    return to_clear(TASKS[TaskKind(of.partition(":")[0])].role)


def _clear(ret: Return, of: str) -> Form:
    task = next(task for task in clearable(ret) if _name(task) == of)
    return Form(
        "Is it seen to?",
        tuple(sentence for sentence in (task.words, _HOLDS.get(task.kind)) if sentence),
        "Clear the task",
        (note("What you did", "Kept in the return’s history, for your colleagues."),),
    )


def _cleared(_ret: Return, of: str, said: Said) -> acts.Act:
    kind, _, subject = of.partition(":")
    return acts.ClearMark(kind, subject, said.words() or None)


ENDING = (
    Deed(
        "cancel",
        May.WRITE_RETURNS,
        "Cancel the return",
        "The return is cancelled.",
        (Kind.CANCELLED,),
        _can_cancel,
        _cancel,
        _cancelled,
        grave=True,
    ),
    Deed(
        "close",
        May.DECIDE_RETURNS,
        "Close the return",
        "The return is closed.",
        (Kind.CLOSED_BY_HAND,),
        whole(Kind.CLOSED_BY_HAND),
        _close,
        _closed,
        grave=True,
    ),
    Deed(
        "revive",
        May.WRITE_RETURNS,
        "Take it up again",
        "The return is taken up again.",
        (Kind.REVIVED, Kind.REVIVED_UNPAID, Kind.REOPENED),
        _can_revive,
        _revive,
        _revived,
    ),
    Deed(
        "withdraw",
        May.WRITE_RETURNS,
        "Record a withdrawal",
        "The withdrawal is recorded, and confirmed to the shopper.",
        (Kind.WITHDRAWN,),
        _can_withdraw,
        _withdraw,
        _withdrawn,
        grave=True,
    ),
    Deed(
        "clear",
        May.CLEAR_TASKS,
        "Clear",
        "The task is cleared.",
        (Kind.MARK_CLEARED,),
        _to_see_to,
        _clear,
        _cleared,
        About.MARK,
        also=_owned,
    ),
)

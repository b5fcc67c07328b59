"""A withdrawal that is declared on an ordinary return: nothing ends it before it is paid, and nobody forgets it."""

from datetime import timedelta

import pytest

from libs.contracts.portal import ReminderDueV1
from services.portal.access import May
from services.portal.domain import Awaiting, NotNow, TaskKind, act, acts, ends_at, tasks_of
from services.portal.web.deeds import offered
from tests.unit.portal.lives import (
    NOON,
    a_line,
    a_return,
    after,
    an_id,
    fee_waived,
    held,
    hub_scan,
    label_issued,
    posted,
    pounds,
    settled,
)

EVERYTHING = frozenset(May)
WITHDRAW = acts.Withdraw(NOON)


def kinds(ret):
    return {task.kind for task in tasks_of(ret)}


def withdrawn(ret):
    return act(ret, WITHDRAW)[0]


def labelled():
    return after(a_return(), fee_waived(a_return()), label_issued(a_return()))


def clock(ret, days):
    """The return after the clock struck as often as it may, and all that it stated."""
    said = []
    for day in range(days + 1):
        ret, more = act(ret, acts.Tick(NOON, NOON + timedelta(days=day)))
        said += more
    return ret, said


def test_a_return_that_was_withdrawn_from_does_not_expire_a_person_is_told_instead():
    plain, _ = clock(labelled(), 15)
    ret, said = clock(withdrawn(labelled()), 15)

    assert plain.awaiting is Awaiting.EXPIRED
    assert (ret.awaiting, kinds(ret)) == (Awaiting.DROPOFF, {TaskKind.WITHDRAWAL, TaskKind.OVERDUE})
    assert [message.until for message in said if isinstance(message, ReminderDueV1)] == [None]
    assert ends_at(ret, NOON) is None


def test_a_question_that_is_not_answered_does_not_end_it_either():
    asked, _ = act(withdrawn(held()), acts.AskInformation("Which one?"))

    ret, _ = clock(asked, 15)

    assert ret.awaiting is Awaiting.INFORMATION


def test_nobody_rejects_what_the_shopper_withdrew_from():
    ret = withdrawn(held())

    with pytest.raises(NotNow) as told:
        act(ret, acts.Reject("No."))

    assert (told.value.code, kinds(ret)) == ("portal.withdrawn", {TaskKind.REVIEW, TaskKind.WITHDRAWAL})
    assert "reject" not in {deed.code for deed, _ in offered(ret, EVERYTHING)}
    assert "reject" in {deed.code for deed, _ in offered(held(), EVERYTHING)}


def test_its_task_stays_until_all_of_it_is_paid():
    two = a_return(a_line("shirt"), a_line("scarf", owed=3800))
    ret = after(withdrawn(posted(two)), hub_scan(two))

    half = after(ret, settled(ret, None, "shirt"))
    whole = after(half, settled(ret, None, "scarf"))

    assert [TaskKind.WITHDRAWAL in kinds(each) for each in (ret, half, whole)] == [True, True, False]
    assert whole.awaiting is Awaiting.CLOSED


@pytest.mark.parametrize("end", [acts.Cancel("shopper"), acts.Cancel("staff"), acts.Close("Paid in the shop")], ids=str)
def test_whoever_ends_it_unpaid_leaves_its_task(end):
    ret, _ = act(withdrawn(labelled()), end)

    assert TaskKind.WITHDRAWAL in kinds(ret)


def test_one_that_is_closed_unpaid_may_be_paid_afterwards():
    ret, _ = act(withdrawn(labelled()), acts.Close())

    ret, said = act(ret, acts.Settle((acts.LineSettlement(an_id("shirt")),)))

    assert [line.owed for message in said for line in message.lines] == [pounds(4500)]
    assert kinds(after(ret, settled(ret))) == frozenset()


def test_a_person_says_that_it_was_paid_elsewhere_or_that_nothing_is_owed():
    ret = withdrawn(labelled())

    cleared, _ = act(ret, acts.ClearMark(TaskKind.WITHDRAWAL, "", "By bank transfer"))
    waived, _ = act(ret, acts.WaiveLine(an_id("shirt"), "It was worn out"))

    assert (kinds(cleared), kinds(waived)) == (frozenset(), frozenset())


def test_what_was_not_withdrawn_from_has_no_such_task_to_clear():
    with pytest.raises(NotNow) as told:
        act(labelled(), acts.ClearMark(TaskKind.WITHDRAWAL, ""))

    assert told.value.code == "portal.no_such_task"

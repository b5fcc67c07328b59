"""The clock acts on what waits: reminders, expiry, and calling a person when something is overdue."""

from datetime import timedelta

import pytest

from libs.contracts.portal import LabelVoidRequestedV1, ReminderDueV1, ReturnExpiredV1
from libs.contracts.values import LabelTerms, Stage
from services.portal.domain import (
    ENDED,
    LIMITS,
    Awaiting,
    FeeState,
    TaskKind,
    act,
    acts,
    ends_at,
    limit_of,
    next_moment,
    tasks_of,
)
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
)


def tick(ret, **later):
    """What the clock does to a return that has awaited the same since noon."""
    return act(ret, acts.Tick(NOON, NOON + timedelta(**later)))


def labelled():
    return after(a_return(), fee_waived(a_return()), label_issued(a_return()))


@pytest.mark.parametrize("awaiting", [state for state in Awaiting if state not in ENDED])
def test_every_state_that_waits_has_a_limit_and_somebody_who_is_waited_for(awaiting):
    limit = LIMITS[awaiting]

    assert limit.waits_for
    assert limit.after > (limit.reminder or timedelta())
    assert next_moment(a_return(awaiting=awaiting), NOON) is not None


@pytest.mark.parametrize("awaiting", sorted(ENDED))
def test_what_has_ended_waits_for_nothing(awaiting):
    assert next_moment(a_return(awaiting=awaiting), NOON) is None
    assert tick(a_return(awaiting=awaiting), days=1000) == (a_return(awaiting=awaiting), [])


def test_nothing_happens_before_its_moment():
    ret = labelled()

    assert tick(ret, days=9, hours=23) == (ret, [])


def test_a_shopper_is_reminded_once_with_the_last_day():
    ret, said = tick(labelled(), days=10)
    again, nothing = tick(ret, days=11)

    assert [(type(m), m.reminded, m.until) for m in said] == [(ReminderDueV1, "shopper", NOON + timedelta(days=14))]
    assert (again, nothing) == (ret, [])


def test_a_label_that_is_not_used_in_time_ends_the_return():
    ret, said = tick(labelled(), days=14)

    assert ret.awaiting is Awaiting.EXPIRED
    assert [type(message) for message in said] == [ReturnExpiredV1, LabelVoidRequestedV1]
    assert said[0].awaiting == Awaiting.DROPOFF


def test_a_question_that_is_not_answered_ends_the_return():
    ret, _ = act(held(), acts.AskInformation("A photo, please."))

    ret, said = tick(ret, days=14)

    assert (ret.awaiting, [type(message) for message in said]) == (Awaiting.EXPIRED, [ReturnExpiredV1])


def test_a_fee_that_is_not_paid_ends_the_return():
    ret, _ = act(held(), acts.Accept(LabelTerms.PAID))

    assert tick(ret, days=14)[0].awaiting is Awaiting.EXPIRED


def test_reviewers_are_reminded_and_then_it_is_overdue():
    reminded, said = tick(held(), days=1)
    overdue, nothing = tick(reminded, days=3)

    assert [message.reminded for message in said] == ["agent"]
    assert (overdue.awaiting, nothing) == (Awaiting.REVIEW, [])
    assert {task.kind for task in tasks_of(overdue)} == {TaskKind.REVIEW, TaskKind.OVERDUE}


@pytest.mark.parametrize(
    ("ret", "waits_for"),
    [
        (a_return(), "payments"),
        (after(a_return(), fee_waived(a_return())), "labels"),
        (posted(a_return()), "carrier"),
        (after(posted(a_return(inspect=True)), hub_scan(a_return())), "hub"),
        (after(posted(a_return()), hub_scan(a_return())), "orders"),
        (after(posted(a_return(a_line(stage=Stage.MANUAL))), hub_scan(a_return())), "finance"),
    ],
)
def test_what_comes_too_late_from_others_is_a_task(ret, waits_for):
    assert limit_of(ret).waits_for == waits_for

    late, _ = tick(ret, days=30)

    assert TaskKind.OVERDUE in {task.kind for task in tasks_of(late)}
    assert late.awaiting is ret.awaiting


def test_what_was_overdue_is_no_task_once_it_has_come():
    late, _ = tick(after(a_return(), fee_waived(a_return())), hours=2)

    ret = after(late, label_issued(late))

    assert tasks_of(ret) == frozenset()
    assert next_moment(ret, NOON) == NOON + timedelta(days=10)


def test_a_return_whose_money_has_moved_does_not_expire():
    ret, _ = act(labelled(), acts.Settle((acts.LineSettlement(an_id("shirt")),)))

    late, _ = tick(ret, days=20)

    assert late.awaiting is Awaiting.DROPOFF
    assert TaskKind.OVERDUE in {task.kind for task in tasks_of(late)}


def test_only_what_expires_has_an_end():
    assert ends_at(labelled(), NOON) == NOON + timedelta(days=14)
    assert ends_at(posted(a_return()), NOON) is None


def test_an_expired_return_with_a_paid_fee_is_a_task():
    ret = labelled().knowing(fee=FeeState.PAID)

    expired, _ = tick(ret, days=14)

    assert [task.kind for task in tasks_of(expired)] == [TaskKind.FEE_TO_REFUND]
    assert expired.fee == pounds(0)

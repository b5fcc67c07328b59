"""Money beside an exchange: what it costs more, what is held for one given at once, and what a bank disputes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.contracts.payments import FeeFailedV1, FeeRefundedV1, FeeWaivedV1, HoldCapturedV1, HoldReleasedV1
from libs.contracts.portal import DifferenceRequestedV1, FeeRequestedV1, HoldRequestedV1, SettlementRequestedV1
from libs.contracts.values import LabelTerms, Resolution, Stage
from services.portal.domain import (
    Awaiting,
    FeeState,
    HoldState,
    MoneyState,
    TaskKind,
    act,
    acts,
    advance,
    limit_of,
    submit,
    tasks_of,
)
from services.portal.domain.waiting import DIFFERENCE
from tests.unit.portal.lives import (
    NOON,
    a_line,
    a_return,
    after,
    an_id,
    difference_paid,
    disputed,
    first_scan,
    found,
    hold,
    hub_scan,
    inspected,
    label_issued,
    posted,
    pounds,
)

SHIRT = str(an_id("shirt"))


def kinds_of(ret) -> set[TaskKind]:
    return {task.kind for task in tasks_of(ret)}


def said_of(messages, kind):
    return [message for message in messages if isinstance(message, kind)]


def at_hub_unpaid():
    """An exchange that costs more, whose parcel is there before that is paid."""
    ret = posted(a_return(a_line(difference=500)))
    return after(ret, hub_scan(ret))


def given_at_once():
    """An exchange whose value is held, on its way before its parcel."""
    ret = a_return(a_line(instant=True, stage=Stage.INSPECTED), inspect=True)
    return posted(after(ret, hold(ret)))


def test_an_accepted_exchange_that_costs_more_asks_for_the_difference_once():
    ret, said = submit(a_return(a_line(difference=500)).knowing(approved=False))

    assert said_of(said, DifferenceRequestedV1) == [
        DifferenceRequestedV1(return_id=ret.id, number=ret.number, line_id=an_id("shirt"), price=pounds(500))
    ]
    assert said_of(said, HoldRequestedV1) == []


def test_an_exchange_waits_for_its_difference_while_the_goods_go_on():
    ret = at_hub_unpaid()

    paid, said, _ = advance(ret, difference_paid(ret))

    assert (ret.awaiting, ret.lines[0].money) == (Awaiting.SETTLEMENT, MoneyState.NOT_DUE)
    assert limit_of(ret) == DIFFERENCE
    assert paid.lines[0].money is MoneyState.SETTLING
    assert len(said_of(said, SettlementRequestedV1)) == 1


def test_a_difference_that_failed_is_a_task_and_staff_may_give_a_refund_instead():
    ret = at_hub_unpaid()
    failed = FeeFailedV1(return_id=ret.id, charge_id=an_id("d"), line_id=an_id("shirt"), reason="declined")

    ret = after(ret, failed)
    told = acts.LineSettlement(an_id("shirt"), resolution=Resolution.REFUND)
    instead, said = act(ret, acts.Settle((told,)))

    assert kinds_of(ret) == {TaskKind.DIFFERENCE_FAILED}
    assert instead.lines[0].money is MoneyState.SETTLING
    assert said[0].lines[0].resolution is Resolution.REFUND
    assert kinds_of(instead) == set()


def test_a_waived_difference_lets_the_exchange_go_on():
    ret = at_hub_unpaid()
    waived = {"charge_id": an_id("d"), "line_id": an_id("shirt"), "price": pounds(500), "reason": "staff"}

    ret = after(ret, FeeWaivedV1(return_id=ret.id, **waived))

    assert ret.lines[0].money is MoneyState.SETTLING
    assert ret.known.fee is FeeState.WAIVED


def test_a_difference_paid_for_a_return_that_is_called_off_is_given_back_by_a_person():
    ret = a_return(a_line(difference=500))
    ret, _ = act(after(ret, difference_paid(ret)), acts.Cancel("shopper"))

    assert kinds_of(ret) == {TaskKind.DIFFERENCE_TO_REFUND}
    back = {"charge_id": an_id("d"), "line_id": an_id("shirt"), "amount": pounds(500), "reference": "re_2"}
    assert kinds_of(after(ret, FeeRefundedV1(return_id=ret.id, **back))) == set()


def test_a_hold_that_is_placed_makes_the_exchange_before_the_parcel_comes():
    ret = a_return(a_line(instant=True))

    placed, said, _ = advance(ret, hold(ret))

    assert kinds_of(ret) == {TaskKind.HOLD_TO_PLACE}
    assert (placed.awaiting, placed.lines[0].money) == (Awaiting.PAYMENT, MoneyState.SETTLING)
    assert said_of(said, SettlementRequestedV1)[0].lines[0].owed == pounds(4500)
    assert kinds_of(placed) == set()


def test_a_hold_that_was_never_placed_leaves_the_exchange_to_its_stage():
    ret = posted(a_return(a_line(instant=True, stage=Stage.HUB_SCAN)))

    given_up = after(ret, hold(ret, HoldReleasedV1, placed=False))

    assert given_up.lines[0].hold is HoldState.GIVEN_UP
    assert given_up.lines[0].money is MoneyState.NOT_DUE
    assert after(given_up, hub_scan(ret)).lines[0].money is MoneyState.SETTLING


def test_the_hold_is_to_be_released_when_the_parcel_is_there():
    ret = after(given_at_once(), hub_scan(given_at_once()))

    assert kinds_of(ret) == {TaskKind.HOLD_TO_RELEASE}
    assert kinds_of(after(ret, hold(ret, HoldReleasedV1))) == set()


def test_the_hold_is_to_be_taken_when_the_parcel_does_not_come_in_time():
    ret = given_at_once()

    late, _ = act(ret, acts.Tick(NOON, NOON + timedelta(days=15)))
    taken = after(late, hold(late, HoldCapturedV1))

    assert kinds_of(ret) == set()
    assert kinds_of(late) == {TaskKind.OVERDUE, TaskKind.HOLD_TO_CAPTURE}
    assert kinds_of(taken) == {TaskKind.OVERDUE}


@pytest.mark.parametrize("first", [True, False])
def test_a_parcel_that_comes_after_the_hold_was_taken_is_a_task(first):
    ret = given_at_once()
    facts = [hold(ret, HoldCapturedV1), hub_scan(ret)]

    ret = after(ret, *(facts if first else reversed(facts)))

    assert kinds_of(ret) == {TaskKind.TAKEN_YET_BACK}


def test_a_label_that_is_late_by_itself_does_not_take_the_hold():
    ret = a_return(a_line(instant=True), awaiting=Awaiting.LABEL)

    ret, _ = act(after(ret, hold(ret)), acts.Tick(NOON, NOON + timedelta(hours=2)))

    assert kinds_of(ret) == {TaskKind.OVERDUE}


def test_a_dispute_stops_the_money_until_a_person_clears_it():
    ret = posted(a_return())

    stopped = after(ret, disputed(ret), hub_scan(ret))
    [task] = tasks_of(stopped)
    going_on, said = act(stopped, acts.ClearMark(task.kind, task.subject))

    assert (stopped.awaiting, stopped.lines[0].money) == (Awaiting.SETTLEMENT, MoneyState.NOT_DUE)
    assert task.kind is TaskKind.PAYMENT_DISPUTED
    assert going_on.lines[0].money is MoneyState.SETTLING
    assert len(said_of(said, SettlementRequestedV1)) == 1


def test_the_same_dispute_heard_again_after_it_was_cleared_changes_nothing():
    ret = after(posted(a_return()), disputed(a_return()))
    [task] = tasks_of(ret)

    ret, _ = act(ret, acts.ClearMark(task.kind, task.subject))

    assert after(ret, disputed(ret)) == ret
    assert kinds_of(after(ret, disputed(ret, "dp_2"))) == {TaskKind.PAYMENT_DISPUTED}


def test_a_voucher_pays_for_one_life_only():
    ret = replace(a_return(), label=LabelTerms.PAID, fee=pounds(395))
    by_voucher = FeeWaivedV1(
        return_id=ret.id, charge_id=an_id("charge"), reason="voucher", price=pounds(395), voucher="WINTER"
    )
    ret, _ = act(after(ret, by_voucher, label_issued(ret)), acts.Cancel("shopper"))

    again, said = act(ret, acts.Revive())

    assert again.awaiting is Awaiting.PAYMENT
    assert [message.attempt for message in said_of(said, FeeRequestedV1)] == [2]
    assert after(again, by_voucher).awaiting is Awaiting.PAYMENT


def test_what_was_held_in_an_earlier_life_is_asked_for_anew():
    ret = a_return(a_line(instant=True, difference=500), awaiting=Awaiting.DROPOFF)
    ret = after(ret, label_issued(ret))
    ret, _ = act(ret, acts.Cancel("shopper"))
    given_up = after(ret, hold(ret, HoldReleasedV1, placed=False))

    again, said = act(given_up.knowing(fee=FeeState.WAIVED), acts.Revive())
    late = after(again, hold(again, HoldReleasedV1, placed=False), difference_paid(again))
    there = after(again, hold(again, attempt=2), difference_paid(again, attempt=2), first_scan(again))

    assert [message.attempt for message in said_of(said, HoldRequestedV1)] == [2]
    assert [message.attempt for message in said_of(said, DifferenceRequestedV1)] == [2]
    assert (late.lines[0].hold, late.lines[0].difference) == (HoldState.WANTED, FeeState.OPEN)
    assert there.lines[0].money is MoneyState.SETTLING


def test_a_hold_that_is_heard_of_after_the_end_makes_no_exchange():
    ret, _ = act(a_return(a_line(instant=True)), acts.Cancel("shopper"))

    late, said, _ = advance(ret, hold(ret))

    assert said == []
    assert late.lines[0].money is MoneyState.NOT_DUE
    assert kinds_of(late) == {TaskKind.HOLD_TO_RELEASE}


def test_an_exchange_given_at_once_is_whole_whatever_arrives_later():
    ret = posted(a_return(a_line(instant=True, quantity=3, stage=Stage.INSPECTED), inspect=True))
    one_came = inspected(ret, found(ret.lines[0], 1))

    ret, said, _ = advance(after(ret, hub_scan(ret), one_came), hold(ret))

    [asked] = said_of(said, SettlementRequestedV1)
    assert (asked.lines[0].quantity, asked.lines[0].owed) == (3, pounds(4500))
    assert "not_as_expected" in {mark.kind for mark in ret.known.marks}

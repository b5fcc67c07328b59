"""A return that a person closes before anything was sent: its fee goes back as when it is called off."""

from dataclasses import replace

import pytest

from libs.contracts.payments import FeePaidV1, FeeRefundedV1, VoucherReleasedV1
from libs.contracts.portal import LabelVoidRequestedV1, ReturnClosedV1
from services.portal.domain import Awaiting, Effect, FeeState, TaskKind, act, acts, advance, tasks_of
from services.portal.web.deeds import DEEDS
from tests.unit.portal.lives import a_return, after, an_id, fee_waived, first_scan, label_issued, pounds


def paid(ret):
    return FeePaidV1(return_id=ret.id, charge_id=an_id("charge"), price=pounds(395), reference="pi_1")


def kinds(ret):
    return [task.kind for task in tasks_of(ret)]


def closed(*facts):
    """The return closed by hand after these facts, and what it states."""
    return act(after(a_return(), *facts), acts.Close("Settled in the shop"))


def test_the_fee_that_was_paid_is_a_task_until_it_is_given_back():
    ret, said = closed(paid(a_return()), label_issued(a_return()))

    back = FeeRefundedV1(return_id=ret.id, charge_id=an_id("charge"), amount=pounds(395), reference="re_1")

    assert [type(message) for message in said] == [ReturnClosedV1, LabelVoidRequestedV1]
    assert (said[0].by_hand, said[0].nothing_sent) == (True, True)
    assert kinds(ret) == [TaskKind.FEE_TO_REFUND]
    assert kinds(after(ret, back)) == []


def test_a_payment_that_the_close_overtook_is_a_task_too():
    ret, _ = closed()

    ret, said, _ = advance(ret, paid(ret))

    assert (ret.known.fee, said, kinds(ret)) == (FeeState.PAID, [], [TaskKind.FEE_TO_REFUND])


def test_a_label_that_was_used_was_paid_for():
    ret, [told, *_] = closed(paid(a_return()), label_issued(a_return()), first_scan(a_return()))

    assert (told.nothing_sent, kinds(ret)) == (False, [])


def test_a_label_that_is_used_after_all_was_paid_for():
    ret, _ = closed(paid(a_return()), label_issued(a_return()))

    assert kinds(after(ret, first_scan(ret))) == []


def test_a_voucher_that_is_given_back_has_its_place_in_the_history():
    ret, _ = closed(fee_waived(a_return()).model_copy(update={"voucher": "WINTER"}))

    ret, said, effect = advance(ret, VoucherReleasedV1(return_id=ret.id, charge_id=an_id("charge"), voucher="WINTER"))

    assert (ret.awaiting, ret.known.released_in, said, effect) == (Awaiting.CLOSED, 1, [], Effect.APPLIED)


@pytest.mark.parametrize("sent", [True, False])
def test_whoever_closes_it_reads_what_becomes_of_the_fee(sent):
    ret = after(a_return(), paid(a_return()), label_issued(a_return()), *([first_scan(a_return())] if sent else []))
    told = " ".join(DEEDS["close"].form(replace(ret, fee=pounds(395)), "").sentences)

    assert ("A label fee that was paid is to be given back" in told) is not sent

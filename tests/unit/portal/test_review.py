"""A person decides on a return: accepted, rejected, asked about; called off, ended, and taken up again."""

from dataclasses import replace

import pytest

from libs.contracts.labels import LabelExpiredV1, LabelOutcomeUnknownV1, LabelRefusedV1, LabelVoidedV1
from libs.contracts.payments import FeeFailedV1, FeePaidV1, FeeRefundedV1
from libs.contracts.portal import (
    FeeRequestedV1,
    InformationReceivedV1,
    InformationRequestedV1,
    LabelRequestedV1,
    LabelVoidRequestedV1,
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnHeldForReviewV1,
    ReturnRejectedV1,
    SettlementRequestedV1,
    WithdrawalDeclaredV1,
)
from libs.contracts.values import LabelTerms
from services.portal.domain import Awaiting, MoneyState, NotNow, TaskKind, act, acts, advance, tasks_of
from services.portal.web.deeds import DEEDS
from tests.unit.portal.lives import (
    NOON,
    a_line,
    a_return,
    after,
    an_id,
    fee_waived,
    first_scan,
    held,
    hub_scan,
    label_issued,
    posted,
    pounds,
    settled,
)


def kinds(ret):
    return [task.kind for task in sorted(tasks_of(ret))]


def types(messages):
    return [type(message) for message in messages]


@pytest.mark.parametrize("why", ["rule", "photo", "proof"])
def test_what_held_a_return_is_told_to_those_who_review(why):
    ret = held(by=why)

    assert ret.awaiting is Awaiting.REVIEW
    assert [(task.kind, task.words) for task in tasks_of(ret)] == [(TaskKind.REVIEW, why)]


def test_a_free_label_on_acceptance_costs_the_shopper_nothing():
    ret, said = act(held(), acts.Accept(LabelTerms.FREE))

    assert (ret.awaiting, ret.fee) == (Awaiting.PAYMENT, pounds(0))
    assert types(said) == [ReturnApprovedV1, FeeRequestedV1]
    assert said[0].reviewed


def test_a_paid_label_on_acceptance_asks_for_the_lanes_price():
    ret, said = act(held(), acts.Accept(LabelTerms.PAID, words="Thank you for the photo."))

    assert (ret.awaiting, ret.fee) == (Awaiting.PAYMENT, pounds(395))
    assert (said[0].words, said[1].price) == ("Thank you for the photo.", pounds(395))


def test_without_a_label_the_shopper_sends_it_and_its_arrival_settles_it():
    ret, said = act(held(), acts.Accept(LabelTerms.NONE))

    arrived, asked, _ = advance(ret, hub_scan(ret))

    assert (ret.awaiting, types(said)) == (Awaiting.DROPOFF, [ReturnApprovedV1])
    assert (arrived.awaiting, types(asked)) == (Awaiting.SETTLEMENT, [SettlementRequestedV1])


def test_a_kept_item_is_settled_at_once():
    ret, said = act(held(), acts.Accept(LabelTerms.NONE, keep_item=True))

    assert ret.awaiting is Awaiting.SETTLEMENT
    assert types(said) == [ReturnApprovedV1, SettlementRequestedV1]
    assert said[1].lines[0].keep_item
    assert after(ret, settled(ret)).awaiting is Awaiting.CLOSED


def test_one_kept_item_among_others_is_settled_while_the_others_travel():
    ret, said = act(held(a_line("hat", keep_item=True), a_line("shirt")), acts.Accept(LabelTerms.FREE))

    assert ret.awaiting is Awaiting.PAYMENT
    assert [line.title for line in said[-1].lines] == ["Linen hat"]


def test_a_rejected_return_says_why_and_gives_its_units_back():
    ret, said = act(held(), acts.Reject("The shirt was worn."))

    assert (ret.awaiting, said[0].words) == (Awaiting.REJECTED, "The shirt was worn.")
    assert types(said) == [ReturnRejectedV1]
    assert set(ret.held_units().values()) == {0}


def test_what_was_asked_of_the_shopper_comes_back_to_the_reviewer():
    asking, asked = act(held(), acts.AskInformation("A photo of the seam, please.", wants_photo=True))
    ret, answered = act(asking, acts.GiveInformation("Here it is.", (an_id("photo"),)))

    assert (asking.awaiting, types(asked)) == (Awaiting.INFORMATION, [InformationRequestedV1])
    assert (ret.awaiting, types(answered)) == (Awaiting.REVIEW, [InformationReceivedV1])
    assert answered[0].photo_ids == (an_id("photo"),)


def test_the_first_decision_stands_and_the_second_is_told_so():
    ret, _ = act(held(), acts.Accept(LabelTerms.FREE))

    with pytest.raises(NotNow, match="awaiting payment"):
        act(ret, acts.Reject("Too late"))


@pytest.mark.parametrize("awaiting", [Awaiting.CLOSED, Awaiting.IN_TRANSIT])
def test_nobody_reviews_what_does_not_wait_for_it(awaiting):
    with pytest.raises(NotNow) as told:
        act(a_return(awaiting=awaiting), acts.Accept(LabelTerms.FREE))

    assert told.value.code == "portal.not_now"


def test_a_failed_payment_leaves_the_fee_awaited_and_a_later_one_pays_it():
    ret = a_return()
    failed = FeeFailedV1(return_id=ret.id, charge_id=an_id("charge"), reason="declined")
    paid = FeePaidV1(return_id=ret.id, charge_id=an_id("charge"), price=pounds(395), reference="pi_1")

    waiting, said, _ = advance(ret, failed)
    done = after(waiting, paid)

    assert (waiting.awaiting, said, kinds(waiting)) == (Awaiting.PAYMENT, [], [TaskKind.FEE_FAILED])
    assert (done.awaiting, kinds(done)) == (Awaiting.LABEL, [])
    assert after(after(ret, paid), failed) == done


def a_refusal(ret, attempt=1):
    return LabelRefusedV1(
        return_id=ret.id, booking_id=an_id("booking"), parcel=1, code="address", words="No such street", attempt=attempt
    )


def test_a_refused_label_is_a_task_until_a_new_one_is_asked_for():
    ret = after(a_return(), fee_waived(a_return()))
    refused = after(ret, a_refusal(ret))

    again, said = act(refused, acts.LabelAgain(1))

    assert kinds(refused) == [TaskKind.LABEL_REFUSED]
    assert (kinds(again), said[0].attempt, types(said)) == ([], 2, [LabelRequestedV1])
    assert after(again, a_refusal(ret, attempt=1)) == again
    assert after(again, label_issued(again, attempt=2)).awaiting is Awaiting.DROPOFF


def test_a_label_whose_outcome_is_unknown_is_never_asked_for_again_blindly():
    ret = after(a_return(), fee_waived(a_return()))
    unknown = after(ret, LabelOutcomeUnknownV1(return_id=ret.id, booking_id=an_id("booking"), parcel=1))

    with pytest.raises(NotNow, match="unknown"):
        act(unknown, acts.LabelAgain(1))

    assert kinds(unknown) == [TaskKind.LABEL_UNKNOWN]
    assert kinds(after(unknown, a_refusal(ret))) == [TaskKind.LABEL_REFUSED]


def test_an_expired_label_is_a_task_and_may_be_asked_for_again():
    ret = after(a_return(), fee_waived(a_return()), label_issued(a_return()))
    expired = after(ret, LabelExpiredV1(return_id=ret.id, booking_id=an_id("booking"), parcel=1))

    again, said = act(expired, acts.LabelAgain(1))

    assert (expired.awaiting, kinds(expired)) == (Awaiting.DROPOFF, [TaskKind.LABEL_EXPIRED])
    assert (types(said), kinds(again)) == ([LabelVoidRequestedV1, LabelRequestedV1], [])
    assert [message.attempt for message in said] == [1, 2]


def test_several_parcels_arrive_when_the_last_one_does():
    ret = after(a_return(), fee_waived(a_return()))
    ret, said = act(ret, acts.AddParcel())
    ret = after(ret, label_issued(ret), label_issued(ret, "HW2", parcel=2), first_scan(ret), first_scan(ret, 2))

    half = after(ret, hub_scan(ret, 2))

    assert (said[0].parcel, said[0].parcels) == (2, 2)
    assert half.awaiting is Awaiting.IN_TRANSIT
    assert after(half, hub_scan(half, 1)).awaiting is Awaiting.SETTLEMENT


def test_a_parcel_that_will_not_come_is_waited_for_no_longer():
    ret = after(a_return(), fee_waived(a_return()))
    ret, _ = act(ret, acts.AddParcel())
    ret = after(ret, label_issued(ret), label_issued(ret, "HW2", parcel=2), first_scan(ret), hub_scan(ret, 1))

    ret, said = act(ret, acts.GiveUpParcel(2))

    assert (ret.awaiting, types(said)) == (Awaiting.SETTLEMENT, [SettlementRequestedV1])


def test_the_only_parcel_cannot_be_given_up():
    with pytest.raises(NotNow, match="Close the return"):
        act(posted(a_return()), acts.GiveUpParcel(1))


def test_a_return_called_off_before_its_first_scan_has_its_label_made_void():
    ret = after(a_return(), fee_waived(a_return()), label_issued(a_return()))

    ret, said = act(ret, acts.Cancel("shopper"))

    assert (ret.awaiting, said[0].by) == (Awaiting.CANCELLED, "shopper")
    assert types(said) == [ReturnCancelledV1, LabelVoidRequestedV1]
    assert set(ret.held_units().values()) == {0}


def test_a_return_on_its_way_is_not_called_off():
    with pytest.raises(NotNow, match="in transit"):
        act(posted(a_return()), acts.Cancel("shopper"))


def test_a_return_whose_money_has_moved_is_not_called_off():
    ret, _ = act(a_return(), acts.Settle((acts.LineSettlement(an_id("shirt")),)))

    with pytest.raises(NotNow, match="Close it instead"):
        act(ret, acts.Cancel())


def test_the_fee_of_a_cancelled_return_is_a_task_until_it_is_given_back():
    ret = a_return()
    paid = after(ret, FeePaidV1(return_id=ret.id, charge_id=an_id("charge"), price=pounds(395), reference="pi_1"))
    ret, _ = act(paid, acts.Cancel())
    back = FeeRefundedV1(return_id=ret.id, charge_id=an_id("charge"), amount=pounds(395), reference="re_1")

    assert kinds(ret) == [TaskKind.FEE_TO_REFUND]
    assert kinds(after(ret, back)) == []


def test_a_late_scan_of_an_ended_return_is_a_task_and_reviving_it_goes_on_from_there():
    ret, _ = act(after(a_return(), fee_waived(a_return()), label_issued(a_return())), acts.Cancel())
    ret = after(ret, LabelVoidedV1(return_id=ret.id, booking_id=an_id("booking"), parcel=1))
    scanned, said, _ = advance(ret, first_scan(ret))

    revived, approved = act(scanned, acts.Revive("It is on its way after all."))

    assert (scanned.awaiting, said, kinds(scanned)) == (Awaiting.CANCELLED, [], [TaskKind.LATE_PARCEL])
    assert (revived.awaiting, kinds(revived), approved[0].attempt) == (Awaiting.IN_TRANSIT, [], 2)
    assert after(revived, hub_scan(revived)).awaiting is Awaiting.SETTLEMENT


def test_a_rejected_return_is_taken_up_by_a_new_review():
    rejected, _ = act(held(), acts.Reject("No."))

    ret, said = act(rejected, acts.Revive())

    assert (ret.awaiting, types(said)) == (Awaiting.REVIEW, [ReturnHeldForReviewV1])
    assert sum(ret.held_units().values()) == 1


@pytest.mark.parametrize("stop", range(5))
def test_a_return_is_closed_by_hand_at_any_moment(stop):
    ret = a_return(inspect=True)
    facts = [fee_waived(ret), label_issued(ret), first_scan(ret), hub_scan(ret)]

    ret, said = act(after(ret, *facts[:stop]), acts.Close("Sorted out by phone."))

    closed = [message for message in said if isinstance(message, ReturnClosedV1)]
    assert ret.awaiting is Awaiting.CLOSED
    assert [(each.by_hand, each.words) for each in closed] == [(True, "Sorted out by phone.")]


def test_closing_by_hand_gives_nothing_more():
    ret = a_return(inspect=True)

    ret, said = act(posted(ret), acts.Close())

    assert ret.lines[0].money is MoneyState.WAIVED
    assert SettlementRequestedV1 not in types(said)


def test_a_declared_withdrawal_is_confirmed_once_and_stays_a_task_until_the_end():
    ret, said = act(posted(a_return()), acts.Withdraw(NOON))
    again, nothing = act(ret, acts.Withdraw(NOON))

    assert (types(said), said[0].declared_at) == ([WithdrawalDeclaredV1], NOON)
    assert (again, nothing) == (ret, [])
    assert kinds(ret) == [TaskKind.WITHDRAWAL]


def test_a_return_without_a_quote_waits_for_it_before_its_fee():
    ret = held().knowing(price=None)
    ret, said = act(replace(ret, lane_id=None), acts.Accept(LabelTerms.PAID))

    quoted, asked = act(ret, acts.Quoted(an_id("lane"), pounds(395)))
    again, nothing = act(quoted, acts.Quoted(an_id("other lane"), pounds(1)))

    assert (ret.awaiting, types(said)) == (Awaiting.PAYMENT, [ReturnApprovedV1])
    assert (types(asked), asked[0].price) == ([FeeRequestedV1], pounds(395))
    assert (again, nothing) == (quoted, [])


@pytest.mark.parametrize(
    ("price", "words", "amount"),
    [
        (pounds(395), "A label that the shopper pays", pounds(395)),
        (pounds(0), "A label at its lane’s price: free", None),
        (None, "A label that the shopper pays", None),
    ],
)
def test_a_label_is_offered_on_its_terms_and_never_for_no_pounds(price, words, amount):
    held = a_return(awaiting=Awaiting.REVIEW).knowing(price=price)
    held = held if price is not None else replace(held, lane_id=None)

    picks = {pick.code: pick for group in DEEDS["accept"].form(held, "").groups for pick in group.blanks[0].picks}

    assert (picks["paid"].words, picks["paid"].amount) == (words, amount)
    assert picks["free"].amount is None

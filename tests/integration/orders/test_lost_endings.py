"""A shop that loses the calls which end a return early, and one that is away for days."""

import pytest

from libs.chassis.errors import Transient
from libs.contracts.orders import SettlementOutcomeUnknownV1, SettlementRefusedV1, SettlementSucceededV1
from tests.integration.orders.conftest import approved, asked, called_off, label, line_back, only, over, pounds, revived
from tests.integration.orders.test_killed import try_until_done

LAST = 5  # one try more than the ladder of the tests has rungs


def statuses(desk, sold):
    return [returned["status"] for returned in desk.shop.kept(sold)["returns"]]


def effects(desk, sold):
    journal = desk.shop.ask(f"/control/journal?shop={sold['shop']}&order={sold['name']}")
    return [entry["effect"] for entry in journal]


FAULTS = ["fail_before", "fail_after", "reset_after", "hang_after", "throttled"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_cancelling_whose_answer_is_lost_cancels_once(alder, fault):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.shop.misbehave(fault, "ReturnCancel", seconds=2.0)

    alder.tell(called_off(approval))
    try_until_done(alder)

    assert effects(alder, sold).count("return_cancelled") == 1
    assert statuses(alder, sold) == ["CANCELED"]
    assert alder.steps(approval.return_id)["cancel_return"] == "done"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_release_whose_answer_is_lost_releases_once(alder, fault):
    sold, order = alder.order(lines=[{"product": "camp-shirt", "quantity": 3}])
    approval = approved(order, line_back(order.lines[0], quantity=3, owed=pounds(13500)))
    alder.shop.misbehave(fault, "RemoveFromReturn", seconds=2.0)

    alder.tell(approval, asked(approval, only(approval, quantity=2, owed=pounds(9000))), over(approval))
    try_until_done(alder)

    assert effects(alder, sold).count("units_removed") == 1
    assert statuses(alder, sold) == ["CLOSED"]
    assert alder.find(sold["name"], sold["email"]).lines[0].returnable == 1
    assert set(alder.steps(approval.return_id).values()) == {"done"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_reopening_whose_answer_is_lost_reopens_once(alder, fault):
    sold, approval = alder.shirt_back()
    alder.tell(approval, over(approval))
    alder.work()
    alder.shop.misbehave(fault, "ReturnReopen", seconds=2.0)

    alder.tell(asked(approval))
    try_until_done(alder)

    assert effects(alder, sold).count("return_reopened") == 1
    assert statuses(alder, sold) == ["CLOSED"]
    assert alder.shop.refunded(sold) == [4500]


@pytest.mark.parametrize(("fault", "ends"), [("fail_after", ["CANCELED"]), ("fail_before", [])])
def test_an_opening_that_may_have_happened_is_read_back_before_it_is_cancelled(alder, fault, ends):
    sold, approval = alder.shirt_back()
    alder.shop.misbehave(fault, "ReturnCreate")
    alder.tell(approval)
    with pytest.raises(Transient):
        alder.do(alder.settling())

    alder.tell(called_off(approval))
    waiting = alder.steps(approval.return_id)
    try_until_done(alder)

    assert waiting == {"open_return": "sent", "cancel_return": "planned"}
    assert statuses(alder, sold) == ends
    assert alder.steps(approval.return_id)["cancel_return"] == "done"


def test_an_opening_read_back_after_a_revival_is_not_taken_for_the_new_one(alder):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.tell(called_off(approval))
    alder.work()
    alder.shop.misbehave("fail_after", "ReturnCreate")

    alder.tell(revived(approval), asked(approval))
    try_until_done(alder)

    assert statuses(alder, sold) == ["CANCELED", "CLOSED"]
    assert effects(alder, sold).count("return_opened") == 2
    assert alder.shop.refunded(sold) == [4500]


def test_a_shop_that_declines_to_cancel_is_left_to_people(alder):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.shop.misbehave("refuse", "ReturnCancel")

    alder.tell(called_off(approval))
    alder.work()

    assert statuses(alder, sold) == ["OPEN"]
    assert alder.steps(approval.return_id)["cancel_return"] == "refused"


def test_a_label_that_waits_is_dropped_when_its_return_is_called_off(alder):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()

    alder.tell(label(approval.return_id), called_off(approval))
    alder.work()

    assert effects(alder, sold) == ["order_placed", "return_opened", "return_cancelled"]


def put_back(desk, approval, days):
    """As if the return's steps had been planned so many days ago."""
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        unit.db.exec_driver_sql(
            "UPDATE settlements SET planned_at = planned_at - make_interval(days => %s) WHERE return_id = %s",
            (days, approval.return_id),
        )


def last_try(desk, claim):
    """The try after which a claim would be parked; whether it is planned again."""
    desk.service.settle(type(claim)(claim.id, claim.kind, claim.account, claim.retailer_id, claim.subject, tries=LAST))
    return claim.subject in {waiting.subject for waiting in desk.claims()}


def settling_at_a_shop_that_is(alder, fault):
    """A settlement that is to be made at a shop which misbehaves from now on."""
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.tell(asked(approval))
    alder.shop.misbehave(*fault, times=1000)
    return sold, approval


def test_a_shop_that_is_away_past_the_ladder_is_tried_again_and_not_given_up(alder):
    sold, _ = settling_at_a_shop_that_is(alder, ("fail_before", "ReturnState"))

    again = [last_try(alder, alder.settling()) for _ in range(3)]
    alder.shop.behave()
    alder.work()

    assert again == [True, True, True]
    assert alder.shop.refunded(sold) == [4500]


def test_a_settlement_that_never_left_is_refused_after_three_days(alder):
    sold, approval = settling_at_a_shop_that_is(alder, ("fail_before", "ReturnState"))
    put_back(alder, approval, 3)

    last_try(alder, alder.settling())

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert refused.code == "shop.away"
    alder.shop.behave()
    alder.tell(asked(approval, attempt=2))
    alder.work()
    assert alder.shop.refunded(sold) == [4500]


def test_a_settlement_that_may_have_been_made_is_unknown_after_three_days(alder):
    sold, approval = settling_at_a_shop_that_is(alder, ("fail_after", "ReturnProcess"))
    claim = alder.settling()
    with pytest.raises(Transient):
        alder.do(claim)
    alder.shop.misbehave("fail_before", "ReturnState", times=1000)
    put_back(alder, approval, 3)

    last_try(alder, claim)

    assert len(alder.told(SettlementOutcomeUnknownV1, approval.return_id)) == 1
    assert alder.told(SettlementSucceededV1, approval.return_id) == []
    assert alder.shop.refunded(sold) == [4500]


def test_a_settlement_of_a_return_that_is_never_approved_is_refused_after_three_days(alder):
    _, approval = alder.shirt_back()
    alder.tell(asked(approval))
    soon = alder.claims()
    with alder.service.settlements.unit(retailer_id=alder.retailer_id) as unit:  # as if it were three days later
        unit.db.exec_driver_sql("UPDATE claims SET due_at = due_at - interval '3 days'")
    put_back(alder, approval, 3)

    last_try(alder, alder.settling())

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert [claim for claim in soon if claim.kind == "settlements"] == []
    assert refused.code == "shop.away"

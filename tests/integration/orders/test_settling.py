import random

import pytest

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.portal import ReturnClosedV1
from libs.contracts.values import Money, Resolution
from tests.integration.orders.conftest import approved, asked, label, line_back


def test_a_return_is_opened_labelled_settled_and_closed_at_the_shop(alder):
    sold, approval = alder.shirt_back(sub_reason="sleeves", comment="Too tight")

    alder.tell(approval, label(approval.return_id))
    alder.work()
    (opened,) = alder.shop.kept(sold)["returns"]
    alder.tell(asked(approval))
    alder.work()

    (returned,) = alder.shop.kept(sold)["returns"]
    (settled,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert (opened["status"], returned["status"]) == ("OPEN", "CLOSED")
    assert opened["lines"][0]["note"] == "R-7KQ2M9/1 too small, sleeves: Too tight"
    assert opened["lines"][0]["reason"] == 7
    assert returned["deliveries"][0]["tracking_number"] == "OR7Q2M9XKTPLZ"
    assert alder.shop.refunded(sold) == [4500]
    assert settled.amount == Money(amount=4500, currency="GBP")
    assert settled.line_ids == (approval.lines[0].id,)
    assert settled.reference.startswith("gid://shopify/Refund/")
    assert set(alder.steps(approval.return_id).values()) == {"done"}


def test_the_shops_own_reason_is_other_when_it_has_none_like_ours(alder):
    sold, approval = alder.shirt_back(reason="moths_in_it")

    alder.tell(approval)
    alder.work()

    assert alder.shop.kept(sold)["returns"][0]["lines"][0]["reason"] == 5


@pytest.mark.parametrize("seed", range(4))
def test_facts_in_any_order_and_twice_end_in_one_refund(alder, seed):
    sold, approval = alder.shirt_back()
    facts = [approval, label(approval.return_id), asked(approval)] * 2
    random.Random(seed).shuffle(facts)

    for fact in facts:
        alder.tell(fact)
        alder.work()

    assert alder.shop.refunded(sold) == [4500]
    assert len(alder.shop.kept(sold)["returns"]) == 1
    assert len(alder.told(SettlementSucceededV1, approval.return_id)) == 1
    # A label that comes after everything is settled finds the shop's return closed, and nobody needs it there any more.
    assert {action: state for action, state in alder.steps(approval.return_id).items() if action != "attach_label"} == {
        "open_return": "done",
        "settle": "done",
        "close_return": "done",
    }


def test_an_order_that_the_index_has_not_heard_of_is_waited_for(alder):
    sold = alder.sell()
    order = alder.find(sold["name"], sold["email"])
    stranger = approved(order.model_copy(update={"order_id": new_id()}), line_back(order.lines[0]))

    alder.tell(stranger)

    with pytest.raises(Transient):
        alder.do(alder.settling())


def test_two_lines_asked_for_together_are_one_refund(alder):
    sold, order = alder.order()
    approval = approved(order, *(line_back(line) for line in order.lines))

    alder.tell(approval, asked(approval))
    alder.work()

    assert alder.shop.refunded(sold) == [sum(line.owed.amount for line in approval.lines)]


def test_lines_asked_for_one_after_the_other_close_the_return_with_the_last(alder):
    sold, order = alder.order()
    approval = approved(order, *(line_back(line) for line in order.lines))

    alder.tell(approval, asked(approval, approval.lines[0]))
    alder.work()
    first = alder.shop.kept(sold)["returns"][0]["status"]
    alder.tell(asked(approval, *approval.lines))
    alder.work()

    assert (first, alder.shop.kept(sold)["returns"][0]["status"]) == ("OPEN", "CLOSED")
    assert sorted(alder.shop.refunded(sold)) == sorted(line.owed.amount for line in approval.lines)


def test_one_line_of_two_shirts_comes_back(alder):
    sold, order = alder.order(lines=[{"product": "camp-shirt", "quantity": 2}])
    approval = approved(order, line_back(order.lines[0]))

    alder.tell(approval, asked(approval))
    alder.work()

    assert alder.shop.refunded(sold) == [4500]
    assert alder.find(sold["name"], sold["email"]).lines[0].returnable == 1


def test_what_our_own_open_return_holds_is_added_back_until_it_is_settled(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval)
    alder.work()
    open_ = alder.find(sold["name"], sold["email"]).lines[0].returnable
    alder.tell(asked(approval))
    alder.work()

    assert (open_, alder.find(sold["name"], sold["email"]).lines[0].returnable) == (1, 0)


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_difference_of_one_penny_stops_and_pays_nobody(alder, difference):
    sold, approval = alder.shirt_back(owed=Money(amount=4500 + difference, currency="GBP"))

    alder.tell(approval, asked(approval))
    alder.work()

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert refused.code == "orders.amount_differs"
    assert "45.00 GBP" in refused.words
    assert alder.shop.refunded(sold) == []


def test_a_refused_settlement_that_is_asked_for_again_is_tried_again(alder):
    sold, approval = alder.shirt_back()
    wrong = approval.model_copy(
        update={"lines": (approval.lines[0].model_copy(update={"owed": Money(amount=1, currency="GBP")}),)}
    )

    alder.tell(approval, asked(wrong))
    alder.work()
    before = alder.shop.refunded(sold)
    alder.tell(asked(approval))
    alder.work()

    assert (before, alder.shop.refunded(sold)) == ([], [4500])
    assert len(alder.told(SettlementSucceededV1, approval.return_id)) == 1


@pytest.mark.parametrize("resolution", [Resolution.STORE_CREDIT, Resolution.EXCHANGE])
def test_a_resolution_that_comes_later_is_refused_clearly(alder, resolution):
    sold, approval = alder.shirt_back(resolution=resolution)

    alder.tell(approval, asked(approval))
    alder.work()

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert refused.code == "orders.resolution_unsupported"
    assert alder.shop.refunded(sold) == []


def test_goods_that_give_nothing_are_processed_without_money(alder):
    sold, approval = alder.shirt_back(resolution=Resolution.NONE)

    alder.tell(approval, asked(approval))
    alder.work()

    (settled,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert (settled.amount.amount, settled.resolution) == (0, Resolution.NONE)
    assert alder.shop.refunded(sold) == []
    assert alder.shop.kept(sold)["returns"][0]["lines"][0]["processed"] == 1


def test_a_return_in_which_nothing_is_given_is_closed_when_portal_closes_it(alder):
    sold, approval = alder.shirt_back(resolution=Resolution.NONE)

    alder.tell(ReturnClosedV1(return_id=approval.return_id, number=approval.number), approval)
    alder.work()

    assert alder.shop.kept(sold)["returns"][0]["status"] == "CLOSED"


def test_a_line_that_the_shop_will_not_take_back_is_refused_when_its_money_is_due(alder):
    sold, order = alder.order()
    approval = approved(order, line_back(order.lines[0], quantity=2))

    alder.tell(approval)
    alder.work()
    early = alder.told(SettlementRefusedV1, approval.return_id)
    alder.tell(asked(approval))
    alder.work()

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert early == []
    assert refused.code == "orders.return_not_opened"
    assert "2 of Linen camp shirt asked, 1 left" in refused.words
    assert alder.shop.kept(sold)["returns"] == []


def test_a_retailer_sees_nothing_of_anothers_settlements(alder, kite):
    _, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()

    assert alder.steps(approval.return_id) == {"open_return": "done"}
    assert kite.steps(approval.return_id) == {}

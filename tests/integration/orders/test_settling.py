import random

import pytest

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.values import Disposed, Disposition, Money, Resolution
from tests.integration.orders.conftest import approved, asked, label, line_back, only, over, pounds


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
    assert opened["lines"][0]["note"] == "R-7KQ2M9/1 too small, sleeves; refund: Too tight"
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


def test_a_penny_more_than_the_shop_would_refund_stops_and_pays_nobody(alder):
    sold, approval = alder.shirt_back(owed=pounds(4501))

    alder.tell(approval, asked(approval))
    alder.work()

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert refused.code == "orders.amount_differs"
    assert "at most 45.00 GBP" in refused.words
    assert alder.shop.refunded(sold) == []


def test_a_deduction_is_kept_from_the_refund(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval, asked(approval, only(approval, owed=pounds(4150))))
    alder.work()

    (settled,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert settled.amount == pounds(4150)
    assert alder.shop.refunded(sold) == [4150]


def test_a_line_settled_for_nothing_after_all_is_processed_without_money(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval, asked(approval, only(approval, owed=pounds(0))))
    alder.work()

    (settled,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert (settled.amount, settled.resolution) == (pounds(0), Resolution.REFUND)
    assert alder.shop.refunded(sold) == []
    assert alder.shop.kept(sold)["returns"][0]["lines"][0]["processed"] == 1


def test_a_refused_settlement_is_tried_again_at_the_next_attempt_only(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval, asked(approval, only(approval, owed=pounds(9999))))
    alder.work()
    alder.tell(asked(approval))
    alder.work()
    before = alder.shop.refunded(sold)
    alder.tell(asked(approval, attempt=2))
    alder.work()

    assert (before, alder.shop.refunded(sold)) == ([], [4500])
    assert len(alder.told(SettlementRefusedV1, approval.return_id)) == 1
    assert len(alder.told(SettlementSucceededV1, approval.return_id)) == 1


def test_a_settlement_that_the_shop_declined_is_tried_again_and_opens_the_return_first(alder):
    sold, approval = alder.shirt_back()
    alder.shop.misbehave("refuse", "ReturnCreate")

    alder.tell(approval, asked(approval))
    alder.work()
    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    alder.tell(asked(approval, attempt=2))
    alder.work()

    assert (refused.code, "Declined on demand." in refused.words) == ("orders.return_not_opened", True)
    assert alder.shop.refunded(sold) == [4500]


@pytest.mark.parametrize("attempt", [1, 2, 7])
def test_what_was_settled_is_not_settled_again_at_any_attempt(alder, attempt):
    sold, approval = alder.shirt_back()
    alder.tell(approval, asked(approval))
    alder.work()

    alder.tell(asked(approval, attempt=attempt))
    alder.work()

    assert alder.shop.refunded(sold) == [4500]
    assert len(alder.told(SettlementSucceededV1, approval.return_id)) == 1


def test_a_line_is_not_settled_again_while_its_settlement_waits(alder):
    sold, approval = alder.shirt_back()

    alder.tell(asked(approval), asked(approval, attempt=2), approval)
    alder.work()

    assert alder.shop.refunded(sold) == [4500]


def test_a_line_may_be_settled_by_another_resolution_than_was_chosen(alder):
    sold, approval = alder.shirt_back(resolution=Resolution.STORE_CREDIT)
    alder.shop.misbehave("refuse", "ReturnProcess")

    alder.tell(approval, asked(approval))
    alder.work()
    alder.tell(asked(approval, only(approval, resolution=Resolution.REFUND), attempt=2))
    alder.work()

    (settled,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert settled.resolution is Resolution.REFUND
    assert alder.shop.refunded(sold) == [4500]


def test_an_exchange_for_nothing_in_particular_is_refused_clearly(alder):
    sold, approval = alder.shirt_back(resolution=Resolution.EXCHANGE)

    alder.tell(approval, asked(approval))
    alder.work()

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert refused.code == "orders.variant_missing"
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

    alder.tell(over(approval), approval)
    alder.work()

    assert alder.shop.kept(sold)["returns"][0]["status"] == "CLOSED"


def test_what_a_shopper_keeps_is_refunded_and_not_restocked(alder):
    sold, approval = alder.shirt_back(keep_item=True)

    alder.tell(approval, asked(approval))
    alder.work()

    (returned,) = alder.shop.kept(sold)["returns"]
    (disposed,) = returned["reverse_lines"][0]["dispositions"]
    assert alder.shop.refunded(sold) == [4500]
    assert (disposed["type"], disposed["quantity"]) == ("NOT_RESTOCKED", 1)


def test_what_a_hub_gives_away_is_refunded_and_not_restocked(alder):
    sold, approval = alder.shirt_back()
    [line] = approval.lines
    seen = line.model_copy(update={"disposed": (Disposed(disposition=Disposition.DONATE, quantity=1),)})

    alder.tell(approval, asked(approval).model_copy(update={"lines": (seen,)}))
    alder.work()

    (returned,) = alder.shop.kept(sold)["returns"]
    (disposed,) = returned["reverse_lines"][0]["dispositions"]
    assert alder.shop.refunded(sold) == [4500]
    assert (disposed["type"], disposed["quantity"]) == ("NOT_RESTOCKED", 1)


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

"""The whole life of a return at the shop: called off, revived, received in part, closed by hand."""

import random
from itertools import permutations

import pytest

from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.portal import ReturnExpiredV1
from tests.integration.orders.conftest import (
    approved,
    asked,
    called_off,
    label,
    line_back,
    only,
    over,
    pounds,
    revived,
)


def expired(approval):
    return ReturnExpiredV1(
        return_id=approval.return_id,
        number=approval.number,
        order_id=approval.order_id,
        awaiting="awaiting_dropoff",
    )


def statuses(desk, sold):
    return [returned["status"] for returned in desk.shop.kept(sold)["returns"]]


def returnable(desk, sold):
    return desk.find(sold["name"], sold["email"]).lines[0].returnable


@pytest.mark.parametrize("ended", [called_off, expired])
def test_a_return_that_is_called_off_is_cancelled_at_the_shop_and_its_units_are_free(alder, ended):
    sold, approval = alder.shirt_back()

    alder.tell(approval, label(approval.return_id))
    alder.work()
    alder.tell(ended(approval))
    alder.work()

    assert statuses(alder, sold) == ["CANCELED"]
    assert returnable(alder, sold) == 1


def test_a_return_that_is_called_off_before_it_left_us_is_never_opened(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval, label(approval.return_id), called_off(approval))
    alder.work()

    assert statuses(alder, sold) == []
    assert alder.steps(approval.return_id) == {
        "open_return": "refused",
        "attach_label": "refused",
        "cancel_return": "done",
    }


def test_a_parcels_next_label_takes_the_place_of_its_last(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval, label(approval.return_id))
    alder.work()
    alder.tell(label(approval.return_id, "OR7SECONDLABEL", attempt=2))
    alder.work()

    (delivery,) = alder.shop.kept(sold)["returns"][0]["deliveries"]
    assert delivery["tracking_number"] == "OR7SECONDLABEL"
    assert set(alder.steps(approval.return_id).values()) == {"done"}


def test_a_label_that_comes_after_its_successor_is_not_put_up(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval, label(approval.return_id, "OR7SECONDLABEL", attempt=2))
    alder.work()
    alder.tell(label(approval.return_id))
    alder.work()

    (delivery,) = alder.shop.kept(sold)["returns"][0]["deliveries"]
    assert delivery["tracking_number"] == "OR7SECONDLABEL"


@pytest.mark.parametrize("seed", range(4))
def test_approval_and_cancelling_in_any_order_leave_nothing_open(alder, seed):
    sold, approval = alder.shirt_back()
    facts = [approval, label(approval.return_id), called_off(approval)] * 2
    random.Random(seed).shuffle(facts)

    for fact in facts:
        alder.tell(fact)
        alder.work()

    assert set(statuses(alder, sold)) <= {"CANCELED"}
    assert returnable(alder, sold) == 1


def test_a_return_of_which_something_was_settled_is_closed_instead_of_cancelled(alder):
    sold, order = alder.order()
    approval = approved(order, *(line_back(line) for line in order.lines))

    alder.tell(approval, asked(approval, approval.lines[0]))
    alder.work()
    alder.tell(called_off(approval))
    alder.work()

    assert statuses(alder, sold) == ["CLOSED"]
    assert alder.shop.refunded(sold) == [4500]


def test_a_revived_return_is_opened_anew_and_settled_there(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval)
    alder.work()
    alder.tell(called_off(approval))
    alder.work()
    alder.tell(revived(approval), label(approval.return_id), asked(approval))
    alder.work()

    first, second = alder.shop.kept(sold)["returns"]
    assert (first["status"], second["status"]) == ("CANCELED", "CLOSED")
    assert (first["deliveries"], len(second["deliveries"])) == ([], 1)
    assert alder.shop.refunded(sold) == [4500]


def test_a_revived_return_may_be_called_off_again(alder):
    sold, approval = alder.shirt_back()

    for fact in (approval, called_off(approval), revived(approval), called_off(approval, 2), revived(approval, 3)):
        alder.tell(fact)
        alder.work()

    assert statuses(alder, sold) == ["CANCELED", "CANCELED", "OPEN"]


LIFE = ("approved", "called off", "revived", "asked")


@pytest.mark.parametrize("order", list(permutations(LIFE)), ids="-".join)
def test_a_revived_return_is_paid_once_whatever_order_its_facts_come_in(alder, order):
    sold, approval = alder.shirt_back()
    facts = dict(zip(LIFE, (approval, called_off(approval), revived(approval), asked(approval)), strict=True))

    for name in order:
        alder.tell(facts[name], facts[name])
        alder.work()

    assert alder.shop.refunded(sold) == [4500]
    assert set(statuses(alder, sold)) <= {"CANCELED", "CLOSED"}
    assert len(alder.told(SettlementSucceededV1, approval.return_id)) == 1
    assert alder.told(SettlementRefusedV1, approval.return_id) == []


def three_shirts_back(desk):
    sold, order = desk.order(lines=[{"product": "camp-shirt", "quantity": 3}])
    return sold, approved(order, line_back(order.lines[0], quantity=3, owed=pounds(13500)))


def test_two_of_three_shirts_are_settled_and_the_third_may_be_returned_later(alder):
    sold, approval = three_shirts_back(alder)

    alder.tell(approval, asked(approval, only(approval, quantity=2, owed=pounds(9000))))
    alder.work()
    (before,) = statuses(alder, sold)
    alder.tell(over(approval))
    alder.work()

    (line,) = alder.shop.kept(sold)["returns"][0]["lines"]
    assert (before, statuses(alder, sold)) == ("OPEN", ["CLOSED"])
    assert (line["quantity"], line["processed"]) == (2, 2)
    assert alder.shop.refunded(sold) == [9000]
    assert returnable(alder, sold) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_partial_receipt_ends_in_one_state_in_any_order(alder, seed):
    sold, approval = three_shirts_back(alder)
    facts = [approval, asked(approval, only(approval, quantity=2, owed=pounds(9000))), over(approval)] * 2
    random.Random(seed).shuffle(facts)

    alder.tell(*facts)
    alder.work()

    assert alder.shop.refunded(sold) == [9000]
    assert (statuses(alder, sold), returnable(alder, sold)) == (["CLOSED"], 1)


def test_a_return_closed_by_hand_is_closed_at_the_shop_with_what_was_not_settled(alder):
    sold, order = alder.order()
    approval = approved(order, *(line_back(line) for line in order.lines))

    alder.tell(approval, asked(approval, approval.lines[0]))
    alder.work()
    alder.tell(over(approval))
    alder.work()

    assert statuses(alder, sold) == ["CLOSED"]
    assert alder.shop.refunded(sold) == [4500]
    assert [line.returnable for line in alder.find(sold["name"], sold["email"]).lines] == [
        0,
        1,
    ]  # portal holds the other


def test_what_was_given_up_when_the_return_was_closed_may_be_settled_after_all(alder):
    sold, order = alder.order()
    approval = approved(order, *(line_back(line) for line in order.lines))
    alder.tell(approval, asked(approval, approval.lines[0]))
    alder.work()
    alder.tell(over(approval))
    alder.work()

    alder.tell(asked(approval, approval.lines[1]))
    alder.work()

    assert statuses(alder, sold) == ["CLOSED"]
    assert alder.shop.refunded(sold) == [line.owed.amount for line in approval.lines]
    assert set(alder.steps(approval.return_id).values()) == {"done"}


def test_a_return_is_opened_again_for_each_late_settlement(alder):
    sold, order = alder.order()
    approval = approved(order, *(line_back(line) for line in order.lines))
    alder.tell(approval, over(approval))
    alder.work()

    for line in approval.lines:
        alder.tell(asked(approval, line))
        alder.work()

    effects = [entry["effect"] for entry in alder.shop.ask(f"/control/journal?order={sold['name']}")]
    assert (effects.count("return_reopened"), effects.count("return_closed")) == (2, 3)
    assert statuses(alder, sold) == ["CLOSED"]
    assert alder.shop.refunded(sold) == [line.owed.amount for line in approval.lines]


def test_a_return_with_a_refused_settlement_is_closed_by_hand(alder):
    sold, approval = alder.shirt_back()

    alder.tell(approval, asked(approval, only(approval, owed=pounds(9999))), over(approval))
    alder.work()

    assert (statuses(alder, sold), alder.shop.refunded(sold)) == (["CLOSED"], [])

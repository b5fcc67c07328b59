"""A shop that turns us away, or answers by half, gives each refund once and never by mistake."""

import pytest

from libs.chassis.errors import Transient
from libs.contracts.orders import SettlementRefusedV1
from services.orders.outside.gate import AccessLost
from tests.integration.orders.conftest import asked
from tests.integration.orders.test_connector import alder, connect, installed, renewals
from tests.integration.orders.test_killed import try_until_done

__all__ = ["alder", "installed"]


def test_money_that_meets_a_shut_door_is_given_once_when_the_shop_is_connected_again(alder):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.tell(asked(approval))
    alder.shop.misbehave("http_401", "ReturnProcess")

    with pytest.raises(AccessLost):
        alder.work()
    waits = alder.steps(approval.return_id)["settle"]
    connect(alder)
    alder.work()

    assert waits == "planned"
    assert alder.shop.refunded(sold) == [4500]


def test_a_token_that_is_turned_away_in_the_middle_is_renewed_and_the_money_given_once(installed):
    sold, approval = installed.shirt_back()
    installed.tell(approval)
    installed.work()
    before = renewals(installed)
    installed.shop.misbehave("http_401", "ReturnProcess")

    installed.tell(asked(approval))
    installed.work()

    assert renewals(installed) - before == 1
    assert installed.shop.refunded(sold) == [4500]


def test_a_frozen_shop_gives_nothing_and_is_asked_again_by_a_person(alder):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.shop.misbehave("http_402", "ReturnProcess")
    alder.tell(asked(approval))
    alder.work()
    refused, nothing = alder.told(SettlementRefusedV1, approval.return_id), alder.shop.refunded(sold)

    alder.tell(asked(approval, attempt=2))
    alder.work()

    assert [(no.code, no.words) for no in refused] == [("shop.http_402", "HTTP 402: the shop is frozen")]
    assert (nothing, alder.shop.refunded(sold)) == ([], [4500])


@pytest.mark.parametrize("fault", ["http_429", "truncated"])
@pytest.mark.parametrize("question", ["ReturnState", "ReturnOutcome", "OrderWorth"])
def test_a_question_without_a_usable_answer_is_asked_again_before_money_moves(alder, fault, question):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.shop.misbehave(fault, question, seconds=0.2)
    alder.tell(asked(approval))

    with pytest.raises(Transient):
        alder.work()
    nothing = alder.shop.refunded(sold)
    try_until_done(alder)

    assert (nothing, alder.shop.refunded(sold)) == ([], [4500])


def test_half_of_an_answer_moves_no_money(alder):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.shop.misbehave("partial", "ReturnOutcome")

    alder.tell(asked(approval))
    alder.work()

    assert alder.shop.refunded(sold) == []
    assert [no.code for no in alder.told(SettlementRefusedV1, approval.return_id)] == ["shop.access_denied"]


@pytest.mark.parametrize("fault", ["http_402", "http_429", "partial", "truncated"])
def test_an_order_is_found_in_the_index_while_the_shop_cannot_be_read(alder, fault):
    sold = alder.sell()
    alder.index(sold, refreshed=False)
    alder.shop.misbehave(fault, "OrderForReturn", times=5, seconds=0.2)

    assert alder.find(sold["name"], sold["email"]).number == sold["name"]

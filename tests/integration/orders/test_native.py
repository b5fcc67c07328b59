"""A retailer without a shop of ours brings its orders itself, and a person settles what comes back of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.orders import (
    LineGiven,
    ListOrdersV1,
    OrderChangedV1,
    OrderGiven,
    OrdersSavedV1,
    SaveOrdersV1,
    SettlementOutcome,
    SettlementRefusedV1,
    SettlementSucceededV1,
)
from libs.contracts.orders_shops import ConnectNativeShopV1, ConnectShopV1
from libs.contracts.values import Address, Channel, Contact, Resolution
from tests.integration.orders.conftest import Desk, approved, asked, called_off, label, line_back, over, pounds

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAYA = Contact(name="Maya Lind", email="maya@example.com")
HOME = Address(name="Maya Lind", line1="3 Tenter Lane", city="York", postcode="YO1 7HH", country="GB")


def an_order(number: str = "AP-77", **changes: Any) -> OrderGiven:
    """Two shirts that Maya was sent."""
    shirts = LineGiven(title="Linen camp shirt", sku="SHIRT", quantity=2, paid=pounds(9000))
    sold = {"number": number, "placed_at": NOON, "fulfilled_at": NOON, "contact": MAYA, "address": HOME}
    return OrderGiven(**sold | {"lines": (shirts,)} | changes)


def save(desk: Desk, *orders: OrderGiven) -> OrdersSavedV1:
    return desk.service.save_orders(desk.call(SaveOrdersV1(orders=orders)))


@pytest.fixture
def robin(alder: Desk) -> Desk:
    """A retailer that brings its orders itself."""
    desk = Desk(alder.service, alder.shop, new_id(), "")
    desk.service.connect_native_shop(desk.call(ConnectNativeShopV1(currency="GBP")))
    return desk


def outcomes(saved: OrdersSavedV1) -> list[str]:
    return [order.outcome for order in saved.orders]


def test_a_number_that_many_tills_gave_is_found_by_each_of_its_shoppers(robin):
    shoppers = [f"shopper{till}@example.com" for till in range(30)]
    receipts = [
        an_order(f"T{till:02}-1001", contact=Contact(name="Maya Lind", email=email))
        for till, email in enumerate(shoppers)
    ]
    save(robin, *receipts)

    found = [robin.find("1001", email).number for email in shoppers]

    assert found == [receipt.number for receipt in receipts]


def test_an_order_that_is_brought_is_found_as_any_other(robin):
    saved = save(robin, an_order())

    found = robin.find("#ap-77", " MAYA@example.com")

    assert outcomes(saved) == ["created"]
    assert found.order_id == saved.orders[0].order_id
    assert [(line.title, line.returnable, line.paid) for line in found.lines] == [("Linen camp shirt", 2, pounds(9000))]
    assert robin.get(found.order_id) == found


def test_bringing_the_same_again_changes_nothing_and_a_change_is_told_once(robin):
    saved = save(robin, an_order())
    again = save(robin, an_order())
    changed = save(robin, an_order(tags=("gift",)), an_order(tags=("gift",)))

    assert (outcomes(again), outcomes(changed)) == (["unchanged"], ["changed", "unchanged"])
    assert {order.order_id for answer in (again, changed) for order in answer.orders} == {saved.orders[0].order_id}
    assert len(robin.said(OrderChangedV1)) == 2


def test_what_the_retailer_s_own_time_says_is_older_changes_nothing(robin):
    later = an_order(updated_at=NOON.replace(hour=15), tags=("later",))
    save(robin, later)

    answer = save(robin, an_order(updated_at=NOON.replace(hour=14), tags=("earlier",)))

    assert outcomes(answer) == ["unchanged"]
    assert robin.find("AP-77", MAYA.email).tags == ("later",)


def test_five_hundred_orders_come_at_once(robin):
    saved = save(robin, *(an_order(f"AP-{place}") for place in range(1000, 1500)))

    assert set(outcomes(saved)) == {"created"}
    assert robin.find("AP-1499", MAYA.email).number == "AP-1499"


def test_nobody_else_sees_them(robin, kite):
    saved = save(robin, an_order())

    with pytest.raises(Refused, match=r"orders\.not_found"):
        kite.get(saved.orders[0].order_id)
    assert kite.service.list_orders(kite.call(ListOrdersV1(number="AP-77"))).orders == ()


def test_receipts_of_two_counters_may_share_a_number(robin):
    york, leeds = (an_order("4711", channel=Channel.STORE, place=place) for place in ("York", "Leeds"))
    save(robin, york, leeds, an_order("4711"))

    found = robin.service.list_orders(robin.call(ListOrdersV1(number="4711"))).orders

    assert len({order.order_id for order in found}) == 3


def test_a_retailer_s_shop_tells_of_its_online_orders_and_only_receipts_are_brought(alder):
    with pytest.raises(Refused, match=r"orders\.kept_by_the_shop"):
        save(alder, an_order())

    saved = save(alder, an_order(f"R{new_id().hex[-6:]}", channel=Channel.STORE, place="York"))

    assert outcomes(saved) == ["created"]


def test_a_retailer_without_any_shop_is_told_so(alder):
    nobody = Desk(alder.service, alder.shop, new_id(), "")

    with pytest.raises(Refused, match=r"orders\.no_shop"):
        save(nobody, an_order())


def test_one_kind_of_shop_does_not_take_the_place_of_the_other(alder, robin):
    with pytest.raises(Refused, match=r"orders\.other_shop_connected"):
        alder.service.connect_native_shop(alder.call(ConnectNativeShopV1(currency="GBP")))
    again = robin.service.connect_native_shop(robin.call(ConnectNativeShopV1(currency="GBP")))
    with pytest.raises(Refused):
        robin.service.connect_shop(robin.call(ConnectShopV1(domain="a b", token="t", currency="GBP")))

    assert again.domain == f"native:{robin.retailer_id}"


@pytest.fixture
def shirt(robin):
    """The return of one of the shirts, approved, with a label."""
    save(robin, an_order())
    order = robin.find("AP-77", MAYA.email)
    approval = approved(order, line_back(order.lines[0]))
    robin.tell(approval, label(approval.return_id))
    robin.work()
    return approval


def test_the_money_of_a_return_is_for_a_person_who_is_told_what_to_give(robin, shirt):
    robin.tell(asked(shirt))
    robin.work()

    (refused,) = robin.told(SettlementRefusedV1, shirt.return_id)
    assert refused.code == "orders.by_hand"
    assert refused.words.startswith("Refund 45.00 GBP in your own system, for return R-7KQ2M9.")


@pytest.mark.parametrize(
    ("resolution", "what"),
    [(Resolution.STORE_CREDIT, "Give a gift card of 45.00 GBP"), (Resolution.EXCHANGE, "Send what")],
)
def test_what_no_shop_can_give_is_the_person_s_too(robin, shirt, resolution, what):
    (line,) = shirt.lines

    robin.tell(asked(shirt, line.model_copy(update={"resolution": resolution})))
    robin.work()
    robin.record(shirt, SettlementOutcome.SUCCEEDED, reference=f"CN-{resolution}")

    (refused,) = robin.told(SettlementRefusedV1, shirt.return_id)
    (settled,) = robin.told(SettlementSucceededV1, shirt.return_id)
    assert (refused.code, refused.words.startswith(what)) == ("orders.by_hand", True)
    assert (settled.resolution, settled.reference) == (resolution, f"CN-{resolution}")


def test_what_the_person_records_settles_it_closes_the_return_and_counts_the_unit(robin, shirt):
    robin.tell(asked(shirt))
    robin.work()

    robin.record(shirt, SettlementOutcome.SUCCEEDED, reference="CN-1042")
    robin.work()

    (settled,) = robin.told(SettlementSucceededV1, shirt.return_id)
    assert (settled.reference, settled.amount) == ("CN-1042", pounds(4500))
    assert robin.steps(shirt.return_id)["close_return"] == "done"
    assert [line.returnable for line in robin.find("AP-77", MAYA.email).lines] == [1]


def test_an_order_brought_again_after_a_settlement_does_not_give_the_unit_back(robin, shirt):
    robin.tell(asked(shirt))
    robin.work()
    robin.record(shirt, SettlementOutcome.SUCCEEDED, reference="CN-1043")

    save(robin, an_order(tags=("again",)))

    assert [line.returnable for line in robin.find("AP-77", MAYA.email).lines] == [1]


def test_asked_for_again_it_is_the_person_s_again_and_never_twice(robin, shirt):
    robin.tell(asked(shirt))
    robin.work()
    robin.tell(asked(shirt, attempt=2))
    robin.work()

    robin.record(shirt, SettlementOutcome.SUCCEEDED, reference="CN-1044")
    robin.tell(asked(shirt, attempt=3))
    robin.work()

    assert len(robin.told(SettlementRefusedV1, shirt.return_id)) == 2
    assert len(robin.told(SettlementSucceededV1, shirt.return_id)) == 1


def test_where_nothing_is_owed_it_is_settled_without_a_person(robin, shirt):
    (line,) = shirt.lines

    robin.tell(asked(shirt, line.model_copy(update={"resolution": Resolution.NONE})))
    robin.work()

    (settled,) = robin.told(SettlementSucceededV1, shirt.return_id)
    assert settled.amount == pounds(0)


def test_a_return_that_is_called_off_or_closed_leaves_nothing_to_do(robin, shirt):
    robin.tell(called_off(shirt), over(shirt))
    robin.work()

    assert robin.claims() == []
    assert [line.returnable for line in robin.find("AP-77", MAYA.email).lines] == [2]


def test_a_receipt_of_a_retailer_with_a_shop_is_settled_by_hand_too(alder):
    number = f"R{new_id().hex[-6:]}"
    save(alder, an_order(number, channel=Channel.STORE, place="York"))
    order = alder.find(number, MAYA.email)
    approval = approved(order, line_back(order.lines[0]))

    alder.tell(approval, asked(approval))
    alder.work()

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert refused.code == "orders.by_hand"

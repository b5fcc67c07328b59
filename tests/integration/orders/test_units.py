"""A unit that was settled, or that came and was not paid for, does not come back a second time, whatever is read when."""

from typing import Any

import pytest

from libs.chassis.ids import new_id
from libs.contracts.orders import OrderV1, SettlementOutcome
from libs.contracts.orders_shops import ConnectNativeShopV1
from libs.contracts.portal import ReturnApprovedV1
from libs.contracts.values import LineUnits
from services.orders.domain.orders import identity
from services.orders.outside.orders import read_order
from services.orders.reaching import client_of
from tests.integration.orders.conftest import Desk, approved, asked, label, line_back, over
from tests.integration.orders.test_native import MAYA, an_order, save

TWO_SHIRTS = [{"product": "camp-shirt", "quantity": 2}]


def work_but_read_nothing(desk: Desk) -> None:
    """All steps at the shop, while every reading of an order is held up."""
    while steps := [claim for claim in desk.claims() if claim.kind == "settlements"]:
        desk.do(steps[0])


def opened(desk: Desk, order: OrderV1, **changes: Any) -> ReturnApprovedV1:
    approval = approved(order, line_back(order.lines[0], **changes))
    desk.tell(approval)
    work_but_read_nothing(desk)
    return approval


def paid(desk: Desk, approval: ReturnApprovedV1) -> None:
    desk.tell(asked(approval))
    work_but_read_nothing(desk)


def left(desk: Desk, order: OrderV1) -> int:
    """How many units of the first line can come back, before portal subtracts what it holds."""
    return desk.get(order.order_id).lines[0].returnable


@pytest.fixture
def shirts(alder):
    """A line of two shirts, known to orders."""
    return alder.order(lines=TWO_SHIRTS)[1]


def begun(desk: Desk, order: OrderV1) -> Any:
    """A reading of the order that has its answers and is not kept yet; calling it keeps it."""
    to_read = desk.service.index.to_read(desk.retailer_id, order.order_id)
    reading = read_order(client_of(to_read.shop), to_read.shop_order_id, read_at=to_read.at)
    return lambda: desk.service.index.keep(to_read, reading)


def test_what_is_settled_cannot_come_back_though_the_shop_is_not_read_again(alder, shirts):
    approval = opened(alder, shirts)

    held = left(alder, shirts)
    paid(alder, approval)

    assert (held, left(alder, shirts)) == (2, 1)


def test_returns_of_one_line_are_each_taken_off_and_the_next_reading_says_the_same(alder, shirts):
    first, second = opened(alder, shirts), opened(alder, shirts)

    paid(alder, first)
    after_one = left(alder, shirts)
    paid(alder, second)
    after_two = left(alder, shirts)
    alder.work()

    assert (after_one, after_two, left(alder, shirts)) == (1, 0, 0)


def test_an_order_that_was_never_read_loses_what_is_settled(alder):
    sold = alder.sell()
    alder.index(sold, refreshed=False)
    shop_id = alder.service.shops.of(alder.retailer_id).id
    order = alder.get(identity(shop_id, sold["id"]))
    approval = opened(alder, order)

    paid(alder, approval)

    assert (order.lines[0].returnable, left(alder, order)) == (1, 0)


def test_a_reading_that_began_before_the_return_and_ends_after_its_settlement_brings_nothing_back(alder, shirts):
    keep = begun(alder, shirts)
    paid(alder, opened(alder, shirts))

    keep()
    late = left(alder, shirts)
    alder.work()

    assert (late, left(alder, shirts)) == (1, 1)


def test_a_reading_that_began_while_the_return_was_open_takes_its_unit_off_once(alder, shirts):
    approval = opened(alder, shirts)
    keep = begun(alder, shirts)

    paid(alder, approval)
    keep()

    assert left(alder, shirts) == 1


def test_readings_that_end_in_the_wrong_order_bring_nothing_back(alder, shirts):
    early = begun(alder, shirts)
    paid(alder, opened(alder, shirts))
    late = begun(alder, shirts)

    late()
    early()

    assert left(alder, shirts) == 1


def test_what_came_and_was_not_paid_for_stays_with_portal_after_the_return_is_closed(alder, shirts):
    approval = opened(alder, shirts)
    alder.tell(over(approval))
    before = left(alder, shirts)

    alder.work()

    assert (before, left(alder, shirts)) == (2, 2)  # the shop says one; the other is portal's to subtract, as before


def test_what_never_came_can_come_back_and_is_counted_once(alder, shirts):
    approval = opened(alder, shirts)
    never_came = (LineUnits(line_id=approval.lines[0].id, quantity=1),)
    alder.tell(over(approval).model_copy(update={"not_arrived": never_came}))

    alder.work()

    assert left(alder, shirts) == 2


@pytest.fixture
def robin(alder: Desk) -> Desk:
    """A retailer that brings its orders itself."""
    desk = Desk(alder.service, alder.shop, new_id(), "")
    desk.service.connect_native_shop(desk.call(ConnectNativeShopV1(currency="GBP")))
    return desk


def test_of_an_order_that_its_retailer_brought_what_is_settled_is_counted_in_the_same_commit(robin):
    save(robin, an_order())
    order = robin.find("AP-77", MAYA.email)
    approval = opened(robin, order)
    robin.tell(label(approval.return_id), asked(approval))
    work_but_read_nothing(robin)

    robin.record(approval, SettlementOutcome.SUCCEEDED, reference="CN-1")

    assert left(robin, order) == 1

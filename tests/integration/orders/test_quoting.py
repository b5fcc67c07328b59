"""What the shop would give back is compared with what the shopper is shown, before there is a return."""

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.orders_quotes import QuoteReturnV1, ReturnQuoteV1, UnitsToReturn
from services.orders import quoting
from services.orders.domain.worth import share
from tests.integration.orders.conftest import Desk, approved, asked, pounds
from tests.integration.orders.test_amounts import EUROS, SHIRTS, units_back
from tests.integration.orders.test_native import MAYA, an_order, robin, save

__all__ = ["robin"]


def quoted(desk: Desk, order, units: int = 1, before: int = 0) -> ReturnQuoteV1:
    lines = (UnitsToReturn(line_id=order.lines[0].id, quantity=units, before=before),)
    return desk.service.quote_return(desk.call(QuoteReturnV1(order_id=order.order_id, lines=lines)))


def shown(order, units: int, before: int = 0):
    line = order.lines[0]
    return share(line.paid, quantity=line.quantity, units=units, before=before)


@pytest.mark.parametrize("wishes", [{}, {"discount_percent": 7}, {"shown_in": EUROS, "discount_percent": 13}])
def test_the_shop_would_give_what_the_shopper_is_shown(alder, wishes):
    _, order = alder.order(lines=SHIRTS, **wishes)

    told = [quoted(alder, order, units) for units in (1, 2, 3)]

    assert [(each.worth, each.offered) for each in told] == [(shown(order, n), shown(order, n)) for n in (1, 2, 3)]


@pytest.mark.parametrize("settled", [False, True])
def test_units_of_another_return_have_their_share_whether_the_shop_knows_of_it_or_not(alder, settled):
    _, order = alder.order(lines=SHIRTS, shown_in=EUROS, discount_percent=13)
    first = approved(order, units_back(order.lines[0], 1))
    alder.tell(first, *([asked(first)] if settled else []))
    alder.work()

    told = quoted(alder, order, before=1)

    assert (told.worth, told.offered) == (shown(order, 1, before=1), shown(order, 1, before=1))


def test_another_amount_of_the_shop_s_is_told(alder, monkeypatch):
    _, order = alder.order()
    monkeypatch.setattr(quoting, "preview", lambda *_: pounds(4499))

    told = quoted(alder, order)

    assert (told.worth, told.offered) == (pounds(4500), pounds(4499))


@pytest.mark.parametrize("fault", ["throttled", "hang", "refuse", "reset", "http_402", "truncated", "partial"])
def test_a_shop_that_does_not_say_it_in_time_is_not_waited_for(alder, fault):
    _, order = alder.order()
    alder.shop.misbehave(fault, "RefundPreview", times=20)

    with pytest.raises(Refused, match="shop_not_reached"):
        quoted(alder, order)


def test_more_units_than_the_shop_has_are_not_quoted(alder):
    _, order = alder.order()

    with pytest.raises(Refused, match="shop_not_reached"):
        quoted(alder, order, units=2)


def test_of_what_the_retailer_brings_no_shop_says_anything(robin):
    save(robin, an_order())

    assert quoted(robin, robin.find("AP-77", MAYA.email)) == ReturnQuoteV1()


def test_an_order_of_another_retailer_is_not_found(alder, kite):
    _, order = alder.order()

    with pytest.raises(Refused, match=r"orders\.not_found"):
        quoted(kite, order)
    with pytest.raises(Refused, match=r"orders\.not_found"):
        quoted(alder, order.model_copy(update={"order_id": new_id()}))

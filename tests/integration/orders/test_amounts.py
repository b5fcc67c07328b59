"""Refunds of the sandbox shop to the minor unit, and a difference of one that pays nobody."""

from dataclasses import replace

import pytest

from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.values import Money, Resolution
from services.orders import giving
from services.orders.domain.worth import share
from tests.integration.orders.conftest import approved, asked, line_back

SHIRTS = [{"product": "camp-shirt", "quantity": 3}]
DOLLARS = {"currency": "USD", "rate": "1.2345"}
EUROS = {"currency": "EUR", "rate": "1.1537"}


def units_back(line, units, before=0, **changes):
    """Some units of a line, with what they are worth owed."""
    owed = share(line.paid, quantity=line.quantity, units=units, before=before)
    return line_back(line, quantity=units, owed=owed, **changes)


def refund(desk, order, line):
    """Settle a return of one line."""
    approval = approved(order, line)
    desk.tell(approval, asked(approval))
    desk.work()
    return approval


@pytest.mark.parametrize(
    ("wishes", "parcels", "expected"),
    [
        ({}, [3], [13500]),
        ({}, [1, 2], [4500, 9000]),
        ({"discount_percent": 15}, [1, 1, 1], [3825, 3825, 3825]),
        ({"discount_percent": 7}, [2, 1], [8370, 4185]),
        ({"shown_in": DOLLARS}, [1, 2], [5555, 11110]),
        ({"shown_in": DOLLARS, "discount_percent": 11}, [1, 1, 1], [4944, 4944, 4944]),
        ({"shown_in": EUROS, "discount_percent": 13}, [1, 1, 1], [4517, 4518, 4517]),
        ({"discount_percent": 100}, [1, 2], []),
        ({"country": "DE"}, [1], [4500]),  # other taxes, included all the same
    ],
)
def test_units_come_back_one_parcel_after_another_to_the_minor_unit(alder, wishes, parcels, expected):
    sold, order = alder.order(lines=SHIRTS, **wishes)
    before = 0
    for units in parcels:
        line = alder.get(order.order_id).lines[0]
        approval = refund(alder, order, units_back(line, units, before))
        before += units
        (fact,) = alder.told(SettlementSucceededV1, approval.return_id)
        assert fact.amount.currency == order.currency

    kept = alder.shop.kept(sold)
    assert alder.shop.refunded(sold) == expected
    assert sum(line["processed"] for returned in kept["returns"] for line in returned["lines"]) == before


@pytest.mark.parametrize("off", [0, 13, 100])
def test_an_odd_discount_is_given_back_whole_over_all_units(alder, off):
    sold, order = alder.order(lines=[{"product": "wool-scarf", "quantity": 7}], discount_percent=off)

    for before in range(7):
        refund(alder, order, units_back(order.lines[0], 1, before))

    assert sum(alder.shop.refunded(sold)) == order.lines[0].paid.amount


@pytest.mark.parametrize("resolution", [Resolution.REFUND, Resolution.STORE_CREDIT])
@pytest.mark.parametrize("more", [-1, 1])
def test_a_penny_between_our_formula_and_the_shops_pays_nobody(alder, monkeypatch, resolution, more):
    sold, approval = alder.shirt_back(resolution=resolution)
    read = giving.sold_lines

    def other(client, shop_order_id):
        lines = read(client, shop_order_id)
        changed = {key: line.paid.amount + more for key, line in lines.items()}
        return {key: replace(line, paid=Money(amount=changed[key], currency="GBP")) for key, line in lines.items()}

    monkeypatch.setattr(giving, "sold_lines", other)
    alder.tell(approval, asked(approval))
    alder.work()

    (refused,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert refused.code == "orders.amount_differs"
    assert f"{(4500 + more) / 100:.2f} GBP; the shop would give 45.00 GBP" in refused.words
    assert alder.shop.effects(sold) == ["order_placed", "return_opened"]

"""What units of a line are worth, to the minor unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.values import Money
from services.orders.domain.money import BadAmount, minor
from services.orders.domain.worth import LineNotSold, SoldLine, Wanted, quote, share, worth
from services.orders.outside.exchanges import sold_lines
from services.orders.outside.orders import sold
from tests.unit.orders.shirts import pounds, returned

SHIRTS = returned().order_line_id


def money(amount, currency):
    return minor(amount, currency)


# unit price, quantity, discounts, taxes on top, units, units refunded before, expected
CASES = {
    "one of one": ("45.00", 1, [], [], 1, 0, "45.00", "GBP"),
    "one of two": ("45.00", 2, [], [], 1, 0, "45.00", "GBP"),
    "all of two": ("45.00", 2, [], [], 2, 0, "90.00", "GBP"),
    "a discount on the line": ("45.00", 1, ["6.75"], [], 1, 0, "38.25", "GBP"),
    "a discount on the line and one on the order": ("45.00", 2, ["6.75", "4.10"], [], 1, 0, "39.58", "GBP"),
    "the other one of those": ("45.00", 2, ["6.75", "4.10"], [], 1, 1, "39.57", "GBP"),
    "the first of three for an odd price": ("0.34", 3, ["0.02"], [], 1, 0, "0.33", "EUR"),
    "the second of them": ("0.34", 3, ["0.02"], [], 1, 1, "0.34", "EUR"),
    "the third of them": ("0.34", 3, ["0.02"], [], 1, 2, "0.33", "EUR"),
    "the last two of them": ("0.34", 3, ["0.02"], [], 2, 1, "0.67", "EUR"),
    "free after its discount": ("45.00", 1, ["45.00"], [], 1, 0, "0.00", "GBP"),
    "free at once": ("0.00", 2, [], [], 1, 0, "0.00", "GBP"),
    "tax on top": ("50.00", 1, [], ["4.44"], 1, 0, "54.44", "USD"),
    "two taxes on top of a discount": ("19.99", 3, ["6.00"], ["2.70", "1.35"], 1, 0, "19.34", "USD"),
    "tax on top, half of an odd sum": ("10.00", 2, [], ["1.65"], 1, 0, "10.83", "USD"),
    "tax on top, the other half": ("10.00", 2, [], ["1.65"], 1, 1, "10.82", "USD"),
    "no smaller unit": ("1000", 3, ["1"], [], 1, 0, "1000", "JPY"),
    "no smaller unit, the second": ("1000", 3, ["1"], [], 1, 1, "999", "JPY"),
    "thousandths": ("1.250", 2, ["0.001"], [], 1, 0, "1.250", "KWD"),
}


@pytest.mark.parametrize(
    ("unit", "quantity", "discounts", "taxes", "units", "gone", "expected", "currency"), CASES.values(), ids=CASES
)
def test_units_are_worth_their_share_to_the_minor_unit(
    unit, quantity, discounts, taxes, units, gone, expected, currency
):
    line = sold(
        unit=money(unit, currency),
        quantity=quantity,
        discounts=[money(amount, currency) for amount in discounts],
        taxes=[money(amount, currency) for amount in taxes],
    )
    back = returned(quantity=units, owed=money("0", currency))

    assert worth([back], {SHIRTS: SoldLine(quantity, gone, line.paid)}) == money(expected, currency)


@given(st.integers(0, 10**7), st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_units_that_come_back_one_after_another_are_worth_all_that_was_paid(paid, parcels):
    whole, quantity, gone, given_back = Money(amount=paid, currency="GBP"), sum(parcels), 0, 0
    for units in parcels:
        given_back += share(whole, quantity=quantity, units=units, before=gone).amount
        gone += units

    assert given_back == paid


def test_two_lines_of_a_return_that_are_of_one_order_line_are_worth_their_units_together():
    line = SoldLine(3, 0, pounds("1.00"))
    lines = [returned(1, order_line=SHIRTS), returned(2, order_line=SHIRTS)]

    assert worth(lines, {SHIRTS: line}) == pounds("0.67")


def test_a_line_that_the_order_has_no_more_is_worth_nothing_that_we_could_say():
    with pytest.raises(LineNotSold) as no:
        worth([returned()], {})

    assert no.value.code == "orders.line_not_sold"


def test_lines_in_several_currencies_are_not_added_up():
    euros = SoldLine(1, 0, Money(amount=100, currency="EUR"))
    lines = [returned(1, order_line=SHIRTS), returned(2)]

    with pytest.raises(BadAmount):
        worth(lines, {SHIRTS: euros, lines[1].order_line_id: SoldLine(1, 0, pounds("1.00"))})


class Shop:
    """A shop that gives one answer, in the shopper's euros, and keeps its own books in pounds."""

    def __init__(self, **line):
        self.line = line

    def ask(self, operation, **_):
        assert operation == "OrderWorth"
        lines = {"nodes": [self.line], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        return {"order": {"taxesIncluded": self.line.pop("net") is None, "lineItems": lines}}


def bag(euros):
    one = {"amount": euros, "currencyCode": "EUR"}
    return {"shopMoney": {"amount": "1.0", "currencyCode": "GBP"}, "presentmentMoney": one}


@pytest.mark.parametrize(("net", "expected"), [(None, 10800), ("21.6", 12960)])
def test_a_line_is_read_in_what_the_shopper_paid_with_and_with_its_taxes_where_prices_are_net(net, expected):
    shop = Shop(
        id="gid://shopify/LineItem/1",
        quantity=2,
        refundableQuantity=1,
        originalUnitPriceSet=bag("60.0"),
        discountAllocations=[{"allocatedAmountSet": bag("12.0")}],
        taxLines=[{"priceSet": bag(net or "18.0")}],
        net=net,
    )

    found = sold_lines(shop, "gid://shopify/Order/1")

    assert found == {"gid://shopify/LineItem/1": SoldLine(2, 1, Money(amount=expected, currency="EUR"))}


def pence(amount):
    return Money(amount=amount, currency="GBP")


def test_units_of_other_returns_are_quoted_before_those_that_are_wanted():
    sold = {"shirt": SoldLine(3, 0, pence(100))}

    found = quote([Wanted("shirt", "Shirt", 1, before=1)], sold, "GBP")

    assert (found.worth, found.others, found.units) == (pence(34), pence(33), {"shirt": 2})
    assert found.offered(pence(67)) == pence(34)
    assert found.offered(pence(66)) == pence(33)


def test_units_that_the_shop_knows_to_be_gone_are_not_asked_about():
    sold = {"shirt": SoldLine(3, 2, pence(100))}

    found = quote([Wanted("shirt", "Shirt", 1, before=0)], sold, "GBP")

    assert (found.worth, found.others, found.units) == (pence(33), pence(0), {"shirt": 1})


def test_a_line_that_the_shop_has_no_more_is_not_quoted():
    with pytest.raises(LineNotSold):
        quote([Wanted("shirt", "Shirt", 1, before=0)], {}, "GBP")

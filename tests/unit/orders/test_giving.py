"""What is asked of the shop when something is given, and what of it may be kept in the clear."""

from datetime import date

import pytest

from libs.contracts.values import CreditTerms
from services.orders.domain.jobs import Request
from services.orders.domain.matching import ProcessItem
from services.orders.outside.credit import carding, crediting
from services.orders.outside.returns import Giving, GoingOut, going_out, is_credit, paid_by, processing
from tests.unit.orders.shirts import pounds

ITEM = ProcessItem("line", 1, 0)
YEAR = date(2027, 11, 23)
CODE = "k3m9x2p7q4w8z1c5"


def process(giving):
    return processing("return", [ITEM], giving, note="R-7KQ2M9")


def test_a_cards_code_leaves_with_the_request_and_is_no_part_of_its_variables():
    request = carding(pounds("49.50"), code=CODE, expires_on=YEAR, note="R-7KQ2M9")

    assert request.sent["input"] == request.variables["input"] | {"code": CODE}
    assert CODE not in str(request.variables)
    assert CODE not in repr(request)
    assert request.variables["input"]["expiresOn"] == "2027-11-23"


def test_a_request_without_a_code_leaves_as_it_is():
    request = Request("ReturnClose", {"id": "return"})

    assert request.sent is request.variables


def test_credit_is_asked_for_with_the_goods_until_the_end_of_its_last_day():
    asked = process(Giving(credit=pounds("45.00"), expires_on=YEAR)).variables["input"]

    assert asked["financialTransfer"]["issueRefund"] == {
        "orderTransactions": [],
        "refundMethods": [
            {
                "storeCreditRefund": {
                    "amount": {"amount": "45.00", "currencyCode": "GBP"},
                    "expiresAt": "2027-11-23T23:59:59Z",
                }
            }
        ],
    }


@pytest.mark.parametrize(
    ("giving", "paid", "credit", "goods"),
    [
        (Giving(), "0.00", False, None),
        (Giving((("card", pounds("45.00")),)), "45.00", False, None),
        (Giving((("card", pounds("30.00")), ("gift", pounds("14.99")))), "44.99", False, None),
        (Giving(credit=pounds("45.00")), "0.00", True, None),
        (Giving(goods=GoingOut("x1", 2, 1)), "0.00", False, GoingOut("x1", 2, 1)),
        (Giving((("card", pounds("5.00")),), goods=GoingOut("x1", 1, 0)), "5.00", False, GoingOut("x1", 1, 0)),
    ],
)
def test_what_was_asked_for_is_read_from_the_kept_request(giving, paid, credit, goods):
    request = process(giving)

    assert (paid_by(request, "GBP"), is_credit(request), going_out(request)) == (pounds(paid), credit, goods)


def test_nothing_is_said_of_money_where_none_is_given():
    assert "financialTransfer" not in process(Giving()).variables["input"]


def test_credit_on_top_knows_what_was_there_before():
    request = crediting("customer", pounds("4.50"), expires_on=None, before=())

    assert request.variables["creditInput"] == {
        "creditAmount": {"amount": "4.50", "currencyCode": "GBP"},
        "notify": False,
    }
    assert request.before == {}


def test_credit_is_good_for_a_day_at_least():
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        CreditTerms(valid_days=0)

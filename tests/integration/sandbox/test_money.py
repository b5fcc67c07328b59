"""Money at the sandbox shop: given with the goods, never more than was paid, and suggested to the cent."""

import pytest

from deploy.sandbox.shopify.gid import gid
from tests.integration.sandbox.shops import MONEY, PROCESS, STATE, payment

SUGGEST = """query Q($it: ID!, $lines: [SuggestedOutcomeReturnLineItemInput!]!, $shipping: RefundShippingInput,
    $to: RefundMethodAllocation) {
  return(id: $it) { suggestedFinancialOutcome(returnLineItems: $lines, exchangeLineItems: [], refundShipping: $shipping,
      refundMethodAllocation: $to) {
    discountedSubtotal { shopMoney { amount } } totalTax { shopMoney { amount } }
    totalCartDiscountAmount { shopMoney { amount } } maximumRefundable { shopMoney { amount } }
    shipping { amountSet { shopMoney { amount } } }
    financialTransfer { __typename ... on RefundReturnOutcome { amount { shopMoney { amount } }
      suggestedTransactions { kind gateway parentTransaction { id kind } amountSet { shopMoney { amount } } }
      suggestedRefundMethods { __typename amount { shopMoney { amount } } } } } } } }"""


def amount(bag):
    return bag["shopMoney"]["amount"]


def suggestion(shop, opened, quantity=1, **more):
    lines = [{"id": opened["returnLineItems"]["nodes"][0]["id"], "quantity": quantity}]
    return shop.told(SUGGEST, it=opened["id"], lines=lines, **more)["suggestedFinancialOutcome"]


def test_goods_and_money_move_in_one_call_and_the_return_stays_open(shop):
    order = shop.sell()
    opened = shop.open(order)

    processed = shop.told(PROCESS, it=payment(order, opened, "45.00", note="R-7KQ2M9"))["return"]

    line = processed["returnLineItems"]["nodes"][0]
    assert (processed["status"], line["processedQuantity"], line["unprocessedQuantity"]) == ("OPEN", 1, 0)
    (refund,) = processed["refunds"]["nodes"]
    assert refund["totalRefundedSet"]["shopMoney"] == {"amount": "45.0", "currencyCode": "GBP"}
    assert refund["note"] == "R-7KQ2M9"
    assert shop.effects() == ["return_opened", "return_processed", "refund_made"]


def test_a_refund_is_a_transaction_whose_parent_is_the_sale(shop):
    order = shop.sell()
    shop.told(PROCESS, it=payment(order, shop.open(order), "45.00"))

    money = shop.told(MONEY, it=gid("Order", order.id))

    sale, refund = money["transactions"]
    assert (sale["kind"], refund["kind"]) == ("SALE", "REFUND")
    assert refund["parentTransaction"] == {"id": sale["id"]}
    assert (amount(money["totalRefundedSet"]), amount(money["netPaymentSet"])) == ("45.0", "48.95")
    assert (money["displayFinancialStatus"], money["returnStatus"]) == ("PARTIALLY_REFUNDED", "IN_PROGRESS")


def test_the_journal_holds_the_refund_in_minor_units(shop):
    order = shop.sell()
    opened = shop.open(order)

    shop.told(PROCESS, it=payment(order, opened, "45.00"))

    entry = shop.store.journal()[-1]
    assert (entry["amount"], entry["currency"], entry["return"]) == (4500, "GBP", opened["id"])
    assert entry["order"] == {"id": gid("Order", order.id), "name": "AL-1001"}


def test_less_than_was_suggested_may_be_given(shop):
    order = shop.sell()

    processed = shop.told(PROCESS, it=payment(order, shop.open(order), "41.50"))["return"]

    assert [amount(refund["totalRefundedSet"]) for refund in processed["refunds"]["nodes"]] == ["41.5"]


def test_more_than_was_paid_is_never_given_back(shop):
    order = shop.sell()
    opened = shop.open(order)
    asked = payment(order, opened, "999.00")
    asked["financialTransfer"]["issueRefund"]["allowOverRefunding"] = True

    refusal = shop.refusal(PROCESS, it=asked)

    assert refusal["field"] is None
    assert refusal["message"] == "Refund amount £999.00 is greater than net payment received £93.95"
    assert shop.told(STATE, it=opened["id"]) == opened
    assert shop.effects() == ["return_opened"]


def test_the_second_refund_of_the_same_shirt_is_refused_by_its_quantity(shop):
    order = shop.sell()
    opened = shop.open(order)
    asked = payment(order, opened, "45.00")
    shop.told(PROCESS, it=asked)

    refusal = shop.refusal(PROCESS, it=asked)

    assert refusal["field"] == ["input", "returnLineItems", "0", "quantity"]
    assert shop.effects().count("refund_made") == 1


def test_money_without_lines_is_given_a_second_time_so_nobody_may_rely_on_the_shop(shop):
    order = shop.sell()
    opened = shop.open(order)
    asked = payment(order, opened, "20.00") | {"returnLineItems": []}

    for _ in range(2):
        shop.told(PROCESS, it=asked)

    assert shop.effects().count("refund_made") == 2


def test_goods_can_be_processed_without_money(shop):
    order = shop.sell()
    opened = shop.open(order)
    asked = payment(order, opened, "45.00")
    del asked["financialTransfer"]

    processed = shop.told(PROCESS, it=asked)["return"]

    line = processed["returnLineItems"]["nodes"][0]
    assert (line["processedQuantity"], line["refundedQuantity"], processed["refunds"]["nodes"]) == (1, 0, [])


def test_nothing_to_process_and_nothing_to_give_is_refused(shop):
    opened = shop.open(shop.sell())

    refusal = shop.refusal(PROCESS, it={"returnId": opened["id"]})

    assert refusal["code"] == "BLANK"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"currencyCode": "EUR", "amount": "45.00"}, "currencyCode", "INVALID"),
        ({"currencyCode": "GBP", "amount": "0"}, "amount", "GREATER_THAN"),
        ({"currencyCode": "GBP", "amount": "0.001"}, "amount", "GREATER_THAN"),
    ],
)
def test_money_that_the_order_does_not_know_is_refused(shop, given, field, code):
    order = shop.sell()
    asked = payment(order, shop.open(order), "45.00")
    asked["financialTransfer"]["issueRefund"]["orderTransactions"][0]["transactionAmount"] = given

    refusal = shop.refusal(PROCESS, it=asked)

    assert (refusal["field"][-1], refusal["code"]) == (field, code)


def test_money_goes_back_only_to_a_sale_of_the_order(shop):
    order, other = shop.sell(), shop.sell()
    asked = payment(order, shop.open(order), "45.00")
    transaction = asked["financialTransfer"]["issueRefund"]["orderTransactions"][0]

    refusal = shop.refusal(
        PROCESS,
        it=asked
        | {
            "financialTransfer": {
                "issueRefund": {
                    "orderTransactions": [transaction | {"parentId": gid("OrderTransaction", other.transactions[0].id)}]
                }
            }
        },
    )

    assert refusal["message"] == "Transactions require a parent_id associated with the order"


def test_the_line_of_another_return_is_not_found(shop):
    order = shop.sell()
    first, second = shop.open(order), shop.open(order)
    asked = payment(order, second, "45.00") | {"returnId": first["id"]}

    refusal = shop.refusal(PROCESS, it=asked)

    assert refusal == {
        "field": ["input", "returnLineItems", "0", "id"],
        "message": "Return line item was not found.",
        "code": "NOT_FOUND",
    }


def test_what_was_done_with_the_goods_is_kept(shop):
    order = shop.sell()
    opened = shop.open(order)
    reverse = opened["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["id"]
    asked = payment(order, opened, "45.00")
    asked["returnLineItems"][0]["dispositions"] = [
        {"reverseFulfillmentOrderLineItemId": reverse, "quantity": 1, "dispositionType": "RESTOCKED"}
    ]

    processed = shop.told(PROCESS, it=asked)["return"]

    line = processed["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]
    assert line["dispositions"] == [{"type": "RESTOCKED", "quantity": 1}]


def test_a_suggestion_names_the_sale_and_the_vat_in_it(shop):
    order = shop.sell()
    opened = shop.open(order)

    suggested = suggestion(shop, opened)

    assert (amount(suggested["discountedSubtotal"]), amount(suggested["totalTax"])) == ("45.0", "7.5")
    assert amount(suggested["maximumRefundable"]) == "93.95"
    transfer = suggested["financialTransfer"]
    assert (transfer["__typename"], amount(transfer["amount"])) == ("RefundReturnOutcome", "45.0")
    (transaction,) = transfer["suggestedTransactions"]
    assert (transaction["kind"], transaction["parentTransaction"]["kind"]) == ("SUGGESTED_REFUND", "SALE")
    assert transaction["parentTransaction"]["id"] == gid("OrderTransaction", order.transactions[0].id)


def test_three_shirts_at_an_odd_discount_come_back_one_by_one_for_exactly_what_was_paid(shop):
    order = shop.sell(("camp-shirt", 3), discount_percent=7)
    shares = []

    for _ in range(3):
        opened = shop.open(order)
        shares.append(amount(suggestion(shop, opened)["discountedSubtotal"]))
        shop.told(PROCESS, it=payment(order, opened, shares[-1]))

    assert round(sum(map(float, shares)) * 100) == order.lines[0].total


def test_postage_is_suggested_when_asked_for_and_only_once(shop):
    order = shop.sell()
    opened = shop.open(order)

    suggested = suggestion(shop, opened, shipping={"fullRefund": True})
    shop.told(PROCESS, it=payment(order, opened, "48.95", refundShipping={"fullRefund": True}))
    again = suggestion(shop, shop.open(order), shipping={"fullRefund": True})

    assert amount(suggested["financialTransfer"]["amount"]) == "48.95"
    assert amount(again["shipping"]["amountSet"]) == "0.0"


def test_store_credit_is_suggested_when_asked_for(shop):
    opened = shop.open(shop.sell())

    transfer = suggestion(shop, opened, to="STORE_CREDIT")["financialTransfer"]

    assert transfer["suggestedTransactions"] == []
    assert [method["__typename"] for method in transfer["suggestedRefundMethods"]] == ["SuggestedStoreCreditRefund"]


def test_nothing_can_be_suggested_for_more_than_comes_back(shop):
    opened = shop.open(shop.sell())

    body = shop.ask(
        SUGGEST, it=opened["id"], lines=[{"id": opened["returnLineItems"]["nodes"][0]["id"], "quantity": 2}]
    )

    assert body["data"]["return"] == {"suggestedFinancialOutcome": None}
    assert body["errors"][0]["message"] == "Return line item has an invalid quantity."


def test_an_order_that_was_given_back_whole_says_so(shop):
    order = shop.sell(("wool-scarf", 1))
    opened = shop.open(order)

    shop.told(PROCESS, it=payment(order, opened, "41.95", refundShipping={"fullRefund": True}))

    assert shop.told(MONEY, it=gid("Order", order.id))["displayFinancialStatus"] == "REFUNDED"

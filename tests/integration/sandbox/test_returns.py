"""Opening, labelling, closing and cancelling returns at the sandbox shop."""

import pytest

from deploy.sandbox.shopify.catalogue import KITE
from deploy.sandbox.shopify.gid import gid
from tests.integration.sandbox.shops import (
    ATTACH,
    CANCEL,
    CLOSE,
    CREATE,
    PROCESS,
    RELABEL,
    REMOVE,
    REOPEN,
    STATE,
    TOO_BIG,
    payment,
    removal,
    wish,
)

LABEL = {"fileUrl": "https://returns.alder.example/labels/1.pdf"}
TRACKING = {"number": "OR7KQ2M9X1ABC", "url": "https://returns.alder.example/t/1"}


def reverse_order(opened):
    return opened["reverseFulfillmentOrders"]["nodes"][0]


def test_a_return_of_one_shirt_is_open_at_once_with_its_reverse_order(shop):
    order = shop.sell()

    opened = shop.open(order)

    assert (opened["name"], opened["status"], opened["totalQuantity"]) == ("AL-1001-R1", "OPEN", 1)
    assert reverse_order(opened)["status"] == "OPEN"
    assert [line["totalQuantity"] for line in reverse_order(opened)["lineItems"]["nodes"]] == [1]
    assert opened["returnLineItems"]["nodes"][0]["returnReasonDefinition"] == {"handle": "too-big"}
    assert shop.effects() == ["return_opened"]


def test_what_an_open_return_holds_cannot_be_returned_again(shop):
    order = shop.sell()
    before = shop.returnable(order)

    shop.open(order)

    assert (before, shop.returnable(order)) == ([2], [1])


def test_a_cancelled_return_frees_what_it_held_and_a_closed_one_does_not(shop):
    order = shop.sell()
    first, second = shop.open(order), shop.open(order)

    shop.told(CANCEL, it=first["id"])
    shop.told(CLOSE, it=second["id"])

    assert shop.returnable(order) == [1]


@pytest.mark.parametrize("quantity", [0, -1, 3])
def test_more_shirts_than_are_left_or_none_cannot_come_back(shop, quantity):
    order = shop.sell()

    refusal = shop.refusal(CREATE, it=wish(order, quantity=quantity))

    assert refusal == {
        "field": ["returnInput", "returnLineItems", "0", "quantity"],
        "message": "Return line item has an invalid quantity.",
        "code": "INVALID",
    }
    assert shop.effects() == []


def test_the_same_shirts_named_twice_are_counted_together(shop):
    order = shop.sell()
    asked = wish(order, quantity=2)
    asked["returnLineItems"] *= 2

    refusal = shop.refusal(CREATE, it=asked)

    assert refusal["field"] == ["returnInput", "returnLineItems", "1", "quantity"]


def test_a_line_of_nobodys_parcel_is_not_found(shop):
    order = shop.sell()

    refusal = shop.refusal(CREATE, it=wish(order, fulfillmentLineItemId=gid("FulfillmentLineItem", 7)))

    assert (refusal["code"], refusal["message"]) == ("NOT_FOUND", "Fulfillment Line Item was not found.")
    assert refusal["field"] == ["returnInput", "returnLineItems", "0", "fulfillmentLineItemId"]


def test_a_return_needs_a_reason(shop):
    order = shop.sell()

    refusal = shop.refusal(CREATE, it=wish(order, returnReasonDefinitionId=None))

    assert refusal == {
        "field": ["returnInput", "returnLineItems", "0"],
        "message": "Return line items Either return reason or return reason definition must be provided",
        "code": "NOT_FOUND",
    }


def test_the_reason_other_needs_a_note(shop):
    order = shop.sell()

    refusal = shop.refusal(CREATE, it=wish(order, returnReason="OTHER"))
    opened = shop.told(CREATE, it=wish(order, returnReason="OTHER", returnReasonNote="Itches"))["return"]

    assert (refusal["code"], refusal["field"][-1]) == ("BLANK", "returnReasonNote")
    assert opened["returnLineItems"]["nodes"][0]["returnReasonNote"] == "Itches"


def test_an_unknown_order_is_refused_and_an_id_of_another_kind_is_an_error(shop):
    order = shop.sell()
    asked = wish(order)

    refusal = shop.refusal(CREATE, it=asked | {"orderId": gid("Order", 1)})
    wrong = shop.ask(CREATE, it=asked | {"orderId": TOO_BIG})

    assert (refusal["field"], refusal["code"]) == (["returnInput", "orderId"], "NOT_FOUND")
    assert wrong["data"] == {"returnCreate": None}
    assert wrong["errors"][0]["message"] == f"Invalid id: {TOO_BIG}"
    assert wrong["errors"][0]["extensions"] == {"code": "RESOURCE_NOT_FOUND"}


def test_nothing_of_an_order_that_was_never_sent_can_come_back(shop):
    order = shop.sell(fulfilled=False)

    assert shop.returnable(order) == []


def test_a_label_without_lines_is_for_all_of_the_return(shop):
    order = shop.sell(("camp-shirt", 2), ("midi-dress", 1))
    opened = shop.open(order, quantity=2)

    made = shop.told(ATTACH, order=reverse_order(opened)["id"], lines=[], tracking=TRACKING, label=LABEL)

    delivery = made["reverseDelivery"]
    assert [line["quantity"] for line in delivery["reverseDeliveryLineItems"]["nodes"]] == [2]
    assert delivery["deliverable"]["label"] == {"publicFileUrl": LABEL["fileUrl"]}
    assert delivery["deliverable"]["tracking"] == {"number": TRACKING["number"], "carrierName": None}
    assert reverse_order(shop.told(STATE, it=opened["id"]))["reverseDeliveries"]["nodes"][0]["id"] == delivery["id"]
    assert shop.effects() == ["return_opened", "label_attached"]


def test_a_label_may_be_given_another_number(shop):
    opened = shop.open(shop.sell())
    made = shop.told(ATTACH, order=reverse_order(opened)["id"], lines=[], tracking=TRACKING)["reverseDelivery"]

    changed = shop.told(RELABEL, it=made["id"], tracking={"number": "OR7SECONDLABEL"})["reverseDelivery"]

    assert changed == {"id": made["id"], "deliverable": {"tracking": {"number": "OR7SECONDLABEL"}}}
    assert shop.effects()[-1] == "label_changed"


def test_a_second_label_for_the_same_shirt_is_refused(shop):
    opened = shop.open(shop.sell())
    asked = {"order": reverse_order(opened)["id"], "lines": [], "tracking": TRACKING}
    shop.told(ATTACH, **asked)

    refusal = shop.refusal(ATTACH, **asked)

    assert refusal["message"] == "cannot deliver more items than are returned"
    assert shop.effects() == ["return_opened", "label_attached"]


@pytest.mark.parametrize(
    ("line", "quantity", "message"),
    [(None, 2, "cannot deliver more items than are returned"), (7, 1, "must exist")],
    ids=["too many", "not of this return"],
)
def test_a_label_cannot_hold_what_is_not_returned(shop, line, quantity, message):
    opened = shop.open(shop.sell())
    mine = reverse_order(opened)["lineItems"]["nodes"][0]["id"]
    asked = {"reverseFulfillmentOrderLineItemId": gid("ReverseFulfillmentOrderLineItem", line) if line else mine}

    refusal = shop.refusal(ATTACH, order=reverse_order(opened)["id"], lines=[asked | {"quantity": quantity}])

    assert (refusal["message"], refusal["code"]) == (message, None)


def test_a_label_for_an_unknown_reverse_order_is_refused(shop):
    refusal = shop.refusal(ATTACH, order=gid("ReverseFulfillmentOrder", 7), lines=[])

    assert refusal == {
        "field": ["reverseFulfillmentOrderId"],
        "message": "Reverse fulfillment order was not found.",
        "code": "NOT_FOUND",
    }


def test_closing_twice_closes_once(shop):
    opened = shop.open(shop.sell())

    first, second = (shop.told(CLOSE, it=opened["id"])["return"] for _ in range(2))

    assert first == second
    assert (first["status"], first["closedAt"]) == ("CLOSED", "2026-11-22T12:00:00Z")
    assert shop.effects() == ["return_opened", "return_closed"]


def test_cancelling_twice_cancels_once_and_a_cancelled_return_cannot_be_closed(shop):
    opened = shop.open(shop.sell())

    first, second = (shop.told(CANCEL, it=opened["id"])["return"] for _ in range(2))
    refusal = shop.refusal(CLOSE, it=opened["id"])

    assert first["status"] == second["status"] == "CANCELED"
    assert refusal == {"field": ["id"], "message": "Return status is invalid.", "code": "INVALID_STATE"}
    assert shop.effects() == ["return_opened", "return_cancelled"]


def test_a_return_that_was_processed_cannot_be_cancelled(shop):
    order = shop.sell()
    opened = shop.open(order)
    shop.told(PROCESS, it=payment(order, opened, "45.00"))

    refusal = shop.refusal(CANCEL, it=opened["id"])

    assert refusal == {"field": ["id"], "message": "Return is not cancelable.", "code": "INVALID_STATE"}


def test_a_shirt_taken_out_of_a_return_may_come_back_later(shop):
    order = shop.sell(("camp-shirt", 3))
    opened = shop.open(order, quantity=3)
    shop.told(PROCESS, it=payment(order, opened, "90.00", quantity=2))

    left = shop.told(REMOVE, **removal(opened))["return"]

    (line,) = left["returnLineItems"]["nodes"]
    assert (line["quantity"], line["processedQuantity"], line["unprocessedQuantity"]) == (2, 2, 0)
    assert [row["totalQuantity"] for row in reverse_order(left)["lineItems"]["nodes"]] == [2]
    assert (left["status"], shop.returnable(order)) == ("OPEN", [1])
    assert shop.effects()[-1] == "units_removed"


def test_a_return_from_which_all_is_taken_out_is_closed(shop):
    opened = shop.open(shop.sell())
    shop.told(ATTACH, order=reverse_order(opened)["id"], lines=[], tracking=TRACKING)

    left = shop.told(REMOVE, **removal(opened))["return"]

    assert (left["status"], left["totalQuantity"], left["returnLineItems"]["nodes"]) == ("CLOSED", 0, [])


def test_what_was_processed_is_not_taken_out(shop):
    order = shop.sell()
    opened = shop.open(order)
    shop.told(PROCESS, it=payment(order, opened, "45.00"))

    refusal = shop.refusal(REMOVE, **removal(opened))

    assert refusal == {
        "field": ["returnLineItems", "0", "quantity"],
        "message": "Return line item has an invalid quantity.",
        "code": "INVALID",
    }


def test_nothing_is_taken_out_of_a_closed_return(shop):
    opened = shop.open(shop.sell())
    shop.told(CLOSE, it=opened["id"])

    refusal = shop.refusal(REMOVE, **removal(opened))

    assert refusal == {"field": ["returnId"], "message": "Return status is invalid.", "code": "INVALID_STATE"}


def test_a_closed_return_may_be_opened_again_and_processed(shop):
    order = shop.sell()
    opened = shop.open(order)
    shop.told(CLOSE, it=opened["id"])

    first, second = (shop.told(REOPEN, it=opened["id"])["return"] for _ in range(2))
    shop.told(PROCESS, it=payment(order, opened, "45.00"))

    assert first == second
    assert (first["status"], first["closedAt"]) == ("OPEN", None)
    assert shop.effects().count("return_reopened") == 1


def test_a_cancelled_return_is_not_opened_again(shop):
    opened = shop.open(shop.sell())
    shop.told(CANCEL, it=opened["id"])

    refusal = shop.refusal(REOPEN, it=opened["id"])

    assert refusal == {"field": ["id"], "message": "Return status is invalid.", "code": "INVALID_STATE"}


@pytest.mark.parametrize("act", [CLOSE, CANCEL, REOPEN])
def test_an_unknown_return_is_not_found(shop, act):
    refusal = shop.refusal(act, it=gid("Return", 7))

    assert refusal == {"field": ["id"], "message": "Return not found.", "code": "NOT_FOUND"}


def test_the_return_of_another_shop_is_not_found(shop):
    opened = shop.open(shop.sell())
    shop.shop = KITE

    assert shop.told(STATE, it=opened["id"]) is None
    assert shop.refusal(CLOSE, it=opened["id"])["code"] == "NOT_FOUND"

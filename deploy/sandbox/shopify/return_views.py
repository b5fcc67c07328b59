"""Returns, labels and suggested money as GraphQL shows them."""

from typing import Any

from deploy.sandbox.shopify.amounts import View, bag
from deploy.sandbox.shopify.catalogue import REASONS, SHOPS
from deploy.sandbox.shopify.gid import gid
from deploy.sandbox.shopify.goods import exchange_view
from deploy.sandbox.shopify.line_views import fulfillment_line_view
from deploy.sandbox.shopify.orders import (
    TEXT_OF_GATEWAY,
    Delivery,
    Disposition,
    FulfillmentLine,
    Kind,
    Order,
    Return,
    ReturnLine,
    ReverseLine,
    Status,
)
from deploy.sandbox.shopify.settling import Outcome
from deploy.sandbox.shopify.views import (
    BEHIND,
    order_view,
    refund_view,
    transaction_view,
)

_REVERSE_STATUS = {Status.OPEN: "OPEN", Status.CLOSED: "CLOSED", Status.CANCELED: "CANCELED"}


def return_view(order: Order, found: Return) -> View:
    """A return, whole."""
    return {
        "id": gid("Return", found.id),
        "name": f"{order.name}-R{found.number}",
        "status": found.status.value,
        "totalQuantity": found.quantity,
        "createdAt": found.created_at,
        "requestApprovedAt": found.created_at,
        "closedAt": found.closed_at,
        "order": lambda _: order_view(order),
        "decline": None,
        "returnShippingFees": [],
        "returnLineItems": lambda _: [_line(order, line) for line in found.lines],
        "exchangeLineItems": lambda _: [exchange_view(one, SHOPS[order.shop]) for one in found.exchanges],
        "refunds": lambda _: [refund_view(order, one) for one in order.refunds if one.return_id == found.id],
        "reverseFulfillmentOrders": lambda _: [_reverse_order(order, found)],
        BEHIND: (order, found),
    }


def reason_view(reason: int) -> View:
    """One of Shopify's standard reasons."""
    handle, name = REASONS[reason]
    return {"id": gid("ReturnReasonDefinition", reason), "handle": handle, "name": name, "deleted": False}


def _bought(order: Order, id_: int) -> FulfillmentLine:
    return next(line for line in order.fulfilled() if line.id == id_)


def _line(order: Order, line: ReturnLine) -> View:
    bought = _bought(order, line.fulfillment_line_id)
    unprocessed = line.quantity - line.processed
    paid = order.line(bought.line_id).share(already=0, quantity=line.quantity)
    return {
        "__typename": "ReturnLineItem",
        "id": gid("ReturnLineItem", line.id),
        "quantity": line.quantity,
        "processableQuantity": unprocessed,
        "processedQuantity": line.processed,
        "unprocessedQuantity": unprocessed,
        "refundableQuantity": line.quantity - line.refunded,
        "refundedQuantity": line.refunded,
        "customerNote": None,
        "returnReasonNote": line.note,
        "returnReasonDefinition": reason_view(line.reason),
        "fulfillmentLineItem": lambda _: fulfillment_line_view(order, bought),
        "restockingFee": None,
        "withCodeDiscountedTotalPriceSet": bag(order, paid),
    }


def _reverse_order(order: Order, found: Return) -> View:
    return {
        "id": gid("ReverseFulfillmentOrder", found.reverse_id),
        "status": _REVERSE_STATUS[found.status],
        "lineItems": [_reverse_line(order, line) for line in found.reverse_lines],
        "reverseDeliveries": [delivery_view(order, found, one) for one in found.deliveries],
    }


def _reverse_line(order: Order, line: ReverseLine) -> View:
    return {
        "id": gid("ReverseFulfillmentOrderLineItem", line.id),
        "totalQuantity": line.quantity,
        "fulfillmentLineItem": lambda _: fulfillment_line_view(order, _bought(order, line.fulfillment_line_id)),
        "dispositions": [_disposition(order, one) for one in line.dispositions],
    }


def _disposition(order: Order, one: Disposition) -> View:
    shop = SHOPS[order.shop]
    return {
        "id": gid("ReverseFulfillmentOrderDisposition", one.id),
        "type": one.type,
        "quantity": one.quantity,
        "createdAt": one.created_at,
        "location": {"id": gid("Location", shop.location_id), "name": shop.hub},
    }


def delivery_view(order: Order, found: Return, delivery: Delivery) -> View:
    """A label attached to a return."""
    lines = {line.id: line for line in found.reverse_lines}
    label = {"publicFileUrl": delivery.label_url, "createdAt": delivery.created_at, "updatedAt": delivery.created_at}
    return {
        "id": gid("ReverseDelivery", delivery.id),
        "deliverable": {
            "__typename": "ReverseDeliveryShippingDeliverable",
            "label": label if delivery.label_url else None,
            "tracking": {"carrierName": None, "number": delivery.tracking_number, "url": delivery.tracking_url},
        },
        "reverseDeliveryLineItems": [
            {
                "id": gid("ReverseDeliveryLineItem", row.id),
                "quantity": row.quantity,
                "reverseFulfillmentOrderLineItem": _reverse_line(order, lines[row.reverse_line_id]),
            }
            for row in delivery.lines
        ],
    }


def outcome_view(order: Order, outcome: Outcome, allocation: str) -> View:
    """What Shopify suggests to give."""
    return {
        "discountedSubtotal": bag(order, outcome.subtotal),
        "totalTax": bag(order, outcome.tax),
        "totalCartDiscountAmount": bag(order, outcome.cart_discount),
        "totalDuties": bag(order, 0),
        "maximumRefundable": bag(order, outcome.refundable),
        "shipping": {
            "amountSet": bag(order, outcome.shipping),
            "maximumRefundableSet": bag(order, outcome.shipping_left),
        },
        "financialTransfer": _transfer(order, outcome, allocation) if outcome.amount else None,
    }


def _transfer(order: Order, outcome: Outcome, allocation: str) -> View:
    if outcome.amount < 0:  # the shopper owes the rest
        return {"__typename": "InvoiceReturnOutcome", "amount": bag(order, -outcome.amount)}
    amounts: dict[str, Any] = {
        "amount": bag(order, outcome.amount),
        "maximumRefundable": bag(order, outcome.refundable),
    }
    to_credit = allocation == "STORE_CREDIT"
    sale = next(one for one in order.transactions if one.kind is Kind.SALE)
    back = {
        "kind": "SUGGESTED_REFUND",
        "gateway": sale.gateway,
        "formattedGateway": TEXT_OF_GATEWAY[sale.gateway],
        "amountSet": amounts["amount"],
        "maximumRefundableSet": amounts["maximumRefundable"],
        "parentTransaction": transaction_view(order, sale),
    }
    return {
        "__typename": "RefundReturnOutcome",
        "amount": amounts["amount"],
        "suggestedTransactions": [] if to_credit else [back],
        "suggestedRefundMethods": [{"__typename": "SuggestedStoreCreditRefund", **amounts}] if to_credit else [],
    }

"""Returns at the shop: the requests that make and settle them, and how the shop tells their state."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from libs.chassis.outside import Declined
from libs.contracts.values import Money, ReturnLine
from services.orders.domain import money
from services.orders.domain.exchanges import CHARGED, ShopExchangeLine, Variant
from services.orders.domain.jobs import Request
from services.orders.domain.matching import (
    ProcessItem,
    ReleaseItem,
    ReturnItem,
    ShopRefund,
    ShopReturn,
    ShopReturnLine,
)
from services.orders.domain.settlements import Payment
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.orders import presentment, whole

OTHER = "other-reason"  # Shopify's reason that fits every one of ours


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the shop would give back for some lines, and from which of the order's payments."""

    amount: Money
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What goes out for a line, and what it costs."""

    line: ReturnLine
    variant: Variant
    charged: Money


@dataclass(frozen=True, slots=True)
class GoingOut:
    """Some units of an exchange line of a shop's return, of which `before` had gone out."""

    id: str
    quantity: int
    before: int


def reasons(client: AdminClient) -> dict[str, str]:
    """Shopify's reasons for returns: the id of each by its handle."""
    return {node["handle"]: node["id"] for node in client.ask("ReturnReasons")["returnReasonDefinitions"]["nodes"]}


def reason_id(known: Mapping[str, str], line: ReturnLine) -> str:
    """The shop's reason for `line`: our `too_small` is its `too-small`; the sub-reason goes first, Other last."""
    handles = [code.replace("_", "-") for code in (line.sub_reason, line.reason, OTHER) if code]
    found = next((known[handle] for handle in handles if handle in known), None)
    if found is None:
        raise Declined("no_reason", "The shop has no reason for returns that ours could be given as.")
    return found


def opening(
    shop_order_id: str, items: Sequence[ReturnItem], reasons: Sequence[str], exchanges: Sequence[Exchange] = ()
) -> Request:
    """Open a return of `items`, each for the shop's reason beside it, with what goes out for them."""
    lines = [
        {
            "fulfillmentLineItemId": item.fulfillment_line_id,
            "quantity": item.quantity,
            "returnReasonDefinitionId": reason,
            "returnReasonNote": item.note,
        }
        for item, reason in zip(items, reasons, strict=True)
    ]
    asked: JsonObject = {"orderId": shop_order_id, "returnLineItems": lines}
    if exchanges:  # in the order of their lines' ids, by which they are found again
        by_line = sorted(exchanges, key=lambda exchange: str(exchange.line.id))
        asked["exchangeLineItems"] = [_going_out(exchange) for exchange in by_line]
    charged = {f"{CHARGED}{exchange.line.id}": exchange.charged.amount for exchange in exchanges}
    return Request("ReturnCreate", {"returnInput": asked}, before=charged)


def _going_out(exchange: Exchange) -> JsonObject:
    """A variant with the discount that brings its price down to what is charged."""
    off = exchange.variant.price.amount * exchange.line.quantity - exchange.charged.amount
    asked: JsonObject = {"variantId": exchange.variant.id, "quantity": exchange.line.quantity}
    if off:
        discount = Money(amount=off, currency=exchange.charged.currency)
        asked["appliedDiscount"] = {"description": _why_less(exchange.line), "value": {"amount": amount_of(discount)}}
    return asked


def _why_less(line: ReturnLine) -> str:
    """What the shop's staff read at the discount: what is paid apart stands in no order of the shop."""
    apart = line.exchange_variant.difference if line.exchange_variant else None
    if apart is None or apart.amount <= 0:
        return "Exchange"
    return f"Exchange, {money.major(apart)} {apart.currency} paid apart"


def amount_of(amount: Money) -> JsonObject:
    """An amount as the API takes it."""
    return {"amount": money.major(amount), "currencyCode": amount.currency}


def labelling(reverse_order_id: str, tracking_number: str, share: Sequence[tuple[str, int]] = ()) -> Request:
    """Tell the shop under which number a parcel travels, with its share of the reverse order's lines; without, all of them."""
    asked = {
        "reverseFulfillmentOrderId": reverse_order_id,
        "lines": [{"reverseFulfillmentOrderLineItemId": id_, "quantity": units} for id_, units in share],
        "trackingInput": {"number": tracking_number},
    }
    return Request("AttachLabel", asked)


def relabelling(delivery_id: str, tracking_number: str) -> Request:
    """Tell the shop that the parcel travels under another number now."""
    tracking = {"number": tracking_number}
    return Request("UpdateLabel", {"reverseDeliveryId": delivery_id, "trackingInput": tracking})


@dataclass(frozen=True, slots=True)
class Giving:
    """What is given for goods besides nothing: money from payments, credit until the end of a day, or other goods."""

    payments: tuple[Payment, ...] = ()
    credit: Money | None = None
    expires_on: date | None = None
    goods: GoingOut | None = None

    def transfer(self) -> JsonObject:
        """The money part, as the API takes it."""
        payments = [{"parentId": payment, "transactionAmount": amount_of(amount)} for payment, amount in self.payments]
        if self.credit is None:
            return {"orderTransactions": payments}
        credit = {"amount": amount_of(self.credit)} | ending(self.expires_on)
        return {"orderTransactions": payments, "refundMethods": [{"storeCreditRefund": credit}]}


def ending(day: date | None) -> JsonObject:
    """When credit that is good until the end of `day` in UTC expires, as the API takes it."""
    return {"expiresAt": f"{day.isoformat()}T23:59:59Z"} if day else {}


def processing(return_id: str, items: Sequence[ProcessItem], giving: Giving, *, note: str) -> Request:
    """Take the goods and give for them in one call: the shop's count of the lines keeps it from being done twice.

    What becomes of the goods is left open where nobody has decided that yet, or it is back on the shelf.
    """
    asked: JsonObject = {
        "returnId": return_id,
        "note": note,
        "notifyCustomer": False,
        "returnLineItems": [{"id": item.id, "quantity": item.quantity, **_disposed(item)} for item in items],
    }
    before = {item.id: item.before for item in items}
    if giving.goods:
        asked["exchangeLineItems"] = [{"id": giving.goods.id, "quantity": giving.goods.quantity}]
        before[giving.goods.id] = giving.goods.before
    if giving.payments or giving.credit is not None:
        asked["financialTransfer"] = {"issueRefund": giving.transfer()}
    return Request("ReturnProcess", {"input": asked}, before=before)


def going_out(request: Request) -> GoingOut | None:
    """What `processing` asked to go out."""
    asked = request.variables["input"].get("exchangeLineItems")
    return GoingOut(asked[0]["id"], asked[0]["quantity"], request.before[asked[0]["id"]]) if asked else None


def paid_by(request: Request, currency: str) -> Money:
    """What `processing` asked to be paid back."""
    transfer = request.variables["input"].get("financialTransfer", {"issueRefund": {"orderTransactions": []}})
    amounts = [part["transactionAmount"] for part in transfer["issueRefund"]["orderTransactions"]]
    return money.total([money.minor(part["amount"], part["currencyCode"]) for part in amounts], currency)


def is_credit(request: Request) -> bool:
    """Whether `processing` asked for credit."""
    return "refundMethods" in request.variables["input"].get("financialTransfer", {}).get("issueRefund", {})


def _disposed(item: ProcessItem) -> JsonObject:
    """What becomes of the goods, as far as that is known."""
    told = [
        {"reverseFulfillmentOrderLineItemId": item.disposed_at, "quantity": quantity, "dispositionType": kind}
        for kind, quantity in item.disposed
    ]
    return {"dispositions": told} if told else {}


def opening_items(request: Request) -> tuple[ReturnItem, ...]:
    """What `opening` asked for."""
    return tuple(
        ReturnItem(line["fulfillmentLineItemId"], line["quantity"], line["returnReasonNote"])
        for line in request.variables["returnInput"]["returnLineItems"]
    )


def processing_items(request: Request) -> tuple[ProcessItem, ...]:
    """What `processing` asked for."""
    lines = request.variables["input"]["returnLineItems"]
    return tuple(ProcessItem(line["id"], line["quantity"], request.before[line["id"]]) for line in lines)


def releasing(return_id: str, items: Sequence[ReleaseItem]) -> Request:
    """Take `items` out of the return, so that they may be returned later."""
    lines = [{"returnLineItemId": item.id, "quantity": item.quantity} for item in items]
    variables = {"returnId": return_id, "returnLineItems": lines}
    return Request("RemoveFromReturn", variables, before={item.id: item.before for item in items})


def releasing_items(request: Request) -> tuple[ReleaseItem, ...]:
    """What `releasing` asked for."""
    lines = [(line["returnLineItemId"], line["quantity"]) for line in request.variables["returnLineItems"]]
    return tuple(ReleaseItem(line_id, quantity, request.before[line_id]) for line_id, quantity in lines)


def dropping(return_id: str, exchange: ShopExchangeLine) -> Request:
    """Take what did not go out of the return."""
    lines = [{"exchangeLineItemId": exchange.id, "quantity": exchange.quantity - exchange.processed}]
    return Request(
        "RemoveFromReturn", {"returnId": return_id, "exchangeLineItems": lines}, {exchange.id: exchange.quantity}
    )


def cancelling(return_id: str) -> Request:
    """Call the return off: the shop takes its units for sold and kept again."""
    return Request("ReturnCancel", {"id": return_id})


def closing(return_id: str) -> Request:
    """Say that nothing more is expected of the return."""
    return Request("ReturnClose", {"id": return_id})


def reopening(return_id: str) -> Request:
    """Open a closed return again."""
    return Request("ReturnReopen", {"id": return_id})


def outcome(
    client: AdminClient,
    return_id: str,
    items: Sequence[ProcessItem],
    currency: str,
    *,
    goods: GoingOut | None = None,
    as_credit: bool = False,
) -> Outcome:
    """What the shop itself would give for `items`, less `goods`; a balance that the shopper would owe is negative."""
    lines = [{"id": item.id, "quantity": item.quantity} for item in items]
    out = [{"id": goods.id, "quantity": goods.quantity}] if goods else []
    allocation = "STORE_CREDIT" if as_credit else "ORIGINAL_PAYMENT_METHODS"
    asked = {"returnLineItems": lines, "exchangeLineItems": out, "allocation": allocation}
    found = client.ask("ReturnOutcome", id=return_id, **asked)["return"]
    transfer = found["suggestedFinancialOutcome"]["financialTransfer"] if found else None
    if transfer is None:
        return Outcome(Money(amount=0, currency=currency), ())
    amount = presentment(transfer["amount"])
    if transfer["__typename"] != "RefundReturnOutcome":
        return Outcome(Money(amount=-amount.amount, currency=amount.currency), ())
    parts = [(part["parentTransaction"], presentment(part["amountSet"])) for part in transfer["suggestedTransactions"]]
    return Outcome(amount, tuple((parent["id"], part) for parent, part in parts if parent and part.amount))


def read_return(client: AdminClient, return_id: str) -> ShopReturn:
    """The return as the shop holds it. Raises Declined when the shop has it no more."""
    return returned(read_raw(client, return_id))


def read_raw(client: AdminClient, return_id: str) -> JsonObject:
    """The same as the API tells it."""
    found: JsonObject | None = client.ask("ReturnState", id=return_id)["return"]
    if found is None:
        raise Declined("return_gone", "The shop has this return no more.")
    return found


def read_returns(client: AdminClient, shop_order_id: str) -> tuple[ShopReturn, ...]:
    """The order's newest returns."""
    order = client.ask("OrderReturns", id=shop_order_id)["order"]
    return tuple(returned(node) for node in order["returns"]["nodes"]) if order else ()


def units_on_labels(client: AdminClient, return_id: str) -> Counter[str]:
    """How many units of each of the reverse orders' lines stand under a parcel's number already."""
    found = client.ask("UnitsOnLabels", id=return_id)["return"]
    orders = found["reverseFulfillmentOrders"]["nodes"] if found else []
    deliveries = (delivery for order in orders for delivery in order["reverseDeliveries"]["nodes"])
    counted: Counter[str] = Counter()
    for line in (line for delivery in deliveries for line in whole(delivery["reverseDeliveryLineItems"])):
        counted[line["reverseFulfillmentOrderLineItem"]["id"]] += line["quantity"]
    return counted


def returned(told: JsonObject) -> ShopReturn:
    """A return as the API tells it."""
    orders = told["reverseFulfillmentOrders"]["nodes"]
    deliveries = [delivery for order in orders for delivery in order["reverseDeliveries"]["nodes"]]
    reverse_lines = _reverse_lines(orders)
    return ShopReturn(
        id=told["id"],
        is_closed=told["status"] == "CLOSED",
        is_cancelled=told["status"] == "CANCELED",
        lines=tuple(_line(line, reverse_lines) for line in whole(told["returnLineItems"])),
        refunds=tuple(
            ShopRefund(refund["id"], presentment(refund["totalRefundedSet"]), refund["note"] or "")
            for refund in told["refunds"]["nodes"]
        ),
        exchanges=tuple(
            ShopExchangeLine(line["id"], line["variantId"] or "", line["quantity"], line["processedQuantity"])
            for line in told["exchangeLineItems"]["nodes"]
        ),
        reverse_orders=tuple(order["id"] for order in orders),
        labels=tuple((number, delivery["id"]) for delivery in deliveries if (number := _tracking_number(delivery))),
    )


def _line(told: JsonObject, reverse_lines: dict[str, list[str]]) -> ShopReturnLine:
    parcel_line = (told.get("fulfillmentLineItem") or {}).get("id", "")
    mine = reverse_lines.get(parcel_line)
    return ShopReturnLine(
        told["id"],
        parcel_line,
        told["quantity"],
        told["processedQuantity"],
        told["returnReasonNote"],
        mine.pop(0) if mine else None,
    )


def _reverse_lines(orders: list[JsonObject]) -> dict[str, list[str]]:
    """The reverse orders' lines by the parcel's line they are of, in the order in which the return's lines take them."""
    found: dict[str, list[str]] = {}
    for line in (line for order in orders if "lineItems" in order for line in whole(order["lineItems"])):
        found.setdefault(line["fulfillmentLineItem"]["id"], []).append(line["id"])
    return found


def _tracking_number(delivery: JsonObject) -> str | None:
    return ((delivery["deliverable"] or {}).get("tracking") or {}).get("number")

"""Processing what came back and giving money for it, and what Shopify would suggest to give."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from graphql import GraphQLError

from deploy.sandbox.shopify.catalogue import SHOPS
from deploy.sandbox.shopify.credit import Till
from deploy.sandbox.shopify.gid import number_of
from deploy.sandbox.shopify.goods import Shelves, chosen, send_out
from deploy.sandbox.shopify.orders import (
    STORE_CREDIT,
    Disposition,
    Kind,
    Order,
    Refund,
    Return,
    ReturnLine,
    Status,
    Transaction,
)
from deploy.sandbox.shopify.returns import Refused
from deploy.sandbox.shopify.store import Desk

_LINES = ["input", "returnLineItems"]
_MONEY = ["input", "financialTransfer", "issueRefund", "orderTransactions"]


@dataclass(frozen=True)
class Outcome:
    """What Shopify suggests to give for some lines. `amount` is what may be given, all in minor units."""

    subtotal: int
    tax: int
    cart_discount: int
    shipping: int
    shipping_left: int
    refundable: int
    going_out: int = 0

    @property
    def amount(self) -> int:
        """Goods and postage, as far as there is money left, less what goes out for them; below nothing the shopper owes it."""
        return min(self.subtotal + self.shipping - self.going_out, self.refundable)


@dataclass(frozen=True)
class Around:
    """What settling needs from around the order: time and numbers, the goods, and the credit of customers."""

    desk: Desk
    shelves: Shelves
    till: Till


def process(order: Order, found: Return, asked: dict[str, Any], *, around: Around) -> Refund | None:
    """Process lines, send out what goes out for them and give the money asked for, all or nothing; raises Refused."""
    if found.status is not Status.OPEN:
        raise Refused(["input", "returnId"], "Return status is invalid.", "INVALID_STATE")
    transfer = (asked.get("financialTransfer") or {}).get("issueRefund")
    lines = _lines_to_process(found, asked.get("returnLineItems") or [])
    goods = chosen(found, asked.get("exchangeLineItems") or [], ["input", "exchangeLineItems"])
    if not lines and not goods and transfer is None:
        raise Refused(_LINES, "Return line items can't be blank", "BLANK")
    shipping = _shipping(order, asked.get("refundShipping"))
    credit = _credit(order, transfer.get("refundMethods") or []) if transfer else []
    payments = _payments(order, transfer["orderTransactions"], credit=bool(credit)) if transfer else []
    refuse_more_than_received(order, sum(amount for _, amount in (*payments, *credit)))
    for line, quantity, dispositions in lines:
        line.processed += quantity
        line.refunded += quantity if payments or credit else 0
        _dispose(found, line, dispositions, around.desk)
    send_out(order, goods, around.shelves, SHOPS[order.shop], around.desk)
    for expires, amount in credit:
        around.till.credit(order.customer_id, amount, expires, order=order)
    if not payments and not credit:
        return None
    return _refund(order, found, payments, credit, shipping=shipping, note=asked.get("note"), desk=around.desk)


def _credit(order: Order, asked: list[dict[str, Any]]) -> list[tuple[datetime | None, int]]:
    """What goes to the customer's account, each with its end. The words of a refusal are our assumption."""
    path = ["input", "financialTransfer", "issueRefund", "refundMethods"]
    methods = [row["storeCreditRefund"] for row in asked]
    return [
        (row.get("expiresAt"), _minor(order, row["amount"], [*path, str(place), "storeCreditRefund", "amount"]))
        for place, row in enumerate(methods)
    ]


def _lines_to_process(found: Return, asked: list[dict[str, Any]]) -> list[tuple[ReturnLine, int, list[dict[str, Any]]]]:
    taken: dict[int, int] = {}
    lines = []
    for place, row in enumerate(asked):
        path = [*_LINES, str(place)]
        line_id = number_of(row["id"], "ReturnLineItem")
        line = next((one for one in found.lines if one.id == line_id), None)
        if line is None:  # recorded
            raise Refused([*path, "id"], "Return line item was not found.", "NOT_FOUND")
        taken[line_id] = taken.get(line_id, 0) + row["quantity"]
        if row["quantity"] < 1 or taken[line_id] > line.quantity - line.processed:
            raise Refused([*path, "quantity"], "Return line item has an invalid quantity.", "INVALID")
        lines.append((line, row["quantity"], _dispositions(found, line, row, path)))
    return lines


def _dispositions(found: Return, line: ReturnLine, row: dict[str, Any], path: list[str]) -> list[dict[str, Any]]:
    mine = next(one.id for one in found.reverse_lines if one.return_line_id == line.id)
    asked = row.get("dispositions") or []
    for place, one in enumerate(asked):
        if number_of(one["reverseFulfillmentOrderLineItemId"], "ReverseFulfillmentOrderLineItem") != mine:
            raise Refused(
                [*path, "dispositions", str(place), "reverseFulfillmentOrderLineItemId"],
                "Reverse fulfillment order line item was not found.",
                "NOT_FOUND",
            )
    if sum(one["quantity"] for one in asked) > row["quantity"] or any(one["quantity"] < 1 for one in asked):
        raise Refused([*path, "dispositions"], "Disposition has an invalid quantity.", "INVALID")
    return asked


def _dispose(found: Return, line: ReturnLine, dispositions: list[dict[str, Any]], desk: Desk) -> None:
    reverse = next(one for one in found.reverse_lines if one.return_line_id == line.id)
    reverse.dispositions += [
        Disposition(
            id=desk.next_id("ReverseFulfillmentOrderDisposition"),
            type=one["dispositionType"],
            quantity=one["quantity"],
            created_at=desk.now,
        )
        for one in dispositions
    ]


def _payments(order: Order, asked: list[dict[str, Any]], *, credit: bool) -> list[tuple[Transaction, int]]:
    if not asked and not credit:
        raise Refused(_MONEY, "Order transactions can't be blank", "BLANK")
    payments = []
    for place, row in enumerate(asked):
        parent = order.transaction(number_of(row["parentId"], "OrderTransaction"))
        if parent is None or parent.kind is not Kind.SALE:  # the words are recorded for refundCreate
            raise Refused(
                [*_MONEY, str(place), "parentId"],
                "Transactions require a parent_id associated with the order",
                "NOT_FOUND",
            )
        payments.append((parent, _minor(order, row["transactionAmount"], [*_MONEY, str(place), "transactionAmount"])))
    return payments


def refuse_more_than_received(order: Order, amount: int) -> None:
    """Recorded: refused even with allowOverRefunding, and the field is null."""
    left = order.received - order.refunded
    if amount > left:
        raise Refused(
            None,
            f"Refund amount {_spoken(order, amount)} is greater than net payment received {_spoken(order, left)}",
            None,
        )


def _minor(order: Order, money: dict[str, Any], path: list[str]) -> int:
    if money["currencyCode"] != order.currency:
        raise Refused([*path, "currencyCode"], f"Currency must be {order.currency}", "INVALID")
    cents = Decimal(money["amount"]) * 100
    if cents != cents.to_integral_value() or cents <= 0:
        raise Refused([*path, "amount"], "Amount must be greater than 0", "GREATER_THAN")
    return int(cents)


def _spoken(order: Order, amount: int) -> str:
    return f"{SHOPS[order.shop].symbol}{amount // 100:,}.{amount % 100:02d}"


def _refund(
    order: Order,
    found: Return,
    payments: list[tuple[Transaction, int]],
    credit: list[tuple[datetime | None, int]],
    *,
    shipping: int,
    note: str | None,
    desk: Desk,
) -> Refund:
    ways: list[tuple[str, int | None, int]] = [(parent.gateway, parent.id, amount) for parent, amount in payments]
    ways += [(STORE_CREDIT, None, amount) for _, amount in credit]
    made = [_given(*way, desk) for way in ways]
    refund = Refund(
        id=desk.next_id("Refund"),
        created_at=desk.now,
        amount=sum(one.amount for one in made),
        note=note,
        shipping=shipping,
        return_id=found.id,
        transaction_ids=[one.id for one in made],
    )
    order.transactions += made
    order.refunds.append(refund)
    return refund


def _given(gateway: str, parent_id: int | None, amount: int, desk: Desk) -> Transaction:
    number = desk.next_id("OrderTransaction")
    return Transaction(
        id=number, kind=Kind.REFUND, amount=amount, gateway=gateway, processed_at=desk.now, parent_id=parent_id
    )


def _shipping(order: Order, asked: dict[str, Any] | None) -> int:
    left = order.postage - sum(refund.shipping for refund in order.refunds)
    if not asked:
        return 0
    if asked.get("fullRefund"):
        return left
    if (wanted := asked.get("shippingRefundAmount")) is None:
        return 0
    path = ["input", "refundShipping", "shippingRefundAmount"]
    amount = _minor(order, wanted, path)
    if amount > left:
        raise Refused(path, f"Refund shipping amount must be at most {_spoken(order, left)}", "LESS_THAN_OR_EQUAL_TO")
    return amount


def suggest(order: Order, found: Return, asked: dict[str, Any]) -> Outcome:
    """What these lines are worth now, before anything is processed; an unknown line or too many pieces is an error."""
    try:
        lines = _lines_to_process(found, asked["returnLineItems"])
        goods = chosen(found, asked["exchangeLineItems"], ["exchangeLineItems"])
        shipping = _shipping(order, asked.get("refundShipping"))
    except Refused as refused:
        raise GraphQLError(str(refused), extensions={"code": "BAD_REQUEST"}) from None
    pieces: Counter[int] = Counter()
    for returned, quantity, _ in lines:
        bought = order.fulfillment_line(returned.fulfillment_line_id)
        assert bought is not None
        pieces[bought.line_id] += quantity
    wanted = [(order.line(line_id), quantity) for line_id, quantity in pieces.items()]
    subtotal = sum(line.share(already=order.gone(line), quantity=quantity) for line, quantity in wanted)
    full = sum(line.price * quantity for line, quantity in wanted)
    return Outcome(
        subtotal=subtotal,
        tax=order.vat(subtotal),
        cart_discount=full - subtotal,
        shipping=shipping,
        shipping_left=order.postage - sum(refund.shipping for refund in order.refunds),
        refundable=order.received - order.refunded,
        going_out=sum(line.cost(already=line.processed, quantity=quantity) for line, quantity in goods),
    )

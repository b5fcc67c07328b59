"""Cancelling what was not sent: a part of an order by `refundCreate`, a whole one by a job that runs a moment later.

The words marked «recorded» were answered by a live shop; the others are our assumption (README.md lists them).
"""

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

from graphql import GraphQLError, GraphQLResolveInfo, get_directive_values

from deploy.sandbox.shopify.amounts import View, bag
from deploy.sandbox.shopify.gid import gid, number_of
from deploy.sandbox.shopify.orders import Kind, Order, Refund, Status, Transaction
from deploy.sandbox.shopify.returns import Refused
from deploy.sandbox.shopify.settling import refuse_more_than_received
from deploy.sandbox.shopify.views import BEHIND, order_view, refund_view, transaction_view

JOB_TAKES = timedelta(seconds=0.3)


def suggest(order: Order, pieces: Counter[int], *, whole: bool) -> int:
    """What Shopify suggests to give back: for some pieces, or for all that is left with the postage."""
    if whole:
        pieces = Counter({line.id: line.quantity - order.gone(line) for line in order.lines})
    goods = sum(order.line(id_).share(already=order.gone(order.line(id_)), quantity=n) for id_, n in pieces.items())
    postage = order.postage - sum(refund.shipping for refund in order.refunds) if whole else 0
    return min(goods + postage, order.received - order.refunded)


def pieces_of(order: Order, asked: list[dict[str, Any]]) -> Counter[int]:
    """How many pieces of each line are asked for, and not more than there are to give back (recorded); raises Refused."""
    wanted: Counter[int] = Counter()
    for place, row in enumerate(asked):
        line_id = number_of(row["lineItemId"], "LineItem")
        line = next((one for one in order.lines if one.id == line_id), None)
        if line is None:
            raise Refused(["refundLineItems", str(place), "lineItemId"], "Line item does not exist", None)
        wanted[line_id] += row["quantity"]
        path = ["refundLineItems", str(place), "quantity"]
        if row["quantity"] < 1 or wanted[line_id] > line.quantity - order.gone(line):
            raise Refused(path, "Quantity cannot refund more items than were purchased", None)
        if row.get("restockType") == "CANCEL" and wanted[line_id] > order.unsent(line):
            raise Refused(path, "Quantity cannot cancel more items than are unfulfilled", None)
    return wanted


def refund(order: Order, asked: dict[str, Any], *, desk: Any) -> Refund:
    """Give money back for pieces; raises Refused."""
    pieces = pieces_of(order, asked.get("refundLineItems") or [])
    payments = [_payment(order, row) for row in asked.get("transactions") or []]
    refuse_more_than_received(order, sum(amount for _, amount in payments))
    made = _refund(order, payments, note=asked.get("note"), shipping=0, desk=desk)
    for row in asked.get("refundLineItems") or []:
        if row.get("restockType") == "CANCEL":
            order.line(number_of(row["lineItemId"], "LineItem")).cancelled += row["quantity"]
        else:
            order.line(number_of(row["lineItemId"], "LineItem")).given_back += row["quantity"]
    assert pieces is not None
    return made


def cancel(order: Order, note: str | None, *, desk: Any) -> bool:
    """What the job does: all of it is given back and cancelled; False where it may not be any more."""
    if refusal(order) is not None:
        return False
    amount = suggest(order, Counter(), whole=True)
    sale = next(one for one in order.transactions if one.kind is Kind.SALE)
    postage = order.postage - sum(each.shipping for each in order.refunds)
    if amount:
        _refund(order, [(sale, amount)], note=None, shipping=postage, desk=desk)
    for line in order.lines:
        line.cancelled += line.quantity - order.gone(line)
    order.cancelled_at, order.staff_note = desk.now, note
    return True


def refusal(order: Order) -> str | None:
    """Why an order cannot be cancelled; None where it can."""
    if order.cancelled_at is not None:
        return "Order has already been cancelled"
    if any(one.status is Status.OPEN for one in order.returns):
        return "Cannot cancel an order with open returns"
    return "Cannot cancel an order that has been fulfilled" if order.fulfillments else None


def _payment(order: Order, row: dict[str, Any]) -> tuple[Transaction, int]:
    if row["kind"] != "REFUND":  # recorded
        raise Refused(None, f"Kind {row['kind'].lower()} is not a valid transaction", None)
    parent = order.transaction(number_of(row["parentId"], "OrderTransaction")) if row.get("parentId") else None
    if parent is None or parent.kind is not Kind.SALE:  # recorded
        raise Refused(["transactions"], "Transactions require a parent_id associated with the order", None)
    return parent, int(Decimal(row["amount"]) * 100)


def _refund(
    order: Order, payments: list[tuple[Transaction, int]], *, note: str | None, shipping: int, desk: Any
) -> Refund:
    made = [
        Transaction(
            id=desk.next_id("OrderTransaction"),
            kind=Kind.REFUND,
            amount=amount,
            gateway=parent.gateway,
            processed_at=desk.now,
            parent_id=parent.id,
        )
        for parent, amount in payments
    ]
    given = Refund(
        id=desk.next_id("Refund"),
        created_at=desk.now,
        amount=sum(one.amount for one in made),
        note=note,
        shipping=shipping,
        return_id=None,
        transaction_ids=[one.id for one in made],
    )
    order.transactions += made
    order.refunds.append(given)
    return given


def run_jobs(caller: Any) -> None:
    """Run what is due in the background of this shop."""
    store = caller.store
    due = store.memory.rows(
        "SELECT * FROM jobs WHERE shop = ? AND done = 0 AND due_at <= ?", caller.shop.domain, store.clock().isoformat()
    )
    for row in due:
        with store.memory.change():
            order = store.order(caller.shop, row["order_id"])
            if cancel(order, row["note"], desk=store.desk()):
                order.updated_at = store.desk().now
                store.save(order)
                store.record(order, "order_cancelled", refunded=order.refunded, note=row["note"])
                caller.webhooks.tell_of_update(order)
            store.memory.run("UPDATE jobs SET done = 1 WHERE id = ?", row["id"])


def _cancel_order(_: Any, info: GraphQLResolveInfo, orderId: str, staffNote: str | None = None, **__: Any) -> View:
    caller = info.context
    with caller.store.memory.change():
        order = caller.store.order(caller.shop, number_of(orderId, "Order"))
        words = "Order does not exist" if order is None else refusal(order)
        if words:
            code = "NOT_FOUND" if order is None else "INVALID"
            return {"job": None, "orderCancelUserErrors": [{"field": ["orderId"], "message": words, "code": code}]}
        id_ = str(uuid4())
        caller.store.memory.run(
            "INSERT INTO jobs (id, shop, order_id, note, due_at, done) VALUES (?, ?, ?, ?, ?, 0)",
            id_,
            caller.shop.domain,
            order.id,
            staffNote,
            (caller.store.clock() + JOB_TAKES).isoformat(),
        )
    return {"job": {"id": f"gid://shopify/Job/{id_}", "done": False}, "orderCancelUserErrors": []}


def _job(_: Any, info: GraphQLResolveInfo, id: str) -> View | None:
    run_jobs(info.context)
    row = info.context.store.memory.row("SELECT * FROM jobs WHERE id = ?", id.rsplit("/", 1)[-1])
    return {"id": id, "done": bool(row["done"])} if row else None


def _create_refund(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> View:
    caller, key = info.context, _key(info)
    digest = sha256(json.dumps(input, sort_keys=True, default=str).encode()).hexdigest()
    with caller.store.memory.change():
        order = caller.store.order(caller.shop, number_of(input["orderId"], "Order"))
        if order is None:  # recorded
            return {"order": None, "refund": None, "userErrors": [_error(["orderId"], "Order does not exist")]}
        before = caller.store.memory.row("SELECT * FROM keys WHERE shop = ? AND key = ?", caller.shop.domain, key)
        if before and before["digest"] != digest:
            words = "The same idempotency key cannot be used with different operation parameters."
            return {"order": order_view(order), "refund": None, "userErrors": [_error(None, words)]}
        if before:
            made = next(one for one in order.refunds if one.id == before["refund_id"])
        else:
            try:
                made = refund(order, input, desk=caller.store.desk())
            except Refused as no:
                no.error.pop("code")
                return {"order": order_view(order), "refund": None, "userErrors": [no.error]}
            _keep(caller, order, made, key, digest)
        return {"order": order_view(order), "refund": refund_view(order, made), "userErrors": []}


def _keep(caller: Any, order: Order, made: Refund, key: str, digest: str) -> None:
    order.updated_at = caller.store.desk().now
    caller.store.save(order)
    caller.store.memory.run(
        "INSERT INTO keys (shop, key, digest, refund_id) VALUES (?, ?, ?, ?)", caller.shop.domain, key, digest, made.id
    )
    given = {"refund": gid("Refund", made.id), "amount": made.amount, "currency": order.currency, "note": made.note}
    caller.store.record(order, "units_cancelled", **given)
    caller.webhooks.tell_of_update(order)


def _key(info: GraphQLResolveInfo) -> str:
    directive = info.schema.get_directive("idempotent")
    assert directive is not None
    found = get_directive_values(directive, info.field_nodes[0], info.variable_values)
    if not found or not str(found["key"]).strip():  # recorded
        words = "The @idempotent directive is required for this mutation but was not provided."
        raise GraphQLError(words, extensions={"code": "BAD_REQUEST"})
    return str(found["key"])


def _error(field: list[str] | None, words: str) -> View:
    return {"field": field, "message": words}


def _suggested(
    source: View,
    _: GraphQLResolveInfo,
    refundLineItems: list[dict[str, Any]] | None = None,
    suggestFullRefund: bool = False,
) -> View:
    order: Order = source[BEHIND]
    try:
        pieces = pieces_of(order, refundLineItems or [])
    except Refused as no:
        raise GraphQLError(str(no), extensions={"code": "BAD_REQUEST"}) from None
    amount = suggest(order, pieces, whole=bool(suggestFullRefund))
    sale = next(one for one in order.transactions if one.kind is Kind.SALE)
    back = {
        "kind": "SUGGESTED_REFUND",
        "gateway": sale.gateway,
        "formattedGateway": "Shopify Payments",
        "amountSet": bag(order, amount),
        "maximumRefundableSet": bag(order, order.received - order.refunded),
        "parentTransaction": transaction_view(order, sale),
    }
    return {
        "amountSet": bag(order, amount),
        "maximumRefundableSet": back["maximumRefundableSet"],
        "suggestedTransactions": [back] if amount else [],
    }


QUERIES: dict[str, Any] = {"job": _job}
MUTATIONS: dict[str, Any] = {"orderCancel": _cancel_order, "refundCreate": _create_refund}
FIELDS: dict[str, Any] = {"suggestedRefund": _suggested}

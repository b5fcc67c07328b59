"""The mutation roots: load the order, act, keep it, write the journal and tell the shop's webhooks, in one commit."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLResolveInfo

from deploy.sandbox.shopify import cancelling, returns, settling, subscriptions
from deploy.sandbox.shopify.amounts import View
from deploy.sandbox.shopify.credit import MUTATIONS, Till
from deploy.sandbox.shopify.gid import gid, number_of
from deploy.sandbox.shopify.goods import Shelves, drop, wanted
from deploy.sandbox.shopify.orders import Delivery, Order, Refund, Return
from deploy.sandbox.shopify.return_views import delivery_view, return_view
from deploy.sandbox.shopify.returns import Refused


def _payload(name: str, act: Callable[[], View]) -> View:
    """What the act shows, or why nothing was done."""
    try:
        return {name: act(), "userErrors": []}
    except Refused as refused:
        return {name: None, "userErrors": [refused.error]}


def _kept(info: GraphQLResolveInfo, order: Order) -> None:
    """Keep a changed order, and say so to whoever listens."""
    order.updated_at = info.context.store.desk().now
    info.context.store.save(order)
    info.context.webhooks.tell_of_update(order)


def _found(info: GraphQLResolveInfo, id_: str, field: list[str]) -> tuple[Order, Return]:
    number = number_of(id_, "Return")
    order = info.context.store.order_owning(info.context.shop, "Return", number)
    if order is None:  # recorded
        raise Refused(field, "Return not found.", "NOT_FOUND")
    return order, order.return_of(number)


def _create(_: Any, info: GraphQLResolveInfo, returnInput: dict[str, Any]) -> View:
    caller = info.context

    def act() -> View:
        order = caller.store.order(caller.shop, number_of(returnInput["orderId"], "Order"))
        if order is None:
            raise Refused(["returnInput", "orderId"], "Order not found.", "NOT_FOUND")
        desk, shelves = caller.store.desk(), Shelves(caller.store, caller.shop)
        going_out = wanted(order, returnInput.get("exchangeLineItems") or [], shelves, desk)
        opened = returns.open_return(order, returnInput, desk=desk)
        opened.exchanges = going_out
        _kept(info, order)
        caller.store.record(
            order,
            "return_opened",
            **_named(opened),
            lines=[
                {"fulfillment_line": gid("FulfillmentLineItem", line.fulfillment_line_id), "quantity": line.quantity}
                for line in opened.lines
            ],
        )
        return return_view(order, opened)

    with caller.store.memory.change():
        return _payload("return", act)


def _attach(_: Any, info: GraphQLResolveInfo, reverseFulfillmentOrderId: str, **asked: Any) -> View:
    caller = info.context

    def act() -> View:
        number = number_of(reverseFulfillmentOrderId, "ReverseFulfillmentOrder")
        order = caller.store.order_owning(caller.shop, "ReverseFulfillmentOrder", number)
        if order is None:  # recorded
            raise Refused(["reverseFulfillmentOrderId"], "Reverse fulfillment order was not found.", "NOT_FOUND")
        found = next(one for one in order.returns if one.reverse_id == number)
        delivery = returns.attach_label(order, found, asked, desk=caller.store.desk())
        _kept(info, order)
        caller.store.record(order, "label_attached", **_named(found), **_written(delivery))
        return delivery_view(order, found, delivery)

    with caller.store.memory.change():
        return _payload("reverseDelivery", act)


def _change_label(_: Any, info: GraphQLResolveInfo, reverseDeliveryId: str, **asked: Any) -> View:
    caller = info.context

    def act() -> View:
        number = number_of(reverseDeliveryId, "ReverseDelivery")
        order = caller.store.order_owning(caller.shop, "ReverseDelivery", number)
        if order is None:  # recorded
            raise Refused(["reverseDeliveryId"], "Reverse delivery was not found.", "NOT_FOUND")
        found, delivery = next((one, row) for one in order.returns for row in one.deliveries if row.id == number)
        returns.change_label(delivery, asked)
        _kept(info, order)
        caller.store.record(order, "label_changed", **_named(found), **_written(delivery))
        return delivery_view(order, found, delivery)

    with caller.store.memory.change():
        return _payload("reverseDelivery", act)


def _written(delivery: Delivery) -> dict[str, Any]:
    """A label for the journal."""
    return {
        "reverse_delivery": gid("ReverseDelivery", delivery.id),
        "tracking_number": delivery.tracking_number,
        "label_url": delivery.label_url,
    }


def _process(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> View:
    caller = info.context

    def act() -> View:
        order, found = _found(info, input["returnId"], ["input", "returnId"])
        around = settling.Around(
            caller.store.desk(), Shelves(caller.store, caller.shop), Till(caller.store, caller.shop)
        )
        refund = settling.process(order, found, input, around=around)
        _kept(info, order)
        caller.store.record(
            order,
            "return_processed",
            **_named(found),
            lines=[
                {"return_line": row["id"], "quantity": row["quantity"]} for row in input.get("returnLineItems") or []
            ],
            **({"goods": goods} if (goods := _goods(input)) else {}),
        )
        if refund:
            caller.store.record(order, "refund_made", **_named(found), **_given(order, refund))
        return return_view(order, found)

    with caller.store.memory.change():
        return _payload("return", act)


def _goods(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What went out, for the journal."""
    return [{"exchange_line": row["id"], "quantity": row["quantity"]} for row in asked.get("exchangeLineItems") or []]


def _given(order: Order, refund: Refund) -> dict[str, Any]:
    """A refund for the journal: `amount` in minor units."""
    return {
        "refund": gid("Refund", refund.id),
        "amount": refund.amount,
        "currency": order.currency,
        "note": refund.note,
        "transactions": [gid("OrderTransaction", id_) for id_ in refund.transaction_ids],
    }


def _remove(
    _: Any,
    info: GraphQLResolveInfo,
    returnId: str,
    returnLineItems: list[dict[str, Any]] | None = None,
    exchangeLineItems: list[dict[str, Any]] | None = None,
) -> View:
    caller, asked, dropped = info.context, returnLineItems or [], exchangeLineItems or []

    def act() -> View:
        order, found = _found(info, returnId, ["returnId"])
        returns.remove(found, asked, desk=caller.store.desk())
        drop(found, dropped)
        _kept(info, order)
        lines = [{"return_line": row["returnLineItemId"], "quantity": row["quantity"]} for row in asked]
        lines += [{"exchange_line": row["exchangeLineItemId"], "quantity": row["quantity"]} for row in dropped]
        caller.store.record(order, "units_removed", **_named(found), lines=lines)
        return return_view(order, found)

    with caller.store.memory.change():
        return _payload("return", act)


def _close(_: Any, info: GraphQLResolveInfo, id: str) -> View:
    caller = info.context

    def act() -> View:
        order, found = _found(info, id, ["id"])
        if returns.close(found, desk=caller.store.desk()):
            _kept(info, order)
            caller.store.record(order, "return_closed", **_named(found))
        return return_view(order, found)

    with caller.store.memory.change():
        return _payload("return", act)


def _reopen(_: Any, info: GraphQLResolveInfo, id: str) -> View:
    caller = info.context

    def act() -> View:
        order, found = _found(info, id, ["id"])
        if returns.reopen(found):
            _kept(info, order)
            caller.store.record(order, "return_reopened", **_named(found))
        return return_view(order, found)

    with caller.store.memory.change():
        return _payload("return", act)


def _cancel(_: Any, info: GraphQLResolveInfo, id: str, notifyCustomer: bool = False) -> View:
    caller = info.context

    def act() -> View:
        order, found = _found(info, id, ["id"])
        if returns.cancel(found):
            _kept(info, order)
            caller.store.record(order, "return_cancelled", **_named(found))
        return return_view(order, found)

    with caller.store.memory.change():
        return _payload("return", act)


def _named(found: Return) -> dict[str, str]:
    return {"return": gid("Return", found.id)}


RESOLVERS: dict[str, dict[str, Any]] = {
    "Mutation": {
        "returnCreate": _create,
        "reverseDeliveryCreateWithShipping": _attach,
        "reverseDeliveryShippingUpdate": _change_label,
        "returnProcess": _process,
        "removeFromReturn": _remove,
        "returnClose": _close,
        "returnReopen": _reopen,
        "returnCancel": _cancel,
        **MUTATIONS,
        **cancelling.MUTATIONS,
        **subscriptions.MUTATIONS,
    }
}

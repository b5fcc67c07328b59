"""Opening, labelling, closing and cancelling returns, refused as Shopify refuses.

The words marked «recorded» were answered by a live shop; the others are our assumption (README.md lists them).
"""

from collections import Counter
from typing import Any

from deploy.sandbox.shopify.catalogue import REASON_OF_ENUM, REASONS
from deploy.sandbox.shopify.gid import number_of
from deploy.sandbox.shopify.orders import Delivery, DeliveryLine, Order, Return, ReturnLine, ReverseLine, Status
from deploy.sandbox.shopify.store import Desk

_OTHER = REASON_OF_ENUM["OTHER"]


class Refused(Exception):
    """Shopify's userErrors: nothing was done."""

    def __init__(self, field: list[str] | None, message: str, code: str | None) -> None:
        super().__init__(message)
        self.error = {"field": field, "message": message, "code": code}


def open_return(order: Order, asked: dict[str, Any], *, desk: Desk) -> Return:
    """Open a return on `order`: reverse fulfilment order and all; raises Refused."""
    path = ["returnInput", "returnLineItems"]
    if not asked["returnLineItems"]:
        raise Refused(path, "Return line items can't be blank", "BLANK")
    wanted = [_wanted(order, line, [*path, str(place)]) for place, line in enumerate(asked["returnLineItems"])]
    _refuse_more_than_returnable(order, wanted, path)
    lines = [ReturnLine(id=desk.next_id("ReturnLineItem"), **line) for line in wanted]
    opened = Return(
        id=desk.next_id("Return"),
        number=len(order.returns) + 1,
        status=Status.OPEN,
        created_at=desk.now,
        requested_at=asked.get("requestedAt"),
        lines=lines,
        reverse_id=desk.next_id("ReverseFulfillmentOrder"),
        reverse_lines=[
            ReverseLine(
                id=desk.next_id("ReverseFulfillmentOrderLineItem"),
                return_line_id=line.id,
                fulfillment_line_id=line.fulfillment_line_id,
                quantity=line.quantity,
            )
            for line in lines
        ],
    )
    order.returns.append(opened)
    return opened


def _wanted(order: Order, asked: dict[str, Any], path: list[str]) -> dict[str, Any]:
    line_id = number_of(asked["fulfillmentLineItemId"], "FulfillmentLineItem")
    if order.fulfillment_line(line_id) is None:  # recorded
        raise Refused([*path, "fulfillmentLineItemId"], "Fulfillment Line Item was not found.", "NOT_FOUND")
    return {
        "fulfillment_line_id": line_id,
        "quantity": asked["quantity"],
        "reason": _reason(asked, path),
        "note": asked.get("returnReasonNote") or "",
    }


def _reason(asked: dict[str, Any], path: list[str]) -> int:
    if (definition := asked.get("returnReasonDefinitionId")) is not None:
        reason = number_of(definition, "ReturnReasonDefinition")
        if reason not in REASONS:
            raise Refused([*path, "returnReasonDefinitionId"], "Return reason definition was not found.", "NOT_FOUND")
        return reason
    if (name := asked.get("returnReason")) is None:  # recorded, clumsy words and all
        raise Refused(
            path, "Return line items Either return reason or return reason definition must be provided", "NOT_FOUND"
        )
    reason = REASON_OF_ENUM[name]
    if reason == _OTHER and not (asked.get("returnReasonNote") or "").strip():  # recorded
        raise Refused(
            [*path, "returnReasonNote"],
            'Return line items return reason note The note is required when the return reason is "Other"',
            "BLANK",
        )
    return reason


def _refuse_more_than_returnable(order: Order, wanted: list[dict[str, Any]], path: list[str]) -> None:
    so_far: Counter[int] = Counter()
    for place, line in enumerate(wanted):
        bought = order.fulfillment_line(line["fulfillment_line_id"])
        assert bought is not None
        so_far[bought.id] += line["quantity"]
        if line["quantity"] < 1 or so_far[bought.id] > order.returnable(bought):  # recorded
            raise Refused([*path, str(place), "quantity"], "Return line item has an invalid quantity.", "INVALID")


def attach_label(order: Order, found: Return, asked: dict[str, Any], *, desk: Desk) -> Delivery:
    """Put a label on a return; no lines given stands for all that are on no label yet; raises Refused."""
    if found.status is not Status.OPEN:
        raise Refused(["reverseFulfillmentOrderId"], "Reverse fulfillment order is not open.", "INVALID_STATE")
    on_labels = Counter({line.id: 0 for line in found.reverse_lines})
    for delivery in found.deliveries:
        on_labels.update({line.reverse_line_id: line.quantity for line in delivery.lines})
    wanted = _labelled(found, asked["reverseDeliveryLineItems"], on_labels)
    tracking, label = asked.get("trackingInput") or {}, asked.get("labelInput") or {}
    delivery = Delivery(
        id=desk.next_id("ReverseDelivery"),
        created_at=desk.now,
        tracking_number=tracking.get("number"),
        tracking_url=tracking.get("url"),
        label_url=label.get("fileUrl"),
        lines=[
            DeliveryLine(id=desk.next_id("ReverseDeliveryLineItem"), reverse_line_id=line_id, quantity=quantity)
            for line_id, quantity in wanted
        ],
    )
    found.deliveries.append(delivery)
    return delivery


def change_label(delivery: Delivery, asked: dict[str, Any]) -> None:
    """Give a label another number or picture; what is not named stays."""
    tracking, label = asked.get("trackingInput") or {}, asked.get("labelInput") or {}
    delivery.tracking_number = tracking.get("number", delivery.tracking_number)
    delivery.tracking_url = tracking.get("url", delivery.tracking_url)
    delivery.label_url = label.get("fileUrl", delivery.label_url)


def _labelled(found: Return, asked: list[dict[str, Any]], on_labels: Counter[int]) -> list[tuple[int, int]]:
    path = ["reverseDeliveryLineItems"]
    if not asked:
        left = [(line.id, line.quantity - on_labels[line.id]) for line in found.reverse_lines]
        if not any(quantity for _, quantity in left):
            raise Refused(path, "cannot deliver more items than are returned", None)
        return [(line_id, quantity) for line_id, quantity in left if quantity]
    wanted = []
    for place, line in enumerate(asked):
        line_id = number_of(line["reverseFulfillmentOrderLineItemId"], "ReverseFulfillmentOrderLineItem")
        returned = next((row.quantity for row in found.reverse_lines if row.id == line_id), None)
        if returned is None:  # recorded
            raise Refused([*path, str(place), "reverseFulfillmentOrderLineItemId"], "must exist", None)
        on_labels[line_id] += line["quantity"]
        if line["quantity"] < 1 or on_labels[line_id] > returned:  # recorded
            raise Refused([*path, str(place), "quantity"], "cannot deliver more items than are returned", None)
        wanted.append((line_id, line["quantity"]))
    return wanted


def close(found: Return, *, desk: Desk) -> bool:
    """Close an open return; False when it was closed already; raises Refused (all recorded)."""
    if found.status is Status.CLOSED:
        return False
    if found.status is not Status.OPEN:
        raise Refused(["id"], "Return status is invalid.", "INVALID_STATE")
    found.status, found.closed_at = Status.CLOSED, desk.now
    return True


def reopen(found: Return) -> bool:
    """Open a closed return again; False when it was open already; raises Refused (all recorded)."""
    if found.status is Status.OPEN:
        return False
    if found.status is not Status.CLOSED:
        raise Refused(["id"], "Return status is invalid.", "INVALID_STATE")
    found.status, found.closed_at = Status.OPEN, None
    return True


def cancel(found: Return) -> bool:
    """Cancel a return of which nothing was processed; False when it was cancelled already; raises Refused (recorded)."""
    if found.status is Status.CANCELED:
        return False
    if found.status is not Status.OPEN or any(line.processed for line in found.lines):
        raise Refused(["id"], "Return is not cancelable.", "INVALID_STATE")
    found.status = Status.CANCELED
    return True


def remove(found: Return, asked: list[dict[str, Any]], *, desk: Desk) -> None:
    """Take units that were not processed out of an open return, all or nothing; raises Refused.

    A line without units is gone, and a return without lines is closed (recorded, as are the words of the refusals).
    """
    if found.status is not Status.OPEN:
        raise Refused(["returnId"], "Return status is invalid.", "INVALID_STATE")
    taken: Counter[int] = Counter()
    for place, row in enumerate(asked):
        line = next(
            (one for one in found.lines if one.id == number_of(row["returnLineItemId"], "ReturnLineItem")), None
        )
        if row["quantity"] < 1:
            raise Refused(None, "Quantity must be greater than 0", "GREATER_THAN")
        path = ["returnLineItems", str(place)]
        if line is None:
            raise Refused([*path, "returnLineItemId"], "Return line item was not found.", "NOT_FOUND")
        taken[line.id] += row["quantity"]
        if taken[line.id] > line.quantity - line.processed:
            raise Refused([*path, "quantity"], "Return line item has an invalid quantity.", "INVALID")
    _take_out(found, taken)
    if not found.lines:
        found.status, found.closed_at = Status.CLOSED, desk.now


def _take_out(found: Return, taken: Counter[int]) -> None:
    for line in found.lines:
        line.quantity -= taken[line.id]
    for reverse in found.reverse_lines:
        reverse.quantity -= taken[reverse.return_line_id]
    found.lines = [line for line in found.lines if line.quantity]
    found.reverse_lines = [reverse for reverse in found.reverse_lines if reverse.quantity]
    left = {reverse.id: reverse.quantity for reverse in found.reverse_lines}
    for delivery in found.deliveries:
        delivery.lines = [row for row in delivery.lines if row.reverse_line_id in left]
        for row in delivery.lines:
            row.quantity = min(row.quantity, left[row.reverse_line_id])

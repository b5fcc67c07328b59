"""What a shop says it would give back for units of an order, before there is a return of them."""

from collections.abc import Mapping

from libs.chassis.outside import Declined
from libs.contracts.values import Money
from services.orders.outside.admin import AdminClient
from services.orders.outside.orders import presentment


def preview(client: AdminClient, shop_order_id: str, units: Mapping[str, int]) -> Money:
    """The shop's suggestion for so many units of each line. Raises Declined where it makes none, or a Transient."""
    lines = [
        {"lineItemId": line, "quantity": count, "restockType": "NO_RESTOCK"} for line, count in sorted(units.items())
    ]
    order = client.ask("RefundPreview", id=shop_order_id, lines=lines)["order"]
    if order is None or order["suggestedRefund"] is None:
        raise Declined("no_preview", "The shop suggests nothing for this order.")
    return presentment(order["suggestedRefund"]["amountSet"])

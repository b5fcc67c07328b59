"""Orders that are not sent, as their shoppers cancel them."""

from typing import Any

from libs.chassis.ids import new_id
from libs.contracts.orders import OrderV1
from libs.contracts.orders_cancelling import CancellationQuoteV1, QuoteCancellationV1, UnitsToCancel
from libs.contracts.portal_cancelling import CancellationRequestedV1
from tests.integration.orders.conftest import Desk

TWO_SHIRTS = [{"product": "camp-shirt", "variant": "10", "quantity": 2}, {"product": "wide-trousers"}]


def unsent(desk: Desk, **wishes: Any) -> tuple[dict[str, Any], OrderV1]:
    """An order of two shirts and a pair of trousers, paid and not sent, known to orders."""
    sold = desk.sell(**{"lines": TWO_SHIRTS, "fulfilled": False} | wishes)
    desk.index(sold, count=1)
    return sold, desk.find(sold["name"], sold["email"])


def quote(desk: Desk, order: OrderV1, *quantities: int) -> CancellationQuoteV1:
    """What would be given back for so many units of each line; for all of it without any."""
    lines = [(line.id, count) for line, count in zip(order.lines, quantities, strict=False) if count]
    wanted = tuple(UnitsToCancel(line_id=line_id, quantity=count) for line_id, count in lines)
    return desk.service.quote_cancellation(desk.call(QuoteCancellationV1(order_id=order.order_id, lines=wanted)))


def asked(order: OrderV1, quoted: CancellationQuoteV1, **changes: Any) -> CancellationRequestedV1:
    """The shopper confirms what they were shown."""
    told = {
        "cancellation_id": new_id(),
        "number": "C-7KQ2M9",
        "order_id": order.order_id,
        "order_number": order.number,
        "contact": order.contact,
        "lines": quoted.lines,
        "whole": quoted.whole,
        "shipping": quoted.shipping,
        "amount": quoted.amount,
        "by": "shopper",
        "status_url": "https://returns.example/alder/c/abc",
    }
    return CancellationRequestedV1(**told | changes)


def tell(desk: Desk, request: CancellationRequestedV1) -> CancellationRequestedV1:
    """Let orders hear of it."""
    desk.service.on_cancellation_requested(desk.fact(request))
    return request


def state_of(desk: Desk, request: CancellationRequestedV1) -> str:
    """How far it is."""
    with desk.service.cancellations.unit(retailer_id=desk.retailer_id) as unit:
        asked = "SELECT state FROM cancellations WHERE id = %s"
        return unit.db.exec_driver_sql(asked, (request.cancellation_id,)).scalar_one()

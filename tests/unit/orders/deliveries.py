"""Forty webhooks about one order and its product, as a shop may send them over three days, ready to be shuffled."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.unit.orders.shirts import NOON, PARCEL, SECOND_PARCEL
from tests.unit.orders.test_webhooks import line, parcel, payload, product_told

SHIRT_LINE = {"product_id": 77, "variant_id": 1}


@dataclass(frozen=True)
class Delivery:
    """One webhook."""

    topic: str
    body: str
    told_at: datetime


def forty() -> list[Delivery]:
    """Every kind of topic; several of them with the same time of change, some of those even sent at one moment."""
    hours = range(1, 9)
    told = [_of(0, "orders/create", payload(line_items=[line(**SHIRT_LINE)]))]
    told += [_of(hour, "orders/updated", _order(hour, tags=f"vip, wave-{hour}")) for hour in hours]
    # Two of one change, sent at the same moment, that differ: either may stand, but always the same one.
    told += [_of(9, "orders/updated", _order(9, tags=tags)) for tags in ("blue", "green")]
    told += [_of(9, "orders/paid", _order(9, tags="red")), _of(12, "orders/cancelled", _order(12, cancelled=True))]
    told += [_of(hour, "fulfillments/create", _parcel(PARCEL, 21, hour)) for hour in (2, 3)]
    told += [_of(hour, "fulfillments/update", _parcel(SECOND_PARCEL, 22, hour)) for hour in (4, 5, 6)]
    told += [_of(7, "fulfillments/update", _parcel(SECOND_PARCEL, 22, 7, status="cancelled"))]
    told += [_of(hour, "fulfillment_events/create", _event(hour, "in_transit")) for hour in (3, 4)]
    told += [_of(hour, "fulfillment_events/create", _event(hour, "delivered")) for hour in (5, 6, 7)]
    told += [_of(hour, "products/update", _product(hour)) for hour in range(2, 7)]
    told += [_of(8, "products/update", product_told(title=title, updated_at=_at(8))) for title in ("Shirt", "Blouse")]
    told += [
        _of(8, "refunds/create", {"id": 7, "order_id": 1}),
        _of(8, "orders/edited", {"order_edit": {"order_id": 1}}),
    ]
    told += [
        _of(8, "returns/request", {"id": 5, "order": {"id": 1}}),
        _of(9, "returns/approve", {"id": 5, "order": {"id": 1}}),
        _of(9, "returns/update", {"admin_graphql_api_id": "gid://shopify/Return/5"}),
        _of(9, "returns/close", {"id": 5, "order_id": 1}),
        _of(10, "returns/process", {}),
    ]
    told += [_of(10, "orders/fulfilled", _order(10, tags="sent")), _of(11, "inventory_levels/update", {})]
    assert len(told) == 40
    return told


def _of(hours: float, topic: str, body: dict) -> Delivery:
    return Delivery(topic, json.dumps(body), NOON + timedelta(hours=hours))


def _at(hours: float) -> str:
    return (NOON + timedelta(hours=hours)).isoformat()


def _order(hours: float, *, tags: str = "", cancelled: bool = False) -> dict:
    return payload(
        updated_at=_at(hours),
        tags=tags,
        cancelled_at=_at(hours) if cancelled else None,
        line_items=[line(**SHIRT_LINE)],
        fulfillments=[_parcel(PARCEL, 21, 2)],
    )


def _parcel(gid: str, number: int, hours: float, **changes: str) -> dict:
    return parcel(id=number, admin_graphql_api_id=gid, updated_at=_at(hours), **changes)


def _event(hours: float, status: str) -> dict:
    return {"order_id": 1, "fulfillment_id": 21, "happened_at": _at(hours), "status": status}


def _product(hours: float) -> dict:
    return product_told(updated_at=_at(hours), tags=f"linen, wave-{hours}", title=f"Linen camp shirt {hours}")

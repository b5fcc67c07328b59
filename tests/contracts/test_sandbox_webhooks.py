"""The webhooks that the sandbox shops send have the shape of Shopify's own samples."""

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from deploy.sandbox.shopify import payloads
from deploy.sandbox.shopify.catalogue import ALDER, KITE, Shop
from deploy.sandbox.shopify.ordering import LineAsked, OrderAsked, place, ship
from deploy.sandbox.shopify.orders import Order
from deploy.sandbox.shopify.store import Desk

SAMPLES = Path(__file__).parents[3] / "shared" / "shopify" / "samples" / "webhooks"
JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="Shopify's samples are not in ../shared/shopify")


def sold(shop: Shop, **wishes: Any) -> Order:
    """An order with a discount, sent and delivered."""
    numbers = count(1_000_000)
    desk = Desk(datetime(2026, 11, 22, 12, tzinfo=UTC), lambda _: next(numbers))
    order = place(shop, OrderAsked(shop=shop.domain, discount_percent=10, **wishes), desk=desk, number=1001)
    ship(order, delivered=True, desk=desk)
    return order


def bodies(order: Order) -> dict[str, dict[str, Any]]:
    """What is sent of an order, by the name of Shopify's sample."""
    parcel = order.fulfillments[0]
    return {
        "orders_create": payloads.order(order.model_copy(update={"fulfillments": []})),
        "orders_updated": payloads.order(order),
        "fulfillments_create": payloads.fulfillment(order, parcel),
        "fulfillment_events_create": payloads.parcel_event(order, parcel, parcel.events[0]),
    }


def strays(body: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """What a body holds that a schema does not know, or knows as another type. A null says nothing of a type.

    The schemas were inferred from samples, so a number there may have been whole by chance.
    """
    if body is None:
        return []
    kinds = schema.get("type", [])
    kind = JSON_TYPES[type(body)]
    allowed = {kinds} if isinstance(kinds, str) else set(kinds)
    if kind not in allowed | ({"integer"} if "number" in allowed else {"number"} if "integer" in allowed else set()):
        return [f"{at} is {kind}, at Shopify {kinds}"]
    if isinstance(body, dict):
        known = schema.get("properties", {})
        unknown = [f"{at}.{name} is unknown" for name in body if name not in known]
        return unknown + [
            one for name, value in body.items() if name in known for one in strays(value, known[name], f"{at}.{name}")
        ]
    if isinstance(body, list):
        return [one for item in body for one in strays(item, schema.get("items") or {"type": []}, f"{at}[]")]
    return []


@pytest.mark.parametrize(
    "name", ["orders_create", "orders_updated", "fulfillments_create", "fulfillment_events_create"]
)
@pytest.mark.parametrize("shop", [ALDER, KITE], ids=lambda shop: shop.name)
def test_a_body_has_every_key_of_shopifys_sample_and_no_other(name, shop):
    sample = json.loads((SAMPLES / "official" / f"{name}.json").read_text())["payload"]

    body = bodies(sold(shop))[name]

    assert body.keys() == sample.keys()


@pytest.mark.parametrize(
    "name", ["orders_create", "orders_updated", "fulfillments_create", "fulfillment_events_create"]
)
@pytest.mark.parametrize("country", ["GB", "NL"])
def test_a_body_agrees_with_the_schema_inferred_from_shopifys_deliveries(name, country):
    schema = json.loads((SAMPLES / "json-schema" / f"{name}.schema.json").read_text())
    lines = [LineAsked(product="camp-shirt", quantity=2), LineAsked(product="wool-scarf")]

    body = bodies(sold(ALDER, lines=lines, country=country))[name]

    assert strays(body, schema) == []


def test_a_body_with_a_key_that_shopify_never_sends_is_found_out():
    schema = json.loads((SAMPLES / "json-schema" / "orders_create.schema.json").read_text())
    body = bodies(sold(ALDER))["orders_create"]

    assert strays(body | {"colour": "sage"}, schema) == [".colour is unknown"]
    assert strays(body | {"name": 1001}, schema) == [".name is integer, at Shopify string"]

"""What a shop's webhooks say, as news of one order or one product. Payloads name things by number; ours is Shopify's global id."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from libs.chassis.errors import Malformed, Permanent
from libs.chassis.objects import ObjectMissing, Objects
from libs.contracts.portal import ShopWebhookReceivedV1
from libs.contracts.values import Contact, Money
from services.orders.domain import money
from services.orders.domain.heard import Heard
from services.orders.domain.orders import BoughtLine, BoughtOrder, Delivery, Fulfillment, channel_of
from services.orders.domain.products import Product
from services.orders.outside.admin import JsonObject
from services.orders.outside.orders import Sold, moment, postal, sold
from services.orders.outside.products import product

_VOID = frozenset({"cancelled", "error", "failure"})
_ADDRESSES = ("shipping_address", "billing_address")


def body_of(told: ShopWebhookReceivedV1, objects: Objects) -> str:
    """What the shop sent, which lies in an object where it is large or no JSON. Raises Malformed, and Permanent once it is gone."""
    if told.body_key is None:
        return told.body
    try:
        body = objects.get(told.body_key).decode()
        json.loads(body)
    except ObjectMissing:
        raise Permanent("what the shop sent was given up: it was too old, or its person was erased") from None
    except (ValueError, RecursionError) as odd:
        raise Malformed(f"{told.topic}: no JSON in UTF-8 ({type(odd).__name__})"[:200]) from None
    return body


def read(topic: str, body: str, *, told_at: datetime) -> Heard | Product | None:
    """What the payload of `topic` says; None where it says nothing of an order or a product. Raises Malformed."""
    reader = _READERS.get(topic)
    if reader is None:
        return None
    try:
        return reader(json.loads(body), told_at)
    except (ValueError, KeyError, TypeError, AttributeError) as odd:
        raise Malformed(f"{topic}: {type(odd).__name__} {odd}"[:200]) from None


def _order_news(order: JsonObject, told_at: datetime) -> Heard:
    parcels = [_fulfillment(parcel, told_at) for parcel in order.get("fulfillments") or ()]
    return Heard(_id("Order", order), (_bought(order, told_at), *parcels))


def _fulfillment_news(parcel: JsonObject, told_at: datetime) -> Heard:
    return Heard(_gid("Order", parcel["order_id"]), (_fulfillment(parcel, told_at),))


def _event_news(event: JsonObject, _told_at: datetime) -> Heard:
    delivered = event["status"] == "delivered"
    arrival = Delivery(_gid("Fulfillment", event["fulfillment_id"]), moment(event["happened_at"]))
    return Heard(_gid("Order", event["order_id"]), (arrival,) if delivered else ())


def _edit_news(told: JsonObject, _told_at: datetime) -> Heard:
    return Heard(_gid("Order", told["order_edit"]["order_id"]))


def _deletion_news(order: JsonObject, _told_at: datetime) -> Heard:
    return Heard(_gid("Order", order["id"]))


def _refund_news(refund: JsonObject, _told_at: datetime) -> Heard:
    return Heard(_gid("Order", refund["order_id"]))


def _return_news(told: JsonObject, _told_at: datetime) -> Heard | None:
    """Some topics name the order whole, some by its number, `returns/update` not at all, and one may name nothing."""
    order, number = told.get("order"), told.get("order_id")
    order_id = _id("Order", order) if order else _gid("Order", number) if number else None
    return_id = _id("Return", told) if told.get("id") or told.get("admin_graphql_api_id") else None
    return Heard(order_id, shop_return_id=return_id) if order_id or return_id else None


_WHOLE = ("create", "updated", "paid", "fulfilled", "partially_fulfilled", "cancelled")  # these carry the whole order
_RETURNS = ("request", "approve", "decline", "cancel", "close", "reopen", "update", "process")
_READERS: dict[str, Callable[[JsonObject, datetime], Heard | Product | None]] = {
    **{f"orders/{happened}": _order_news for happened in _WHOLE},
    **{f"returns/{happened}": _return_news for happened in _RETURNS},
    "orders/edited": _edit_news,
    "orders/delete": _deletion_news,
    "fulfillments/create": _fulfillment_news,
    "fulfillments/update": _fulfillment_news,
    "fulfillment_events/create": _event_news,
    "refunds/create": _refund_news,
    "products/update": product,
}


def _bought(order: JsonObject, told_at: datetime) -> BoughtOrder:
    written = order.get("shipping_address") or order.get("billing_address") or {}
    placed_at = moment(order.get("processed_at") or order["created_at"])
    return BoughtOrder(
        shop_order_id=_id("Order", order),
        number=order["name"],
        placed_at=placed_at,
        updated_at=moment(order["updated_at"]),
        told_at=told_at,
        total=_presentment(order["total_price_set"]),
        total_at_shop=_at_shop(order["total_price_set"]),
        contact=_contact(order, written),
        address=postal(written, region=written.get("province_code"), country=written.get("country_code")),
        cancelled=order.get("cancelled_at") is not None,
        tags=tuple(tag.strip() for tag in order["tags"].split(",") if tag.strip()),
        lines=tuple(_line(line, taxes_included=order["taxes_included"]) for line in order["line_items"]),
        billed_to=(order.get("billing_address") or {}).get("zip"),
        phones=tuple(filter(None, ((order.get(kind) or {}).get("phone") for kind in _ADDRESSES))),
        channel=channel_of(order.get("source_name")),
    )


def _contact(order: JsonObject, written: JsonObject) -> Contact:
    buyer = order.get("customer") or {}
    own_name = " ".join(part for part in (buyer.get("first_name"), buyer.get("last_name")) if part)
    return Contact(
        name=written.get("name") or own_name,
        email=order.get("email") or order.get("contact_email") or "",
        phone=order.get("phone"),
        language=order.get("customer_locale") or "en",
    )


def _line(line: JsonObject, *, taxes_included: bool) -> BoughtLine:
    paid, at_the_shop = (_sold(line, side, taxes_included=taxes_included) for side in (_presentment, _at_shop))
    return BoughtLine(
        shop_line_id=_id("LineItem", line),
        title=line["title"],
        quantity=line["quantity"],
        paid=paid.paid,
        list_price=_presentment(line["price_set"]),
        discount_percent=paid.percent,
        variant=line.get("variant_title"),
        sku=line.get("sku"),
        vendor=line.get("vendor"),
        gift_card=bool(line.get("gift_card")),
        product_id=_gid("Product", line["product_id"]) if line.get("product_id") else None,
        variant_id=_gid("ProductVariant", line["variant_id"]) if line.get("variant_id") else None,
        discount=paid.discount,
        paid_at_shop=at_the_shop.paid,
        product_gone=line.get("product_exists") is False,
        unsent=line.get("fulfillable_quantity"),
        grams=line.get("grams") or None,  # 0 where nobody said what it weighs
    )


def _sold(line: JsonObject, side: Callable[[JsonObject], Money], *, taxes_included: bool) -> Sold:
    return sold(
        unit=side(line["price_set"]),
        quantity=line["quantity"],
        discounts=[side(part["amount_set"]) for part in line.get("discount_allocations") or ()],
        taxes=[] if taxes_included else [side(tax["price_set"]) for tax in line.get("tax_lines") or ()],
    )


def _fulfillment(parcel: JsonObject, told_at: datetime) -> Fulfillment:
    quantities: Counter[str] = Counter()
    for line in parcel["line_items"]:
        quantities[_id("LineItem", line)] += line["quantity"]
    return Fulfillment(
        shop_fulfillment_id=_id("Fulfillment", parcel),
        updated_at=moment(parcel["updated_at"]),
        told_at=told_at,
        fulfilled_at=moment(parcel["created_at"]),
        quantities=tuple(sorted(quantities.items())),
        cancelled=parcel.get("status") in _VOID,
        tracking_numbers=tuple(filter(None, parcel.get("tracking_numbers") or ())),
    )


def _at_shop(bag: JsonObject) -> Money:
    kept = bag["shop_money"]
    return money.minor(kept["amount"], kept["currency_code"])


def _presentment(bag: JsonObject) -> Money:
    paid = bag["presentment_money"]
    return money.minor(paid["amount"], paid["currency_code"])


def _id(kind: str, resource: JsonObject) -> str:
    return resource.get("admin_graphql_api_id") or _gid(kind, resource["id"])


def _gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{int(number)}"

"""What a shop's webhooks say, as news of one order. Payloads name things by number; ours is Shopify's global id."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from libs.chassis.errors import Malformed
from libs.contracts.values import Contact, Money
from services.orders.domain import money
from services.orders.domain.orders import BoughtLine, BoughtOrder, Delivery, Fulfillment, News
from services.orders.outside.admin import JsonObject
from services.orders.outside.orders import moment, postal, sold

_VOID = frozenset({"cancelled", "error", "failure"})


@dataclass(frozen=True, slots=True)
class Heard:
    """News of one of the shop's orders. There may be none in it: then the order is only read again."""

    shop_order_id: str
    news: tuple[News, ...]


def read(topic: str, body: str, *, told_at: datetime) -> Heard | None:
    """What the payload of `topic` says; None for topics that say nothing of an order. Raises Malformed."""
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


_READERS = {
    "orders/create": _order_news,
    "orders/updated": _order_news,
    "fulfillments/create": _fulfillment_news,
    "fulfillments/update": _fulfillment_news,
    "fulfillment_events/create": _event_news,
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
        contact=_contact(order, written),
        address=postal(written, region=written.get("province_code"), country=written.get("country_code")),
        cancelled=order.get("cancelled_at") is not None,
        tags=tuple(tag.strip() for tag in order["tags"].split(",") if tag.strip()),
        lines=tuple(_line(line, taxes_included=order["taxes_included"]) for line in order["line_items"]),
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
    unit = _presentment(line["price_set"])
    taxes = () if taxes_included else line.get("tax_lines") or ()
    discounts = line.get("discount_allocations") or ()
    paid, percent = sold(
        unit=unit,
        quantity=line["quantity"],
        discounts=[_presentment(part["amount_set"]) for part in discounts],
        taxes=[_presentment(tax["price_set"]) for tax in taxes],
    )
    return BoughtLine(
        shop_line_id=_id("LineItem", line),
        title=line["title"],
        quantity=line["quantity"],
        paid=paid,
        list_price=unit,
        discount_percent=percent,
        variant=line.get("variant_title"),
        sku=line.get("sku"),
        vendor=line.get("vendor"),
        gift_card=bool(line.get("gift_card")),
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
    )


def _presentment(bag: JsonObject) -> Money:
    paid = bag["presentment_money"]
    return money.minor(paid["amount"], paid["currency_code"])


def _id(kind: str, resource: JsonObject) -> str:
    return resource.get("admin_graphql_api_id") or _gid(kind, resource["id"])


def _gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{int(number)}"

"""The pieces of which webhook bodies are built: lines, people, places, amounts."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.sandbox.shopify.catalogue import SHOPS
from deploy.sandbox.shopify.gid import gid
from deploy.sandbox.shopify.orders import Fulfillment, Line, Order

Json = dict[str, Any]
_COUNTRIES = {
    "GB": "United Kingdom",
    "IE": "Ireland",
    "NL": "Netherlands",
    "DE": "Germany",
    "FR": "France",
    "BE": "Belgium",
    "ES": "Spain",
    "IT": "Italy",
    "US": "United States",
}


def line_body(it: Order, line: Line) -> Json:
    """A line of an order."""
    sent = sum(row.quantity for row in it.fulfilled() if row.line_id == line.id)
    return {
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "attributed_staffs": [],
        "current_quantity": line.quantity - it.gone(line),
        "fulfillable_quantity": it.unsent(line),
        "fulfillment_service": "manual",
        "fulfillment_status": None if not sent else "partial" if it.unsent(line) else "fulfilled",
        "gift_card": line.gift_card,
        "grams": line.grams,
        "name": f"{line.title} - {line.variant_title}",
        **pair(it, "price", line.price),
        "product_exists": not line.gone,
        "product_id": None if line.gone else line.product_id,
        "properties": [],
        "quantity": line.quantity,
        "requires_shipping": True,
        "sales_line_item_group_id": None,
        "sku": line.sku,
        "taxable": True,
        "title": line.title,
        **pair(it, "total_discount", 0),
        "variant_id": None if line.gone else line.variant_id,
        "variant_inventory_management": "shopify",
        "variant_title": line.variant_title,
        "vendor": line.vendor,
        "tax_lines": [tax(it, line.total)],
        "duties": [],
        "discount_allocations": allocations(it, line),
    }


def postage(it: Order) -> Json:
    """What was asked for sending it."""
    return {
        "id": it.postage_line_id,
        "carrier_identifier": None,
        "code": "standard",
        "current_discounted_price_set": money_set(it, it.postage),
        **pair(it, "discounted_price", it.postage),
        "is_removed": False,
        "phone": None,
        **pair(it, "price", it.postage),
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": "Standard delivery",
        "tax_lines": [tax(it, it.postage)],
        "discount_allocations": [],
    }


def customer(it: Order) -> Json:
    """The shopper, as the shop knows them."""
    when = local_time(it, it.created_at)
    address = {
        "id": it.address.id,
        "customer_id": it.customer_id,
        **place(it),
        "default": True,
        "country_name": _COUNTRIES.get(it.address.country, it.address.country),
    }
    return {
        "id": it.customer_id,
        "created_at": when,
        "updated_at": when,
        "first_name": it.address.first_name,
        "last_name": it.address.last_name,
        "state": "disabled",
        "note": None,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "email": it.email,
        "phone": None,
        "currency": it.currency,
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", it.customer_id),
        "default_address": address,
    }


def address(it: Order) -> Json:
    """Where it goes, as an order and a parcel tell it."""
    return {**place(it), "latitude": None, "longitude": None}


def billing_address(it: Order) -> Json:
    """Where the bill goes."""
    return address(it) | ({"zip": it.billed_to} if it.billed_to else {})


def place(it: Order) -> Json:
    """A person at an address."""
    at = it.address
    return {
        "first_name": at.first_name,
        "last_name": at.last_name,
        "company": None,
        "address1": at.line1,
        "address2": None,
        "city": at.city,
        "province": at.province,
        "country": _COUNTRIES.get(at.country, at.country),
        "zip": at.zip,
        "phone": None,
        "name": f"{at.first_name} {at.last_name}".strip(),
        "province_code": at.province_code,
        "country_code": at.country,
    }


def allocations(it: Order, line: Line) -> list[Json]:
    """The share of a discount that a line has."""
    if not line.discount:
        return []
    return [{**pair(it, "amount", line.discount), "discount_application_index": 0}]


def tax(it: Order, amount: int) -> Json:
    """The VAT that an amount includes."""
    return {
        "channel_liable": False,
        **pair(it, "price", it.vat(amount)),
        "rate": it.vat_percent / 100,
        "title": it.vat_title,
    }


def pair(it: Order, name: str, amount: int) -> Json:
    """An amount under its own name, in the shop's currency, and with both currencies under that name with `_set`."""
    return {name: plain(it.kept(amount)), f"{name}_set": money_set(it, amount)}


def money_set(it: Order, amount: int) -> Json:
    """An amount of the shopper's currency, and what it is in the shop's own."""
    kept = {"amount": plain(it.kept(amount)), "currency_code": SHOPS[it.shop].currency}
    return {"shop_money": kept, "presentment_money": {"amount": plain(amount), "currency_code": it.currency}}


def plain(amount: int) -> str:
    """An amount in minor units as webhooks write it: `20.00`."""
    return f"{amount // 100}.{amount % 100:02d}"


def tracking(parcel: Fulfillment) -> str:
    """Where a parcel can be followed."""
    return f"https://post.example/track/{parcel.tracking_number}"


def local_time(it: Order, moment: datetime) -> str:
    """A moment in the shop's own time zone, as webhooks write it."""
    return moment.astimezone(ZoneInfo(SHOPS[it.shop].timezone)).isoformat(timespec="seconds")

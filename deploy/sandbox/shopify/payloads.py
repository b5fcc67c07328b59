"""Webhook bodies, built like the samples of Shopify's own reference (2026-07). Amounts are strings, ids are numbers."""

from deploy.sandbox.shopify.catalogue import SHOPS
from deploy.sandbox.shopify.gid import gid
from deploy.sandbox.shopify.orders import TEXT_OF_GATEWAY, Fulfillment, Order, ParcelEvent
from deploy.sandbox.shopify.payload_parts import (
    Json,
    address,
    billing_address,
    customer,
    line_body,
    local_time,
    money_set,
    pair,
    plain,
    postage,
    tax,
    tracking,
)

_FINANCIAL = {0: "paid", 1: "partially_refunded", 2: "refunded"}


def order(it: Order) -> Json:
    """The body of `orders/create` and `orders/updated`."""
    return {
        "id": it.id,
        "admin_graphql_api_id": gid("Order", it.id),
        **_names(it),
        **_origin(it),
        **_times(it),
        **_money(it),
        **_people(it),
        "confirmed": True,
        "financial_status": _FINANCIAL[bool(it.refunded) + (it.refunded >= it.received)],
        "fulfillment_status": _fulfilled(it),
        "discount_applications": _applications(it),
        "fulfillments": [_fulfillment_of_order(it, parcel) for parcel in it.fulfillments],
        "line_items": [line_body(it, line) for line in it.lines],
        "line_item_groups": [],
        "payment_gateway_names": [TEXT_OF_GATEWAY["shopify_payments"]],
        "payment_terms": None,
        "refunds": [],
        "returns": [],
        "shipping_lines": [postage(it)],
        "tags": ", ".join(it.tags),
        "test": False,
        "total_weight": sum(line.grams * line.quantity for line in it.lines),
    }


def _names(it: Order) -> Json:
    return {
        "name": it.name,
        "number": it.number - 1000,
        "order_number": it.number,
        "confirmation_number": f"{it.id:X}"[-9:],
        "token": f"{it.id:x}",
        "order_status_url": f"https://{it.shop}/{SHOPS[it.shop].id}/orders/{it.id:x}",
        "note": None,
        "note_attributes": [],
        "po_number": None,
        "reference": None,
    }


def _origin(it: Order) -> Json:
    unknown = (
        "browser_ip cart_token checkout_token client_details device_id landing_site landing_site_ref location_id "
        "merchant_of_record_app_id referring_site source_identifier source_url user_id"
    )
    return {
        "app_id": 580111,
        "merchant_business_entity_id": f"M{SHOPS[it.shop].id}",
        "source_name": it.source,
        "customer_locale": it.locale,
        "buyer_accepts_marketing": False,
        **dict.fromkeys(unknown.split()),
    }


def _times(it: Order) -> Json:
    placed = local_time(it, it.created_at)
    return {
        "created_at": placed,
        "processed_at": placed,
        "updated_at": local_time(it, it.updated_at),
        "closed_at": None,
        "cancelled_at": local_time(it, it.cancelled_at) if it.cancelled_at else None,
        "cancel_reason": "customer" if it.cancelled_at else None,
    }


def _money(it: Order) -> Json:
    subtotal = sum(line.total for line in it.lines)
    gross = sum(line.price * line.quantity for line in it.lines)
    left = it.total - it.refunded
    return {
        "currency": SHOPS[it.shop].currency,
        "presentment_currency": it.currency,
        "taxes_included": True,
        "tax_exempt": False,
        "estimated_taxes": False,
        "duties_included": False,
        "tax_lines": [tax(it, it.total)],
        "discount_codes": _codes(it, gross - subtotal),
        **pair(it, "subtotal_price", subtotal),
        **pair(it, "total_line_items_price", gross),
        **pair(it, "total_discounts", gross - subtotal),
        **pair(it, "total_tax", it.vat(it.total)),
        **pair(it, "total_price", it.total),
        **pair(it, "current_subtotal_price", subtotal),
        **pair(it, "current_total_discounts", gross - subtotal),
        **pair(it, "current_total_tax", it.vat(left)),
        **pair(it, "current_total_price", left),
        "total_shipping_price_set": money_set(it, it.postage),
        "current_shipping_price_set": money_set(it, it.postage),
        "total_cash_rounding_payment_adjustment_set": money_set(it, 0),
        "total_cash_rounding_refund_adjustment_set": money_set(it, 0),
        "total_outstanding": "0.00",
        "total_tip_received": "0.00",
        **dict.fromkeys(
            f"{which}_total_{what}_set" for which in ("current", "original") for what in ("additional_fees", "duties")
        ),
    }


def _people(it: Order) -> Json:
    return {
        "email": it.email,
        "contact_email": it.email,
        "phone": it.phone,
        "customer": customer(it),
        "billing_address": billing_address(it),
        "shipping_address": address(it),
    }


def fulfillment(it: Order, parcel: Fulfillment) -> Json:
    """The body of `fulfillments/create`."""
    shop = SHOPS[it.shop]
    delivered = parcel.at("delivered")
    return {
        "id": parcel.id,
        "order_id": it.id,
        "status": "success",
        "created_at": local_time(it, parcel.created_at),
        "service": "manual",
        "updated_at": local_time(it, parcel.updated_at),
        "tracking_company": "Sandbox Post",
        "shipment_status": "delivered" if delivered else "in_transit",
        "location_id": shop.location_id,
        "origin_address": None,
        "email": it.email,
        "destination": address(it),
        "line_items": [_sent_line(it, row.line_id, row.quantity) for row in parcel.lines],
        "tracking_number": parcel.tracking_number,
        "tracking_numbers": [parcel.tracking_number],
        "tracking_url": tracking(parcel),
        "tracking_urls": [tracking(parcel)],
        "receipt": {},
        "name": f"{it.name}.{it.fulfillments.index(parcel) + 1}" if parcel in it.fulfillments else f"{it.name}.1",
        "admin_graphql_api_id": gid("Fulfillment", parcel.id),
    }


def _fulfillment_of_order(it: Order, parcel: Fulfillment) -> Json:
    """A parcel inside its order, which says itself to whom and where."""
    whole = fulfillment(it, parcel)
    return {name: whole[name] for name in whole.keys() - {"email", "destination"}}


def parcel_event(it: Order, parcel: Fulfillment, event: ParcelEvent) -> Json:
    """The body of `fulfillment_events/create`."""
    when = local_time(it, event.happened_at)
    return {
        "id": event.id,
        "fulfillment_id": parcel.id,
        "status": event.status,
        "message": event.message,
        "happened_at": when,
        "city": it.address.city,
        "province": it.address.province,
        "country": it.address.country,
        "zip": it.address.zip,
        "address1": None,
        "latitude": None,
        "longitude": None,
        "shop_id": SHOPS[it.shop].id,
        "created_at": when,
        "updated_at": when,
        "estimated_delivery_at": None,
        "order_id": it.id,
        "admin_graphql_api_id": gid("FulfillmentEvent", event.id),
    }


def _sent_line(it: Order, line_id: int, quantity: int) -> Json:
    """A line inside a parcel: the same with its own quantity, and without what only an order's line has."""
    line = line_body(it, it.line(line_id)) | {"quantity": quantity}
    return {
        key: line[key] for key in line.keys() - {"attributed_staffs", "current_quantity", "sales_line_item_group_id"}
    }


def _fulfilled(it: Order) -> str | None:
    if not it.fulfillments:
        return None
    return "partial" if any(it.unsent(line) for line in it.lines) else "fulfilled"


def _codes(it: Order, amount: int) -> list[Json]:
    return [{"code": it.discount_code, "amount": plain(amount), "type": "percentage"}] if it.discount_code else []


def _applications(it: Order) -> list[Json]:
    if not it.discount_code:
        return []
    return [
        {
            "target_type": "line_item",
            "type": "discount_code",
            "value": f"{it.discount_percent}.0",
            "value_type": "percentage",
            "allocation_method": "across",
            "target_selection": "all",
            "code": it.discount_code,
        }
    ]

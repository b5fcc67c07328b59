"""Payloads of the compliance webhooks: a customer's data is asked for, or to be erased, or a whole shop's is."""

from typing import Any

from deploy.sandbox.shopify.catalogue import Shop
from deploy.sandbox.shopify.orders import Order

DATA_REQUEST, REDACT, SHOP_REDACT = "customers/data_request", "customers/redact", "shop/redact"


def compliance(topic: str, shop: Shop, order: Order | None) -> dict[str, Any]:
    """The payload of `topic`, about the customer of `order` or the whole shop. Ids are numbers, as Shopify sends them."""
    about: dict[str, Any] = {"shop_id": shop.id, "shop_domain": shop.domain}
    if topic == SHOP_REDACT or order is None:
        return about
    about["customer"] = {"id": order.customer_id, "email": order.email, "phone": order.phone}
    if topic == REDACT:
        return about | {"orders_to_redact": [order.id]}
    return about | {"orders_requested": [order.id], "data_request": {"id": order.id}}

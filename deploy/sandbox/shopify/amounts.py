"""Amounts as GraphQL shows them."""

from typing import Any

from deploy.sandbox.shopify.catalogue import SHOPS
from deploy.sandbox.shopify.orders import Order

View = dict[str, Any]


def money(amount: int, currency: str) -> View:
    """An amount in minor units as Shopify writes it: `19.99`, `20.0`."""
    sign, whole, cents = "-" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100
    text = f"{whole}.{cents:02d}" if cents % 10 else f"{whole}.{cents // 10}"
    return {"amount": sign + text, "currencyCode": currency}


def bag(order: Order, amount: int) -> View:
    """An amount of the shopper's currency, and what it is in the shop's own."""
    own = SHOPS[order.shop].currency
    return {"shopMoney": money(order.kept(amount), own), "presentmentMoney": money(amount, order.currency)}

"""Amounts as GraphQL shows them."""

from typing import Any

from deploy.sandbox.shopify.orders import Order

View = dict[str, Any]


def money(amount: int, currency: str) -> View:
    """An amount in minor units as Shopify writes it: `19.99`, `20.0`."""
    sign, whole, cents = "-" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100
    text = f"{whole}.{cents:02d}" if cents % 10 else f"{whole}.{cents // 10}"
    return {"amount": sign + text, "currencyCode": currency}


def bag(order: Order, amount: int) -> View:
    """The same amount twice: a sandbox shop sells in its own currency only."""
    one = money(amount, order.currency)
    return {"shopMoney": one, "presentmentMoney": one}

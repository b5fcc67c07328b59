"""The facts of a line, from what was asked."""

from datetime import UTC, datetime

from libs.contracts.rules import DecideReturnV1, JudgeOrderV1, LineAsked
from libs.contracts.values import Money, OrderLine
from services.rules.domain.facts import Facts, Value, folded

NONE: frozenset[str] = frozenset()


def known_of_line(asked: JudgeOrderV1 | DecideReturnV1, line: OrderLine, now: datetime) -> dict[str, Value]:
    """What is known of a line before the shopper says anything about it. What is not known is not in it."""
    about = asked.circumstances
    found: dict[str, Value | None] = {
        "country": asked.country,
        "channel": about.channel,
        "product_type": _folded("product_type", line.product_type),
        "vendor": _folded("vendor", line.vendor),
        "sku": _folded("sku", line.sku),
        "product_tags": _all_folded("product_tags", line.tags),
        "collections": _all_folded("collections", line.collections),
        "order_tags": _all_folded("order_tags", about.order_tags),
        "customer_tags": _all_folded("customer_tags", about.customer_tags),
        "order_number": _folded("order_number", about.order_number),
        "customer": about.customer,
        "discount_percent": _discount_percent(line),
        "discount_amount": _of_one(_discount(line), line.quantity),
        "order_value": asked.order_total,
        "item_price": _of_one(line.paid, line.quantity),
        "days_since_delivery": _days_since(line.delivered_at, now),
        "earlier_returns": about.earlier_returns,
        "return_rate": _rate(about.earlier_returns, about.earlier_orders),
    }
    return {name: value for name, value in found.items() if value is not None}


def facts_of(asked: DecideReturnV1, line: LineAsked, now: datetime) -> Facts:
    """What is known of a line with what the shopper said about it."""
    known = known_of_line(asked, line.line, now)
    known["reason"], known["quantity"], known["photo"] = line.reason, line.quantity, line.has_photo
    if line.sub_reason is not None:
        known["sub_reason"] = line.sub_reason
    return known


def tags_of(line: OrderLine) -> frozenset[str]:
    """The product's tags as they are compared."""
    return _all_folded("product_tags", line.tags)


def _folded(fact: str, value: str | None) -> str | None:
    return None if value is None else folded(fact, value)


def _all_folded(fact: str, values: tuple[str, ...]) -> frozenset[str]:
    return frozenset([folded(fact, value) for value in values]) if values else NONE


def _discount_percent(line: OrderLine) -> int | None:
    """Of something that costs nothing before discounts, no discount is a share: it is not known."""
    return line.discount_percent if line.list_price.amount > 0 else None


def _discount(line: OrderLine) -> Money | None:
    if line.discount is None and line.discount_percent == 0:
        return Money(amount=0, currency=line.list_price.currency)
    return line.discount


def _of_one(amount: Money | None, quantity: int) -> Money | None:
    if amount is None or quantity < 1:
        return None
    if quantity == 1:
        return amount
    return Money(amount=amount.amount // quantity, currency=amount.currency)


def _days_since(delivered_at: datetime | None, now: datetime) -> int | None:
    if delivered_at is None:
        return None
    return max(0, (now.astimezone(UTC).date() - delivered_at.astimezone(UTC).date()).days)


def _rate(returns: int | None, orders: int | None) -> int | None:
    """Returns for each hundred orders, a hundred at most; of somebody without orders there is no rate."""
    if returns is None or not orders or orders < 0:
        return None
    return min(100, returns * 100 // orders)

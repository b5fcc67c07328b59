"""A shirt, a scarf on final sale and a policy of thirty days, to be varied by each test."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.contracts.rules import DecideReturnV1, JudgeOrderV1, LineAsked
from libs.contracts.values import Money, OrderLine
from services.rules import domain
from services.rules.policy import compiled, read

DELIVERED = datetime(2026, 11, 1, 10, tzinfo=UTC)
TEN_DAYS_LATER = datetime(2026, 11, 11, 10, tzinfo=UTC)
SHIRT = UUID("01930000-0000-7000-8000-000000000001")
SCARF = UUID("01930000-0000-7000-8000-000000000002")
REFUND = {"allow": ["refund"]}


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


def document(**changes: Any) -> dict[str, Any]:
    """A policy as a retailer writes it."""
    written: dict[str, Any] = {
        "language": "en",
        "window": {"days": 30, "start": "delivery", "fallback": ["dispatch"]},
        "final_sale_tags": ["final-sale"],
        "exempt_tags": ["final-sale"],
        "reasons": [
            {
                "code": "does_not_fit",
                "words": {"en": "Doesn't fit", "de": "Passt nicht"},
                "sub_reasons": [{"code": "too_small", "words": {"en": "Too small"}}],
            },
            {"code": "faulty", "words": {"en": "Faulty or damaged"}, "asks_comment": True},
        ],
        "offers": [{"resolution": "refund"}],
        "rules": [],
        "otherwise": REFUND,
        "label": "free",
        "stage": "hub_scan",
    }
    return written | changes


def policy(**changes: Any) -> domain.Policy:
    return compiled(read(document(**changes)), version=3)


def rule(name: str, priority: int, *conditions: dict[str, Any], then: dict[str, Any] = REFUND) -> dict[str, Any]:
    return {"name": name, "priority": priority, "when": list(conditions), "then": then}


def shirt(**changes: Any) -> OrderLine:
    line: dict[str, Any] = {
        "id": SHIRT,
        "shop_line_id": "gid://shopify/LineItem/1",
        "title": "Linen camp shirt",
        "variant": "Sage / 10",
        "tags": ("linen",),
        "quantity": 1,
        "returnable": 1,
        "paid": pounds(4500),
        "list_price": pounds(4500),
        "fulfilled_at": DELIVERED,
        "delivered_at": DELIVERED,
    }
    return OrderLine(**(line | changes))


def scarf(**changes: Any) -> OrderLine:
    return shirt(**({"id": SCARF, "title": "Wool scarf", "tags": ("Final-Sale",), "paid": pounds(3800)} | changes))


def order(*lines: OrderLine, **changes: Any) -> JudgeOrderV1:
    return JudgeOrderV1(**({"placed_at": DELIVERED, "country": "GB", "lines": lines} | changes))


def asked(line: OrderLine, **changes: Any) -> LineAsked:
    return LineAsked(**({"line": line, "quantity": 1, "paid": line.paid, "reason": "does_not_fit"} | changes))


def a_return(*lines: LineAsked, **changes: Any) -> DecideReturnV1:
    whole: dict[str, Any] = {"placed_at": DELIVERED, "country": "GB", "order_total": pounds(8300), "lines": lines}
    return DecideReturnV1(**(whole | changes))

"""What a shop's compliance webhooks ask about persons' data. Their ids are numbers; ours are Shopify's global ids."""

import json
from collections.abc import Callable

from libs.chassis.errors import Malformed
from libs.contracts.orders_persons import PersonRequestKind
from services.orders.domain.persons import SHOPIFY, Asked
from services.orders.outside.admin import JsonObject


def read(topic: str, body: str) -> Asked:
    """What the webhook asks. Raises Malformed."""
    try:
        return _READERS[topic](json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError) as odd:
        raise Malformed(f"{topic}: {type(odd).__name__}") from None


def _data_request(told: JsonObject) -> Asked:
    customer = told["customer"]
    subject = f"request:{told['data_request']['id']}"
    return Asked(PersonRequestKind.EXPORT, SHOPIFY, subject, customer.get("email"), _gids(told.get("orders_requested")))


def _redact(told: JsonObject) -> Asked:
    customer = told["customer"]
    subject = f"customer:{customer.get('id') or customer.get('email')}"
    return Asked(PersonRequestKind.ERASE, SHOPIFY, subject, customer.get("email"), _gids(told.get("orders_to_redact")))


def _shop_redact(told: JsonObject) -> Asked:
    return Asked(PersonRequestKind.ERASE_SHOP, SHOPIFY, f"shop:{told['shop_domain']}")


def _gids(numbers: list[int] | None) -> tuple[str, ...]:
    return tuple(f"gid://shopify/Order/{number}" for number in numbers or ())


_READERS: dict[str, Callable[[JsonObject], Asked]] = {
    "customers/data_request": _data_request,
    "customers/redact": _redact,
    "shop/redact": _shop_redact,
}
TOPICS = frozenset(_READERS)

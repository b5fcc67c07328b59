"""The sandbox shop refuses with the words, fields and codes that a live Shopify shop was recorded to use."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deploy.sandbox.shopify.gid import gid
from tests.integration.sandbox.shops import (
    ATTACH,
    CANCEL,
    CLOSE,
    CREATE,
    PROCESS,
    RELABEL,
    REMOVE,
    REOPEN,
    ShopInHand,
    payment,
    removal,
    wish,
)

CAPTURES = Path(__file__).parents[3] / "shared" / "shopify" / "samples" / "admin-captures"

pytestmark = pytest.mark.skipif(
    not CAPTURES.exists(), reason="Recorded answers of Shopify are not in ../shared/shopify"
)


def worded(root: str, error: dict[str, Any]) -> tuple[Any, ...]:
    """A user error without its amounts and places, which differ from order to order."""
    field = tuple("n" if part.isdigit() else part for part in error["field"] or ()) or None
    return root, field, re.sub(r"[$\u00a3][\d.,]+", "money", error["message"]), error.get("code")


def errors_in(recorded: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every user error in a capture, with the mutation that answered it."""
    if isinstance(recorded, dict):
        for name, value in recorded.items():
            if isinstance(value, dict):
                yield from ((name, error) for error in value.get("userErrors") or ())
            yield from errors_in(value)
    elif isinstance(recorded, list):
        for value in recorded:
            yield from errors_in(value)


@cache
def recorded() -> frozenset[tuple[Any, ...]]:
    """Every user error that was ever recorded."""
    captures = (json.loads(file.read_text()) for file in CAPTURES.glob("*.json"))
    return frozenset(worded(root, error) for capture in captures for root, error in errors_in(capture))


def _processed(shop: ShopInHand) -> dict[str, Any]:
    order = shop.sell()
    opened = shop.open(order)
    shop.told(PROCESS, it=payment(order, opened, "45.00"))
    return shop.refusal(CANCEL, it=opened["id"])


def _cancelled(shop: ShopInHand) -> dict[str, Any]:
    opened = shop.open(shop.sell())
    shop.told(CANCEL, it=opened["id"])
    return shop.refusal(CLOSE, it=opened["id"])


def _removed_from_closed(shop: ShopInHand) -> dict[str, Any]:
    opened = shop.open(shop.sell())
    shop.told(CLOSE, it=opened["id"])
    return shop.refusal(REMOVE, **removal(opened))


def _reopened_after_cancelling(shop: ShopInHand) -> dict[str, Any]:
    opened = shop.open(shop.sell())
    shop.told(CANCEL, it=opened["id"])
    return shop.refusal(REOPEN, it=opened["id"])


def _label(shop: ShopInHand, line: int | None, quantity: int) -> dict[str, Any]:
    reverse = shop.open(shop.sell())["reverseFulfillmentOrders"]["nodes"][0]
    kind = "ReverseFulfillmentOrderLineItem"
    asked = {"reverseFulfillmentOrderLineItemId": gid(kind, line) if line else reverse["lineItems"]["nodes"][0]["id"]}
    return shop.refusal(ATTACH, order=reverse["id"], lines=[asked | {"quantity": quantity}])


def _process(shop: ShopInHand, **wrong: Any) -> dict[str, Any]:
    order = shop.sell()
    return shop.refusal(PROCESS, it=payment(order, shop.open(order), "45.00") | wrong)


def _strange_line(shop: ShopInHand) -> dict[str, Any]:
    return _process(shop, returnLineItems=[{"id": gid("ReturnLineItem", 7), "quantity": 1}])


REFUSALS: list[tuple[str, Callable[[ShopInHand], dict[str, Any]]]] = [
    ("returnCreate", lambda shop: shop.refusal(CREATE, it=wish(shop.sell(), quantity=3))),
    ("returnCreate", lambda shop: shop.refusal(CREATE, it=wish(shop.sell(), returnReason=None))),
    ("returnCreate", lambda shop: shop.refusal(CREATE, it=wish(shop.sell(), returnReason="OTHER"))),
    (
        "returnCreate",
        lambda shop: shop.refusal(CREATE, it=wish(shop.sell(), fulfillmentLineItemId=gid("FulfillmentLineItem", 7))),
    ),
    ("returnClose", lambda shop: shop.refusal(CLOSE, it=gid("Return", 7))),
    ("returnClose", _cancelled),
    ("returnReopen", lambda shop: shop.refusal(REOPEN, it=gid("Return", 7))),
    ("returnReopen", _reopened_after_cancelling),
    ("returnCancel", lambda shop: shop.refusal(CANCEL, it=gid("Return", 7))),
    ("returnCancel", _processed),
    ("removeFromReturn", lambda shop: shop.refusal(REMOVE, it=gid("Return", 7), lines=[])),
    ("removeFromReturn", _removed_from_closed),
    ("removeFromReturn", lambda shop: shop.refusal(REMOVE, **removal(shop.open(shop.sell()), 2))),
    ("removeFromReturn", lambda shop: shop.refusal(REMOVE, **removal(shop.open(shop.sell()), 0))),
    ("returnProcess", lambda shop: _process(shop, returnId=gid("Return", 7))),
    ("returnProcess", _strange_line),
    (
        "reverseDeliveryCreateWithShipping",
        lambda shop: shop.refusal(ATTACH, order=gid("ReverseFulfillmentOrder", 7), lines=[]),
    ),
    ("reverseDeliveryCreateWithShipping", lambda shop: _label(shop, None, 2)),
    ("reverseDeliveryShippingUpdate", lambda shop: shop.refusal(RELABEL, it=gid("ReverseDelivery", 7))),
    ("reverseDeliveryCreateWithShipping", lambda shop: _label(shop, 7, 1)),
]


@pytest.mark.parametrize(("root", "refused"), REFUSALS)
def test_a_refusal_is_one_that_shopify_was_recorded_to_give(tmp_path, root, refused):
    error = refused(ShopInHand(tmp_path))

    assert worded(root, error) in recorded()


def test_more_than_was_paid_is_refused_in_the_words_recorded_for_refunds(tmp_path):
    shop = ShopInHand(tmp_path)
    order = shop.sell()

    error = shop.refusal(PROCESS, it=payment(order, shop.open(order), "999.00"))

    assert worded("refundCreate", error) in recorded()


def test_words_that_were_never_recorded_are_found_out():
    error = {"field": ["id"], "message": "No such return.", "code": "NOT_FOUND"}

    assert len(recorded()) > 30
    assert worded("returnClose", error) not in recorded()

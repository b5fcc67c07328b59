"""An item that was paid for, or that the retailer has, cannot be sent back again, however late the shop is read."""

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex
from typing import Any

import httpx
import pytest

from deploy.local.journey import Journey, close, hand_over, label, receive
from deploy.local.stack import Stack
from libs.chassis.clock import now
from tests.e2e.test_a_program_drives_a_return import Erp, erp, order, wish

__all__ = ["erp", "order"]

HOME = {"name": "Ana Lind", "line1": "3 Tenter Lane", "city": "York", "postcode": "YO1 7HH", "country": "GB"}


@pytest.fixture
def unread(suite: Stack) -> Iterator[None]:
    """The shop is too busy to be read; whatever else it is asked, it does."""
    faults = f"{suite.facts['sandbox']['shopify']}/control/faults"
    body = {"kind": "throttled", "operation": "OrderForReturn", "times": 10_000}
    httpx.post(faults, json=body, timeout=10).raise_for_status()
    yield
    httpx.delete(faults, timeout=10).raise_for_status()


def returned(erp: Erp, sold: dict[str, Any]) -> Journey:
    """The return of the order's first item, which has its label."""
    made = erp.post("/returns", wish(sold)).raise_for_status().json()
    journey = Journey(erp.facts, erp.retailer, number=made["number"])
    label(journey)
    return journey


def refusal(erp: Erp, sold: dict[str, Any]) -> tuple[int, str]:
    """How the same item is declined."""
    again = erp.post("/returns", wish(sold))
    return again.status_code, again.json().get("code", "made")


def test_what_was_refunded_is_not_taken_again_while_the_shop_cannot_be_read(erp: Erp, order: dict[str, Any], unread):
    journey = returned(erp, order)
    hand_over(journey)
    receive(journey)
    close(journey)

    assert journey.look()["lines"][0]["money"] == "settled"
    assert refusal(erp, order) == (422, "returns.too_many_units")


@pytest.fixture
def receipt(erp: Erp) -> dict[str, Any]:
    """An order over the counter, which the retailer brought."""
    number, day = f"S-{token_hex(3)}", (now() - timedelta(days=2)).isoformat()
    line = {
        "key": "1",
        "title": "Linen camp shirt",
        "sku": "SH-1",
        "quantity": 1,
        "paid": {"amount": 4500, "currency": "GBP"},
    }
    contact = {"name": "Ana Lind", "email": "ana@example.com", "language": "en-GB"}
    told = {
        "number": number,
        "channel": "store",
        "place": "York",
        "placed_at": day,
        "contact": contact,
        "address": HOME,
    }
    erp.post("/orders", {"orders": [told | {"lines": [line]}]}).raise_for_status()
    return {"number": number, "email": contact["email"], "lines": [{"sku": "SH-1"}]}


@pytest.mark.parametrize("bought", ["order", "receipt"])
def test_what_the_hub_has_is_not_taken_again_though_nothing_was_given_for_it(erp: Erp, bought: str, request):
    sold = request.getfixturevalue(bought)
    journey = returned(erp, sold)
    line = journey.look()["lines"][0]["id"]

    erp.post(f"/returns/{journey.number}/waive-line", {"line_id": line, "words": "Worn"}).raise_for_status()
    erp.post("/scans", {"code": journey.number}).raise_for_status()
    close(journey)

    assert refusal(erp, sold)[0] == 422
    shown = erp.http.get(f"/orders/{sold['number']}").raise_for_status().json()
    assert shown["lines"][0]["returnable"] == 0

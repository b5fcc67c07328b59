"""`homeward clock +40d`: every service, the gateway and the sandbox live forty days later."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from deploy.local.journey import STEPS, Journey
from deploy.local.seed import place_order
from deploy.local.stack import Stack
from tests.waiting import until


def test_forty_days_later_the_window_is_closed_and_the_shop_sells_on(suite: Stack, move: Callable[[str], dict]):
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    for _, step in STEPS[:2]:
        step(journey)
    assert "Window closed" not in journey.page.text

    moved = move("+40d")
    later = Journey(suite.facts, journey.retailer, order=journey.order)

    def closed() -> bool:
        later.page = later.http.get(f"{later.retailer['portal']}/")
        later.send(later.form("order"), order=later.order["number"], email=later.order["email"])
        return "Window closed" in later.page.text

    until(closed, within=10)
    shop = suite.facts["sandbox"]["shopify"]
    number = place_order(shop, journey.retailer["webhooks"]["shopify"]["shop"])["number"]
    placed = httpx.get(f"{shop}/control/journal", headers={"Accept": "application/json"}).json()[-1]
    assert moved == {"offset_seconds": 40 * 86400}
    assert placed["order"]["name"] == number
    assert datetime.fromisoformat(placed["at"]) > datetime.now(UTC) + timedelta(days=39)

"""Staff give store credit where the shop gives gift cards: its code is on the shopper's own page, and nowhere else."""

from secrets import token_hex

import httpx

from deploy.local.journey import STEPS, Journey
from deploy.local.stack import Stack
from tests.waiting import until


def test_the_code_is_on_the_return_s_page_while_orders_is_there_and_in_no_answer_of_the_api(suite: Stack):
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    for _, step in STEPS[:6]:
        step(journey)
    address = str(journey.page.url).partition("?")[0]
    key = {"Authorization": f"Bearer {journey.retailer['api_key']}", "Idempotency-Key": token_hex(8)}
    wish = {"lines": [{"line_id": journey.look()["lines"][0]["id"], "resolution": "store_credit"}]}

    httpx.post(
        f"{journey.facts['gateway']}/api/v1/returns/{journey.number}/settle", json=wish, headers=key, timeout=15
    ).raise_for_status()
    until(lambda: journey.look()["lines"][0]["money"] == "settled", within=30)
    page = journey.http.get(address).text
    suite.running.stop("orders", within=30)
    without = journey.http.get(address)
    suite.restart("orders")

    code = page.partition('<dd class="num">')[2].partition("<")[0].strip()
    assert "Your gift card" in page
    assert len(code.replace("-", "").replace(" ", "")) == 16, code
    assert code not in str(journey.look())
    assert (without.status_code, "We cannot show it right now" in without.text) == (200, True)

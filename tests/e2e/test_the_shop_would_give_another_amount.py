"""As a return is submitted, its amount is compared with the shop's: a difference waits for a person, a silent shop for nobody."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.e2e.test_a_program_drives_a_return import Erp, erp, order, wish

__all__ = ["erp", "order"]

PAYMENT = (
    "query Q($name: String!) { orders(first: 1, query: $name) { nodes { id transactions(first: 1) { id gateway } } } }"
)
GOODWILL = """mutation M($input: RefundInput!) {
  refundCreate(input: $input) @idempotent(key: "goodwill") { refund { id } userErrors { message } } }"""


@pytest.fixture
def sandbox(suite: Stack) -> Iterator[str]:
    """The shop's address; it behaves again afterwards."""
    address = suite.facts["sandbox"]["shopify"]
    yield address
    httpx.delete(f"{address}/control/faults", timeout=10).raise_for_status()


def give_at_the_shop(erp: Erp, sandbox: str, number: str, amount: str) -> None:
    """The shop's own staff give money back, for no item."""
    shop = erp.retailer["webhooks"]["shopify"]["shop"]

    def ask(query: str, **variables: Any) -> Any:
        return httpx.post(
            f"{sandbox}/{shop}/admin/api/2026-07/graphql.json",
            json={"query": query, "variables": variables},
            headers={"X-Shopify-Access-Token": "shpat_alder_demo"},
            timeout=10,
        ).json()["data"]

    [sold] = ask(PAYMENT, name=f'name:"{number}"')["orders"]["nodes"]
    [payment] = sold["transactions"]
    transaction = {"orderId": sold["id"], "parentId": payment["id"], "gateway": payment["gateway"]}
    asked = {"orderId": sold["id"], "transactions": [transaction | {"kind": "REFUND", "amount": amount}]}
    assert ask(GOODWILL, input=asked)["refundCreate"]["userErrors"] == []


def test_a_person_looks_where_the_shop_would_give_less(erp: Erp, order: dict[str, Any], sandbox: str):
    give_at_the_shop(erp, sandbox, order["number"], "100.00")

    made = erp.post("/returns", wish(order)).raise_for_status().json()

    told = erp.look(made["number"])
    assert told["awaiting"] == "awaiting_review"
    assert [(task["kind"], task["words"]) for task in told["tasks"]] == [("review", "amount")]


@pytest.mark.parametrize("fault", ["hang", "throttled", "partial", "truncated"])
def test_a_shop_that_does_not_answer_keeps_nobody_waiting(erp: Erp, order: dict[str, Any], sandbox: str, fault: str):
    body = {"kind": fault, "operation": "RefundPreview", "times": 20}
    httpx.post(f"{sandbox}/control/faults", json=body, timeout=10).raise_for_status()

    made = erp.post("/returns", wish(order)).raise_for_status().json()

    assert made["awaiting"] != "awaiting_review"

"""What a shop's compliance webhooks ask, and when a request about a person's data is looked at."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from libs.chassis.errors import Malformed
from libs.contracts.orders_persons import PersonRequestKind
from services.orders.domain.persons import LOOKS_AFTER, Asked, again, next_look, pseudonym
from services.orders.outside.compliance import TOPICS, read

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
OFFICIAL = Path(__file__).parents[4] / "shared" / "shopify" / "samples" / "webhooks" / "official"
CUSTOMER = {"id": 191167, "email": "maya@example.com", "phone": "555-625-1199"}


def asked(topic: str, **told: Any) -> Asked:
    return read(topic, json.dumps(told))


def test_a_customer_s_data_is_asked_for():
    found = asked("customers/data_request", customer=CUSTOMER, orders_requested=[1, 2], data_request={"id": 9999})

    assert found == Asked(
        PersonRequestKind.EXPORT,
        "shopify",
        "request:9999",
        "maya@example.com",
        ("gid://shopify/Order/1", "gid://shopify/Order/2"),
    )


def test_a_customer_is_to_be_forgotten():
    found = asked("customers/redact", customer=CUSTOMER, orders_to_redact=[299938])

    assert (found.kind, found.subject) == (PersonRequestKind.ERASE, "customer:191167")
    assert found.shop_order_ids == ("gid://shopify/Order/299938",)


@pytest.mark.parametrize("orders", [{}, {"orders_to_redact": []}, {"orders_to_redact": None}])
def test_a_customer_without_orders_is_known_by_the_address(orders: dict[str, Any]):
    found = asked("customers/redact", customer={"email": "maya@example.com"}, **orders)

    assert (found.shop_order_ids, found.email, found.subject) == ((), "maya@example.com", "customer:maya@example.com")


def test_a_whole_shop_is_to_be_forgotten():
    found = asked("shop/redact", shop_id=954889, shop_domain="alder-demo.myshopify.com")

    assert (found.kind, found.subject) == (PersonRequestKind.ERASE_SHOP, "shop:alder-demo.myshopify.com")


@pytest.mark.parametrize("topic", sorted(TOPICS))
@pytest.mark.parametrize("body", ["", "[]", "{}", "nothing", '{"customer": null}'])
def test_what_cannot_be_read_is_malformed(topic: str, body: str):
    with pytest.raises(Malformed):
        read(topic, body)


@pytest.mark.skipif(not OFFICIAL.exists(), reason="Shopify's own samples are not beside this checkout")
@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_shopify_s_own_samples_are_read(topic: str):
    sample = json.loads((OFFICIAL / f"{topic.replace('/', '_')}.json").read_text())

    found = read(topic, json.dumps(sample["payload"]))

    assert found.by == "shopify"


def test_a_request_is_looked_at_soon_and_then_ever_more_seldom_but_at_least_each_hour():
    waits = [again(looks) for looks in range(40)]

    assert waits[0] == timedelta(seconds=5)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


def test_what_is_done_is_looked_at_again_three_times():
    looks = []
    at: datetime | None = MONDAY
    while at := next_look(MONDAY, at):
        looks.append(at - MONDAY)

    assert tuple(looks) == LOOKS_AFTER


def test_a_pseudonym_is_of_the_request_alone():
    request_id = UUID("01a20794-2486-76c4-959c-f8a2fd057e92")

    assert pseudonym(request_id) == "erased fd057e92"

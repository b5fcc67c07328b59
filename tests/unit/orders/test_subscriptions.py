"""Which webhooks a shop is asked for, and where it can send them."""

import pytest

from services.orders.domain.subscriptions import BY_APP, TOPICS, Subscription, is_public, named, site, work

ADDRESS = "https://returns.alder.example/webhooks/shopify/secret"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (ADDRESS, True),
        ("http://returns.alder.example/webhooks/shopify/x", False),
        ("https://127.0.0.1/webhooks/shopify/x", False),
        ("https://10.0.0.7/webhooks/shopify/x", False),
        ("https://localhost/webhooks/shopify/x", False),
        ("https://gateway.internal/webhooks/shopify/x", False),
        ("https://8.8.8.8/webhooks/shopify/x", True),
    ],
)
def test_only_an_address_that_a_shop_can_reach_is_public(address, public):
    assert is_public(address) is public


def test_what_is_missing_is_asked_for_and_what_goes_to_our_former_address_is_ended():
    held = [
        Subscription("1", "ORDERS_CREATE", ADDRESS),
        Subscription("2", "ORDERS_UPDATED", ADDRESS.replace("secret", "old")),
        Subscription("3", "ORDERS_CREATE", "https://erp.example/hook"),
    ]

    to_do = work(held, ADDRESS)

    assert "orders/create" not in to_do.ask
    assert "orders/updated" in to_do.ask
    assert to_do.end == ("2",)


def test_topics_have_the_names_of_the_api_and_compliance_is_for_the_app_to_ask():
    assert named("fulfillment_events/create") == "FULFILLMENT_EVENTS_CREATE"
    assert not set(TOPICS) & set(BY_APP)


def test_the_part_of_an_address_that_may_be_shown_holds_no_secret():
    assert site(ADDRESS) == "https://returns.alder.example"

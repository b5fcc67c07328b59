from urllib.parse import parse_qs, urlsplit

import pytest

from libs.chassis.settings import load
from services.orders.domain.shops import OPTIONAL, REQUIRED
from services.orders.outside import oauth
from services.orders.settings import OrdersSettings

# The example that Shopify's own documentation signs with the secret "hush".
SIGNED = {
    "code": "0907a61c0c8d55e99db179b68161bc00",
    "hmac": "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20",
    "shop": "some-shop.myshopify.com",
    "timestamp": "1337178173",
}
BACK = "https://returns.alder.example/shops/shopify/callback"


@pytest.fixture
def app(monkeypatch):
    """Call it with what to change: the settings of a process that has an app at Shopify."""

    def told(**changes):
        given = {
            "AMQP_URL": "amqp://localhost",
            "HOMEWARD_KEYS": "k1:" + "A" * 43 + "=",
            "ORDERS_SHOPIFY_CLIENT_ID": "our-app",
            "ORDERS_SHOPIFY_CLIENT_SECRET": "hush",
            "ORDERS_SHOPIFY_BASE": "",
        }
        for name, value in (given | changes).items():
            monkeypatch.setenv(name, value)
        load.cache_clear()

    yield told
    load.cache_clear()


def test_a_query_that_shopify_signed_is_genuine(app):
    app()

    assert oauth.is_genuine(SIGNED)


@pytest.mark.parametrize(
    "change", [{"shop": "other.myshopify.com"}, {"code": "1"}, {"state": "mine"}, {"hmac": ""}, {"hmac": "\u00e9"}]
)
def test_a_query_with_anything_changed_is_not(app, change):
    app()

    assert not oauth.is_genuine(SIGNED | change)


def test_a_query_signed_with_another_secret_is_not(app):
    app(ORDERS_SHOPIFY_CLIENT_SECRET="shout")

    assert not oauth.is_genuine(SIGNED)


def test_the_owner_is_asked_at_the_shop_itself_for_all_that_we_use(app):
    app()

    address = urlsplit(oauth.question("alder-demo.myshopify.com", state="s1", back_to=BACK))

    assert (
        f"{address.scheme}://{address.netloc}{address.path}" == "https://alder-demo.myshopify.com/admin/oauth/authorize"
    )
    assert parse_qs(address.query) == {
        "client_id": ["our-app"],
        "scope": [",".join((*REQUIRED, *OPTIONAL))],
        "redirect_uri": [BACK],
        "state": ["s1"],
    }


def test_without_an_app_nobody_is_asked(app):
    app(ORDERS_SHOPIFY_CLIENT_SECRET="")

    assert load(OrdersSettings).shopify_client_secret is None
    with pytest.raises(oauth.NoApp):
        oauth.question("alder-demo.myshopify.com", state="s1", back_to=BACK)

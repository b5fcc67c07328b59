"""Connecting a retailer to its shop: the token is tried before it is kept."""

import time
from uuid import UUID

from libs.chassis.errors import Transient
from libs.chassis.outside import Declined
from libs.chassis.settings import load
from libs.contracts.orders import ConnectShopV1, ShopV1
from services.orders.domain.shops import Greeting, ShopNotReached
from services.orders.outside.admin import AdminClient
from services.orders.outside.clients import TOKEN, greet, secrets
from services.orders.settings import OrdersSettings
from services.orders.store.shops import Shops


def connect_shop(shops: Shops, retailer_id: UUID, asked: ConnectShopV1) -> ShopV1:
    """The connection, once the shop has answered to the token. Raises a Refused that says what is wrong."""
    greeting = _greeting(asked)
    shop = shops.connect(retailer_id, greeting, token=secrets().seal(retailer_id, TOKEN, asked.token))
    return ShopV1(shop_id=shop.id, domain=shop.domain, currency=shop.currency)


def _greeting(asked: ConnectShopV1) -> Greeting:
    try:
        until = time.monotonic() + load(OrdersSettings).shopify_patience
        client = AdminClient(domain=asked.domain, token=asked.token, until=until)
        return greet(client, currency=asked.currency)
    except ValueError:
        raise ShopNotReached(f"{asked.domain} is not a shop's domain.") from None
    except Declined as no:
        raise ShopNotReached(no.words) from no
    except Transient as away:
        raise ShopNotReached("The shop did not answer.") from away

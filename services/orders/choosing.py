"""What a line may be exchanged for, asked of its shop while a shopper waits."""

import time
from uuid import UUID

from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.chassis.settings import load
from libs.contracts.orders import ExchangesV1, GetExchangesV1, OrderV1
from libs.contracts.values import OrderLine
from services.orders.domain.exchanges import NoExchanges, Variant, choices
from services.orders.domain.lookup import OrderNotFound
from services.orders.domain.orders import NOWHERE
from services.orders.domain.shops import ShopKind, ShopNotReached
from services.orders.outside.exchanges import variants_of
from services.orders.reaching import client_of
from services.orders.settings import OrdersSettings
from services.orders.store.index import OrderIndex
from services.orders.store.shops import Shops


def get_exchanges(index: OrderIndex, shops: Shops, retailer_id: UUID, asked: GetExchangesV1) -> ExchangesV1:
    """The choices. Raises OrderNotFound, NoExchanges, and ShopNotReached when the shop does not answer in time."""
    order = index.get(retailer_id, asked.order_id)
    line = next((line for line in order.lines if line.id == asked.line_id), None)
    if line is None:
        raise OrderNotFound()
    found = _variants(shops, retailer_id, order, line)
    if not found:
        raise NoExchanges(line.title)
    return ExchangesV1(line_id=line.id, choices=choices(line, found))


def _variants(shops: Shops, retailer_id: UUID, order: OrderV1, line: OrderLine) -> tuple[Variant, ...]:
    shop = shops.of(retailer_id)
    if line.product_id is None or shop is None or shop.kind is not ShopKind.SHOPIFY:
        return ()
    country = order.address.country
    try:
        client = client_of(shop, until=time.monotonic() + load(OrdersSettings).shopify_patience)
        return variants_of(client, line.product_id, country=None if country == NOWHERE else country)
    except (Transient, Permanent) as away:
        log.warning("orders.shop_not_asked", error=type(away).__name__)
        raise ShopNotReached("The shop did not answer.") from away

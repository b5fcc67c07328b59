"""Learning from the shop which collections products are in, beside the reading of orders and never in its way."""

from collections.abc import Collection, Sequence

from libs.chassis.clock import now
from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.chassis.store import Store
from services.orders.domain.shops import Shop
from services.orders.outside.admin import AdminClient
from services.orders.outside.collections import handles_of
from services.orders.store import memberships

AT_ONCE = 25  # products of one question: each may cost 14 points, and no question may cost more than 1,000


def refresh_collections(store: Store, client: AdminClient, shop: Shop, products: Collection[str]) -> None:
    """Ask for those of the products of which the shop was not asked lately. An order is kept without, if need be."""
    if products:
        with store.unit(retailer_id=shop.retailer_id) as unit:
            wanted = memberships.to_read(unit, shop.id, products)
        learn_collections(store, client, shop, wanted)


def learn_collections(store: Store, client: AdminClient, shop: Shop, products: Sequence[str]) -> None:
    """Ask for all of the products. What a shop that is away does not tell is asked when a shopper comes for the order."""
    try:
        for start in range(0, len(products), AT_ONCE):
            at = now()
            told = handles_of(client, products[start : start + AT_ONCE])
            with store.unit(retailer_id=shop.retailer_id) as unit:
                memberships.keep(unit, shop.id, told, read_at=at)
    except (Transient, Permanent) as away:
        log.warning("orders.collections_not_read", error=type(away).__name__)

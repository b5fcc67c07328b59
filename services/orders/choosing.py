"""What a line may be exchanged for, asked of its shop while a shopper waits."""

import time
from dataclasses import dataclass
from uuid import UUID

from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.chassis.outside import Declined
from libs.chassis.settings import load
from libs.contracts.orders import ExchangeProduct, ExchangesV1, GetExchangesV1, OrderV1
from libs.contracts.values import ExchangeFrom, OrderLine
from services.orders.domain.exchanges import (
    NoCollection,
    NoExchanges,
    NoShopToAsk,
    NotAmongThem,
    OnSale,
    Shelf,
    Wanted,
    is_allowed,
    offered,
)
from services.orders.domain.lookup import OrderNotFound
from services.orders.domain.orders import NOWHERE
from services.orders.domain.shops import Shop, ShopKind, ShopNotReached
from services.orders.outside import exchanges
from services.orders.outside.admin import AdminClient
from services.orders.reaching import client_of
from services.orders.settings import OrdersSettings
from services.orders.store.collections import Collections
from services.orders.store.index import OrderIndex
from services.orders.store.shops import Shops

_NO_SUCH = frozenset({"resource_not_found", "invalid_variable"})  # what the shop says to an id that is none of its own


@dataclass(frozen=True, slots=True)
class Asking:
    """One question of a shopper's, with all that answering it needs."""

    asked: GetExchangesV1
    line: OrderLine
    shop: Shop
    client: AdminClient
    country: str | None
    collections: Collections

    @property
    def wanted(self) -> Wanted:
        """What is asked for."""
        return Wanted(self.line, self.asked.quantity, self.asked.owed)


def get_exchanges(
    index: OrderIndex, shops: Shops, collections: Collections, retailer_id: UUID, asked: GetExchangesV1
) -> ExchangesV1:
    """The choices. Raises OrderNotFound, a Refused as `orders.no_exchanges`, and ShopNotReached when the shop is away."""
    order = index.get(retailer_id, asked.order_id)
    line = next((line for line in order.lines if line.id == asked.line_id), None)
    if line is None:
        raise OrderNotFound()
    shop = shops.of(retailer_id)
    if shop is None or shop.kind is not ShopKind.SHOPIFY:
        raise NoShopToAsk(line.title)
    try:
        client = client_of(shop, until=time.monotonic() + load(OrdersSettings).shopify_patience)
        return _answer(Asking(asked, line, shop, client, _country(order), collections))
    except Declined as no:
        if no.code not in _NO_SUCH:
            raise _not_reached(no) from no
        raise NotAmongThem() from no
    except (Transient, Permanent) as away:
        raise _not_reached(away) from away


def _not_reached(away: Exception) -> ShopNotReached:
    log.warning("orders.shop_not_asked", error=type(away).__name__)
    return ShopNotReached("The shop did not answer.")


def _country(order: OrderV1) -> str | None:
    return None if order.address.country == NOWHERE else order.address.country


def _answer(this: Asking) -> ExchangesV1:
    asked, own = this.asked, this.line.product_id
    if asked.product_id:
        return _of(this, _allowed(this, asked.product_id))
    if asked.variant_id:
        return _of(this, _allowed(this, exchanges.product_with(this.client, asked.variant_id)))
    same = exchanges.product_of(this.client, own, country=this.country) if own else None
    if asked.terms.chosen_from is ExchangeFrom.SAME_PRODUCT:
        if same is None or not same.variants:
            raise NoExchanges(this.line.title)
        return _of(this, same)
    others, after = _page(this)
    mine = _of(this, same) if same else ExchangesV1(line_id=this.line.id, choices=())
    return mine.model_copy(update={"products": others, "next": after})


def _of(this: Asking, product: OnSale) -> ExchangesV1:
    told = offered(this.wanted, product)
    return ExchangesV1(line_id=this.line.id, choices=told.choices, product=told)


def _allowed(this: Asking, product_id: str | None) -> OnSale:
    """The product asked for, where the terms allow it. Raises NotAmongThem."""
    found = exchanges.product_of(this.client, product_id, country=this.country) if product_id else None
    if found is None:
        raise NotAmongThem()
    own = found.id == this.line.product_id
    inside = not own and this.asked.terms.chosen_from is ExchangeFrom.COLLECTION and _is_in_collection(this, found.id)
    if not is_allowed(this.asked.terms, found, own=own, in_collection=inside):
        raise NotAmongThem()
    return found


def _is_in_collection(this: Asking, product_id: str) -> bool:
    return exchanges.is_in(this.client, product_id, _collection(this))


def _page(this: Asking) -> tuple[tuple[ExchangeProduct, ...], str | None]:
    """Other products that the terms allow; those that cannot be had in the shopper's currency are left out."""
    asked = this.asked
    among = _collection(this) if asked.terms.chosen_from is ExchangeFrom.COLLECTION else None
    shelf = Shelf(among, asked.search, asked.after, asked.first)
    found, after = exchanges.products_of(this.client, shelf, country=this.country)
    told = (offered(this.wanted, product) for product in found if product.id != this.line.product_id)
    return tuple(product for product in told if product.choices), after


def _collection(this: Asking) -> str:
    """The shop's id of the collection that the terms name. Raises NoCollection."""
    handle, retailer_id = this.asked.terms.collection or "", this.shop.retailer_id
    known = this.collections.known(retailer_id, this.shop, handle)
    if known is None:
        known = exchanges.collection_named(this.client, handle) if handle else None
        this.collections.keep(retailer_id, this.shop, handle, known)
    if known is None:
        log.warning("orders.collection_gone", handle=handle)
        raise NoCollection(handle)
    return known

"""Finding the order of a person who waits: in the index, and at the shop when the index cannot be sure."""

import hmac
import time
from uuid import UUID

from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.chassis.settings import load
from libs.contracts.orders import FindOrderV1, OrderV1
from services.orders.domain.lookup import Buyer, OrderNotFound, is_number, proof_of, proofs_of, search_term
from services.orders.domain.shops import Shop, ShopKind
from services.orders.grouping import learn_collections
from services.orders.outside.admin import AdminClient
from services.orders.outside.orders import look_up
from services.orders.reaching import client_of
from services.orders.refreshing import read_and_keep
from services.orders.settings import OrdersSettings
from services.orders.store.index import Match, OrderIndex
from services.orders.store.shops import Shops


def find_order(index: OrderIndex, shops: Shops, retailer_id: UUID, asked: FindOrderV1) -> OrderV1:
    """The order. Raises OrderNotFound, and nothing else, whatever the reason.

    A wrong proof, an unknown number and another retailer's order all end in one look at the shop, so that none is answered
    sooner. The shop is asked outside any unit and within `ORDERS_SHOPIFY_PATIENCE` seconds; when it is away the index
    answers alone, and so it does for a retailer whose shop is not to be asked.
    """
    match = index.find(retailer_id, asked)
    if match is None or not match.is_whole:
        match = _at_the_shop(index, shops.of(retailer_id), asked, match)
    if match is None:
        raise OrderNotFound()
    return match.order


def _at_the_shop(index: OrderIndex, shop: Shop | None, asked: FindOrderV1, match: Match | None) -> Match | None:
    """The order as the shop has it now; as the index has it when the shop is away; None when it is not theirs."""
    if shop is None or shop.kind is not ShopKind.SHOPIFY or not shop.is_open:
        return match
    try:
        client = client_of(shop, until=time.monotonic() + load(OrdersSettings).shopify_patience)
        if match is None:
            match = _look_up(index, client, asked, shop)
        elif not match.is_fresh:
            match = _read_again(index, client, asked, match, shop)
    except (Transient, Permanent) as away:
        log.warning("orders.shop_not_asked", error=type(away).__name__)
        return match
    return _with_collections(index, client, asked, match, shop) if match else None


def _with_collections(
    index: OrderIndex, client: AdminClient, asked: FindOrderV1, match: Match, shop: Shop
) -> Match | None:
    """The order with the collections of products that were never asked for. A former shop is not asked any more."""
    if not match.unread or match.shop_id != shop.id:
        return match
    learn_collections(index, client, shop, match.unread)
    return index.find(shop.retailer_id, asked)


def _read_again(index: OrderIndex, client: AdminClient, asked: FindOrderV1, match: Match, shop: Shop) -> Match | None:
    known = index.to_read(shop.retailer_id, match.order.order_id)
    if known is None or read_and_keep(index, known, client) is None:
        return None
    return index.find(shop.retailer_id, asked)  # what was read may have other proofs


def _look_up(index: OrderIndex, client: AdminClient, asked: FindOrderV1, shop: Shop) -> Match | None:
    term = search_term(asked.number, prefix=shop.prefix, suffix=shop.suffix)
    hits = look_up(client, term) if term else []
    theirs = [hit.shop_order_id for hit in hits if _is_theirs(asked, number=hit.number, buyer=hit.buyer)]
    if not theirs:
        return None
    read_and_keep(index, index.to_read_first(shop, theirs[0]), client)
    return index.find(shop.retailer_id, asked)  # of an erased buyer the shop may still know what we do not


def _is_theirs(asked: FindOrderV1, *, number: str, buyer: Buyer) -> bool:
    """Whether number and proof are those asked for, every proof compared to its end whatever it is."""
    proof = proof_of(asked).encode()
    same = [hmac.compare_digest(proof, each.encode()) for each in sorted(proofs_of(buyer))]
    return is_number(asked.number, number) & any(same)

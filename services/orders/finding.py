"""Finding the order of a person who waits: in the index, and at the shop when the index cannot be sure."""

import hmac
import time
from uuid import UUID

from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.chassis.settings import load
from libs.contracts.orders import FindOrderV1, OrderV1
from services.orders.domain.lookup import OrderNotFound, email_key, is_number, search_term
from services.orders.domain.shops import Shop
from services.orders.outside.admin import AdminClient
from services.orders.outside.clients import client_of
from services.orders.outside.orders import look_up
from services.orders.refreshing import read_and_keep
from services.orders.settings import OrdersSettings
from services.orders.store.index import Match, OrderIndex
from services.orders.store.shops import Shops


def find_order(index: OrderIndex, shops: Shops, retailer_id: UUID, asked: FindOrderV1) -> OrderV1:
    """The order. Raises OrderNotFound, and nothing else, whatever the reason.

    A wrong email and an unknown number both end in one look at the shop, so that neither is answered sooner. The shop
    is asked outside any unit and within `ORDERS_SHOPIFY_PATIENCE` seconds; when it is away the index answers alone.
    """
    match = index.find(retailer_id, number=asked.number, email=asked.email)
    if match is not None and match.is_fresh:
        return match.order
    seen = _at_the_shop(index, shops.of(retailer_id), asked, match)
    if seen is None:
        raise OrderNotFound()
    return seen


def _at_the_shop(index: OrderIndex, shop: Shop | None, asked: FindOrderV1, match: Match | None) -> OrderV1 | None:
    """The order as the shop has it now; as the index has it when the shop is away; None when it is not theirs."""
    if shop is None:
        return match.order if match else None
    client = client_of(shop, until=time.monotonic() + load(OrdersSettings).shopify_patience)
    try:
        read = _read_again(index, client, match, shop) if match else _look_up(index, client, asked, shop)
    except (Transient, Permanent) as away:
        log.warning("orders.shop_not_asked", error=type(away).__name__)
        return match.order if match else None
    if read is None or not _is_theirs(asked, number=read.number, email=read.contact.email):
        return None
    return read


def _read_again(index: OrderIndex, client: AdminClient, match: Match, shop: Shop) -> OrderV1 | None:
    known = index.to_read(shop.retailer_id, match.order.order_id)
    return read_and_keep(index, known, client) if known else None


def _look_up(index: OrderIndex, client: AdminClient, asked: FindOrderV1, shop: Shop) -> OrderV1 | None:
    term = search_term(asked.number, prefix=shop.prefix, suffix=shop.suffix)
    hits = look_up(client, term) if term else []
    theirs = [hit["id"] for hit in hits if _is_theirs(asked, number=hit["name"], email=hit["email"] or "")]
    return read_and_keep(index, index.to_read_first(shop, theirs[0]), client) if theirs else None


def _is_theirs(asked: FindOrderV1, *, number: str, email: str) -> bool:
    """Whether number and email are those asked for, compared in one time whatever they are."""
    same_email = hmac.compare_digest(email_key(email).encode(), email_key(asked.email).encode())
    return is_number(asked.number, number) & same_email & bool(email)

"""What a return would give back, by our formula and by its shop's, asked while a shopper submits it."""

import time
from uuid import UUID

from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.chassis.settings import load
from libs.contracts.orders_quotes import QuoteReturnV1, ReturnQuoteV1
from services.orders.domain.shops import ShopNotReached
from services.orders.domain.worth import Wanted, quote
from services.orders.outside.exchanges import sold_lines
from services.orders.outside.previews import preview
from services.orders.reaching import client_of
from services.orders.settings import OrdersSettings
from services.orders.store.cancelling import Cancellations


def quote_return(store: Cancellations, retailer_id: UUID, asked: QuoteReturnV1) -> ReturnQuoteV1:
    """The shop's amount and ours. Raises OrderNotFound, LineNotSold, and ShopNotReached when it does not answer in time."""
    shop, order, shop_order_id, by_hand = store.order(retailer_id, asked.order_id)
    if by_hand:
        return ReturnQuoteV1()
    if not shop.is_open:
        raise ShopNotReached("The shop is not connected.")
    shop_lines = {line.id: line for line in order.lines}
    wanted = [
        Wanted(line.shop_line_id, line.title, unit.quantity, unit.before)
        for unit in asked.lines
        if (line := shop_lines.get(unit.line_id)) is not None
    ]
    try:
        client = client_of(shop, until=time.monotonic() + load(OrdersSettings).shopify_patience)
        sold = sold_lines(client, shop_order_id)
        found = quote(wanted, sold, order.currency)
        offered = preview(client, shop_order_id, found.units)
    except (Transient, Permanent) as away:
        log.warning("orders.shop_not_asked", error=type(away).__name__)
        raise ShopNotReached("The shop did not say what it would give back.") from away
    return ReturnQuoteV1(worth=found.worth, offered=found.offered(offered))

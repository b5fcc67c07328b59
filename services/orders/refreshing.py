"""Reading an order from its shop again after news of it: the payload was a hint, the shop is the truth."""

from libs.chassis.claims import Claim
from libs.chassis.logs import log
from libs.contracts.orders import OrderV1
from services.orders.grouping import refresh_collections
from services.orders.outside.admin import AdminClient
from services.orders.outside.orders import read_order
from services.orders.reaching import client_of
from services.orders.store.index import OrderIndex, ToRead


def refresh(index: OrderIndex, claim: Claim) -> None:
    """Read the order, unless somebody has read it since. Raises a Transient when it is to be tried again.

    News that comes meanwhile plans the work anew.
    """
    asked = index.to_read(claim.retailer_id, claim.subject)
    if asked is None or asked.is_fresh:
        return
    client = client_of(asked.shop)
    order = read_and_keep(index, asked, client)
    if order is None:
        log.warning("orders.order_gone", order_id=str(asked.order_id))
        return
    sold = {line.product_id for line in order.lines if line.product_id and not line.product_gone}
    refresh_collections(index, client, asked.shop, sold)


def read_and_keep(index: OrderIndex, asked: ToRead, client: AdminClient) -> OrderV1 | None:
    """The order as the shop has it now, kept in the index; None when the shop does not show it."""
    reading = read_order(client, asked.shop_order_id, read_at=asked.at)
    return index.keep(asked, reading) if reading else None

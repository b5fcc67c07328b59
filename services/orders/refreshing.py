"""Reading an order from its shop again after news of it: the payload was a hint, the shop is the truth."""

from libs.chassis.claims import Claim
from libs.chassis.errors import Transient
from libs.chassis.logs import log
from services.orders.outside.admin import AdminClient
from services.orders.outside.clients import client_of
from services.orders.outside.orders import read_order
from services.orders.store.index import Match, OrderIndex, ToRead

_TURNS = 3  # readings in a row while news keeps coming; after them the work is put off


def refresh(index: OrderIndex, claim: Claim) -> None:
    """Read the order until no news has come meanwhile. Raises a Transient when it is to be tried again."""
    for _ in range(_TURNS):
        asked = index.to_read(claim.retailer_id, claim.subject)
        if asked is None:
            return
        kept = read_and_keep(index, asked, client_of(asked.shop))
        if kept is None:
            log.warning("orders.order_gone", order_id=str(asked.order_id))
            return
        if kept.is_fresh:
            return
    raise Transient("news of the order keeps coming")


def read_and_keep(index: OrderIndex, asked: ToRead, client: AdminClient) -> Match | None:
    """The order as the shop has it now, kept in the index; None when the shop does not show it."""
    reading = read_order(client, asked.shop_order_id, read_at=asked.at)
    return index.keep(asked, reading) if reading else None

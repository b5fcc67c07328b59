"""The tokens of a shop: renewed by one process at a time, and lost when the shop says so."""

import json
from datetime import timedelta

from sqlalchemy import func, select, update

from libs.chassis.errors import Malformed, Permanent
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.orders_shops import ShopAccessLostV1
from libs.contracts.portal import ShopWebhookReceivedV1
from services.orders.domain.shops import Pair, Shop
from services.orders.store.shops import shop_from, shop_of
from services.orders.store.tables import metadata, shops

LEASE = timedelta(seconds=20)  # longer than a renewal may take; a process that dies in it holds the others up so long
UNINSTALLED, SCOPES_CHANGED = "app/uninstalled", "app/scopes_update"
ABOUT_OUR_APP = frozenset({UNINSTALLED, SCOPES_CHANGED})


class Tokens(Store):
    """What a shop's own words change about the way into it."""

    service, metadata = "orders", metadata

    def turn(self, stale: Shop) -> tuple[Shop, bool]:
        """The shop as it is now, and whether the caller is the one who renews its token.

        Nobody is while another does, when the token is another than `stale` by now, or when nothing renews it.
        """
        # The database's own time: a lease is real, whatever the clock of the sandbox says.
        busy = func.coalesce(shops.c.renewing_until > func.clock_timestamp(), False).label("busy")
        with self.unit(retailer_id=stale.retailer_id) as unit:
            row = unit.db.execute(select(shops, busy).where(shops.c.id == stale.id).with_for_update()).one()
            shop = shop_from(row)
            if row.busy or not shop.is_open or shop.token != stale.token or shop.refresh_token is None:
                return shop, False
            until = func.clock_timestamp() + LEASE
            unit.db.execute(update(shops).where(shops.c.id == shop.id).values(renewing_until=until))
            return shop, True

    def keep(self, stale: Shop, pair: Pair) -> Shop:
        """The shop with its new tokens, written before any of them is used; as it is, when it was connected anew meanwhile."""
        fresh = {"token": pair.token, "refresh_token": pair.refresh_token, "expires_at": pair.expires_at}
        with self.unit(retailer_id=stale.retailer_id) as unit:
            mine = update(shops).where(shops.c.id == stale.id, shops.c.token == stale.token)
            unit.db.execute(mine.values(renewing_until=None, **fresh))
            return shop_from(unit.db.execute(select(shops).where(shops.c.id == stale.id)).one())

    def give_up(self, stale: Shop, words: str) -> None:
        """The renewal was not answered: the next one may try at once, with the same refresh token."""
        with self.unit(retailer_id=stale.retailer_id) as unit:
            mine = update(shops).where(shops.c.id == stale.id, shops.c.token == stale.token)
            unit.db.execute(mine.values(renewing_until=None, failed_at=unit.now, failed_words=words[:300]))

    def lose(self, shop: Shop, *, code: str, words: str) -> None:
        """The shop lets this token in no more. Nothing, once it was replaced; told once."""
        with self.unit(retailer_id=shop.retailer_id) as unit:
            _lose(unit, shop, code=code, words=words)

    def hear(self, fact: Envelope[ShopWebhookReceivedV1]) -> None:
        """Our app was uninstalled, or may do other things than before. What is older than the connection is not about it."""
        told_at = fact.data.triggered_at or fact.time
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = shop_of(unit)
            if shop is None or shop.domain != fact.data.shop:
                raise Permanent(f"{fact.data.shop} is not the retailer's shop")
            if shop.connected_at is None or told_at <= shop.connected_at:
                return
            if fact.data.topic == UNINSTALLED:
                _lose(unit, shop, code="uninstalled", words="The app was uninstalled at the shop.")
                gone = {"token": None, "refresh_token": None, "expires_at": None}  # dead at the shop already
                unit.db.execute(update(shops).where(shops.c.id == shop.id).values(gone))
            else:
                unit.db.execute(update(shops).where(shops.c.id == shop.id).values(scopes=_scopes(fact.data.body)))


def _lose(unit: Unit, shop: Shop, *, code: str, words: str) -> None:
    told = {"lost_at": unit.now, "failed_at": unit.now, "failed_words": words[:300], "renewing_until": None}
    held = update(shops).where(
        shops.c.id == shop.id,
        shops.c.token == shop.token,
        shops.c.lost_at.is_(None),
        shops.c.disconnected_at.is_(None),
    )
    if unit.db.execute(held.values(told).returning(shops.c.id)).first() is not None:
        unit.announce(ShopAccessLostV1(shop_id=shop.id, domain=shop.domain, code=code, words=words[:300]))


def _scopes(body: str) -> list[str]:
    try:
        told = json.loads(body)["current"]
        return sorted({str(scope) for scope in (told.split(",") if isinstance(told, str) else told)})
    except (ValueError, KeyError, TypeError) as odd:
        raise Malformed(f"{SCOPES_CHANGED}: {type(odd).__name__}") from None

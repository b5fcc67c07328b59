"""What each shop was asked to tell us, where to, and what it does not."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store
from libs.contracts.orders_webhooks import WebhooksV1
from services.orders.domain.shops import NoShop, Shop, ShopKind
from services.orders.domain.subscriptions import BY_APP, NO_ADDRESS, TOPICS
from services.orders.store.cancel_tables import webhook_checks
from services.orders.store.jobs import secrets
from services.orders.store.scan_plans import WEBHOOKS
from services.orders.store.shops import shop_of
from services.orders.store.tables import metadata

ADDRESS = "webhook_checks.address"  # the field that addresses are sealed for


class Subscriptions(Store):
    """One address a shop, and the last look at what comes there."""

    service, metadata = "orders", metadata

    def save(self, retailer_id: UUID, address: str) -> WebhooksV1:
        """Keep where webhooks are to go, and have the shop asked for them. Raises NoShop."""
        sealed = secrets().seal(retailer_id, ADDRESS, address)
        with self.unit(retailer_id=retailer_id) as unit:
            shop = shop_of(unit)
            if shop is None or shop.kind is not ShopKind.SHOPIFY or shop.disconnected_at is not None:
                raise NoShop()
            fresh = {"address": sealed, "missing": list(TOPICS), "words": None, "checked_at": None}
            kept = insert(webhook_checks).values(shop_id=shop.id, retailer_id=retailer_id, **fresh)
            unit.db.execute(kept.on_conflict_do_update(index_elements=["shop_id"], set_=fresh))
            unit.claim(WEBHOOKS, account=shop.domain, subject=shop.id)
        return self.told(retailer_id)

    def told(self, retailer_id: UUID) -> WebhooksV1:
        """What the connected shop tells us of, as far as is known. Raises NoShop."""
        with self.unit(retailer_id=retailer_id) as unit:
            shop = shop_of(unit)
            if shop is None or shop.kind is not ShopKind.SHOPIFY or shop.disconnected_at is not None:
                raise NoShop()
            row = unit.db.execute(select(webhook_checks).where(webhook_checks.c.shop_id == shop.id)).one_or_none()
        if row is None or row.address is None:
            return WebhooksV1(wanted=TOPICS, missing=TOPICS, by_app=BY_APP, words=NO_ADDRESS)
        return WebhooksV1(
            wanted=TOPICS,
            missing=tuple(row.missing),
            by_app=BY_APP,
            has_address=True,
            words=row.words,
            checked_at=row.checked_at,
        )

    def to_check(self, retailer_id: UUID, shop_id: UUID) -> tuple[Shop, str] | None:
        """The shop and where its webhooks are to go; None where no address was made, or we have no way in."""
        with self.unit(retailer_id=retailer_id) as unit:
            shop = shop_of(unit)
            sealed = unit.db.execute(
                select(webhook_checks.c.address).where(webhook_checks.c.shop_id == shop_id)
            ).scalar()
        if shop is None or shop.id != shop_id or not shop.is_open or sealed is None:
            return None
        return shop, secrets().open(retailer_id, ADDRESS, bytes(sealed))

    def keep(self, shop: Shop, missing: Sequence[str], words: str | None) -> None:
        """Keep what was found."""
        with self.unit(retailer_id=shop.retailer_id) as unit:
            found = {"missing": list(missing), "words": words[:300] if words else None, "checked_at": unit.now}
            unit.db.execute(update(webhook_checks).where(webhook_checks.c.shop_id == shop.id).values(found))

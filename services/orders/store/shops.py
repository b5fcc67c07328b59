"""The shops that retailers are connected to."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.orders_shops import ShopConnectedV1
from services.orders.domain.shops import (
    REQUIRED,
    Greeting,
    NoShop,
    OtherShopConnected,
    Pair,
    Shop,
    ShopKind,
    ShopTaken,
    Trouble,
    lacking,
)
from services.orders.store.scan_plans import plan
from services.orders.store.tables import metadata, shops


class Shops(Store):
    """One shop a retailer, and those that it had."""

    service, metadata = "orders", metadata

    def connect(self, retailer_id: UUID, greeting: Greeting, pair: Pair) -> Shop:
        """Keep the sealed tokens, in place of older ones. Refused when either side is connected to another."""
        fresh = {
            "currency": greeting.currency,
            "prefix": greeting.prefix,
            "suffix": greeting.suffix,
            "scopes": list(greeting.scopes),
            "token": pair.token,
            "refresh_token": pair.refresh_token,
            "expires_at": pair.expires_at,
            "installed": pair.installed,
        }
        nothing = dict.fromkeys(("renewing_until", "lost_at", "disconnected_at", "failed_at", "failed_words"))
        with self.unit(retailer_id=retailer_id) as unit:
            before = shop_of(unit)
            if before is not None and before.disconnected_at is None and before.domain != greeting.domain:
                raise OtherShopConnected(before.domain)
            shop = _upsert(unit, greeting.domain, fresh | nothing | {"connected_at": unit.now})
            missing = lacking(REQUIRED, shop.scopes)
            plan(unit, shop.id, shop.domain)
            unit.announce(ShopConnectedV1(shop_id=shop.id, domain=shop.domain, scopes=shop.scopes, missing=missing))
        return shop

    def of(self, retailer_id: UUID) -> Shop | None:
        """The retailer's shop; where none is connected, the last one that was."""
        with self.unit(retailer_id=retailer_id) as unit:
            return shop_of(unit)

    def all_of(self, retailer_id: UUID) -> tuple[Shop, ...]:
        """Every shop the retailer is or was connected to, the one in force first."""
        with self.unit(retailer_id=retailer_id) as unit:
            return tuple(shop_from(row) for row in unit.db.execute(_NEWEST_FIRST))

    def greeted(self, shop: Shop, greeting: Greeting) -> Shop:
        """The shop answered: what it says of itself now stands, and what was wrong is over."""
        told = {"prefix": greeting.prefix, "suffix": greeting.suffix, "scopes": list(greeting.scopes)}
        right = dict.fromkeys(("lost_at", "failed_at", "failed_words"))
        with self.unit(retailer_id=shop.retailer_id) as unit:
            mine = update(shops).where(shops.c.id == shop.id).values(told | right).returning(shops)
            now = shop_from(unit.db.execute(mine).one())
            if shop.lost_at is not None:
                unit.announce(_connected(now))
        return now

    def failed(self, shop: Shop, words: str) -> None:
        """The shop said no, or did not answer: shown to those who manage the connection."""
        with self.unit(retailer_id=shop.retailer_id) as unit:
            told = {"failed_at": unit.now, "failed_words": words[:300]}
            unit.db.execute(update(shops).where(shops.c.id == shop.id).values(told))

    def disconnect(self, retailer_id: UUID) -> Shop:
        """Forget the tokens of the connected shop. Raises NoShop when there is none."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = update(shops).where(shops.c.disconnected_at.is_(None), shops.c.kind == ShopKind.SHOPIFY)
            gone = {"token": None, "refresh_token": None, "expires_at": None, "disconnected_at": unit.now}
            row = unit.db.execute(mine.values(gone).returning(shops)).one_or_none()
        if row is None:
            raise NoShop()
        return shop_from(row)


_NEWEST_FIRST = select(shops).order_by(shops.c.disconnected_at.desc().nulls_first(), shops.c.connected_at.desc())


def shop_of(unit: Unit) -> Shop | None:
    """The shop of the unit's retailer, or the last one that was connected: row-level security shows no other."""
    row = unit.db.execute(_NEWEST_FIRST.limit(1)).one_or_none()
    return shop_from(row) if row else None


def shop_from(row: Row[Any]) -> Shop:
    """A row of `shops`."""
    return Shop(
        row.id,
        row.retailer_id,
        row.domain,
        row.currency,
        row.prefix,
        row.suffix,
        _bytes(row.token),
        ShopKind(row.kind),
        _bytes(row.refresh_token),
        row.expires_at,
        row.installed,
        tuple(row.scopes),
        row.connected_at,
        row.lost_at,
        row.disconnected_at,
        Trouble(row.failed_at, row.failed_words or "") if row.failed_at else None,
    )


def _connected(shop: Shop) -> ShopConnectedV1:
    missing = lacking(REQUIRED, shop.scopes)
    return ShopConnectedV1(shop_id=shop.id, domain=shop.domain, scopes=shop.scopes, missing=missing)


def _upsert(unit: Unit, domain: str, values: dict[str, Any]) -> Shop:
    """The retailer's row of this shop. Raises ShopTaken when the shop is connected to another retailer."""
    fresh = insert(shops).values(id=new_id(), retailer_id=unit.retailer_id, domain=domain, **values)
    kept = fresh.on_conflict_do_update(index_elements=["retailer_id", "domain"], set_=values).returning(shops)
    try:
        with unit.db.begin_nested():
            return shop_from(unit.db.execute(kept).one())
    except IntegrityError:
        raise ShopTaken(domain) from None


def _bytes(sealed: Any) -> bytes | None:
    return None if sealed is None else bytes(sealed)

"""The shops that retailers are connected to."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from services.orders.domain.shops import Greeting, OtherShopConnected, Shop, ShopTaken
from services.orders.store.tables import metadata, shops


class Shops(Store):
    """One shop a retailer."""

    service, metadata = "orders", metadata

    def connect(self, retailer_id: UUID, greeting: Greeting, *, token: bytes) -> Shop:
        """Keep the sealed `token`, in place of an older one. Refused when either side is connected to another."""
        told: dict[str, Any] = {
            "currency": greeting.currency,
            "prefix": greeting.prefix,
            "suffix": greeting.suffix,
            "scopes": list(greeting.scopes),
            "token": token,
        }
        with self.unit(retailer_id=retailer_id) as unit:
            fresh = insert(shops).values(
                id=new_id(), retailer_id=retailer_id, domain=greeting.domain, connected_at=unit.now, **told
            )
            unit.db.execute(fresh.on_conflict_do_nothing())
            mine = shop_of(unit)
            if mine is None:
                raise ShopTaken(greeting.domain)
            if mine.domain != greeting.domain:
                raise OtherShopConnected(mine.domain)
            unit.db.execute(update(shops).where(shops.c.id == mine.id).values(connected_at=unit.now, **told))
        return Shop(mine.id, retailer_id, greeting.domain, greeting.currency, greeting.prefix, greeting.suffix, token)

    def of(self, retailer_id: UUID) -> Shop | None:
        """The retailer's shop."""
        with self.unit(retailer_id=retailer_id) as unit:
            return shop_of(unit)


def shop_of(unit: Unit) -> Shop | None:
    """The shop of the unit's retailer: row-level security shows no other."""
    row = unit.db.execute(select(shops)).one_or_none()
    return shop_from(row) if row else None


def shop_from(row: Row[Any]) -> Shop:
    """A row of `shops`."""
    return Shop(row.id, row.retailer_id, row.domain, row.currency, row.prefix, row.suffix, bytes(row.token))

"""The shop's collections that policies name: the shop's own id of each, so that it is not asked for with every page."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store
from services.orders.domain.orders import identity
from services.orders.domain.shops import Shop
from services.orders.store.scan_tables import collections
from services.orders.store.tables import metadata

GOOD_FOR = timedelta(hours=1)  # a collection may be deleted and made anew under the same handle


class Collections(Store):
    """One row a collection that was asked for."""

    service, metadata = "orders", metadata

    def known(self, retailer_id: UUID, shop: Shop, handle: str) -> str | None:
        """The shop's id of the collection, where it was read lately."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = (collections.c.id == identity(shop.id, handle)) & (collections.c.read_at > unit.now - GOOD_FOR)
            return unit.db.execute(select(collections.c.shop_collection_id).where(mine)).scalar_one_or_none()

    def keep(self, retailer_id: UUID, shop: Shop, handle: str, shop_collection_id: str | None) -> None:
        """What the shop says it is; forgotten where it has none of this handle."""
        with self.unit(retailer_id=retailer_id) as unit:
            key = identity(shop.id, handle)
            if shop_collection_id is None:
                unit.db.execute(delete(collections).where(collections.c.id == key))
                return
            told = {"shop_collection_id": shop_collection_id, "read_at": unit.now}
            fresh = insert(collections).values(
                id=key, retailer_id=unit.retailer_id, shop_id=shop.id, handle=handle, **told
            )
            unit.db.execute(fresh.on_conflict_do_update(index_elements=["id"], set_=told))

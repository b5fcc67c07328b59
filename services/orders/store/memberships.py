"""Which of the shop's collections each product is in, as the shop last said."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Unit
from services.orders.domain.orders import identity
from services.orders.store.scan_tables import product_collections

GOOD_FOR = timedelta(hours=1)  # goods move between collections, and no webhook says which


def to_read(unit: Unit, shop_id: UUID, shop_product_ids: Collection[str]) -> list[str]:
    """Those of the products of which the shop was not asked lately, in one order."""
    ids = {identity(shop_id, product): product for product in shop_product_ids}
    lately = (product_collections.c.id.in_(list(ids))) & (product_collections.c.read_at > unit.now - GOOD_FOR)
    known = set(unit.db.execute(select(product_collections.c.id).where(lately)).scalars())
    return sorted(product for id_, product in ids.items() if id_ not in known)


def keep(unit: Unit, shop_id: UUID, told: Mapping[str, Collection[str] | None], *, read_at: datetime) -> None:
    """What the shop said at `read_at`, unless something newer is known. Of a deleted product what was known stays."""
    fresh = insert(product_collections)
    newer = product_collections.c.read_at <= fresh.excluded.read_at
    set_ = {name: fresh.excluded[name] for name in ("handles", "read_at")}
    here = {"retailer_id": unit.retailer_id, "shop_id": shop_id, "read_at": read_at}
    found = [_row(shop_id, product, handles, here) for product, handles in sorted(told.items()) if handles is not None]
    gone = [_row(shop_id, product, (), here) for product, handles in sorted(told.items()) if handles is None]
    if found:
        unit.db.execute(fresh.values(found).on_conflict_do_update(index_elements=["id"], set_=set_, where=newer))
    if gone:
        unit.db.execute(insert(product_collections).values(gone).on_conflict_do_nothing())


def _row(shop_id: UUID, product: str, handles: Collection[str], here: dict[str, Any]) -> dict[str, Any]:
    return {"id": identity(shop_id, product), "handles": sorted(handles), **here}

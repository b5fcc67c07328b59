"""The shop's products: the newest by the shop's own time stands, whatever order they are told in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Text, cast, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.orders import OrderV1
from libs.contracts.portal import ShopWebhookReceivedV1
from services.orders.domain.orders import identity
from services.orders.domain.products import Product, shown
from services.orders.store.scan_tables import products
from services.orders.store.shops import shop_of
from services.orders.store.tables import metadata

_PRODUCT = TypeAdapter(Product)


class Products(Store):
    """One row a product. Orders are not written anew: their lines are shown with it when they are asked for."""

    service, metadata = "orders", metadata

    def hear(self, fact: Envelope[ShopWebhookReceivedV1], product: Product) -> None:
        """Keep the product, unless a newer one is known."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = shop_of(unit)
            if shop is None or shop.domain != fact.data.shop:
                raise Permanent(f"{fact.data.shop} is not the retailer's shop")
            fresh = insert(products).values(
                id=identity(shop.id, product.shop_product_id),
                retailer_id=unit.retailer_id,
                shop_id=shop.id,
                updated_at=product.updated_at,
                told_at=fact.data.triggered_at or fact.time,
                known=_PRODUCT.dump_python(product, mode="json"),
            )
            told = {name: fresh.excluded[name] for name in ("updated_at", "told_at", "known")}
            unit.db.execute(
                fresh.on_conflict_do_update(
                    index_elements=[products.c.id], set_=told, where=_rank(products.c) < _rank(fresh.excluded)
                )
            )


def with_products(unit: Unit, order: OrderV1, shop_id: UUID, *, read_at: datetime | None) -> OrderV1:
    """The order, its lines shown with the products that we know."""
    wanted = {line.product_id for line in order.lines if line.product_id}
    return shown(order, _known(unit, shop_id, wanted), read_at=read_at) if wanted else order


def _known(unit: Unit, shop_id: UUID, shop_product_ids: Iterable[str]) -> dict[str, Product]:
    ids = [identity(shop_id, wanted) for wanted in shop_product_ids]
    rows = unit.db.execute(select(products.c.known).where(products.c.id.in_(ids))).scalars()
    found = [_PRODUCT.validate_python(row) for row in rows]
    return {product.shop_product_id: product for product in found}


def _rank(columns: Any) -> Any:
    # Of two with one time the choice does not matter, but it must be the same one in whatever order they come.
    return tuple_(columns.updated_at, columns.told_at, cast(columns.known, Text))

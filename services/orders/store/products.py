"""The shop's products: the newest by the shop's own time stands, whatever order they are told in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Select, Text, Uuid, cast, column, func, join, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.chassis.errors import Permanent
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.orders import OrderV1
from libs.contracts.portal import ShopWebhookReceivedV1
from services.orders.domain.orders import identity
from services.orders.domain.products import Product, shown
from services.orders.store.scan_tables import product_collections, products
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


def with_products(
    unit: Unit, order: OrderV1, shop_id: UUID, *, read_at: datetime | None
) -> tuple[OrderV1, tuple[str, ...]]:
    """The order, its lines shown with the products that we know; and those whose collections were never asked for."""
    wanted = {identity(shop_id, line.product_id): line.product_id for line in order.lines if line.product_id}
    if not wanted:
        return order, ()
    rows = unit.db.execute(_of_products(list(wanted))).all()
    found = {wanted[row.wanted]: _PRODUCT.validate_python(row.known) for row in rows if row.known is not None}
    told = {wanted[row.wanted]: tuple(row.handles) for row in rows if row.handles is not None}
    gone = {line.product_id for line in order.lines if line.product_gone}
    unread = tuple(sorted({*wanted.values()} - told.keys() - gone))
    return shown(order, found, read_at=read_at, collections=told), unread


def _of_products(ids: list[UUID]) -> Select[Any]:
    """Asks for what is known of each product: as a webhook told of it, and its collections."""
    asked = func.unnest(literal(ids, ARRAY(Uuid))).table_valued(column("wanted", Uuid)).render_derived(name="asked")
    both = join(asked, products, products.c.id == asked.c.wanted, isouter=True)
    both = both.join(product_collections, product_collections.c.id == asked.c.wanted, isouter=True)
    return select(asked.c.wanted, products.c.known, product_collections.c.handles).select_from(both)


def _rank(columns: Any) -> Any:
    # Of two with one time the choice does not matter, but it must be the same one in whatever order they come.
    return tuple_(columns.updated_at, columns.told_at, cast(columns.known, Text))

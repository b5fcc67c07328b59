"""Products as a shop tells of them, and how the lines of an order are shown with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from libs.contracts.orders import OrderV1
from libs.contracts.values import OrderLine


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is now. `image` is its first picture, `images` are those of variants that have their own.

    `weights` are what one piece of a variant weighs in grams, where the shop says so.
    """

    shop_product_id: str
    updated_at: datetime
    title: str
    product_type: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    images: tuple[tuple[str, str], ...] = ()
    weights: tuple[tuple[str, int], ...] = ()


def shown(
    order: OrderV1,
    products: Mapping[str, Product],
    *,
    read_at: datetime | None,
    collections: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> OrderV1:
    """The order with names, pictures, tags, weights and collections of the products as they are now.

    Where the order was read from the shop after the product changed, its pictures, tags and weights are newer than ours.
    """
    if not products and not collections:
        return order
    lines = (_shown(line, products.get(line.product_id or ""), read_at) for line in order.lines)
    return order.model_copy(update={"lines": tuple(_grouped(line, collections) for line in lines)})


def _grouped(line: OrderLine, collections: Mapping[str, tuple[str, ...]]) -> OrderLine:
    handles = collections.get(line.product_id or "")
    return line if handles is None else line.model_copy(update={"collections": handles})


def _shown(line: OrderLine, product: Product | None, read_at: datetime | None) -> OrderLine:
    if product is None:
        return line
    if read_at is not None and read_at >= product.updated_at:
        return line.model_copy(update={"title": product.title})
    pictures = dict(product.images)
    return line.model_copy(
        update={
            "title": product.title,
            "image": pictures.get(line.variant_id or "") or product.image or line.image,
            "product_type": product.product_type or line.product_type,
            "tags": product.tags,
            "grams": dict(product.weights).get(line.variant_id or "", line.grams),
        }
    )

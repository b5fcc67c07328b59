"""The shop's products as `products(query:)` finds them, as much of that search as the product uses, and its collections."""

import re
from collections.abc import Callable
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from deploy.sandbox.shopify.amounts import View
from deploy.sandbox.shopify.catalogue import Product, Shop
from deploy.sandbox.shopify.gid import number_of
from deploy.sandbox.shopify.goods import Shelves, collection_view
from deploy.sandbox.shopify.pages import page

_TERM = re.compile(r"(?P<field>[a-z_]+):(?P<value>[\w-]+\*?)")
_ALWAYS = {
    "status": "active",
    "published_status": "published",
    "gift_card": "false",
}  # so is everything that is sold here


def _by_title(product: Product) -> str:
    return product.title


_ORDER_OF: dict[str, Callable[[Product], Any]] = {"TITLE": _by_title, "RELEVANCE": _by_title}


def products(_: Any, info: GraphQLResolveInfo, query: str | None = None, sortKey: str = "ID", **cut: Any) -> View:
    """The products for which every term holds."""
    shop, shelves = info.context.shop, Shelves(info.context.store, info.context.shop)
    found = [one for one in shop.products if all(holds(shop, one) for holds in _terms(query or ""))]
    order = _ORDER_OF.get(sortKey, lambda one: one.id)
    return page(sorted(found, key=order), lambda one: shelves.product_view(one.id), **cut)


def product_variant(_: Any, info: GraphQLResolveInfo, id: str) -> View | None:
    """A variant by its id."""
    shelves = Shelves(info.context.store, info.context.shop)
    found = shelves.variant(number_of(id, "ProductVariant"))
    return shelves.view(*found) if found else None


def collection(_: Any, info: GraphQLResolveInfo, identifier: dict[str, Any]) -> View | None:
    """A collection by its handle or its id."""
    held = info.context.shop.collections
    if (handle := identifier.get("handle")) is not None:
        found = next((one for one in held if one.handle == handle), None)
    else:
        number = number_of(identifier.get("id") or "", "Collection")
        found = next((one for one in held if one.id == number), None)
    return collection_view(found) if found else None


def _terms(text: str) -> list[Callable[[Shop, Product], bool]]:
    rest = _TERM.sub("", text).replace("AND", "").strip()
    if rest:
        raise GraphQLError(f"The sandbox does not play this search: {text}", extensions={"code": "BAD_REQUEST"})
    return [_term(found["field"], found["value"]) for found in _TERM.finditer(text)]


def _term(field: str, value: str) -> Callable[[Shop, Product], bool]:
    if _ALWAYS.get(field) == value:
        return lambda _shop, _product: True
    if field == "collection_id":
        return lambda shop, product: any(
            product.handle in one.products for one in shop.collections if str(one.id) == value
        )
    if field == "title":
        start = value.removesuffix("*").casefold()
        whole = not value.endswith("*")
        return lambda _, product: any(
            word == start if whole else word.startswith(start) for word in re.findall(r"\w+", product.title.casefold())
        )
    raise GraphQLError(f"The sandbox does not search products by {field}", extensions={"code": "BAD_REQUEST"})


QUERIES = {"products": products, "productVariant": product_variant, "collectionByIdentifier": collection}

"""The query roots, and the fields that lead on from an order or a return."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from graphql import GraphQLResolveInfo

from deploy.sandbox.shopify import browsing, cancelling, credit, subscriptions
from deploy.sandbox.shopify.amounts import View
from deploy.sandbox.shopify.catalogue import REASONS, Shop
from deploy.sandbox.shopify.gid import number_of
from deploy.sandbox.shopify.goods import Shelves
from deploy.sandbox.shopify.orders import Order
from deploy.sandbox.shopify.pages import page
from deploy.sandbox.shopify.return_views import outcome_view, reason_view, return_view
from deploy.sandbox.shopify.search import Search
from deploy.sandbox.shopify.settling import suggest
from deploy.sandbox.shopify.store import ShopStore
from deploy.sandbox.shopify.throttle import Bucket
from deploy.sandbox.shopify.views import BEHIND, installation_view, order_view, returnable_view, shop_view
from deploy.sandbox.shopify.webhooks import Webhooks


@dataclass(frozen=True)
class Caller:
    """Who asks, and what they may reach. `pictures_at` is the public address of the shop."""

    shop: Shop
    store: ShopStore
    webhooks: Webhooks
    pictures_at: str
    bucket: Bucket = field(default_factory=Bucket)


_ORDER_OF: dict[str, Callable[[Order], Any]] = {
    "CREATED_AT": attrgetter("created_at"),
    "PROCESSED_AT": attrgetter("created_at"),
    "UPDATED_AT": attrgetter("updated_at"),
    "ID": attrgetter("id"),
    "ORDER_NUMBER": attrgetter("number"),
}


def _shop(_: Any, info: GraphQLResolveInfo) -> View:
    return shop_view(info.context.shop)


def _installation(_: Any, info: GraphQLResolveInfo) -> View:
    return installation_view(info.context.shop)


def _order(_: Any, info: GraphQLResolveInfo, id: str) -> View | None:
    cancelling.run_jobs(info.context)
    order = info.context.store.order(info.context.shop, number_of(id, "Order"))
    return order_view(order) if order else None


def _orders(
    _: Any, info: GraphQLResolveInfo, query: str | None = None, sortKey: str = "PROCESSED_AT", **cut: Any
) -> View:
    found = Search.read(query or "").run(info.context.store, info.context.shop)
    return page(sorted(found, key=_ORDER_OF[sortKey]), order_view, **cut)


def _orders_count(_: Any, info: GraphQLResolveInfo, query: str | None = None, limit: int | None = None) -> View:
    found = len(Search.read(query or "").run(info.context.store, info.context.shop))
    if limit is None or found < limit:
        return {"count": found, "precision": "EXACT"}
    return {"count": limit, "precision": "AT_LEAST"}


def _return(_: Any, info: GraphQLResolveInfo, id: str) -> View | None:
    number = number_of(id, "Return")
    order = info.context.store.order_owning(info.context.shop, "Return", number)
    return return_view(order, order.return_of(number)) if order else None


def _returnable(_: Any, info: GraphQLResolveInfo, orderId: str, **cut: Any) -> View:
    order = info.context.store.order(info.context.shop, number_of(orderId, "Order"))
    parcels = (
        []
        if order is None
        else [parcel for parcel in order.fulfillments if any(order.returnable(line) for line in parcel.lines)]
    )
    return page(parcels, lambda parcel: returnable_view(order, parcel), **cut)


def _reasons(_: Any, __: GraphQLResolveInfo, query: str | None = None, **cut: Any) -> View:
    return page(() if query == "deleted:true" else tuple(REASONS), reason_view, **cut)


def _product(_: Any, info: GraphQLResolveInfo, id: str) -> View | None:
    return Shelves(info.context.store, info.context.shop).product_view(number_of(id, "Product"))


def _nodes(_: Any, info: GraphQLResolveInfo, ids: list[str]) -> list[View | None]:
    """Products and variants by their ids, which is all that the sandbox knows by id alone."""
    shelves = Shelves(info.context.store, info.context.shop)
    return [_node(shelves, id_) for id_ in ids]


def _node(shelves: Shelves, id_: str) -> View | None:
    if id_.startswith("gid://shopify/Product/"):
        return shelves.product_view(number_of(id_, "Product"))
    found = shelves.variant(number_of(id_, "ProductVariant"))
    return shelves.view(*found) if found else None


def _returns_of_order(order: View, _: GraphQLResolveInfo, **cut: Any) -> View:
    behind: Order = order[BEHIND]
    return page(behind.returns, lambda one: return_view(behind, one), **cut)


def _return_of_refund(refund: View, _: GraphQLResolveInfo) -> View | None:
    order, found = refund[BEHIND]
    return return_view(order, found) if found else None


def _suggested(source: View, _: GraphQLResolveInfo, refundMethodAllocation: str, **asked: Any) -> View:
    order, found = source[BEHIND]
    return outcome_view(order, suggest(order, found, asked), refundMethodAllocation)


RESOLVERS: dict[str, dict[str, Any]] = {
    "QueryRoot": {
        "shop": _shop,
        "currentAppInstallation": _installation,
        "order": _order,
        "orders": _orders,
        "ordersCount": _orders_count,
        "return": _return,
        "returnableFulfillments": _returnable,
        "returnReasonDefinitions": _reasons,
        "product": _product,
        "nodes": _nodes,
        **credit.QUERIES,
        **browsing.QUERIES,
        **cancelling.QUERIES,
        **subscriptions.QUERIES,
    },
    **credit.FIELDS,
    "Order": {"returns": _returns_of_order, **cancelling.FIELDS},
    "Refund": {"return": _return_of_refund},
    "Return": {"suggestedFinancialOutcome": _suggested},
}

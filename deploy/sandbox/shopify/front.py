"""The shop's front page: what it sells, and what became of the latest orders."""

from html import escape

from starlette.requests import Request
from starlette.responses import Response

from deploy.sandbox.shopify.catalogue import SHOPS, Product, Shop
from deploy.sandbox.shopify.orders import Order
from deploy.sandbox.shopify.store import ShopStore
from deploy.sandbox.web import Handler, listing, page

_HEAD = (
    "<p>A Shopify that remembers: two shops behind the Admin GraphQL API of 2026-07 and 2026-10, at "
    "<code>/{shop}/admin/api/{version}/graphql.json</code>. What happened here stands in the "
    "<a href='/control/journal'>journal</a>.</p>"
)
_LATEST = 20


def front(store: ShopStore) -> Handler:
    """The handler of the page."""

    async def show(_: Request) -> Response:
        return page("Sandbox shop", _HEAD + "".join(_part(shop, store.orders(shop)) for shop in SHOPS.values()))

    return show


def _part(shop: Shop, orders: list[Order]) -> str:
    shelf = "".join(_product(shop, product) for product in shop.products)
    rows = listing(
        (_order(shop, order) for order in reversed(orders[-_LATEST:])), "No orders yet: POST /control/orders makes one."
    )
    return f"<h2>{shop.name} <span class=soft>{shop.domain}</span></h2><div class=shelf>{shelf}</div>{rows}"


def _product(shop: Shop, product: Product) -> str:
    return (
        f"<figure><img src='/images/{product.handle}@288.webp' width=288 height=360 alt='' loading=lazy>"
        f"<figcaption>{escape(product.title)}, {escape(product.colour)}<br>"
        f"{shop.symbol}{product.price / 100:.2f}</figcaption></figure>"
    )


def _order(shop: Shop, order: Order) -> str:
    return (
        f"<span class=row><a href='/control/orders/{escape(order.name)}'>{escape(order.name)}</a>"
        f"<span>{escape(order.email)}</span><span class=soft>{len(order.returns)} returned, "
        f"{shop.symbol}{order.refunded / 100:.2f} given back</span></span>"
    )

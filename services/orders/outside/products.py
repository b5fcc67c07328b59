"""A product as a shop's webhook tells of it."""

from datetime import datetime
from urllib.parse import urlsplit

from services.orders.domain.products import Product
from services.orders.outside.admin import JsonObject
from services.orders.outside.orders import moment

_CDN = "cdn.shopify.com"
_WIDTH = 480  # CSS pixels and pixels, as the pictures of readings


def product(told: JsonObject, _told_at: datetime) -> Product:
    """What `products/update` says. Its variants are whole for the first hundred; a later one shows the first picture."""
    pictures = {picture["id"]: picture["src"] for picture in told.get("images") or ()}
    first = told.get("image") or next(iter(told.get("images") or ()), None)
    own = ((variant, pictures.get(variant.get("image_id"))) for variant in told.get("variants") or ())
    return Product(
        shop_product_id=told.get("admin_graphql_api_id") or f"gid://shopify/Product/{int(told['id'])}",
        updated_at=moment(told["updated_at"]),
        title=told["title"],
        product_type=told.get("product_type") or None,
        tags=tuple(tag.strip() for tag in told["tags"].split(",") if tag.strip()),
        image=_small(first["src"]) if first else None,
        images=tuple(sorted((variant["admin_graphql_api_id"], _small(picture)) for variant, picture in own if picture)),
        weights=tuple(
            sorted(
                (variant["admin_graphql_api_id"], variant["grams"])
                for variant in told.get("variants") or ()
                if variant.get("grams")
            )
        ),
    )


def _small(picture: str) -> str:
    """Shopify's own picture server cuts a picture to a width; another gives what it has."""
    parts = urlsplit(picture)
    if parts.hostname != _CDN:
        return picture
    return parts._replace(query="&".join(filter(None, (parts.query, f"width={_WIDTH}")))).geturl()

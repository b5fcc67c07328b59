"""Variants as the shop sells them now, and what an order's lines cost."""

from collections.abc import Iterable, Sequence

from libs.contracts.values import Option
from services.orders.domain import money
from services.orders.domain.exchanges import OnSale, Shelf, Variant
from services.orders.domain.worth import SoldLine
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.orders import presentment, sold, whole

_ACTIVE = "ACTIVE"  # the product is on sale, and no draft
_SELLS_ON = "CONTINUE"  # the shop sells the variant whether it has it or not


def product_of(client: AdminClient, product_id: str, *, country: str | None) -> OnSale | None:
    """The product with its variants, priced for `country`; None where the shop has no such product."""
    product = client.ask("ExchangeVariants", productId=product_id, country=country)["product"]
    return _on_sale(product, whole(product["variants"])) if product else None


def product_with(client: AdminClient, variant_id: str) -> str | None:
    """The product that this variant is of; None where the shop has no such variant."""
    found = client.ask("VariantProduct", id=variant_id)["productVariant"]
    return str(found["product"]["id"]) if found else None


def collection_named(client: AdminClient, handle: str) -> str | None:
    """The shop's id of the collection with this handle."""
    found = client.ask("CollectionByHandle", handle=handle)["collectionByIdentifier"]
    return str(found["id"]) if found else None


def is_in(client: AdminClient, product_id: str, collection_id: str) -> bool:
    """Whether the collection holds the product."""
    found = client.ask("ProductInCollection", productId=product_id, collectionId=collection_id)["product"]
    return bool(found and found["inCollection"])


def products_of(client: AdminClient, asked: Shelf, *, country: str | None) -> tuple[tuple[OnSale, ...], str | None]:
    """A page of the shop's products, and where the next one begins."""
    page = client.ask(
        "ExchangeProducts", query=asked.query, sort=asked.sort, first=asked.first, after=asked.after, country=country
    )["products"]
    found = tuple(_on_sale(product, product["variants"]["nodes"]) for product in page["nodes"])
    return found, page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None


def variants_now(client: AdminClient, ids: Sequence[str], *, country: str | None) -> dict[str, Variant]:
    """The variants with these ids that the shop still has, with their stock now."""
    nodes = client.ask("VariantStock", ids=list(dict.fromkeys(ids)), country=country)["nodes"] if ids else []
    return {node["id"]: _variant(node) for node in nodes if node}


def _on_sale(told: JsonObject, variants: Iterable[JsonObject]) -> OnSale:
    picture = ((told["featuredMedia"] or {}).get("preview") or {}).get("image")
    return OnSale(
        told["id"],
        told["title"],
        tuple(_variant(node) for node in variants),
        picture["url"] if picture else None,
        listed=told["status"] == _ACTIVE and not told["isGiftCard"],
    )


def _variant(told: JsonObject) -> Variant:
    price = told["contextualPricing"]["price"]
    counted = told["inventoryItem"]["tracked"] and told["inventoryPolicy"] != _SELLS_ON
    return Variant(
        id=told["id"],
        title=told["title"],
        price=money.minor(price["amount"], price["currencyCode"]),
        for_sale=told["availableForSale"],
        stock=max(0, told["sellableOnlineQuantity"]) if counted else None,
        options=tuple(Option(name=each["name"], value=each["value"]) for each in told["selectedOptions"]),
        sku=told["sku"],
    )


def sold_lines(client: AdminClient, shop_order_id: str) -> dict[str, SoldLine]:
    """What each line of the order cost, and how much of it is refunded, by the shop's id of the line."""
    found: dict[str, SoldLine] = {}
    after = None
    while True:
        order = client.ask("OrderWorth", id=shop_order_id, after=after)["order"]
        if order is None:
            return found
        found |= {line["id"]: _sold(line, net=not order["taxesIncluded"]) for line in order["lineItems"]["nodes"]}
        if not order["lineItems"]["pageInfo"]["hasNextPage"]:
            return found
        after = order["lineItems"]["pageInfo"]["endCursor"]


def _sold(line: JsonObject, *, net: bool) -> SoldLine:
    cost = sold(
        unit=presentment(line["originalUnitPriceSet"]),
        quantity=line["quantity"],
        discounts=[presentment(part["allocatedAmountSet"]) for part in line["discountAllocations"]],
        taxes=[presentment(tax["priceSet"]) for tax in line["taxLines"]] if net else [],
    )
    return SoldLine(line["quantity"], line["quantity"] - line["refundableQuantity"], cost.paid)

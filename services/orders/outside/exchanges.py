"""Variants as the shop sells them now, and what an order's lines cost."""

from collections.abc import Sequence

from libs.contracts.values import Option
from services.orders.domain import money
from services.orders.domain.exchanges import Variant
from services.orders.domain.worth import SoldLine
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.orders import presentment, sold, whole

_SELLS_ON = "CONTINUE"  # the shop sells the variant whether it has it or not


def variants_of(client: AdminClient, product_id: str, *, country: str | None) -> tuple[Variant, ...]:
    """The variants of a product, priced for `country`; none where the shop has no such product."""
    product = client.ask("ExchangeVariants", productId=product_id, country=country)["product"]
    return tuple(_variant(node) for node in whole(product["variants"])) if product else ()


def variants_now(client: AdminClient, ids: Sequence[str], *, country: str | None) -> dict[str, Variant]:
    """The variants with these ids that the shop still has, with their stock now."""
    nodes = client.ask("VariantStock", ids=list(dict.fromkeys(ids)), country=country)["nodes"] if ids else []
    return {node["id"]: _variant(node) for node in nodes if node}


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

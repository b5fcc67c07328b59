"""The goods on the shelves: how many of each variant there are, what they cost now, and what goes out for a return."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from deploy.sandbox.shopify.amounts import View, money
from deploy.sandbox.shopify.catalogue import Collection, Product, Shop
from deploy.sandbox.shopify.gid import gid, number_of
from deploy.sandbox.shopify.inventory import inventory_view
from deploy.sandbox.shopify.ordering import sku_of
from deploy.sandbox.shopify.orders import ExchangeLine, Line, Order, Return
from deploy.sandbox.shopify.pictures import picture
from deploy.sandbox.shopify.returns import Refused
from deploy.sandbox.shopify.store import Desk, ShopStore

PLENTY = 20  # pieces of a variant of which nothing else was said


class StockAsked(BaseModel):
    """How many of a variant there are, and what one costs in the shop's currency, in minor units; null is the list price.

    `gone`: the shop has deleted the variant.
    """

    model_config = ConfigDict(extra="forbid")

    shop: str
    product: str
    variant: str
    available: int = Field(PLENTY, ge=0)
    price: int | None = Field(None, ge=0)
    gone: bool = False


class Shelves:
    """A shop's goods."""

    def __init__(self, store: ShopStore, shop: Shop) -> None:
        self._store, self._shop = store, shop

    def put(self, asked: StockAsked) -> None:
        """Say how many of a variant there are, and what one costs."""
        product = self._shop.product(asked.product)
        if product is None or asked.variant not in product.sizes:
            raise KeyError(f"{self._shop.name} has no {asked.product} of {asked.variant}")
        number = product.variant_id(asked.variant)
        self._write(number, asked.available, asked.price)
        self._store.memory.run("DELETE FROM gone WHERE shop = ? AND id = ?", self._shop.domain, number)
        if asked.gone:
            self._store.memory.run("INSERT INTO gone (shop, id) VALUES (?, ?)", self._shop.domain, number)

    def variant(self, number: int) -> tuple[Product, str] | None:
        """Which product and size has this number; None where the shop has deleted it."""
        return next(
            (
                (product, size)
                for product in self._shop.products
                for size in self._sizes(product)
                if product.variant_id(size) == number
            ),
            None,
        )

    def _sizes(self, product: Product) -> list[str]:
        rows = self._store.memory.rows("SELECT id FROM gone WHERE shop = ?", self._shop.domain)
        gone = {row["id"] for row in rows}
        return [size for size in product.sizes if product.variant_id(size) not in gone]

    def available(self, product: Product, size: str) -> int:
        """How many there are now."""
        row = self._row(product.variant_id(size))
        return row["available"] if row else PLENTY

    def price(self, product: Product, size: str) -> int:
        """What one costs now, in the shop's currency."""
        row = self._row(product.variant_id(size))
        return product.price if row is None or row["price"] is None else int(row["price"])

    def take(self, product: Product, size: str, quantity: int) -> None:
        """So many leave. A shop may sell more than it has: what is missing is counted below nothing."""
        row = self._row(product.variant_id(size))
        self._write(product.variant_id(size), self.available(product, size) - quantity, row["price"] if row else None)

    def view(self, product: Product, size: str) -> View:
        """A variant, as GraphQL shows it."""
        available = self.available(product, size)
        price = money(self.price(product, size), self._shop.currency)
        return {
            "__typename": "ProductVariant",
            "id": gid("ProductVariant", product.variant_id(size)),
            "title": f"{product.colour} / {size}",
            "product": lambda _: self.product_view(product.id),
            "sku": sku_of(self._shop, product, size),
            "barcode": None,
            "selectedOptions": [{"name": "Color", "value": product.colour}, {"name": "Size", "value": size}],
            "availableForSale": available > 0,
            "inventoryPolicy": "DENY",
            "inventoryQuantity": available,
            "sellableOnlineQuantity": available,
            "price": price["amount"],
            "contextualPricing": {"price": price},
            "inventoryItem": inventory_view(product, size),
        }

    def product_view(self, number: int) -> View | None:
        """A product with its variants."""
        product = next((one for one in self._shop.products if one.id == number), None)
        if product is None:
            return None
        return {
            "__typename": "Product",
            "id": gid("Product", product.id),
            "handle": product.handle,
            "title": product.title,
            "productType": product.kind,
            "vendor": self._shop.name,
            "tags": list(product.tags),
            "isGiftCard": False,
            "hasOnlyDefaultVariant": False,
            "status": "ACTIVE",
            "featuredMedia": {
                "__typename": "MediaImage",
                "id": gid("MediaImage", product.id),
                "preview": {"image": picture(product.handle, f"{product.title}, {product.colour.lower()}")},
            },
            "collections": [collection_view(one) for one in self._shop.collections if product.handle in one.products],
            "inCollection": lambda _, id: product.handle in self._held_by(number_of(id, "Collection")),
            "variants": [self.view(product, size) for size in self._sizes(product)],
        }

    def _held_by(self, number: int) -> tuple[str, ...]:
        return next((one.products for one in self._shop.collections if one.id == number), ())

    def _row(self, number: int) -> Any:
        return self._store.memory.row("SELECT * FROM variants WHERE shop = ? AND id = ?", self._shop.domain, number)

    def _write(self, number: int, available: int, price: int | None) -> None:
        self._store.memory.run(
            "INSERT OR REPLACE INTO variants (shop, id, available, price) VALUES (?, ?, ?, ?)",
            self._shop.domain,
            number,
            available,
            price,
        )


def collection_view(found: Collection) -> View:
    """A collection, as GraphQL shows it."""
    return {
        "__typename": "Collection",
        "id": gid("Collection", found.id),
        "handle": found.handle,
        "title": found.title,
    }


def wanted(order: Order, asked: list[dict[str, Any]], shelves: Shelves, desk: Desk) -> list[ExchangeLine]:
    """The exchange lines that a return is opened with; raises Refused. Nothing is kept aside for them."""
    lines = []
    for place, row in enumerate(asked):
        path = ["returnInput", "exchangeLineItems", str(place)]
        found = shelves.variant(number_of(row.get("variantId") or "", "ProductVariant"))
        if found is None:
            raise Refused([*path, "variantId"], "Variant was not found.", "NOT_FOUND")
        if row["quantity"] < 1:
            raise Refused([*path, "quantity"], "Quantity must be greater than 0", "GREATER_THAN")
        product, size = found
        price = shelves.price(product, size)
        discount = _discount(order, row, price * row["quantity"], [*path, "appliedDiscount", "value"])
        lines.append(
            ExchangeLine(
                id=desk.next_id("ExchangeLineItem"),
                handle=product.handle,
                size=size,
                quantity=row["quantity"],
                price=price,
                discount=discount,
            )
        )
    return lines


def _discount(order: Order, row: dict[str, Any], full: int, path: list[str]) -> int:
    value = (row.get("appliedDiscount") or {}).get("value") or {}
    if (percentage := value.get("percentage")) is not None:
        return round(full * percentage / 100)
    if (amount := value.get("amount")) is None:
        return 0
    if amount["currencyCode"] != order.currency:
        raise Refused([*path, "amount", "currencyCode"], f"Currency must be {order.currency}", "INVALID")
    return int(min(full, amount["amount"] * 100))


def chosen(found: Return, asked: list[dict[str, Any]], path: list[str]) -> list[tuple[ExchangeLine, int]]:
    """The exchange lines named, and how many of each; raises Refused where they are not there, or too many."""
    lines = []
    for place, row in enumerate(asked):
        number = number_of(row["id"], "ExchangeLineItem")
        line = next((one for one in found.exchanges if one.id == number), None)
        if line is None:
            raise Refused([*path, str(place), "id"], "Exchange line item was not found.", "NOT_FOUND")
        if not 0 < row["quantity"] <= line.quantity - line.processed:
            raise Refused([*path, str(place), "quantity"], "Exchange line item has an invalid quantity.", "INVALID")
        lines.append((line, row["quantity"]))
    return lines


def send_out(order: Order, lines: list[tuple[ExchangeLine, int]], shelves: Shelves, shop: Shop, desk: Desk) -> None:
    """What goes out becomes lines of the order, sold and not sent yet, and leaves the shelves."""
    for line, quantity in lines:
        product = shop.product(line.handle)
        assert product is not None
        cost = line.cost(already=line.processed, quantity=quantity)
        sold = Line(
            id=desk.next_id("LineItem"),
            handle=product.handle,
            size=line.size,
            title=product.title,
            variant_title=f"{product.colour} / {line.size}",
            sku=sku_of(shop, product, line.size),
            product_id=product.id,
            variant_id=product.variant_id(line.size),
            product_type=product.kind,
            vendor=shop.name,
            tags=list(product.tags),
            grams=product.grams,
            quantity=quantity,
            price=line.price,
            discount=line.price * quantity - cost,
        )
        order.lines.append(sold)
        line.processed += quantity
        line.line_ids.append(sold.id)
        shelves.take(product, line.size, quantity)


def drop(found: Return, asked: list[dict[str, Any]]) -> None:
    """Take what did not go out from a return; raises Refused."""
    rows = [{"id": row["exchangeLineItemId"], "quantity": row["quantity"]} for row in asked]
    for line, quantity in chosen(found, rows, ["exchangeLineItems"]):
        line.quantity -= quantity
    found.exchanges = [line for line in found.exchanges if line.quantity]


def exchange_view(line: ExchangeLine, shop: Shop) -> View:
    """A line of what goes out, as GraphQL shows it."""
    product = shop.product(line.handle)
    assert product is not None
    left = line.quantity - line.processed
    return {
        "id": gid("ExchangeLineItem", line.id),
        "quantity": line.quantity,
        "processableQuantity": left,
        "processedQuantity": line.processed,
        "unprocessedQuantity": left,
        "variantId": gid("ProductVariant", product.variant_id(line.size)),
    }

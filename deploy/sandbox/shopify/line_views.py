"""Lines of orders and parcels as GraphQL shows them."""

from deploy.sandbox.shopify.amounts import View, bag
from deploy.sandbox.shopify.catalogue import SHOPS
from deploy.sandbox.shopify.gid import gid
from deploy.sandbox.shopify.inventory import inventory_view
from deploy.sandbox.shopify.orders import FulfillmentLine, Line, Order
from deploy.sandbox.shopify.pictures import picture


def line_view(order: Order, line: Line) -> View:
    """A line of an order."""
    return {
        "id": gid("LineItem", line.id),
        "name": f"{line.title} - {line.variant_title}",
        "title": line.title,
        "variantTitle": line.variant_title,
        "sku": line.sku,
        "vendor": line.vendor,
        "requiresShipping": True,
        "isGiftCard": line.gift_card,
        "taxable": True,
        "restockable": True,
        "weight": {"unit": "GRAMS", "value": float(line.grams)},
        "image": picture(line.handle, f"{line.title}, {line.variant_title.partition(' / ')[0].lower()}"),
        "customAttributes": [],
        "sellingPlan": None,
        "lineItemGroup": _bundle(order, line),
        **_line_quantities(order, line),
        **_line_money(order, line),
        **_line_goods(order, line),
    }


def _line_quantities(order: Order, line: Line) -> View:
    left = line.quantity - order.gone(line)
    return {
        "quantity": line.quantity,
        "currentQuantity": left,
        "refundableQuantity": left,
        "unfulfilledQuantity": order.unsent(line),
        "nonFulfillableQuantity": 0,
    }


def _line_money(order: Order, line: Line) -> View:
    allocated = bag(order, line.discount)
    vat = bag(order, order.vat(line.total))
    return {
        "originalUnitPriceSet": bag(order, line.price),
        "discountedUnitPriceAfterAllDiscountsSet": bag(order, line.total // line.quantity),
        "discountedTotalSet": lambda _, withCodeDiscounts=False: bag(
            order, line.total if withCodeDiscounts else line.price * line.quantity
        ),
        "discountAllocations": [
            {"allocatedAmountSet": allocated, "discountApplication": one}
            for one in discount_views(order)
            if line.discount
        ],
        "taxLines": [{"title": order.vat_title, "rate": order.vat_percent / 100, "priceSet": vat}],
    }


def _bundle(order: Order, line: Line) -> View | None:
    """The bundle of which a line is a component: the lines of one title are one bundle."""
    if line.bundle is None:
        return None
    first = next(one.id for one in order.lines if one.bundle == line.bundle)
    return {"id": gid("LineItemGroup", first), "title": line.bundle, "quantity": 1}


def _line_goods(order: Order, line: Line) -> View:
    product = SHOPS[order.shop].product(line.handle)
    if line.gone or product is None:
        return {"product": None, "variant": None}
    return {
        "product": {
            "id": gid("Product", line.product_id),
            "handle": line.handle,
            "title": line.title,
            "productType": line.product_type,
            "vendor": line.vendor,
            "tags": line.tags,
            "isGiftCard": line.gift_card,
            "hasOnlyDefaultVariant": False,
        },
        "variant": {
            "id": gid("ProductVariant", line.variant_id),
            "title": line.variant_title,
            "sku": line.sku,
            "barcode": None,
            "selectedOptions": _options(line),
            "inventoryItem": inventory_view(product, line.size),
        },
    }


def _options(line: Line) -> list[View]:
    colour, _, size = line.variant_title.partition(" / ")
    return [{"name": "Color", "value": colour}, {"name": "Size", "value": size}]


def discount_views(order: Order) -> list[View]:
    """The order's discounts."""
    if not order.discount_code:
        return []
    return [
        {
            "__typename": "DiscountCodeApplication",
            "index": 0,
            "allocationMethod": "ACROSS",
            "targetSelection": "ALL",
            "targetType": "LINE_ITEM",
            "code": order.discount_code,
            "value": {"__typename": "PricingPercentageValue", "percentage": float(order.discount_percent)},
        }
    ]


def fulfillment_line_view(order: Order, row: FulfillmentLine) -> View:
    """A line of a parcel."""
    line = order.line(row.line_id)
    return {
        "id": gid("FulfillmentLineItem", row.id),
        "quantity": row.quantity,
        "lineItem": lambda _: line_view(order, line),
        "discountedTotalSet": bag(order, line.share(already=0, quantity=row.quantity)),
    }

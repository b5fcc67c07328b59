"""What a variant is to whoever ships it: its weight, its number in the customs tariff and where it was made."""

from deploy.sandbox.shopify.amounts import View
from deploy.sandbox.shopify.catalogue import Product
from deploy.sandbox.shopify.gid import gid


def inventory_view(product: Product, size: str) -> View:
    """A variant's inventory item, as GraphQL shows it."""
    return {
        "id": gid("InventoryItem", product.variant_id(size)),
        "tracked": True,
        "countryCodeOfOrigin": product.origin,
        "harmonizedSystemCode": product.hs_code,
        "measurement": {
            "id": gid("InventoryItemMeasurement", product.variant_id(size)),
            "weight": {"unit": "GRAMS", "value": float(product.grams)},
        },
    }

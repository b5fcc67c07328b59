"""The collections that products are in, as the shop has them now."""

from collections.abc import Sequence

from services.orders.outside.admin import AdminClient


def handles_of(client: AdminClient, product_ids: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
    """The handles of each product's collections, 250 at most; None for a product that the shop has no more."""
    nodes = client.ask("ProductCollections", ids=list(product_ids))["nodes"]
    found = {node["id"]: tuple(one["handle"] for one in node["collections"]["nodes"]) for node in nodes if node}
    return {product: found.get(product) for product in product_ids}

"""Orders of a shop by the page: those that changed, for the sweep, and those of a time, for the import."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.orders.domain.orders import Reading
from services.orders.domain.scans import Kind, Listed
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.orders import VOID, moment, reading

_SORTS: dict[Kind, dict[str, Any]] = {
    # A change during the sweep moves its order to the end, where it is met again: none is passed over.
    Kind.SWEEP: {"sort": "UPDATED_AT", "reverse": False},
    # The newest come first: they are the ones that shoppers return.
    Kind.IMPORT: {"sort": "CREATED_AT", "reverse": True},
}
_FIELDS = {Kind.SWEEP: "updated_at", Kind.IMPORT: "created_at"}


@dataclass(frozen=True, slots=True)
class Page:
    """Up to 50 orders, and where the next page begins; None after the last."""

    orders: tuple[Listed, ...]
    next: str | None

    @property
    def products(self) -> frozenset[str]:
        """The shop's products that were sold in them, of orders that are told whole."""
        read = (listed.reading for listed in self.orders if listed.reading)
        return frozenset(line.product_id for each in read for line in each.order.lines if line.product_id)


def read_page(client: AdminClient, kind: Kind, *, since: datetime, after: str | None, read_at: datetime) -> Page:
    """The page after `after`, the first without it. Raises a Transient or Declined."""
    found = client.ask("OrdersPage", query=_search(kind, since), after=after, **_SORTS[kind])["orders"]
    told = found["pageInfo"]
    orders = tuple(_listed(order, read_at) for order in found["nodes"])
    return Page(orders, told["endCursor"] if told["hasNextPage"] else None)


def count(client: AdminClient, kind: Kind, *, since: datetime) -> int | None:
    """How many orders there are to read; None where the shop does not say it exactly."""
    told = client.ask("OrdersCount", query=_search(kind, since))["ordersCount"]
    return told["count"] if told and told["precision"] == "EXACT" else None


def _search(kind: Kind, since: datetime) -> str:
    return f"{_FIELDS[kind]}:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"


def _listed(order: JsonObject, read_at: datetime) -> Listed:
    whole = _is_whole(order) and order["returnStatus"] == "NO_RETURN" and not order["refunds"]
    return Listed(order["id"], moment(order["updatedAt"]), _reading(order, read_at) if whole else None)


def _is_whole(order: JsonObject) -> bool:
    """Whether every list inside the order fitted. Ten parcels may be more: that list does not say whether it ends."""
    parcels = order["fulfillments"]
    inner = [order["lineItems"], *(parcel["fulfillmentLineItems"] for parcel in parcels)]
    return len(parcels) < 10 and not any(part["pageInfo"]["hasNextPage"] for part in inner)


def _reading(order: JsonObject, read_at: datetime) -> Reading:
    """Nothing was returned and nothing refunded: what was sent may come back."""
    sent: Counter[str] = Counter()
    for parcel in order["fulfillments"]:
        if parcel["status"] not in VOID:
            for item in parcel["fulfillmentLineItems"]["nodes"]:
                sent[item["lineItem"]["id"]] += item["quantity"] or 0
    return reading(order | {"lines": order["lineItems"]["nodes"]}, order["fulfillments"], sent, read_at=read_at)

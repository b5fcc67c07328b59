"""The webhooks that a shop is asked to send: which, where to, and what is to be done about those it does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

TOPICS = (
    "orders/create",
    "orders/updated",
    "orders/edited",
    "orders/cancelled",
    "orders/delete",
    "fulfillments/create",
    "fulfillments/update",
    "fulfillment_events/create",
    "refunds/create",
    "returns/request",
    "returns/approve",
    "returns/decline",
    "returns/cancel",
    "returns/close",
    "returns/reopen",
    "returns/update",
    "returns/process",
    "reverse_deliveries/attach_deliverable",
    "reverse_fulfillment_orders/dispose",
    "products/update",
    "app/uninstalled",
    "app/scopes_update",
)
BY_APP = ("customers/data_request", "customers/redact", "shop/redact")  # no API asks for these: the app's TOML does
NO_ADDRESS = "No address for webhooks was made yet: make one on this page."
NOT_PUBLIC = (
    "Shopify sends webhooks to public https addresses only, and this suite is reached at {}. Orders are read hourly."
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One that the shop has. `topic` is as the API writes it: ORDERS_CREATE."""

    id: str
    topic: str
    address: str


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done so that the shop tells all that is wanted, at one address: topics to ask for, ids to end."""

    ask: tuple[str, ...]
    end: tuple[str, ...]


def named(topic: str) -> str:
    """A topic as the API writes it: `orders/create` is ORDERS_CREATE."""
    return topic.replace("/", "_").upper()


def is_public(address: str) -> bool:
    """Whether a shop can reach the address: https, and no name or number of this machine or network."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return True


def site(address: str) -> str:
    """The part of an address before its path, which holds a secret."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def work(held: Iterable[Subscription], address: str) -> Work:
    """What is missing at `address`, and what still goes to an address of ours that takes nothing any more."""
    kept = tuple(held)
    there = {each.topic for each in kept if each.address == address}
    door = address.rsplit("/", 1)[0] + "/"
    former = tuple(each.id for each in kept if each.address != address and each.address.startswith(door))
    return Work(tuple(topic for topic in TOPICS if named(topic) not in there), former)

"""A retailer's connection to its shop, and why one cannot be made."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from libs.contracts.errors import Refused


class ShopKind(StrEnum):
    """Who tells us of a retailer's orders: its Shopify shop, or the retailer itself."""

    SHOPIFY = "shopify"
    NATIVE = "native"


# What Homeward does not work without, and what it can do without: orders older than 60 days, gift cards, store credit.
REQUIRED = (
    "read_orders",
    "write_orders",
    "read_returns",
    "write_returns",
    "read_products",
    "read_inventory",
    "read_locations",
    "read_customers",
)
OPTIONAL = (
    "read_all_orders",
    "read_store_credit_accounts",
    "read_store_credit_account_transactions",
    "write_store_credit_account_transactions",
    "read_gift_cards",
    "write_gift_cards",
)
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.myshopify\.com")
EARLY = timedelta(minutes=5)  # before its end a token is renewed, so that no call meets it


class ShopTaken(Refused):
    """The shop is connected to another retailer."""

    def __init__(self, domain: str) -> None:
        super().__init__("orders.shop_taken", f"{domain} is connected to another retailer.")


class OtherShopConnected(Refused):
    """The retailer has a shop already; a second one is not a new token for the first."""

    def __init__(self, domain: str) -> None:
        super().__init__("orders.other_shop_connected", f"{domain} is connected. Disconnect it first.")


class ShopNotReached(Refused):
    """The shop did not answer, or not with this token."""

    def __init__(self, words: str) -> None:
        super().__init__("orders.shop_not_reached", words)


class CurrencyDiffers(Refused):
    """The shop keeps its books in another currency than the retailer says."""

    def __init__(self, *, said: str, found: str) -> None:
        super().__init__("orders.currency_differs", f"The shop keeps its books in {found}, not in {said}.")


class NoShop(Refused):
    """The retailer is connected to no shop."""

    def __init__(self) -> None:
        super().__init__("orders.no_shop", "No shop is connected.")


class InstallRefused(Refused):
    """What came back from an install is not what the shop sent, or not to whom it was sent, or too late."""

    def __init__(self, words: str) -> None:
        super().__init__("orders.install_refused", words)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the shop last said no to, or would not answer."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A connected shop. Tokens are sealed; `prefix` and `suffix` are what the shop prints around an order's number."""

    id: UUID
    retailer_id: UUID
    domain: str
    currency: str
    prefix: str
    suffix: str
    token: bytes | None
    kind: ShopKind = ShopKind.SHOPIFY
    refresh_token: bytes | None = None
    expires_at: datetime | None = None
    installed: bool = False
    scopes: tuple[str, ...] = ()
    connected_at: datetime | None = None
    lost_at: datetime | None = None
    disconnected_at: datetime | None = None
    trouble: Trouble | None = None

    @property
    def is_open(self) -> bool:
        """Whether the shop lets us in, as far as we know."""
        return bool(self.token) and self.lost_at is None and self.disconnected_at is None

    @property
    def is_native(self) -> bool:
        """Whether the retailer brings its orders itself: there is no shop to call."""
        return self.kind is ShopKind.NATIVE

    def ends_soon(self, now: datetime) -> bool:
        """Whether the token is to be renewed before it is used."""
        return self.expires_at is not None and self.expires_at - EARLY <= now

    def has_ended(self, now: datetime) -> bool:
        """Whether the shop accepts the token no more."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a shop says of itself when it is reached for the first time."""

    domain: str
    currency: str
    prefix: str
    suffix: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token and what renews it, sealed. A token without an end has neither."""

    token: bytes
    refresh_token: bytes | None = None
    expires_at: datetime | None = None
    installed: bool = False


def is_domain(text: str) -> bool:
    """Whether `text` is the whole name of a shop at Shopify, and nothing besides."""
    return _DOMAIN.fullmatch(text) is not None


def lacking(wanted: tuple[str, ...], granted: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the `wanted` scopes are not granted. At Shopify the right to write includes the right to read."""
    implied = {f"read_{scope.removeprefix('write_')}" for scope in granted if scope.startswith("write_")}
    return tuple(scope for scope in wanted if scope not in implied.union(granted))

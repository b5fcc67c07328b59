"""A retailer's connection to its shop, and why one cannot be made."""

from dataclasses import dataclass
from uuid import UUID

from libs.contracts.errors import Refused


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


@dataclass(frozen=True, slots=True)
class Shop:
    """A connected shop. `token` is sealed; `prefix` and `suffix` are what the shop prints around an order's number."""

    id: UUID
    retailer_id: UUID
    domain: str
    currency: str
    prefix: str
    suffix: str
    token: bytes


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a shop says of itself when it is reached for the first time."""

    domain: str
    currency: str
    prefix: str
    suffix: str
    scopes: tuple[str, ...]

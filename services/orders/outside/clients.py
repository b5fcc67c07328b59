"""The way from a connected shop to a client that holds its token, for as long as one call or one piece of work."""

from functools import cache

from libs.chassis.secrets import Secrets
from services.orders.domain.shops import CurrencyDiffers, Greeting, Shop
from services.orders.outside.admin import AdminClient

TOKEN = "shops.token"  # noqa: S105 (the field that tokens are sealed for)


@cache
def secrets() -> Secrets:
    """The keyring of this process."""
    return Secrets.from_settings()


def client_of(shop: Shop, *, until: float | None = None) -> AdminClient:
    """A client for this shop alone. `until` is a moment of the monotonic clock."""
    return AdminClient(domain=shop.domain, token=secrets().open(shop.retailer_id, TOKEN, shop.token), until=until)


def greet(client: AdminClient, *, currency: str) -> Greeting:
    """What the shop says of itself to this token. Raises CurrencyDiffers, Declined or a Transient."""
    told = client.ask("ShopAndScopes")
    shop, scopes = told["shop"], told["currentAppInstallation"]["accessScopes"]
    if shop["currencyCode"] != currency:
        raise CurrencyDiffers(said=currency, found=shop["currencyCode"])
    return Greeting(
        shop["myshopifyDomain"],
        shop["currencyCode"],
        shop["orderNumberFormatPrefix"],
        shop["orderNumberFormatSuffix"],
        tuple(sorted(scope["handle"] for scope in scopes)),
    )

"""What a shop says of itself, and the seal on its tokens."""

from functools import cache

from libs.chassis.secrets import Secrets
from services.orders.domain.shops import CurrencyDiffers, Greeting
from services.orders.outside.admin import AdminClient

TOKEN = "shops.token"  # noqa: S105 (the field that tokens are sealed for)
REFRESH_TOKEN = "shops.refresh_token"  # noqa: S105 (the same)


@cache
def secrets() -> Secrets:
    """The keyring of this process."""
    return Secrets.from_settings()


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

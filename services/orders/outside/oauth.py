"""Shopify's authorization-code grant: where its owner is asked, whether what comes back is genuine, and its tokens."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from libs.chassis.outside import Declined, OutcomeUnknown, Outside
from libs.chassis.settings import load
from services.orders.domain.shops import OPTIONAL, REQUIRED
from services.orders.outside.admin import address_of
from services.orders.settings import OrdersSettings

_ADDRESS = "/admin/oauth/access_token"


class AppUnknown(Declined):
    """The shop does not know our app by what we say of it: our settings are wrong, and not the tokens."""


class NoApp(AppUnknown):
    """This installation has no app at Shopify, so a shop is connected by a pasted token."""

    def __init__(self) -> None:
        super().__init__("no_app", "ORDERS_SHOPIFY_CLIENT_ID and ORDERS_SHOPIFY_CLIENT_SECRET are not set.")


@dataclass(frozen=True, slots=True)
class Granted:
    """Tokens in the clear, to be sealed at once. Times are in seconds from now; a token without an end has none."""

    token: str
    ends_in: float | None
    refresh_token: str | None


def question(domain: str, *, state: str, back_to: str) -> str:
    """Where the shop asks its owner to let our app in. Raises ValueError for what is not a shop's domain, and NoApp."""
    identity, _ = _app()
    asked = {
        "client_id": identity,
        "scope": ",".join((*REQUIRED, *OPTIONAL)),
        "redirect_uri": back_to,
        "state": state,
    }
    return f"{address_of(domain)}/admin/oauth/authorize?{urlencode(asked)}"


def is_genuine(query: Mapping[str, str]) -> bool:
    """Whether Shopify signed this query: HMAC-SHA256, in hex, of all parameters but itself, sorted. Raises NoApp."""
    _, secret = _app()
    told = "&".join(f"{name}={value}" for name, value in sorted(query.items()) if name != "hmac")
    mine = hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(mine.encode(), query.get("hmac", "").encode())


def exchange(domain: str, code: str) -> Granted:
    """Tokens for the code that the shop sent, the access token one that ends. Raises as `Outside` does."""
    return _ask(domain, {"code": code, "expiring": "1"})


def refresh(domain: str, refresh_token: str) -> Granted:
    """New tokens for the refresh token, which stays good until the new ones are first used. Raises as `Outside` does."""
    return _ask(domain, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def _ask(domain: str, asked: dict[str, str]) -> Granted:
    identity, secret = _app()
    settings = load(OrdersSettings)
    shop = Outside("shopify", address_of(domain), timeout=(3.0, settings.shopify_timeout))
    try:
        return _granted(shop.call("POST", _ADDRESS, json={"client_id": identity, "client_secret": secret, **asked}))
    except Declined as no:
        raise (AppUnknown(no.code, no.words) if "invalid_client" in no.words else no) from None


def _granted(answer: Any) -> Granted:
    try:
        ends_in = answer.get("expires_in")
        return Granted(
            str(answer["access_token"]), None if ends_in is None else float(ends_in), answer.get("refresh_token")
        )
    except (AttributeError, KeyError, TypeError, ValueError) as odd:
        raise OutcomeUnknown(f"shopify: tokens that cannot be read: {type(odd).__name__}") from None


def _app() -> tuple[str, str]:
    settings = load(OrdersSettings)
    if not settings.shopify_client_id or not settings.shopify_client_secret:
        raise NoApp()
    return settings.shopify_client_id, settings.shopify_client_secret

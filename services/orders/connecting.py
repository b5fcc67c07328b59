"""Connecting a retailer to its shop, by a pasted token or by installing our app: tried before it is kept."""

import time
from uuid import UUID

from libs.chassis.errors import Permanent, Transient
from libs.chassis.outside import Declined, OutcomeUnknown
from libs.chassis.settings import load
from libs.contracts.orders_shops import BeginInstallV1, ConnectShopV1, FinishInstallV1, InstallV1, ShopsV1, ShopV1
from services.orders.domain.shops import (
    OPTIONAL,
    REQUIRED,
    Greeting,
    InstallRefused,
    NoShop,
    Pair,
    Shop,
    ShopKind,
    ShopNotReached,
    is_domain,
    lacking,
)
from services.orders.outside import oauth
from services.orders.outside.admin import AdminClient
from services.orders.outside.clients import TOKEN, greet, secrets
from services.orders.outside.gate import Gate
from services.orders.reaching import client_of, sealed
from services.orders.settings import OrdersSettings
from services.orders.store.installs import Installs
from services.orders.store.shops import Shops

PATIENCE = 5.0  # seconds that a person waits at the page where a shop is connected


def connect_shop(shops: Shops, retailer_id: UUID, asked: ConnectShopV1) -> ShopV1:
    """The connection, once the shop has answered to the token. Raises a Refused that says what is wrong."""
    greeting = _greeting(asked.domain, asked.token, asked.currency)
    pair = Pair(secrets().seal(retailer_id, TOKEN, asked.token))
    return told(shops.connect(retailer_id, greeting, pair))


def begin_install(installs: Installs, retailer_id: UUID, asked: BeginInstallV1) -> InstallV1:
    """Where the shop asks its owner. Raises ShopNotReached for what is no shop's domain, and without an app of ours."""
    domain = asked.domain.strip().casefold()
    if not is_domain(domain):
        raise ShopNotReached(f"{asked.domain} is not a shop's domain.")
    state = installs.begin(retailer_id, domain=domain, by=asked.by)
    try:
        return InstallV1(address=oauth.question(domain, state=state, back_to=asked.back_to))
    except oauth.NoApp as no:
        raise ShopNotReached(no.words) from no


def finish_install(shops: Shops, installs: Installs, retailer_id: UUID, asked: FinishInstallV1) -> ShopV1:
    """The connection. The shop's name, its signature and our state are looked at before anything else is."""
    domain, query = asked.query.get("shop", ""), asked.query
    if not is_domain(domain):
        raise InstallRefused("This did not come from a shop.")
    try:
        genuine = oauth.is_genuine(query)
    except oauth.NoApp as no:
        raise InstallRefused(no.words) from no
    if not genuine:
        raise InstallRefused("The shop's signature is wrong.")
    installs.finish(retailer_id, query.get("state", ""), domain=domain, by=asked.by)
    granted = _granted(domain, query.get("code", ""))
    greeting = _greeting(domain, granted.token, asked.currency)
    if greeting.domain != domain:
        raise InstallRefused(f"The token is of {greeting.domain}.")
    return told(shops.connect(retailer_id, greeting, sealed(retailer_id, granted)))


def check_shop(shops: Shops, retailer_id: UUID) -> ShopV1:
    """The connection, the shop having answered just now. One that was lost is taken up again when it answers.

    Raises NoShop, and ShopNotReached with the shop's words, which are kept to be shown.
    """
    shop = shops.of(retailer_id)
    if shop is None or shop.kind is not ShopKind.SHOPIFY or shop.disconnected_at is not None:
        raise NoShop()
    try:
        return told(shops.greeted(shop, greet(_client_to_try(shop), currency=shop.currency)))
    except (Transient, Permanent, OutcomeUnknown) as no:
        words = no.words if isinstance(no, Declined) else str(no) or "The shop did not answer."
        shops.failed(shop, words)
        raise ShopNotReached(words) from no


def get_shops(shops: Shops, retailer_id: UUID) -> ShopsV1:
    """The retailer's shops as they are known here."""
    mine = tuple(told(shop) for shop in shops.all_of(retailer_id) if shop.kind is ShopKind.SHOPIFY)
    return ShopsV1(shops=mine, can_install=bool(load(OrdersSettings).shopify_client_id))


def disconnect_shop(shops: Shops, retailer_id: UUID) -> ShopV1:
    """The shop that is called no more. Raises NoShop."""
    return told(shops.disconnect(retailer_id))


def told(shop: Shop) -> ShopV1:
    """A shop as it is told: its tokens are not."""
    return ShopV1(
        shop_id=shop.id,
        domain=shop.domain,
        currency=shop.currency,
        installed=shop.installed,
        scopes=shop.scopes,
        missing=lacking(REQUIRED, shop.scopes),
        not_granted=lacking(OPTIONAL, shop.scopes),
        version=load(OrdersSettings).shopify_version,
        connected_at=shop.connected_at,
        expires_at=shop.expires_at,
        lost_at=shop.lost_at,
        disconnected_at=shop.disconnected_at,
        failed_at=shop.trouble.at if shop.trouble else None,
        failed_words=shop.trouble.words if shop.trouble else None,
    )


def _client_to_try(shop: Shop) -> AdminClient:
    if shop.lost_at is None or shop.token is None:
        return client_of(shop, until=_until())
    token = secrets().open(shop.retailer_id, TOKEN, shop.token)  # its door is shut, so it is tried as a new one is
    return AdminClient(domain=shop.domain, gate=Gate(token), until=_until())


def _granted(domain: str, code: str) -> oauth.Granted:
    try:
        return oauth.exchange(domain, code)
    except Declined as no:
        raise ShopNotReached(no.words) from no
    except (Transient, OutcomeUnknown) as away:
        raise ShopNotReached("The shop did not answer.") from away


def _greeting(domain: str, token: str, currency: str) -> Greeting:
    try:
        return greet(AdminClient(domain=domain, gate=Gate(token), until=_until()), currency=currency)
    except ValueError:
        raise ShopNotReached(f"{domain} is not a shop's domain.") from None
    except Declined as no:
        raise ShopNotReached(no.words) from no
    except Transient as away:
        raise ShopNotReached("The shop did not answer.") from away


def _until() -> float:
    return time.monotonic() + PATIENCE

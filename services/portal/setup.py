"""Set up a retailer: `python -m services.portal.setup < retailer.json`. Repeating it changes what is there.

Reads one JSON object, or a list, and prints what was made. Portal keeps the retailer, its staff, a key and the webhook
endpoints; the shop, the policy and the lanes go to their owners by RPC. `{"platform": {...}}` makes the one who
operates the suite, and a key of the platform's own.
"""

import base64
import json
import os
import sys
from collections.abc import Iterable
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from libs.chassis import logs, metrics, relay
from libs.chassis.rpc import ask
from libs.chassis.secrets import Secrets
from libs.chassis.settings import load
from libs.chassis.store import engine_of
from libs.contracts.errors import Refused
from libs.contracts.labels import Hub, Lane, SaveLanesV1
from libs.contracts.labels_accounts import CarrierMode, SaveCarrierAccountV1
from libs.contracts.orders_shops import ConnectNativeShopV1, ConnectShopV1
from libs.contracts.orders_webhooks import SaveWebhookAddressV1
from libs.contracts.rules import PublishPolicyV1
from libs.contracts.values import CreditAs, Currency, Look
from services.portal.access import GRANTS, NOBODY, SYSTEM, May, Role, system
from services.portal.lookup import Way, link_key
from services.portal.passwords import fault_in, hash_password
from services.portal.senders import check_secret
from services.portal.settings import PortalSettings
from services.portal.store.audit import Audit
from services.portal.store.ingress import Ingress
from services.portal.store.keys import Keys
from services.portal.store.members import EmailTaken, Members
from services.portal.store.members import Member as StaffMember
from services.portal.store.people import People, Retailer

TAKEN = {"admin", "api", "assets", "homeward", "hub", "webhooks"}  # the first part of addresses of our own
# These stand in links, in a header of each page and in mails: nothing but an address may be in them.
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"'<>;,]+$")]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.:-]+$")]
EmailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+$")]
# What a program of the retailer's does; people, keys and the shop are for a person to manage.
FOR_A_KEY = GRANTS[Role.MANAGER] - {May.MANAGE_STAFF, May.MANAGE_KEYS, May.MANAGE_SHOPS, May.MANAGE_CARRIERS}
SLUGS = UUID("0fd8f5a0-5a44-5d0e-8f0c-3f3a8c5a1d0b")  # under which the ids of retailers are made of their slugs
WAIT = 15.0  # seconds: this is no person at a page


def _is_free(slug: str) -> str:
    if slug in TAKEN:
        raise ValueError("this word begins addresses of our own")
    return slug


def _once_each(ways: list[Way]) -> list[Way]:
    if len(set(ways)) != len(ways):
        raise ValueError("name each way once")
    return ways


def _is_for_keys(may: May) -> May:
    if may is May.OPERATE:
        raise ValueError("no key of a retailer operates the platform")
    return may


def _is_safe(password: str) -> str:
    if fault := fault_in(password, known=()):
        raise ValueError(fault)
    return password


def _is_a_retailers(role: Role) -> Role:
    if role is Role.PLATFORM:
        raise ValueError("the platform's operator belongs to no retailer")
    return role


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Person(_Given):
    """Somebody with a password. Without a name it is the email's first part."""

    email: EmailAddress
    password: Annotated[str, AfterValidator(_is_safe)]
    name: Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]*$")] = ""

    @property
    def known_as(self) -> str:
        """The name to show."""
        return self.name or self.email.partition("@")[0]


class Member(Person):
    """One of a retailer's staff."""

    role: Annotated[Role, AfterValidator(_is_a_retailers)] = Role.MANAGER


class Shop(_Given):
    """The retailer's Shopify shop."""

    domain: str
    token: str
    secret: str
    currency: Currency
    credit_as: CreditAs = CreditAs.STORE_CREDIT


class NativeShop(_Given):
    """No shop of ours: the retailer brings its orders itself, and settles by hand."""

    kind: Literal["native"]
    currency: Currency


class Carrier(_Given):
    """A carrier that sends webhooks. A secret says who sends (senders.py); without one it is made for Standard Webhooks."""

    name: str
    secret: Annotated[str, AfterValidator(check_secret)] | None = None


class Account(_Given):
    """An account with a carrier that makes labels."""

    carrier: str
    mode: CarrierMode
    secrets: dict[str, str]
    options: dict[str, str] = {}


class NewRetailer(_Given):
    """All that a retailer needs to begin."""

    slug: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$"), AfterValidator(_is_free)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]+$")]
    currency: Currency
    brand: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
    heading: Literal["system", "serif"] = "system"
    radius: Literal[0, 6, 12, 20] = 12
    language: str = "en-GB"
    host: str | None = None
    support_email: EmailAddress
    review_email: EmailAddress | None = None
    may_cancel: bool = False
    shop_url: WebAddress
    image: WebAddress | None = None
    image_origin: Origin | None = None
    staff: list[Member] = Field(min_length=1)
    lookup_by: Annotated[list[Way], Field(min_length=1, max_length=4), AfterValidator(_once_each)] = [Way.EMAIL]
    key_scopes: frozenset[Annotated[May, AfterValidator(_is_for_keys)]] = FOR_A_KEY
    shop: Shop | NativeShop
    carriers: list[Carrier] = []
    accounts: list[Account] = []
    policy: dict[str, Any]
    hubs: list[Hub]
    lanes: list[Lane]


class Platform(_Given):
    """The one who operates the suite."""

    platform: Person


def set_up(given: NewRetailer, settings: PortalSettings) -> dict[str, Any]:
    """Make or change the retailer; what it needs to know to begin. The API key and the secrets are shown here only.

    It is there once every service has taken its part: after a refusal the same, mended, may be asked again. A key of a
    former set-up ends. Raises Refused where a service does, or another retailer's staff has an email of these.
    """
    retailer = _retailer(given, settings)
    _check_emails(retailer.id, given.staff)
    with Audit().of(system(retailer.id), "retailer.set_up", subject=retailer.id) as record:
        ask(retailer.id, PublishPolicyV1(document=given.policy), timeout=WAIT)
        ask(retailer.id, _connection(given.shop), timeout=WAIT)
        for account in given.accounts:
            ask(retailer.id, SaveCarrierAccountV1(**account.model_dump(), by=SYSTEM), timeout=WAIT)
        ask(retailer.id, SaveLanesV1(hubs=tuple(given.hubs), lanes=tuple(given.lanes)), timeout=WAIT)
        retailer = People().save_retailer(retailer, host=given.host)
        for member in given.staff:
            _save(retailer.id, member, member.role)
        webhooks = _webhooks(given, retailer, settings)
        key, text = Keys().make(retailer.id, label="set-up", scopes=given.key_scopes, by=SYSTEM, replacing=True)
        record.after(key=key.id, members=len(given.staff))
    return {
        "id": str(retailer.id),
        "slug": retailer.slug,
        "portal": retailer.look.portal_url,
        "admin": f"{settings.url}/admin",
        "api_key": text,
        "link_key": link_key(Secrets.from_settings(settings), retailer.id),
        "webhooks": webhooks,
    }


def _retailer(given: NewRetailer, settings: PortalSettings) -> Retailer:
    """As it is to be. A new one's id is made of its slug, so that what services took in vain is found again."""
    known = People().retailer(slug=given.slug)
    return Retailer(
        known.id if known else uuid5(SLUGS, given.slug),
        given.slug,
        given.currency,
        _look(given, settings),
        given.image_origin,
        tuple(given.lookup_by),
        given.review_email,
        given.may_cancel,
    )


def _check_emails(retailer_id: UUID, people: Iterable[Person]) -> None:
    for person in people:
        known = Members().member(email=person.email)
        if known is not None and known.retailer_id != retailer_id:
            raise _taken(EmailTaken.code)


def set_up_platform(given: Platform, settings: PortalSettings) -> dict[str, Any]:
    """Make or change the platform's operator, with a fresh key of the platform, which is shown here only.

    A key of a former set-up ends.
    """
    with Audit().of(system(NOBODY), "platform.set_up") as record:
        member = _save(NOBODY, given.platform, Role.PLATFORM)
        key, text = Keys().make(NOBODY, label="set-up", scopes={May.OPERATE}, by=SYSTEM, replacing=True)
        record.after(key=key.id, member=member.id)
    return {"email": member.email, "admin": f"{settings.url}/admin", "api_key": text}


def _save(retailer_id: UUID, person: Person, role: Role) -> StaffMember:
    password_hash = hash_password(person.password)
    try:
        return Members().save(
            retailer_id, email=person.email, name=person.known_as, password_hash=password_hash, role=role
        )
    except EmailTaken as taken:
        raise _taken(taken.code) from None


def _taken(code: str) -> Refused:
    return Refused(code, "Somebody elsewhere has an account with an email of these.")


def _connection(shop: Shop | NativeShop) -> ConnectShopV1 | ConnectNativeShopV1:
    if isinstance(shop, NativeShop):
        return ConnectNativeShopV1(currency=shop.currency)
    return ConnectShopV1(domain=shop.domain, token=shop.token, currency=shop.currency, credit_as=shop.credit_as)


def _webhooks(given: NewRetailer, retailer: Retailer, settings: PortalSettings) -> dict[str, Any]:
    keyring, shop = Secrets.from_settings(settings), given.shop
    return {
        "shopify": None if isinstance(shop, NativeShop) else _shopify(settings, keyring, retailer, shop),
        "carriers": [
            {"name": c.name} | _endpoint(settings, keyring, retailer, "carriers", c.name, c.secret or _secret())
            for c in given.carriers
        ],
    }


def _shopify(settings: PortalSettings, keyring: Secrets, retailer: Retailer, shop: Shop) -> dict[str, str]:
    """The address of the shop's webhooks, which the shop is asked to use where it can reach it."""
    made = _endpoint(settings, keyring, retailer, "shopify", shop.domain, shop.secret)
    ask(retailer.id, SaveWebhookAddressV1(address=made["url"]), timeout=WAIT)
    return made | {"shop": shop.domain}


def _look(given: NewRetailer, settings: PortalSettings) -> Look:
    own = urlsplit(settings.url)
    portal_url = f"{own.scheme}://{given.host}" if given.host else f"{settings.url}/{given.slug}"
    return Look(
        slug=given.slug,
        name=given.name,
        brand=given.brand,
        heading=given.heading,
        radius=given.radius,
        language=given.language,
        support_email=given.support_email,
        shop_url=given.shop_url,
        portal_url=portal_url,
        sender=f"{given.name} returns <{given.support_email}>",
        image=given.image,
    )


def _endpoint(
    settings: PortalSettings, keyring: Secrets, retailer: Retailer, source: str, name: str, secret: str
) -> dict[str, str]:
    token = Ingress().save_endpoint(retailer.id, source=source, name=name, secret=secret, keyring=keyring)
    return {"url": f"{settings.url}/webhooks/{source}/{token}", "secret": secret}


def _secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def main() -> None:
    """Set up what standard input says."""
    settings = load(PortalSettings)
    logs.start("setup", settings.log_level, to=sys.stderr)  # standard output is the answer
    metrics.start("setup")
    try:
        given = TypeAdapter(list[NewRetailer | Platform] | NewRetailer | Platform).validate_json(sys.stdin.read())
    except ValidationError as wrong:
        raise SystemExit(f"This is not a retailer: {wrong}") from None
    outbox = relay.start(engine_of("portal"), settings.amqp_url, "setup")
    try:
        made = [_made(one, settings) for one in (given if isinstance(given, list) else [given])]
    except Refused as refused:
        raise SystemExit(f"Refused: {refused.code} {refused.detail}") from None
    finally:
        outbox.stop()
    json.dump(made if isinstance(given, list) else made[0], sys.stdout, indent=1)


def _made(given: NewRetailer | Platform, settings: PortalSettings) -> dict[str, Any]:
    return set_up_platform(given, settings) if isinstance(given, Platform) else set_up(given, settings)


if __name__ == "__main__":
    main()

"""What orders states and answers of the shops a retailer is connected to."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from libs.contracts.base import Message, Named, Request
from libs.contracts.values import CreditAs, Currency


class ShopAccessLostV1(Message):
    """The shop lets us in no more, in its own words; nothing is done there until a person connects it again."""

    shop_id: UUID
    domain: str
    code: str
    words: str


class ShopConnectedV1(Message):
    """The shop lets us in: it was connected, or connected again."""

    shop_id: UUID
    domain: str
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class ShopV1(Named):
    """A retailer's connection to its shop: what the shop lets us do, and what is wrong with it, if anything.

    `missing` are scopes without which something does not work, `not_granted` those we can do without. `expires_at` is the
    token's, which is renewed before that. From `lost_at` on the shop lets us in no more, until it is connected again.
    """

    shop_id: UUID
    domain: str
    currency: Currency
    installed: bool = False
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    not_granted: tuple[str, ...] = ()
    version: str | None = None
    connected_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    lost_at: AwareDatetime | None = None
    disconnected_at: AwareDatetime | None = None
    failed_at: AwareDatetime | None = None
    failed_words: str | None = None


class ConnectShopV1(Request[ShopV1]):
    """Connect a retailer to its Shopify shop; the token is kept encrypted. Repeating replaces the token.

    `credit_as` says what store credit is there; without it what was said before stays.
    """

    domain: str
    token: str
    currency: Currency
    credit_as: CreditAs | None = None


class ShopsV1(Named):
    """The shops that a retailer is connected to, or was, the one in force first. `can_install` is whether we have an app."""

    shops: tuple[ShopV1, ...] = ()
    can_install: bool = False


class GetShopsV1(Request[ShopsV1]):
    """The retailer's connections, as they are known here: no shop is asked."""


class CheckShopV1(Request[ShopV1]):
    """Ask the connected shop who it is and what it grants. Refused as `orders.shop_not_reached`, or `orders.no_shop`."""


class DisconnectShopV1(Request[ShopV1]):
    """Forget the shop's tokens and call it no more. Orders and settlements stay. Refused as `orders.no_shop`."""


class InstallV1(Named):
    """An install that was begun: where the shop asks its owner. It is good for ten minutes."""

    address: str


class BeginInstallV1(Request[InstallV1]):
    """Begin to install our app at a shop. `back_to` is where the shop sends the browser, `by` who may come back there."""

    domain: str
    back_to: str
    by: str


class FinishInstallV1(Request[ShopV1]):
    """Connect the shop that sent the browser back with `query`, once its name, its signature and our state are right.

    Refused as `orders.install_refused`, and as connecting is.
    """

    query: dict[str, str]
    by: str
    currency: Currency


class ImportState(StrEnum):
    """How far the first reading of a shop's orders is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class ImportV1(Named):
    """The import of the orders that a shop had before it was connected, those since `since`, newest first.

    `listed` orders were read so far of `expected`, the shop's own count, where it has given one.
    """

    state: ImportState
    listed: int
    expected: int | None = None
    since: AwareDatetime
    began_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None


class GetImportV1(Request[ImportV1]):
    """How far the import of the shop's orders is; refused as `orders.not_found` without a shop that is imported."""


class ConnectNativeShopV1(Request[ShopV1]):
    """Let a retailer without a shop of ours bring its orders itself. Repeating it changes nothing.

    Refused as `orders.other_shop_connected`.
    """

    currency: Currency

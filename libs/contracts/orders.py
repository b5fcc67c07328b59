"""What orders states and answers: what was bought, and each resolution settled once at the shop."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import Address, Channel, Contact, CreditAs, Currency, Money, Option, OrderLine, Resolution


class OrderChangedV1(Message):
    """The index holds a newer view of an order."""

    order_id: UUID
    number: str
    cancelled: bool = False


class SettlementSucceededV1(Message):
    """The shop gave the resolution for these lines; `reference` is the shop's own id of the effect.

    `resolution` is what was given, which is the fallback where an exchange was sold out. `amount` is what was owed;
    `bonus` comes on top, in the same gift card or as a credit of its own right after. `expires_on` is in UTC.
    """

    return_id: UUID
    settlement_id: UUID
    line_ids: tuple[UUID, ...]
    resolution: Resolution
    amount: Money
    reference: str
    bonus: Money | None = None
    credit_code_last4: str | None = None
    expires_on: date | None = None


class SettlementRefusedV1(Message):
    """The shop declined, in its own words; a person must act."""

    return_id: UUID
    settlement_id: UUID
    line_ids: tuple[UUID, ...]
    code: str
    words: str


class SettlementOutcomeUnknownV1(Message):
    """The shop's answer was lost and its records did not settle what happened; a person must look."""

    return_id: UUID
    settlement_id: UUID
    line_ids: tuple[UUID, ...]


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


class SettlementOutcome(StrEnum):
    """What a person may say of a settlement, having looked at the shop."""

    SUCCEEDED = "succeeded"
    REFUSED = "refused"


class SettlementV1(Named):
    """Settlements of a return with their state now."""

    settlement_ids: tuple[UUID, ...]
    state: str


class RecordSettlementV1(Request[SettlementV1]):
    """Record by hand what became of the settlement of these lines, which was refused or is unknown; a repeat changes nothing.

    `reference` names the shop's own effect, for `succeeded`. Refused as `orders.not_found`, or as `orders.not_now` where
    its state does not allow it.
    """

    return_id: UUID
    line_ids: tuple[UUID, ...]
    outcome: SettlementOutcome
    reference: str | None = None
    words: str
    by: str


class OrderV1(Named):
    """An order with the lines that the shop knows. `currency` is the shopper's; `total_at_shop` is in the shop's own."""

    order_id: UUID
    number: str
    placed_at: AwareDatetime
    currency: Currency
    total: Money
    cancelled: bool = False
    contact: Contact
    address: Address
    tags: tuple[str, ...] = ()
    lines: tuple[OrderLine, ...]
    channel: Channel = Channel.ONLINE
    customer_tags: tuple[str, ...] = ()
    total_at_shop: Money | None = None


class FindOrderV1(Request[OrderV1]):
    """Find the order whose number and proof match. Every failure is refused alike, as `orders.not_found`.

    The proof is `email`, or where that is empty `postcode` (of the bill or of where it was sent), or `phone`. With `gift`
    it is the postcode where it was sent, and no other.
    """

    number: str
    email: str
    postcode: str | None = None
    phone: str | None = None
    gift: bool = False


class GetOrderV1(Request[OrderV1]):
    """The order with this id; refused as `orders.not_found`."""

    order_id: UUID


class GiftCardV1(Named):
    """A gift card with its whole code, for the shopper's eyes only. `expires_on` is in UTC."""

    settlement_id: UUID
    code: str
    value: Money
    expires_on: date | None = None


class GetGiftCardV1(Request[GiftCardV1]):
    """The gift card that a settlement gave; refused as `orders.not_found` where it gave none."""

    settlement_id: UUID


class ExchangeChoice(Value):
    """A variant of the product that was bought. Prices are of one piece, in the shopper's currency.

    `stock` is null where the shop does not count it. `difference` is `price` less the list price of what was bought;
    `can_be_taken`: it is in stock, and not dearer.
    """

    variant_id: str
    title: str
    options: tuple[Option, ...] = ()
    sku: str | None = None
    price: Money
    difference: Money
    in_stock: bool
    stock: int | None = None
    can_be_taken: bool
    bought: bool = False


class ExchangesV1(Named):
    """What a line may be exchanged for, as the shop has it now, in the shop's own order."""

    line_id: UUID
    choices: tuple[ExchangeChoice, ...]


class GetExchangesV1(Request[ExchangesV1]):
    """What this line of an order may be exchanged for: the variants of the same product, asked of the shop.

    Refused as `orders.not_found`, as `orders.no_exchanges` where there is no product any more, and as
    `orders.shop_not_reached`.
    """

    order_id: UUID
    line_id: UUID


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


class LineGiven(Value):
    """A line of an order as its retailer tells it. `paid` is for all `quantity`, after discounts, tax included.

    `key` is the retailer's own id of the line; without one the line is known by its place in the order, so that lines
    must keep their places. `list_price` is of one piece, before discounts.
    """

    key: str | None = None
    title: str
    variant: str | None = None
    sku: str | None = None
    image: str | None = None
    product_type: str | None = None
    vendor: str | None = None
    tags: tuple[str, ...] = ()
    quantity: int = Field(ge=1)
    paid: Money
    list_price: Money | None = None
    gift_card: bool = False


class OrderGiven(Value):
    """An order as its retailer tells it. An order is known by its channel, its `place` (which counter) and its number.

    `updated_at` is the retailer's own; without it what comes later is newer. What was bought over a counter was
    delivered there.
    """

    number: str
    channel: Channel = Channel.ONLINE
    place: str | None = None
    placed_at: AwareDatetime
    updated_at: AwareDatetime | None = None
    fulfilled_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    cancelled: bool = False
    contact: Contact
    address: Address | None = None
    tags: tuple[str, ...] = ()
    lines: tuple[LineGiven, ...] = Field(min_length=1)


class OrderOutcome(StrEnum):
    """What saving an order did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class OrderSaved(Value):
    """An order that was saved, and what that did."""

    order_id: UUID
    number: str
    outcome: OrderOutcome


class OrdersSavedV1(Named):
    """The orders in the order in which they were given."""

    orders: tuple[OrderSaved, ...]


class SaveOrdersV1(Request[OrdersSavedV1]):
    """Save orders that no shop of ours tells of, all or none. Saving an order again changes it where it differs.

    Refused as `orders.no_shop`, as `orders.kept_by_the_shop` for an online order of a retailer whose shop tells of them
    itself, and as `orders.mixed_currencies`.
    """

    orders: tuple[OrderGiven, ...] = Field(min_length=1, max_length=500)


class OrdersV1(Named):
    """Orders that were asked for, the newest first."""

    orders: tuple[OrderV1, ...]


class ListOrdersV1(Request[OrdersV1]):
    """The orders with this number; mostly one. Receipts of two counters may share a number."""

    number: str


class ConnectNativeShopV1(Request[ShopV1]):
    """Let a retailer without a shop of ours bring its orders itself. Repeating it changes nothing.

    Refused as `orders.other_shop_connected`.
    """

    currency: Currency

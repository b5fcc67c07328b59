"""What orders states and answers: what was bought, and each resolution settled once at the shop."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import (
    Address,
    Channel,
    Contact,
    Country,
    Currency,
    ExchangeTerms,
    HsCode,
    Money,
    Option,
    OrderLine,
    Resolution,
)


class OrderChangedV1(Message):
    """The index holds a newer view of an order."""

    order_id: UUID
    number: str
    cancelled: bool = False


class SettlementSucceededV1(Message):
    """The shop gave the resolution for these lines; `reference` is the shop's own id of the effect.

    `resolution` is what was given, which is the fallback where an exchange was sold out. `amount` is what was owed;
    `bonus` comes on top, in the same gift card or as a credit of its own right after. `expires_on` is in UTC. `by` is who
    wrote it down where a person did.
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
    by: str | None = None


class SettlementRefusedV1(Message):
    """The shop declined, in its own words, or in those of a person, `by`, who looked there; a person must act."""

    return_id: UUID
    settlement_id: UUID
    line_ids: tuple[UUID, ...]
    code: str
    words: str
    by: str | None = None


class SettlementOutcomeUnknownV1(Message):
    """The shop's answer was lost and its records did not settle what happened; a person must look."""

    return_id: UUID
    settlement_id: UUID
    line_ids: tuple[UUID, ...]


class ShopUpdate(StrEnum):
    """What of a return was to be told to its shop."""

    LABEL = "label"
    GOODS = "goods"
    EXCHANGE = "exchange"
    UNITS = "units"
    CANCELLATION = "cancellation"
    CLOSING = "closing"
    REOPENING = "reopening"


class ShopUpdateFailedV1(Message):
    """The shop's own return does not say what ours does: it declined, or its answer was lost; a person must look there.

    No money hangs on it. `parcel` and `tracking_number` are of a label.
    """

    return_id: UUID
    step_id: UUID
    update: ShopUpdate
    code: str
    words: str
    parcel: int | None = None
    tracking_number: str | None = None


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
    """An order with the lines that the shop knows. `currency` is the shopper's; `total_at_shop` is in the shop's own.

    `earlier_orders` counts the same shopper's orders before this one, less those that were cancelled, where it is known.
    """

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
    earlier_orders: int | None = None


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
    """A variant that may be had in exchange. Prices are of one piece, in the shopper's currency.

    `stock` is null where the shop does not count it. `difference` is `price` less the list price of what was bought;
    `can_be_taken`: it is in stock, and not dearer. `to_settle` is what the shopper pays on top for all pieces (plus) or gets
    back (minus), where it was said what is owed for them.
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
    to_settle: Money | None = None


class ExchangeProduct(Value):
    """A product that may be had in exchange, with its variants in the shop's own order."""

    product_id: str
    title: str
    image: str | None = None
    choices: tuple[ExchangeChoice, ...] = ()


class ExchangesV1(Named):
    """What a line may be exchanged for, as the shop has it now, in the shop's own order.

    `choices` are those of one product, which is `product`: that of the line, or the one asked for. `products` is a page of
    others, where the terms are wider than the same product and none was asked for; `next` is where the next page begins.
    """

    line_id: UUID
    choices: tuple[ExchangeChoice, ...]
    product: ExchangeProduct | None = None
    products: tuple[ExchangeProduct, ...] = ()
    next: str | None = None


class GetExchangesV1(Request[ExchangesV1]):
    """What this line of an order may be exchanged for, asked of the shop.

    By `terms` it is the variants of the same product, and of a collection's products or any product too; `search` is words
    of their titles, `first` how many a page has. `product_id`, or `variant_id` of one of its variants, asks for the choices of
    that product alone. `quantity` pieces are wished for, and `owed` is what is owed for all that come back.
    Refused as `orders.not_found`, as `orders.no_exchanges` where there is nothing to choose from or the terms do not allow
    that product, and as `orders.shop_not_reached`.
    """

    order_id: UUID
    line_id: UUID
    terms: ExchangeTerms = ExchangeTerms()
    quantity: int = Field(1, ge=1)
    owed: Money | None = None
    product_id: str | None = None
    variant_id: str | None = None
    search: str = ""
    after: str | None = None
    first: int = Field(12, ge=1, le=24)


class LineGiven(Value):
    """A line of an order as its retailer tells it. `paid` is for all `quantity`, after discounts, tax included.

    `key` is the retailer's own id of the line; without one the line is known by its place in the order, so that lines
    must keep their places. `list_price` is of one piece, before discounts. `collections` are handles, or names. `grams`
    is what one piece weighs.
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
    collections: tuple[str, ...] = ()
    hs_code: HsCode | None = None
    origin: Country | None = None
    grams: int | None = Field(None, ge=0)


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

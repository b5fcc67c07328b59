"""Values that several messages share. Money is integer minor units with its currency; times are aware UTC."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from libs.contracts.base import Value

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
HsCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,13}$")]  # digits only, as a shop keeps it


class Money(Value):
    """An amount in the currency's smallest unit (ISO 4217): `Money(amount=4205, currency="GBP")` is £42.05."""

    amount: int
    currency: Currency


class Resolution(StrEnum):
    """What the shopper gets."""

    REFUND = "refund"
    STORE_CREDIT = "store_credit"
    EXCHANGE = "exchange"
    NONE = "none"


class ReturnKind(StrEnum):
    """Whether the policy decides what comes back, or the law does: a withdrawal needs no reason and nobody's leave."""

    RETURN = "return"
    WITHDRAWAL = "withdrawal"


class Channel(StrEnum):
    """Where something was bought: at a distance, or over a shop's counter."""

    ONLINE = "online"
    STORE = "store"


class CreditAs(StrEnum):
    """What store credit is at a retailer's shop: the shop's own credit, or a gift card where the shop lets us make one."""

    STORE_CREDIT = "store_credit"
    GIFT_CARD = "gift_card"


class Stage(StrEnum):
    """When money moves."""

    FIRST_SCAN = "first_scan"
    HUB_SCAN = "hub_scan"
    INSPECTED = "inspected"
    MANUAL = "manual"


class LabelTerms(StrEnum):
    """Who pays for the way back, or that nothing is to be sent."""

    FREE = "free"
    PAID = "paid"
    NONE = "none"


class Milestone(StrEnum):
    """A ranked, fire-once fact about a parcel, in order (carriers.md 4.2)."""

    LABEL_CREATED = "label_created"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    HUB_RECEIVED = "hub_received"
    PROCESSED = "processed"
    EXPORTED = "exported"
    DELIVERED_TO_RETAILER = "delivered_to_retailer"


class Condition(StrEnum):
    """How an item came back, as the hub found it. `wrong_item` is something else in its place."""

    AS_EXPECTED = "as_expected"
    WORN = "worn"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"


class Disposition(StrEnum):
    """What becomes of goods that came back."""

    RESTOCK = "restock"
    REFURBISH = "refurbish"
    DONATE = "donate"
    DESTROY = "destroy"


class Disposed(Value):
    """What a hub decided becomes of so many units of a line."""

    disposition: Disposition
    quantity: int = Field(ge=1)


class Contact(Value):
    """The shopper, as the shop knows them. `language` is BCP 47."""

    name: str
    email: str
    phone: str | None = None
    language: str = "en"


class Address(Value):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    name: str
    company: str | None = None
    line1: str
    line2: str | None = None
    city: str
    region: str | None = None
    postcode: str | None = None
    country: Country


class Goods(Value):
    """Some of what is in a parcel. `value` is what was paid for all `quantity`.

    `hs_code` is its number in the customs tariff (WCO Harmonized System), `origin` where it was made, `grams` what one
    piece weighs and `shipped_as` the numbers of the parcels in which it came to the shopper, where they are known.
    """

    title: str
    variant: str | None = None
    sku: str | None = None
    quantity: int = Field(ge=1)
    value: Money
    hs_code: str | None = None
    origin: Country | None = None
    grams: int | None = None
    shipped_as: tuple[str, ...] = ()


class Look(Value):
    """A retailer's brand, whole, as mails, labels and pages wear it. `brand` is #rrggbb; `radius` is in CSS pixels."""

    slug: str
    name: str
    brand: str
    heading: str = "system"
    radius: int = 12
    language: str = "en-GB"
    support_email: str
    shop_url: str
    portal_url: str
    sender: str
    image: str | None = None


class Option(Value):
    """What tells a variant from its siblings: `Option(name="Size", value="10")`."""

    name: str
    value: str


class OrderLine(Value):
    """A line of an order as the shop sees it now. `paid` is for all `quantity`, after discounts, tax included.

    `returnable` is what the shop says may still come back; open returns are subtracted by portal.
    `discount_percent` is 0 to 100, whole percents, rounded down; `discount` is for all `quantity`. Amounts are in the
    shopper's currency; `paid_at_shop` is `paid` in the shop's own. `tags` are the product's. `bundle` is the title of the
    bundle whose component this is, `bundle_id` is the same for all its components. `product_gone`: the shop has no product
    for it, or no longer has it. `unsent` units were not sent yet, and may be cancelled where the retailer allows it.
    `collections` are the handles of those that the product is in. `hs_code`, `origin`, `grams` of one piece and
    `shipped_as` are as `Goods` has them.
    """

    id: UUID
    shop_line_id: str
    title: str
    variant: str | None = None
    sku: str | None = None
    image: str | None = None
    product_type: str | None = None
    vendor: str | None = None
    tags: tuple[str, ...] = ()
    quantity: int
    returnable: int
    paid: Money
    list_price: Money
    discount_percent: int = 0
    gift_card: bool = False
    fulfilled_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    product_id: str | None = None
    variant_id: str | None = None
    options: tuple[Option, ...] = ()
    discount: Money | None = None
    paid_at_shop: Money | None = None
    bundle: str | None = None
    bundle_id: str | None = None
    product_gone: bool = False
    unsent: int = 0
    collections: tuple[str, ...] = ()
    hs_code: str | None = None
    origin: Country | None = None
    grams: int | None = None
    shipped_as: tuple[str, ...] = ()


class LineUnits(Value):
    """So many units of a return line."""

    line_id: UUID
    quantity: int = Field(ge=1)


class UnsentLine(Value):
    """Some units of an order line that were not sent. `worth` is what was paid for them, tax included."""

    line_id: UUID
    title: str
    variant: str | None = None
    image: str | None = None
    quantity: int = Field(ge=1)
    worth: Money


class ExchangeVariant(Value):
    """The variant that a shopper takes instead: the shop's own id of it, and how it is called.

    `difference` is what the shopper pays on top where it costs more than what comes back, for all units. `price` is of
    one unit, as the shopper saw it: another one by the time it is given is for a person.
    """

    id: str
    title: str
    difference: Money | None = None
    price: Money | None = None


class ExchangeFrom(StrEnum):
    """What an exchange may be chosen from."""

    SAME_PRODUCT = "same_product"
    COLLECTION = "collection"
    ANY_PRODUCT = "any_product"


class ExchangeTerms(Value):
    """What goes with an exchange: what it is chosen from, a collection's handle at the shop where it is one.

    `instant`: it is given at once against a hold on the shopper's card, before the parcel comes.
    """

    chosen_from: ExchangeFrom = ExchangeFrom.SAME_PRODUCT
    collection: str | None = None
    instant: bool = False


class CreditTerms(Value):
    """What goes with store credit: how much more it is worth than what is owed, and how many days it is good for."""

    bonus: Money | None = None
    valid_days: int | None = Field(None, ge=1)


class ReturnLine(Value):
    """Some quantity of one order line that comes back, with what was chosen and what is owed for it.

    `keep_item`: the shopper keeps it, and nothing is to be sent. `exchange_variant` is what an exchange gives, `fallback`
    is given in its place when that is sold out, and `credit` goes with store credit. `instant`: the exchange is given at
    once against a hold on the shopper's card. `hs_code`, `origin`, `grams` of one piece and `shipped_as` are as `Goods`
    has them. `product_type` is the shop's own. `disposed` is what a hub decided before the money moved.
    """

    id: UUID
    order_line_id: UUID
    title: str
    variant: str | None = None
    sku: str | None = None
    image: str | None = None
    quantity: int = Field(ge=1)
    reason: str
    sub_reason: str | None = None
    comment: str | None = None
    resolution: Resolution
    owed: Money
    stage: Stage
    keep_item: bool = False
    exchange_variant: ExchangeVariant | None = None
    fallback: Resolution | None = None
    credit: CreditTerms | None = None
    instant: bool = False
    disposed: tuple[Disposed, ...] = ()
    hs_code: str | None = None
    origin: Country | None = None
    grams: int | None = None
    shipped_as: tuple[str, ...] = ()
    product_type: str | None = None

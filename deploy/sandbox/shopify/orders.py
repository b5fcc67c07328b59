"""An order as the sandbox shop keeps it, with everything that ever happened to it. Money is in minor units."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import chain

from pydantic import AwareDatetime, BaseModel

STORE_CREDIT = "shopify_store_credit"
TEXT_OF_GATEWAY = {"shopify_payments": "Shopify Payments", STORE_CREDIT: "Store credit"}


class Address(BaseModel):
    """Where the parcel goes."""

    id: int
    first_name: str
    last_name: str
    line1: str
    city: str
    province: str | None = None
    province_code: str | None = None
    zip: str
    country: str


class Line(BaseModel):
    """A line of an order. `price` is one piece's list price, VAT included; `discount` is for all `quantity`.

    `cancelled` pieces were never sent, `given_back` ones were refunded and not sent back.
    """

    id: int
    handle: str
    size: str
    title: str
    variant_title: str
    sku: str
    product_id: int
    variant_id: int
    product_type: str
    vendor: str
    tags: list[str]
    grams: int
    quantity: int
    price: int
    discount: int = 0
    gift_card: bool = False
    bundle: str | None = None
    gone: bool = False
    cancelled: int = 0
    given_back: int = 0

    @property
    def total(self) -> int:
        """What was asked for all of it, after discounts."""
        return self.price * self.quantity - self.discount

    def share(self, *, already: int, quantity: int) -> int:
        """What `quantity` more pieces cost after `already` others: the shares of all pieces add up to `total`."""
        return self._first(already + quantity) - self._first(already)

    def _first(self, pieces: int) -> int:
        return (2 * self.total * pieces + self.quantity) // (2 * self.quantity)


class FulfillmentLine(BaseModel):
    """Some quantity of an order line in one parcel."""

    id: int
    line_id: int
    quantity: int


class ParcelEvent(BaseModel):
    """What the carrier said of the parcel on its way to the shopper."""

    id: int
    status: str
    message: str
    happened_at: AwareDatetime


class Fulfillment(BaseModel):
    """A parcel to the shopper."""

    id: int
    created_at: AwareDatetime
    updated_at: AwareDatetime
    tracking_number: str
    lines: list[FulfillmentLine]
    events: list[ParcelEvent] = []

    def at(self, status: str) -> datetime | None:
        """When the carrier said so."""
        return next((event.happened_at for event in self.events if event.status == status), None)


class Kind(StrEnum):
    """What a transaction does."""

    SALE = "SALE"
    REFUND = "REFUND"


class Transaction(BaseModel):
    """Money that moved."""

    id: int
    kind: Kind
    amount: int
    gateway: str
    processed_at: AwareDatetime
    parent_id: int | None = None


class ReturnLine(BaseModel):
    """Some quantity of a fulfilled line that comes back."""

    id: int
    fulfillment_line_id: int
    quantity: int
    reason: int
    note: str = ""
    processed: int = 0
    refunded: int = 0


class Disposition(BaseModel):
    """What was done with pieces that came back."""

    id: int
    type: str
    quantity: int
    created_at: AwareDatetime


class ReverseLine(BaseModel):
    """A line of the reverse fulfilment order, one for each line of the return."""

    id: int
    return_line_id: int
    fulfillment_line_id: int
    quantity: int
    dispositions: list[Disposition] = []


class DeliveryLine(BaseModel):
    """Some quantity of a reverse line on one label."""

    id: int
    reverse_line_id: int
    quantity: int


class Delivery(BaseModel):
    """A label that was attached to a return."""

    id: int
    created_at: AwareDatetime
    tracking_number: str | None
    tracking_url: str | None
    label_url: str | None
    lines: list[DeliveryLine]


class ExchangeLine(BaseModel):
    """Some quantity of a variant that goes out for what comes back. `price` is of one, `discount` is for all `quantity`."""

    id: int
    handle: str
    size: str
    quantity: int
    price: int
    discount: int = 0
    processed: int = 0
    line_ids: list[int] = []

    def cost(self, *, already: int, quantity: int) -> int:
        """What `quantity` more pieces cost after `already` others; all of them cost the price less the discount."""

        def upto(pieces: int) -> int:
            return (2 * (self.price * self.quantity - self.discount) * pieces + self.quantity) // (2 * self.quantity)

        return upto(already + quantity) - upto(already)


class Status(StrEnum):
    """Where a return stands."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELED = "CANCELED"


class Return(BaseModel):
    """A return, with its one reverse fulfilment order and the labels attached to it."""

    id: int
    number: int
    status: Status
    created_at: AwareDatetime
    requested_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    lines: list[ReturnLine]
    reverse_id: int
    reverse_lines: list[ReverseLine]
    deliveries: list[Delivery] = []
    exchanges: list[ExchangeLine] = []

    @property
    def quantity(self) -> int:
        """How many pieces it is about."""
        return sum(line.quantity for line in self.lines)


class Refund(BaseModel):
    """Money given back, through one or more transactions."""

    id: int
    created_at: AwareDatetime
    amount: int
    shipping: int
    note: str | None
    return_id: int | None
    transaction_ids: list[int]


class Order(BaseModel):
    """One order of one shop. Amounts are in `currency`, the shopper's, of which the shop asks `rate` for one of its own."""

    id: int
    shop: str
    name: str
    number: int
    email: str
    customer_id: int
    locale: str
    currency: str
    rate: Decimal = Decimal(1)
    phone: str | None = None
    billed_to: str | None = None
    tags: list[str] = []
    customer_tags: list[str] = []
    created_at: AwareDatetime
    updated_at: AwareDatetime
    address: Address
    lines: list[Line]
    postage: int
    postage_line_id: int
    discount_code: str | None = None
    discount_percent: int = 0
    vat_title: str
    vat_percent: int
    fulfillments: list[Fulfillment] = []
    transactions: list[Transaction]
    returns: list[Return] = []
    refunds: list[Refund] = []
    cancelled_at: AwareDatetime | None = None
    staff_note: str | None = None
    source: str = "web"

    @property
    def total(self) -> int:
        """Lines after discounts, and postage."""
        return sum(line.total for line in self.lines) + self.postage

    @property
    def received(self) -> int:
        """What the shopper paid."""
        return sum(one.amount for one in self.transactions if one.kind is Kind.SALE)

    @property
    def refunded(self) -> int:
        """What was given back."""
        return sum(one.amount for one in self.transactions if one.kind is Kind.REFUND)

    def kept(self, amount: int) -> int:
        """An amount of the shopper's currency in the shop's own."""
        return int((amount / self.rate).to_integral_value(ROUND_HALF_UP))

    def vat(self, amount: int) -> int:
        """The VAT that `amount` includes."""
        whole = 100 + self.vat_percent
        return (2 * amount * self.vat_percent + whole) // (2 * whole)

    def line(self, line_id: int) -> Line:
        """The order line of this id."""
        return next(line for line in self.lines if line.id == line_id)

    def fulfilled(self) -> list[FulfillmentLine]:
        """Every line of every parcel."""
        return list(chain.from_iterable(parcel.lines for parcel in self.fulfillments))

    def fulfillment_line(self, id_: int) -> FulfillmentLine | None:
        """The parcel's line of this id."""
        return next((line for line in self.fulfilled() if line.id == id_), None)

    def return_of(self, id_: int) -> Return:
        """The return of this id."""
        return next(one for one in self.returns if one.id == id_)

    def transaction(self, id_: int) -> Transaction | None:
        """The transaction of this id."""
        return next((one for one in self.transactions if one.id == id_), None)

    def returnable(self, line: FulfillmentLine) -> int:
        """How many pieces of a parcel's line no return holds. A cancelled return holds none."""
        held = sum(
            row.quantity
            for one in self.returns
            if one.status is not Status.CANCELED
            for row in one.lines
            if row.fulfillment_line_id == line.id
        )
        return line.quantity - held

    def processed(self, line: Line) -> int:
        """How many pieces of an order line came back and were processed."""
        mine = {row.id for row in self.fulfilled() if row.line_id == line.id}
        return sum(row.processed for one in self.returns for row in one.lines if row.fulfillment_line_id in mine)

    def gone(self, line: Line) -> int:
        """How many pieces came back, were cancelled before they were sent, or were given back for without either."""
        return self.processed(line) + line.cancelled + line.given_back

    def unsent(self, line: Line) -> int:
        """How many pieces are still to be sent."""
        return line.quantity - line.cancelled - sum(row.quantity for row in self.fulfilled() if row.line_id == line.id)

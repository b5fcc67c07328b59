"""A shopper buys: makes an order as the shop would hold it after it was paid, sent and, usually, delivered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel, ConfigDict, Field

from deploy.sandbox.shopify.catalogue import VAT, Product, Shop
from deploy.sandbox.shopify.orders import (
    Address,
    Fulfillment,
    FulfillmentLine,
    Kind,
    Line,
    Order,
    ParcelEvent,
    Transaction,
)
from deploy.sandbox.shopify.store import Desk

# Street, city, region with its code, and postcode. Shopify knows no regions of the Netherlands and of Germany.
_PLACES: dict[str, tuple[str, str, str | None, str | None, str]] = {
    "GB": ("12 Tenter Lane", "York", "England", "ENG", "YO1 7HH"),
    "IE": ("4 Harbour Row", "Galway", "Galway", "G", "H91 E2K3"),
    "NL": ("Oudegracht 210", "Utrecht", None, None, "3511 NR"),
    "DE": ("Kastanienallee 8", "Berlin", None, None, "10435"),
}
_ELSEWHERE = ("1 Station Road", "Old Town", None, None, "1000")


class NotSold(Exception):
    """The shop has no such product or size; says what it does have."""


class LineAsked(BaseModel):
    """A product by its handle (`camp-shirt`) and a variant by its size (`10`); the first size when none is named.

    It may be a gift card, a component of the bundle of this title, or `gone`: deleted from the shop since it was sold.
    """

    model_config = ConfigDict(extra="forbid")

    product: str
    variant: str | None = None
    quantity: int = Field(1, ge=1, le=100)
    gift_card: bool = False
    bundle: str | None = None
    gone: bool = False


class ShownIn(BaseModel):
    """The shopper's own currency, and how much of it the shop asks for one of its own."""

    model_config = ConfigDict(extra="forbid")

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    rate: Decimal = Field(gt=0, le=1000)


class OrderAsked(BaseModel):
    """The body of `POST /control/orders`. `name` is the shopper's. Only a fulfilled order can be returned.

    The order was placed `placed_days_ago` by the sandbox's clock, sent the day after and delivered two days later,
    but never in the future. `billed_to` is the postcode of the bill where that went elsewhere: a gift.
    """

    model_config = ConfigDict(extra="forbid")

    shop: str
    email: str | None = None
    name: str | None = None
    lines: list[LineAsked] | None = Field(None, min_length=1, max_length=100)
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    fulfilled: bool = True
    delivered: bool = True
    discount_percent: int = Field(0, ge=0, le=100)
    placed_days_ago: float = Field(4, ge=0, le=3650)
    phone: str | None = None
    street: str | None = None
    billed_to: str | None = None
    tags: list[str] = []
    customer_tags: list[str] = []
    shown_in: ShownIn | None = None
    source: str = Field("web", pattern=r"^[a-z_0-9]{1,40}$")


@dataclass(frozen=True)
class _Sale:
    """An order under way to be written down."""

    shop: Shop
    asked: OrderAsked
    desk: Desk
    number: int

    def order(self) -> Order:
        shop = self.shop
        placed = self.desk.now - timedelta(days=self.asked.placed_days_ago)
        country = self.asked.country or shop.country
        title, percent = VAT.get(country, ("VAT", 0))
        lines = [self._line(wanted) for wanted in self._wanted()]
        return Order(
            id=self.desk.next_id("Order"),
            shop=shop.domain,
            name=f"{shop.prefix}{self.number}",
            number=self.number,
            email=self.asked.email or f"shopper-{shop.prefix}{self.number}@example.com".lower(),
            customer_id=self.desk.next_id("Customer"),
            locale=shop.locale,
            currency=self.asked.shown_in.currency if self.asked.shown_in else shop.currency,
            rate=self.asked.shown_in.rate if self.asked.shown_in else Decimal(1),
            phone=self.asked.phone,
            billed_to=self.asked.billed_to,
            tags=self.asked.tags,
            customer_tags=self.asked.customer_tags,
            source=self.asked.source,
            created_at=placed,
            updated_at=placed,
            address=self._address(country),
            lines=lines,
            postage=self._shown(shop.postage),
            postage_line_id=self.desk.next_id("ShippingLine"),
            discount_code="SLOW" if self.asked.discount_percent else None,
            discount_percent=self.asked.discount_percent,
            vat_title=title,
            vat_percent=percent,
            transactions=[self._sale(sum(line.total for line in lines) + self._shown(shop.postage), placed)],
        )

    def _sale(self, amount: int, paid_at: datetime) -> Transaction:
        id_ = self.desk.next_id("OrderTransaction")
        return Transaction(id=id_, kind=Kind.SALE, amount=amount, gateway="shopify_payments", processed_at=paid_at)

    def _shown(self, amount: int) -> int:
        """An amount of the shop's own currency as the shopper sees it."""
        rate = self.asked.shown_in.rate if self.asked.shown_in else Decimal(1)
        return int((amount * rate).to_integral_value(ROUND_HALF_UP))

    def _wanted(self) -> list[LineAsked]:
        if self.asked.lines is not None:
            return self.asked.lines
        return [LineAsked(product=handle, variant=size) for handle, size in self.shop.default]

    def _line(self, wanted: LineAsked) -> Line:
        product = self.shop.product(wanted.product)
        if product is None:
            sold = ", ".join(one.handle for one in self.shop.products)
            raise NotSold(f"{self.shop.name} does not sell {wanted.product!r}; it sells {sold}")
        size = wanted.variant or product.sizes[0]
        if size not in product.sizes:
            raise NotSold(f"{product.title} comes in {', '.join(product.sizes)}")
        price = self._shown(product.price)
        discount = (price * wanted.quantity * self.asked.discount_percent) // 100
        return Line(
            id=self.desk.next_id("LineItem"),
            handle=product.handle,
            size=size,
            title=product.title,
            variant_title=f"{product.colour} / {size}",
            sku=sku_of(self.shop, product, size),
            product_id=product.id,
            variant_id=product.variant_id(size),
            product_type=product.kind,
            vendor=self.shop.name,
            tags=list(product.tags),
            grams=product.grams,
            quantity=wanted.quantity,
            price=price,
            discount=discount,
            gift_card=wanted.gift_card,
            bundle=wanted.bundle,
            gone=wanted.gone,
        )

    def _address(self, country: str) -> Address:
        street, city, province, province_code, code = _PLACES.get(country, _ELSEWHERE)
        first, _, last = (self.asked.name or self.shop.shopper).partition(" ")
        return Address(
            id=self.desk.next_id("MailingAddress"),
            first_name=first,
            last_name=last,
            line1=self.asked.street or street,
            city=city,
            province=province,
            province_code=province_code,
            zip=code,
            country=country,
        )


def sku_of(shop: Shop, product: Product, size: str) -> str:
    """The shop's own code of a variant: `AL-CAMP-SHIRT-10`."""
    return f"{shop.prefix}{product.handle}-{size}".upper().replace(" ", "")


def place(shop: Shop, asked: OrderAsked, *, desk: Desk, number: int) -> Order:
    """A paid order of which nothing has been sent; raises NotSold."""
    return _Sale(shop, asked, desk, number).order()


def ship(order: Order, *, delivered: bool, desk: Desk, products: frozenset[str] = frozenset()) -> Fulfillment:
    """Send what is not sent, or of that these `products`, in one parcel.

    A day after it was placed; delivered two days later, at the latest now.
    """
    sent = min(order.created_at + timedelta(days=1), desk.now)
    parcel = Fulfillment(
        id=desk.next_id("Fulfillment"),
        created_at=sent,
        updated_at=sent,
        tracking_number=f"SB{desk.next_id('Tracking')}",
        lines=[
            FulfillmentLine(id=desk.next_id("FulfillmentLineItem"), line_id=line.id, quantity=order.unsent(line))
            for line in order.lines
            if order.unsent(line) and (not products or line.handle in products)
        ],
    )
    stops = [("in_transit", "Item is now in transit", sent)]
    if delivered:
        stops.append(("delivered", "Item has been delivered", min(sent + timedelta(days=2), desk.now)))
    parcel.events = [
        ParcelEvent(id=desk.next_id("FulfillmentEvent"), status=status, message=message, happened_at=at)
        for status, message, at in stops
    ]
    parcel.updated_at = stops[-1][2]
    order.fulfillments.append(parcel)
    order.updated_at = desk.now
    return parcel

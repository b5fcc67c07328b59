"""Orders as programs send them."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from libs.contracts.orders import LineGiven, OrderGiven
from libs.contracts.values import Address, Channel, Contact, Country
from services.portal.api.bodies import LINES, Amount, Body, Flag, Moment, Name, Quantity, told
from services.portal.bringing import customs

MOST_ORDERS = 500

OrderNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9#._/ -]{0,39}[A-Za-z0-9][A-Za-z0-9#._/ -]{0,39}$"),
]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+$")
]
Picture = Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s\"'<>;,]+$")]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Tags = Annotated[list[Name], Field(max_length=100)]
HsNumber = Annotated[str, StringConstraints(pattern=r"^[0-9. ]{6,25}$"), AfterValidator(customs.hs_code)]
Origin = Annotated[Country, AfterValidator(customs.origin)]
Grams = Annotated[int, Field(strict=True, ge=0, le=customs.MOST_GRAMS)]


class LineToSave(Body):
    """A line of an order. `paid` is for all its pieces, after discounts, tax included."""

    key: Name | None = Field(None, description="your own id of the line; without one its place in the order is its id")
    title: Name
    variant: Name | None = None
    sku: Name | None = None
    image: Picture | None = None
    product_type: Name | None = None
    vendor: Name | None = None
    tags: Tags = Field([], description="of the product, as the policy reads them")
    collections: Tags = Field([], description="that the product is in, as the policy reads them")
    quantity: Quantity = 1
    paid: Amount
    list_price: Amount | None = Field(None, description="of one piece, before discounts")
    gift_card: Flag = False
    hs_code: HsNumber | None = Field(None, description="its number in the customs tariff: 6 to 13 digits")
    origin: Origin | None = Field(None, description="the country where it was made")
    grams: Grams | None = Field(None, description="what one piece weighs")

    def given(self) -> LineGiven:
        """As orders takes it."""
        return LineGiven(
            **self.model_dump(exclude={"paid", "list_price"}),
            paid=self.paid.money(),
            list_price=self.list_price.money() if self.list_price else None,
        )


class BuyerToSave(Body):
    """Who bought it. A shopper finds the order by its number and the email, the postcode or the phone."""

    name: Name | None = None
    email: Email | None = None
    phone: Name | None = None
    language: Language = "en"

    def given(self) -> Contact:
        """As orders takes it."""
        return Contact(name=self.name or "", email=self.email or "", phone=self.phone, language=self.language)


class AddressToSave(Body):
    """Where it was sent, and where a parcel comes back from."""

    name: Name | None = None
    company: Name | None = None
    line1: Name | None = None
    line2: Name | None = None
    city: Name | None = None
    region: Name | None = None
    postcode: Name | None = None
    country: Country

    def given(self) -> Address:
        """As orders takes it."""
        words = {"name": self.name or "", "line1": self.line1 or "", "city": self.city or ""}
        return Address(**self.model_dump() | words)


class OrderToSave(Body):
    """An order, known by its channel, its place and its number. What was bought over a counter counts as delivered."""

    number: OrderNumber
    channel: Channel = Field(Channel.ONLINE, description="`store` for a receipt of a counter")
    place: Name | None = Field(None, description="which counter: receipts of two may share a number")
    placed_at: Moment
    updated_at: Moment | None = Field(None, description="your own; an order that says it is older changes nothing")
    fulfilled_at: Moment | None = Field(None, description="without it nothing can come back yet")
    delivered_at: Moment | None = None
    cancelled: Flag = False
    contact: BuyerToSave
    address: AddressToSave | None = None
    tags: Tags = Field([])
    lines: list[LineToSave] = Field(min_length=1, max_length=LINES)

    @model_validator(mode="after")
    def _can_be_found_and_told_apart(self) -> "OrderToSave":
        postcode = self.address.postcode if self.address else None
        if self.channel is Channel.ONLINE and not (self.contact.email or self.contact.phone or postcode):
            raise ValueError("an online order has an email, a phone or a postcode")
        if self.channel is Channel.ONLINE and self.address is None:
            raise ValueError("an online order has an address")
        keys = [line.key for line in self.lines if line.key]
        if len(set(keys)) < len(keys):
            raise ValueError("two lines have the same key")
        if len({line.paid.currency for line in self.lines}) > 1:
            raise ValueError("an order is in one currency")
        return self

    def given(self) -> OrderGiven:
        """As orders takes it."""
        return OrderGiven(
            **self.model_dump(exclude={"contact", "address", "lines"}),
            contact=self.contact.given(),
            address=self.address.given() if self.address else None,
            lines=tuple(line.given() for line in self.lines),
        )


_SOLD = {
    "number": "AP-77",
    "placed_at": "2026-11-20T12:00:00Z",
    "fulfilled_at": "2026-11-21T09:00:00Z",
    "contact": {"name": "Maya Lind", "email": "maya@example.com"},
    "address": {"name": "Maya Lind", "line1": "3 Tenter Lane", "city": "York", "postcode": "YO1 7HH", "country": "GB"},
    "lines": [
        {
            "title": "Linen camp shirt",
            "variant": "Sage / 10",
            "sku": "SHIRT-SAGE-10",
            "quantity": 2,
            "paid": {"amount": 9000, "currency": "GBP"},
            "hs_code": "620690",
            "origin": "PT",
            "grams": 210,
        }
    ],
}


class OrdersToSave(Body):
    """One order, or up to 500. All are saved or none."""

    model_config = told({"orders": [_SOLD]})

    orders: list[OrderToSave] = Field(min_length=1, max_length=MOST_ORDERS)

"""A shopper, two shirts and a scarf, as orders, returns and shops tell of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from libs.contracts.values import Address, Contact, Money, Resolution, ReturnLine, Stage
from services.orders.domain.orders import BoughtLine, BoughtOrder, Delivery, Fulfillment, Reading

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHOP = UUID("0198c0de-0000-7000-8000-000000000001")
ORDER, SHIRT, SCARF = "gid://shopify/Order/1", "gid://shopify/LineItem/11", "gid://shopify/LineItem/12"
PARCEL, SECOND_PARCEL = "gid://shopify/Fulfillment/21", "gid://shopify/Fulfillment/22"
MAYA = Contact(name="Maya Lind", email="maya@example.com", language="en-GB")
HOME = Address(name="Maya Lind", line1="3 Tenter Lane", city="York", postcode="YO1 7HH", country="GB")


def at(hours: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=hours)


def pounds(amount: str) -> Money:
    """An amount in sterling."""
    whole, _, pence = amount.partition(".")
    return Money(amount=int(whole) * 100 + int(pence or 0), currency="GBP")


def shirts(**changes) -> BoughtLine:
    """Two linen shirts."""
    return BoughtLine(
        **{
            "shop_line_id": SHIRT,
            "title": "Linen camp shirt",
            "quantity": 2,
            "paid": pounds("90.00"),
            "list_price": pounds("45.00"),
            "variant": "Sage / 10",
        }
        | changes
    )


def scarf(**changes) -> BoughtLine:
    """One wool scarf."""
    return BoughtLine(
        **{
            "shop_line_id": SCARF,
            "title": "Wool scarf",
            "quantity": 1,
            "paid": pounds("38.00"),
            "list_price": pounds("38.00"),
        }
        | changes
    )


def order(hours: float = 0, **changes) -> BoughtOrder:
    """Maya's order, as it stood so many hours after noon."""
    return BoughtOrder(
        **{
            "shop_order_id": ORDER,
            "number": "AL-1001",
            "placed_at": NOON,
            "updated_at": at(hours),
            "told_at": at(hours),
            "total": pounds("128.00"),
            "contact": MAYA,
            "address": HOME,
            "lines": (shirts(), scarf()),
        }
        | changes
    )


def parcel(hours: float = 1, parcel_id: str = PARCEL, **changes) -> Fulfillment:
    """The parcel to Maya with all of it."""
    return Fulfillment(
        **{
            "shop_fulfillment_id": parcel_id,
            "updated_at": at(hours),
            "told_at": at(hours),
            "fulfilled_at": at(1),
            "quantities": ((SHIRT, 2), (SCARF, 1)),
        }
        | changes
    )


def delivery(hours: float = 3, parcel_id: str = PARCEL) -> Delivery:
    """The parcel is at Maya's."""
    return Delivery(parcel_id, at(hours))


def reading(hours: float = 4, returnable=((SHIRT, 2), (SCARF, 1)), **changes) -> Reading:
    """The shop, read so many hours after noon; it tells pictures and product tags too."""
    read = order(hours, lines=(shirts(image="https://shop.example/shirt.webp", tags=("summer",)), scarf()))
    return Reading(
        **{
            "order": read,
            "fulfillments": (parcel(hours),),
            "deliveries": (delivery(),),
            "returnable": tuple(returnable),
            "read_at": at(hours),
        }
        | changes
    )


def returned(number: int = 1, order_line: UUID | None = None, **changes) -> ReturnLine:
    """A shirt that comes back; `number` tells it from others."""
    return ReturnLine(
        **{
            "id": UUID(int=number),
            "order_line_id": order_line or UUID(int=100 + number),
            "title": "Linen camp shirt",
            "quantity": 1,
            "reason": "too_small",
            "resolution": Resolution.REFUND,
            "owed": pounds("45.00"),
            "stage": Stage.HUB_SCAN,
        }
        | changes
    )

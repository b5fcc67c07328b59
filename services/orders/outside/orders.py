"""Orders as the Admin API tells them: looked up, read whole, and what of them can still be returned."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from libs.chassis.errors import Permanent
from libs.contracts.values import Address, Contact, Money, Option
from services.orders.domain import money
from services.orders.domain.lookup import Buyer
from services.orders.domain.matching import Returnable
from services.orders.domain.orders import NOWHERE, BoughtLine, BoughtOrder, Delivery, Fulfillment, Reading, channel_of
from services.orders.outside.admin import AdminClient, JsonObject

VOID = frozenset({"CANCELLED", "ERROR", "FAILURE"})  # a parcel that was never sent, or not for long
# The avoirdupois pound is 0.45359237 kg exactly (NIST Handbook 44, appendix C), and has 16 ounces.
_GRAMS = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}


class TooLong(Permanent):
    """More than one page of a list inside a list: it cannot be read whole, and half would be wrong."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An order that the shop's search finds, and what its buyer may prove it by. The search itself proves nothing."""

    shop_order_id: str
    number: str
    buyer: Buyer


def look_up(client: AdminClient, term: str) -> list[Hit]:
    """Up to five orders that the shop's search finds."""
    return [
        Hit(each["id"], each["name"], _buyer(each)) for each in client.ask("OrderLookup", query=term)["orders"]["nodes"]
    ]


def read_order(client: AdminClient, shop_order_id: str, *, read_at: datetime) -> Reading | None:
    """The whole order as the shop has it; None when the shop has no such order (or hides it: older than 60 days)."""
    order = _order(client, shop_order_id)
    if order is None:
        return None
    parcels = client.ask("OrderFulfillments", id=shop_order_id)["order"]["fulfillments"]
    left: Counter[str] = Counter()
    for item in read_returnable(client, shop_order_id):
        left[item.shop_line_id] += item.quantity
    return reading(order, parcels, left, read_at=read_at)


def reading(order: JsonObject, parcels: list[JsonObject], left: Mapping[str, int], *, read_at: datetime) -> Reading:
    """The order with its `lines`, what was sent of it, and how many of each line may come back."""
    arrived = [(parcel["id"], parcel["deliveredAt"]) for parcel in parcels if parcel["deliveredAt"]]
    return Reading(
        order=_bought(order, told_at=read_at),
        read_at=read_at,
        returnable=tuple(sorted(left.items())),
        fulfillments=tuple(_fulfillment(parcel, told_at=read_at) for parcel in parcels),
        deliveries=tuple(Delivery(parcel_id, moment(at)) for parcel_id, at in arrived),
    )


def read_returnable(client: AdminClient, shop_order_id: str) -> tuple[Returnable, ...]:
    """What the shop says may come back, net of every return it knows."""
    return tuple(
        Returnable(item["fulfillmentLineItem"]["id"], item["fulfillmentLineItem"]["lineItem"]["id"], item["quantity"])
        for parcel in _returnable_parcels(client, shop_order_id)
        for item in whole(parcel["returnableFulfillmentLineItems"])
    )


def moment(written: str) -> datetime:
    """A time as Shopify writes it, in UTC. Raises ValueError when it has no offset."""
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(f"{written} has no offset")
    return at.astimezone(UTC)


def at_shop(bag: JsonObject) -> Money:
    """The shop's own side of a MoneyBag, in minor units."""
    kept = bag["shopMoney"]
    return money.minor(kept["amount"], kept["currencyCode"])


def presentment(bag: JsonObject) -> Money:
    """The shopper's side of a MoneyBag, in minor units."""
    paid = bag["presentmentMoney"]
    return money.minor(paid["amount"], paid["currencyCode"])


def whole(connection: JsonObject) -> list[JsonObject]:
    """The nodes of a list that must be whole. Raises TooLong."""
    if connection["pageInfo"]["hasNextPage"]:
        raise TooLong("more than 250 entries in a list inside a list")
    return connection["nodes"]


def postal(written: JsonObject, *, region: str | None, country: str | None) -> Address:
    """An address, of which any part may be missing: an order over a counter has none at all."""
    return Address(
        name=written.get("name") or "",
        company=written.get("company"),
        line1=written.get("address1") or "",
        line2=written.get("address2"),
        city=written.get("city") or "",
        region=region,
        postcode=written.get("zip"),
        country=country or NOWHERE,
    )


def in_grams(weight: JsonObject | None) -> int | None:
    """A weight in whole grams, a half rounded up. A shop of which nobody said what a thing weighs says nothing, or 0."""
    if weight is None:
        return None
    grams = Decimal(str(weight["value"])) * _GRAMS[weight["unit"]]
    return int(grams.to_integral_value(ROUND_HALF_UP)) or None


@dataclass(frozen=True, slots=True)
class Sold:
    """What was paid for all of a line, and what was taken off: as an amount, and in whole percents, rounded down."""

    paid: Money
    discount: Money
    percent: int


def sold(*, unit: Money, quantity: int, discounts: Iterable[Money], taxes: Iterable[Money]) -> Sold:
    """Unit price by quantity, less every discount allotted to the line, order discounts included, plus taxes where
    prices are net of them. Of a line that cost nothing before its discounts, nothing was taken off in percents.
    """
    before = unit.amount * quantity
    off = money.total(list(discounts), unit.currency)
    paid = before - off.amount + money.total(list(taxes), unit.currency).amount
    return Sold(Money(amount=paid, currency=unit.currency), off, off.amount * 100 // before if before else 0)


def _order(client: AdminClient, shop_order_id: str) -> JsonObject | None:
    order = client.ask("OrderForReturn", id=shop_order_id)["order"]
    if order is None:
        return None
    lines, page = list(order["lineItems"]["nodes"]), order["lineItems"]["pageInfo"]
    while page["hasNextPage"]:
        more = client.ask("OrderForReturn", id=shop_order_id, linesAfter=page["endCursor"])["order"]["lineItems"]
        lines, page = lines + more["nodes"], more["pageInfo"]
    return order | {"lines": lines}


def _returnable_parcels(client: AdminClient, shop_order_id: str) -> Iterator[JsonObject]:
    after = None
    while True:
        page = client.ask("ReturnableItems", orderId=shop_order_id, after=after)["returnableFulfillments"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _bought(order: JsonObject, *, told_at: datetime) -> BoughtOrder:
    written, buyer = order["shippingAddress"] or order["billingAddress"] or {}, _buyer(order)
    return BoughtOrder(
        shop_order_id=order["id"],
        number=order["name"],
        placed_at=moment(order["processedAt"]),
        updated_at=moment(order["updatedAt"]),
        told_at=told_at,
        total=presentment(order["totalPriceSet"]),
        total_at_shop=at_shop(order["totalPriceSet"]),
        contact=Contact(
            name=written.get("name") or "",
            email=order["email"] or "",
            phone=order["phone"],
            language=order["customerLocale"] or "en",
        ),
        address=postal(written, region=written.get("provinceCode"), country=written.get("countryCodeV2")),
        cancelled=order["cancelledAt"] is not None,
        tags=tuple(order["tags"]),
        lines=tuple(_line(line, taxes_included=order["taxesIncluded"]) for line in order["lines"]),
        customer_tags=tuple((order.get("customer") or {}).get("tags", ())),
        billed_to=buyer.billed_to,
        phones=buyer.phones,
        channel=channel_of(order["sourceName"]),
    )


def _buyer(order: JsonObject) -> Buyer:
    sent, billed = order["shippingAddress"] or {}, order["billingAddress"] or {}
    return Buyer(
        email=order["email"],
        sent_to=(sent or billed).get("zip"),
        billed_to=billed.get("zip"),
        phones=tuple(filter(None, (order["phone"], sent.get("phone"), billed.get("phone")))),
        country=(sent or billed).get("countryCodeV2") or NOWHERE,
    )


def _line(line: JsonObject, *, taxes_included: bool) -> BoughtLine:
    product, variant, image = line["product"] or {}, line["variant"] or {}, line["image"] or {}
    bundle, item = line["lineItemGroup"] or {}, variant.get("inventoryItem") or {}
    paid, at_the_shop = (_sold(line, side, taxes_included=taxes_included) for side in (presentment, at_shop))
    return BoughtLine(
        shop_line_id=line["id"],
        title=line["title"],
        quantity=line["quantity"],
        paid=paid.paid,
        list_price=presentment(line["originalUnitPriceSet"]),
        discount_percent=paid.percent,
        variant=line["variantTitle"],
        sku=line["sku"],
        vendor=line["vendor"],
        product_type=product.get("productType") or None,
        image=image.get("url"),
        tags=tuple(product.get("tags", ())),
        gift_card=line["isGiftCard"],
        product_id=product.get("id"),
        variant_id=variant.get("id"),
        options=tuple(Option(**option) for option in variant.get("selectedOptions", ())),
        discount=paid.discount,
        paid_at_shop=at_the_shop.paid,
        bundle=bundle.get("title"),
        bundle_id=bundle.get("id"),
        product_gone=line["product"] is None,
        unsent=line["unfulfilledQuantity"],
        hs_code=item.get("harmonizedSystemCode") or None,
        origin=_made_in(item.get("countryCodeOfOrigin")),
        grams=in_grams((item.get("measurement") or {}).get("weight")),
    )


def _made_in(country: str | None) -> str | None:
    return None if country == NOWHERE else country


def _sold(line: JsonObject, side: Callable[[JsonObject], Money], *, taxes_included: bool) -> Sold:
    return sold(
        unit=side(line["originalUnitPriceSet"]),
        quantity=line["quantity"],
        discounts=[side(part["allocatedAmountSet"]) for part in line["discountAllocations"]],
        taxes=[] if taxes_included else [side(tax["priceSet"]) for tax in line["taxLines"]],
    )


def _fulfillment(parcel: JsonObject, *, told_at: datetime) -> Fulfillment:
    quantities: Counter[str] = Counter()
    for item in whole(parcel["fulfillmentLineItems"]):
        quantities[item["lineItem"]["id"]] += item["quantity"] or 0
    return Fulfillment(
        shop_fulfillment_id=parcel["id"],
        updated_at=moment(parcel["updatedAt"]),
        told_at=told_at,
        fulfilled_at=moment(parcel["createdAt"]),
        quantities=tuple(sorted(quantities.items())),
        cancelled=parcel["status"] in VOID,
        tracking_numbers=tuple(told["number"] for told in parcel["trackingInfo"] if told["number"]),
    )

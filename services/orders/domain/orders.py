"""What is known of an order, from payloads in any order and from readings of the shop, and how it is told."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid5

from libs.contracts.orders import OrderV1
from libs.contracts.values import Address, Channel, Contact, Money, Option, OrderLine
from services.orders.domain.lookup import Buyer

POINTS_OF_SALE = frozenset({"pos"})  # what Shopify names its own counters
NOWHERE = "ZZ"  # CLDR's unknown country: an order over the counter has no address


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line as sold. `paid` is for all `quantity`, `list_price` is of one before discounts.

    `unsent` units are still to be sent, where it was said. `collections` are those that a retailer itself tells. `grams`
    is what one piece weighs; none of what carriers and customs ask for is there unless it was said.
    """

    shop_line_id: str
    title: str
    quantity: int
    paid: Money
    list_price: Money
    discount_percent: int = 0
    variant: str | None = None
    sku: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    gift_card: bool = False
    product_id: str | None = None
    variant_id: str | None = None
    options: tuple[Option, ...] = ()
    discount: Money | None = None
    paid_at_shop: Money | None = None
    bundle: str | None = None
    bundle_id: str | None = None
    product_gone: bool = False
    unsent: int | None = None
    collections: tuple[str, ...] = ()
    hs_code: str | None = None
    origin: str | None = None
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class BoughtOrder:
    """An order as sold. `updated_at` is the shop's own, `told_at` is when the shop sent it or we read it.

    `billed_to` is the bill's postcode, `phones` are those of its addresses: they prove who asks, and are told to nobody.
    """

    shop_order_id: str
    number: str
    placed_at: datetime
    updated_at: datetime
    told_at: datetime
    total: Money
    contact: Contact
    address: Address
    lines: tuple[BoughtLine, ...]
    cancelled: bool = False
    tags: tuple[str, ...] = ()
    customer_tags: tuple[str, ...] = ()
    total_at_shop: Money | None = None
    billed_to: str | None = None
    phones: tuple[str, ...] = ()
    channel: Channel = Channel.ONLINE


@dataclass(frozen=True, slots=True)
class Fulfillment:
    """A parcel sent to the shopper: how many of which line, and its carrier's numbers for it."""

    shop_fulfillment_id: str
    updated_at: datetime
    told_at: datetime
    fulfilled_at: datetime
    quantities: tuple[tuple[str, int], ...]
    cancelled: bool = False
    tracking_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A carrier told the shop that a fulfilment arrived."""

    shop_fulfillment_id: str
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """The order as read from the shop. `returnable` by line is the shop's number and what our open returns hold."""

    order: BoughtOrder
    fulfillments: tuple[Fulfillment, ...]
    deliveries: tuple[Delivery, ...]
    returnable: tuple[tuple[str, int], ...]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """Units of a line of a return that were settled, which the last reading of the shop may still count as sold and kept."""

    line_id: UUID
    shop_line_id: str
    quantity: int


DatedT = TypeVar("DatedT", BoughtOrder, Fulfillment)
PartT = TypeVar("PartT", Fulfillment, Delivery)
News = BoughtOrder | Fulfillment | Delivery | Reading


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """The newest of everything heard: any order of the same news, repeats included, ends in the same one."""

    order: BoughtOrder | None = None
    fulfillments: tuple[Fulfillment, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    reading: Reading | None = None
    settled: tuple[Settled, ...] = ()


def identity(shop_id: UUID, shop_gid: str) -> UUID:
    """Our id of a shop's order or line: derived, so that it is the same whichever delivery comes first."""
    return uuid5(shop_id, shop_gid)


def absorb(known: KnownOrder, *news: News) -> KnownOrder:
    """`known` with `news`. What is older than what is known, by the shop's own time, changes nothing."""
    for item in news:
        match item:
            case BoughtOrder():
                known = replace(known, order=_newer(known.order, item))
            case Fulfillment():
                known = replace(known, fulfillments=_with(known.fulfillments, item, _newer))
            case Delivery():
                known = replace(known, deliveries=_with(known.deliveries, item, _earlier))
            case Reading():
                known = replace(known, reading=_later(known.reading, item))
                known = absorb(known, item.order, *item.fulfillments, *item.deliveries)
    return known


def less_settled(known: KnownOrder, *settled: Settled) -> KnownOrder:
    """`known` with these units settled, each line once."""
    by_line = {each.line_id: each for each in (*settled, *known.settled)}  # what stands there stays
    return replace(known, settled=tuple(by_line[line_id] for line_id in sorted(by_line)))


def read_with(known: KnownOrder, reading: Reading, counted: Collection[UUID]) -> KnownOrder:
    """`known` with `reading`, whose numbers hold what was settled of the return lines `counted` already.

    What was settled while it was read may be in its numbers or not: it is taken off until the next reading.
    """
    known = absorb(known, reading)
    if known.reading is not reading:
        return known  # a later one is there, whose numbers stand
    return replace(known, settled=tuple(each for each in known.settled if each.line_id not in counted))


def view(known: KnownOrder, shop_id: UUID) -> OrderV1 | None:
    """The order as the other services see it; None while only a fulfilment of it has been heard of."""
    order = known.order
    if order is None:
        return None
    return OrderV1(
        order_id=identity(shop_id, order.shop_order_id),
        number=order.number,
        placed_at=order.placed_at,
        currency=order.total.currency,
        total=order.total,
        cancelled=order.cancelled,
        contact=order.contact,
        address=order.address,
        tags=order.tags,
        lines=tuple(_line(known, line, shop_id) for line in order.lines),
        customer_tags=order.customer_tags or (known.reading.order.customer_tags if known.reading else ()),
        total_at_shop=order.total_at_shop,
        channel=order.channel,
    )


def channel_of(source_name: str | None) -> Channel:
    """Where a Shopify order was made, by its `sourceName`: what is sold over a counter comes from `pos`."""
    return Channel.STORE if (source_name or "").strip().casefold() in POINTS_OF_SALE else Channel.ONLINE


def buyer_of(known: KnownOrder) -> Buyer:
    """What the shop holds of who bought it: what a shopper may prove it by."""
    order = known.order
    if order is None:
        return Buyer()
    return Buyer(
        email=order.contact.email or None,
        sent_to=order.address.postcode,
        billed_to=order.billed_to,
        phones=tuple(filter(None, (order.contact.phone, *order.phones))),
        country=order.address.country,
    )


def _line(known: KnownOrder, line: BoughtLine, shop_id: UUID) -> OrderLine:
    read = _read_line(known, line)
    sent = [f for f in known.fulfillments if not f.cancelled and line.shop_line_id in dict(f.quantities)]
    return OrderLine(
        id=identity(shop_id, line.shop_line_id),
        shop_line_id=line.shop_line_id,
        title=line.title,
        variant=line.variant,
        sku=line.sku,
        image=line.image or read.image,
        product_type=line.product_type or read.product_type,
        vendor=line.vendor or read.vendor,
        tags=line.tags or read.tags,
        quantity=line.quantity,
        returnable=_returnable(known, line, sent),
        paid=line.paid,
        list_price=line.list_price,
        discount_percent=line.discount_percent,
        gift_card=line.gift_card,
        fulfilled_at=max((f.fulfilled_at for f in sent), default=None),
        delivered_at=max((at for f in sent if (at := _delivered_at(known, f))), default=None),
        product_id=line.product_id or read.product_id,
        variant_id=line.variant_id or read.variant_id,
        options=line.options or read.options,
        discount=line.discount,
        paid_at_shop=line.paid_at_shop,
        bundle=line.bundle or read.bundle,
        bundle_id=line.bundle_id or read.bundle_id,
        product_gone=line.product_gone or read.product_gone,
        unsent=_unsent(known, line, sent),
        collections=line.collections,
        hs_code=line.hs_code or read.hs_code,
        origin=line.origin or read.origin,
        grams=read.grams if line.grams is None else line.grams,
        shipped_as=tuple(dict.fromkeys(number for f in sent for number in f.tracking_numbers)),
    )


def _read_line(known: KnownOrder, line: BoughtLine) -> BoughtLine:
    """The line as last read from the shop: payloads carry no picture and no product tags."""
    lines = known.reading.order.lines if known.reading else ()
    return next((read for read in lines if read.shop_line_id == line.shop_line_id), line)


def _returnable(known: KnownOrder, line: BoughtLine, sent: list[Fulfillment]) -> int:
    """The shop's own number, before the first reading what was sent, less what was settled since.

    The shop checks again when a return opens.
    """
    if known.reading is not None:
        left = dict(known.reading.returnable).get(line.shop_line_id, 0)
    else:
        left = sum(dict(f.quantities)[line.shop_line_id] for f in sent)
    settled = sum(each.quantity for each in known.settled if each.shop_line_id == line.shop_line_id)
    return max(0, min(line.quantity, left) - settled)


def _unsent(known: KnownOrder, line: BoughtLine, sent: list[Fulfillment]) -> int:
    """How many units are still to be sent: as the order says, less the parcels heard of since."""
    if line.unsent is None or (known.order is not None and known.order.cancelled):
        return 0
    return max(0, min(line.unsent, line.quantity - sum(dict(f.quantities)[line.shop_line_id] for f in sent)))


def _delivered_at(known: KnownOrder, fulfillment: Fulfillment) -> datetime | None:
    told = (d.delivered_at for d in known.deliveries if d.shop_fulfillment_id == fulfillment.shop_fulfillment_id)
    return next(told, None)


def _newer(held: DatedT | None, heard: DatedT) -> DatedT:
    return heard if held is None or _rank(heard) > _rank(held) else held


def _rank(dated: BoughtOrder | Fulfillment) -> tuple[datetime, datetime, str]:
    """Of two with one time either may stand, but it must be the same one in whatever order they come."""
    return dated.updated_at, dated.told_at, repr(dated)


def _earlier(held: Delivery, heard: Delivery) -> Delivery:
    return heard if heard.delivered_at < held.delivered_at else held


def _later(held: Reading | None, heard: Reading) -> Reading:
    return heard if held is None or (heard.read_at, repr(heard)) > (held.read_at, repr(held)) else held


def _with(items: tuple[PartT, ...], item: PartT, choose: Callable[[PartT, PartT], PartT]) -> tuple[PartT, ...]:
    by_id = {held.shop_fulfillment_id: held for held in items}
    held = by_id.get(item.shop_fulfillment_id)
    by_id[item.shop_fulfillment_id] = item if held is None else choose(held, item)
    return tuple(by_id[key] for key in sorted(by_id))

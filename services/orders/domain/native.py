"""Orders that a retailer brings itself: what they are known by, what of them can come back, and who settles them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.orders import LineGiven, OrderGiven
from libs.contracts.values import Address, Channel, Money, Resolution
from services.orders.domain import money
from services.orders.domain.jobs import Job
from services.orders.domain.orders import (
    NOWHERE,
    BoughtLine,
    BoughtOrder,
    Delivery,
    Fulfillment,
    KnownOrder,
    Reading,
    identity,
)
from services.orders.domain.steps import Action, Ending, State

BY_HAND = "orders.by_hand"  # the code of a settlement that no shop of ours can make
NOTHING_TO_GIVE = "nothing to give"  # the reference of a settlement by which no money moves


class Source(StrEnum):
    """Who tells of an order: a shop that we ask, or the retailer, which alone can settle it."""

    SHOP = "shop"
    RETAILER = "retailer"


class KeptByTheShop(Refused):
    """The retailer's shop tells of its online orders itself."""

    def __init__(self, number: str) -> None:
        super().__init__("orders.kept_by_the_shop", f"{number} is for the connected shop to tell of.")


class MixedCurrencies(Refused):
    """An order is in one currency."""

    def __init__(self, number: str) -> None:
        super().__init__("orders.mixed_currencies", f"{number} has amounts in several currencies.")


def key_of(given: OrderGiven) -> str:
    """What an order is known by in place of a shop's id: its channel, its counter and its number."""
    return f"native:{given.channel}:{_folded(given.place or '')}:{_folded(given.number)}"


def check(given: OrderGiven, *, shop_is_native: bool) -> None:
    """Raise what keeps the order from being saved: KeptByTheShop or MixedCurrencies."""
    if not shop_is_native and given.channel is not Channel.STORE:
        raise KeptByTheShop(given.number)
    prices = [line.list_price for line in given.lines if line.list_price is not None]
    if len({amount.currency for amount in (*prices, *(line.paid for line in given.lines))}) > 1:
        raise MixedCurrencies(given.number)


def is_stale(given: OrderGiven, known: KnownOrder) -> bool:
    """Whether something newer of the order is known, by the retailer's own time."""
    return bool(known.order and given.updated_at and given.updated_at < known.order.updated_at)


def known_from(given: OrderGiven, shop_id: UUID, settled: Mapping[UUID, int], now: datetime) -> KnownOrder:
    """All that is known of the order: what its retailer says, less the units that were `settled`, by order line."""
    key, updated_at = key_of(given), given.updated_at or now
    lines = tuple(_line(given, line, f"{key}/{line.key or place}") for place, line in enumerate(given.lines, start=1))
    order = BoughtOrder(
        shop_order_id=key,
        number=given.number.strip(),
        placed_at=given.placed_at,
        updated_at=updated_at,
        told_at=now,
        total=money.total([line.paid for line in lines], lines[0].paid.currency),
        contact=given.contact,
        address=given.address or _nowhere(given),
        lines=lines,
        cancelled=given.cancelled,
        tags=given.tags,
        channel=given.channel,
    )
    return recounted(_sent(given, order, now), shop_id, settled, now)


def recounted(known: KnownOrder, shop_id: UUID, settled: Mapping[UUID, int], now: datetime) -> KnownOrder:
    """The same with what can still come back counted anew: what was sent, less what was `settled`."""
    order = known.order
    assert order is not None  # a retailer tells of whole orders
    left = (
        {} if order.cancelled or not known.fulfillments else {line.shop_line_id: line.quantity for line in order.lines}
    )
    returnable = {line: max(0, units - settled.get(identity(shop_id, line), 0)) for line, units in left.items()}
    reading = Reading(order, known.fulfillments, known.deliveries, tuple(sorted(returnable.items())), now)
    return KnownOrder(order, known.fulfillments, known.deliveries, reading)


def ending_by_hand(job: Job) -> Ending:
    """What becomes of a step without a shop: all are done at once, but money is given by a person, who records it."""
    if job.action is Action.OPEN_RETURN:
        return Ending(State.DONE, reference=str(job.key))
    if job.action in (Action.CLOSE_RETURN, Action.CANCEL_RETURN):
        return Ending(State.DONE, reference=job.shop_return_id or None)  # the effect of these is the return itself
    if job.action is not Action.SETTLE:
        return Ending(State.DONE)
    if not job.owed.amount:
        return Ending(State.DONE, reference=f"{NOTHING_TO_GIVE} {job.key}")
    return Ending(State.REFUSED, code=BY_HAND, words=_to_do(job))


_GIVE = {
    Resolution.REFUND: "Refund {amount}",
    Resolution.STORE_CREDIT: "Give a gift card of {amount}",
    Resolution.EXCHANGE: "Send {what} in exchange, worth {amount},",
}


def _to_do(job: Job) -> str:
    amount = f"{money.major(job.owed)} {job.owed.currency}"
    chosen = job.lines[0].exchange_variant
    what = chosen.title if chosen else "what was chosen"
    told = _GIVE.get(job.lines[0].resolution, "Give {amount}").format(amount=amount, what=what)
    return f"{told} in your own system, for return {job.number}. Then record here the number that it has there."


def _sent(given: OrderGiven, order: BoughtOrder, now: datetime) -> KnownOrder:
    """The order with the one parcel that its retailer tells of; what was bought over a counter was handed over there."""
    delivered_at, fulfilled_at = _delivered_at(given), _sent_at(given)
    if fulfilled_at is None:
        return KnownOrder(order)
    parcel_id = f"{order.shop_order_id}/parcel"
    quantities = tuple(sorted((line.shop_line_id, line.quantity) for line in order.lines))
    parcel = Fulfillment(parcel_id, order.updated_at, now, fulfilled_at, quantities)
    return KnownOrder(order, (parcel,), (Delivery(parcel_id, delivered_at),) if delivered_at else ())


def _delivered_at(given: OrderGiven) -> datetime | None:
    return given.delivered_at or (given.placed_at if given.channel is Channel.STORE else None)


def _sent_at(given: OrderGiven) -> datetime | None:
    return given.fulfilled_at or _delivered_at(given)


def _line(order: OrderGiven, given: LineGiven, key: str) -> BoughtLine:
    one = given.list_price or Money(amount=given.paid.amount // given.quantity, currency=given.paid.currency)
    before = one.amount * given.quantity
    off = max(0, before - given.paid.amount) if given.list_price else 0
    return BoughtLine(
        shop_line_id=key,
        title=given.title,
        quantity=given.quantity,
        paid=given.paid,
        list_price=one,
        discount_percent=off * 100 // before if before else 0,
        variant=given.variant,
        sku=given.sku,
        vendor=given.vendor,
        product_type=given.product_type,
        image=given.image,
        tags=given.tags,
        gift_card=given.gift_card,
        collections=given.collections,
        hs_code=given.hs_code,
        origin=given.origin,
        grams=given.grams,
        unsent=0 if _sent_at(order) else given.quantity,
    )


def _nowhere(given: OrderGiven) -> Address:
    """The address of somebody who gave none at the counter."""
    return Address(name=given.contact.name, line1="", city="", country=NOWHERE)


def _folded(written: str) -> str:
    return "".join(written.casefold().split())

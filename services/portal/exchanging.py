"""What a line may be exchanged for: asked of orders on the policy's terms, and looked at once more when a return is made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.orders import ExchangeChoice, ExchangeProduct, ExchangesV1, GetExchangesV1, OrderV1
from libs.contracts.rules import DecisionV1, LineDecision, Offer
from libs.contracts.values import ExchangeTerms, ExchangeVariant, Money, Resolution
from services.portal.wishes import Picked

ONLY_VARIANT = "Default Title"  # what Shopify calls the only variant of a product that comes in one


def choices_of(retailer_id: UUID, order: OrderV1, pick: Picked, offer: Offer, **asked: Any) -> ExchangesV1:
    """What `pick` may be exchanged for on the terms of `offer`. Refused as orders refuses it; raises Unavailable."""
    wanted = GetExchangesV1(
        order_id=order.order_id,
        line_id=pick.line_id,
        terms=offer.exchange or ExchangeTerms(),
        quantity=pick.quantity,
        owed=offer.amount,
        **asked,
    )
    return ask(retailer_id, wanted)


def variants_of(
    retailer_id: UUID, order: OrderV1, decision: DecisionV1, picked: Sequence[Picked]
) -> dict[UUID, ExchangeVariant]:
    """What each exchange gives, as the shop has it now. Refused where it cannot be taken, or as orders refuses it."""
    decided = {line.line_id: line for line in decision.lines}
    found: dict[UUID, ExchangeVariant] = {}
    for pick in picked:
        if pick.resolution != Resolution.EXCHANGE:
            continue
        title = next((line.title for line in order.lines if line.id == pick.line_id), "")
        if pick.exchange_variant is None or pick.line_id not in decided:
            raise Refused("portal.variant_not_offered", title)
        offer = offer_of(decided[pick.line_id], pick.resolution, title)
        told = choices_of(retailer_id, order, pick, offer, variant_id=pick.exchange_variant)
        found[pick.line_id] = chosen_of(order, pick, told)
    return found


def offer_of(decision: LineDecision, resolution: str | None, title: str) -> Offer:
    """What the policy offers of this kind for a line. Refused as `portal.not_offered`."""
    offer = next((offer for offer in decision.offers if offer.resolution == resolution), None)
    if offer is None:
        raise Refused("portal.not_offered", title)
    return offer


def chosen_of(order: OrderV1, pick: Picked, told: ExchangesV1) -> ExchangeVariant:
    """What was chosen for `pick` among `told`. Refused where it cannot be had, or not for what the shopper agreed to pay."""
    line = next(line for line in order.lines if line.id == pick.line_id)
    choice = next((one for one in told.choices if one.variant_id == pick.exchange_variant), None)
    if choice is None or not choice.in_stock:
        raise Refused("portal.variant_not_offered", line.title)
    settled = settled_by(choice, pick.quantity)
    if pick.seen and (pick.seen.price, pick.seen.to_settle) != (choice.price.amount, settled):
        raise Refused("portal.price_changed", line.title)
    if settled > 0 and pick.on_top != settled:
        raise Refused("portal.difference_not_agreed", line.title)
    on_top = Money(amount=settled, currency=choice.price.currency) if settled > 0 else None
    title = called(choice.title, told.product if told.product and told.product.product_id != line.product_id else None)
    return ExchangeVariant(id=choice.variant_id, title=title, difference=on_top, price=choice.price)


def called(variant: str, product: ExchangeProduct | None) -> str:
    """How a variant is called by itself: with its product's title where that is another one than was bought."""
    if product is None:
        return variant
    return product.title if variant == ONLY_VARIANT else f"{product.title}, {variant}"


def settled_by(choice: ExchangeChoice, quantity: int) -> int:
    """What the shopper pays on top for all pieces, or gets back as a negative amount, in minor units."""
    return choice.to_settle.amount if choice.to_settle else choice.difference.amount * quantity

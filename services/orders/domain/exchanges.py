"""What a line may be exchanged for, what an exchange costs, and why one cannot be made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.orders import ExchangeChoice
from libs.contracts.values import Money, Option, OrderLine, Resolution, ReturnLine
from services.orders.domain.worth import share

CHARGED = "charged/"  # before a line's id: in the opening's request, what the line's exchange costs


class NoExchanges(Refused):
    """There is nothing to choose from."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.no_exchanges", f"The shop has no product for {title} any more.")


class VariantMissing(Refused):
    """An exchange was asked for without saying for what."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.variant_missing", f"Nothing was chosen in place of {title}.")


class VariantDearer(Refused):
    """What was chosen costs more than what comes back: the shopper would have to pay."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.variant_dearer", f"{title} costs more than what comes back.")


class ExchangeCostsMore(Refused):
    """Less is owed by now than the exchange costs, as where something was taken off: the shopper would have to pay."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.exchange_costs_more", f"{title} costs more than is still owed for what came back.")


class SoldOut(Refused):
    """Too few are left, and the request names nothing else to be given."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.sold_out", f"{title} is sold out.")


class ExchangeNotOpened(Refused):
    """The shop's return was opened without this exchange, and the shop takes none later."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.exchange_not_opened", f"The shop's return holds no exchange for {title}.")


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant as the shop sells it now, one piece, in the shopper's currency. `stock` is None where it is not counted."""

    id: str
    title: str
    price: Money
    for_sale: bool
    stock: int | None
    options: tuple[Option, ...] = ()
    sku: str | None = None

    def has(self, quantity: int) -> bool:
        """Whether so many can be had now."""
        return self.for_sale and (self.stock is None or self.stock >= quantity)


@dataclass(frozen=True, slots=True)
class Agreed:
    """An exchange as the shop's return was opened with it: the place of its line there, and its price for all its units."""

    place: int
    charged: int


@dataclass(frozen=True, slots=True)
class ShopExchangeLine:
    """A line of what goes out for a return, as the shop holds it."""

    id: str
    variant_id: str
    quantity: int
    processed: int


def agreed(opened_by: Mapping[str, Any] | None) -> dict[UUID, Agreed]:
    """By line, the exchanges that a return was opened with, in the order of the lines' ids, from the opening's request."""
    before = (opened_by or {}).get("before", {})
    charged = sorted((key.removeprefix(CHARGED), amount) for key, amount in before.items() if key.startswith(CHARGED))
    return {UUID(line): Agreed(place, amount) for place, (line, amount) in enumerate(charged)}


def choices(line: OrderLine, variants: Iterable[Variant]) -> tuple[ExchangeChoice, ...]:
    """The variants as a shopper may choose among them; one that is dearer than the line's list price cannot be taken."""
    return tuple(_choice(line, variant) for variant in variants if variant.price.currency == line.list_price.currency)


def _choice(line: OrderLine, variant: Variant) -> ExchangeChoice:
    difference = variant.price.amount - line.list_price.amount
    return ExchangeChoice(
        variant_id=variant.id,
        title=variant.title,
        options=variant.options,
        sku=variant.sku,
        price=variant.price,
        difference=Money(amount=difference, currency=variant.price.currency),
        in_stock=variant.has(1),
        stock=variant.stock,
        can_be_taken=variant.has(1) and difference <= 0,
        bought=variant.id == line.variant_id,
    )


def charge(line: ReturnLine, variant: Variant, list_price: Money) -> Money:
    """What an exchange costs: the variant's price, but never more than is owed for what comes back.

    A variant at the list price or below is paid in full by goods that were bought at a discount; what it costs less than is
    owed goes back as money. Raises VariantDearer where it costs more than was asked for what comes back, before discounts.
    """
    if variant.price.currency != list_price.currency or variant.price.amount > list_price.amount:
        raise VariantDearer(variant.title)
    return Money(amount=min(variant.price.amount * line.quantity, line.owed.amount), currency=list_price.currency)


def cost(agreed: Agreed, held: ShopExchangeLine, units: int, currency: str) -> Money:
    """What `units` of an exchange cost of those that the shop's return holds."""
    whole = Money(amount=agreed.charged, currency=currency)
    return share(whole, quantity=held.quantity, units=units, before=held.processed)


def instead(line: ReturnLine, title: str) -> Resolution:
    """What is given for a line whose exchange is sold out. Raises SoldOut where nothing is named."""
    if line.fallback in (Resolution.REFUND, Resolution.STORE_CREDIT):
        return line.fallback
    raise SoldOut(title)

"""What a line may be exchanged for, what an exchange costs, and why one cannot be made."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.orders import ExchangeChoice, ExchangeProduct
from libs.contracts.values import ExchangeFrom, ExchangeTerms, Money, Option, OrderLine, Resolution, ReturnLine
from services.orders.domain import money
from services.orders.domain.worth import share

MOST_WORDS = 5  # of a search by title
CHARGED = "charged/"  # before a line's id: in the opening's request, what the line's exchange costs


class NoExchanges(Refused):
    """There is nothing to choose from."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.no_exchanges", f"The shop has no product for {title} any more.")


class NoShopToAsk(Refused):
    """The order is of no shop that could be asked what it has."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.no_exchanges", f"No shop tells us what {title} could be exchanged for.")


class NotAmongThem(Refused):
    """The product is none of those that the terms allow, or is not on sale."""

    def __init__(self) -> None:
        super().__init__("orders.no_exchanges", "This product cannot be had in exchange.")


class NoCollection(Refused):
    """The shop has no collection of this handle: the retailer's policy names one that is gone."""

    def __init__(self, handle: str) -> None:
        super().__init__("orders.no_exchanges", f"The shop has no collection {handle}.")


class VariantMissing(Refused):
    """An exchange was asked for without saying for what."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.variant_missing", f"Nothing was chosen in place of {title}.")


class VariantDearer(Refused):
    """What was chosen costs more than what comes back, and nobody asked the shopper to pay that."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.variant_dearer", f"{title} costs more than what comes back.")


class ExchangeCostsMore(Refused):
    """Less is owed by now than the exchange costs, as where something was taken off: the shopper would have to pay."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.exchange_costs_more", f"{title} costs more than is still owed for what came back.")


class PriceChanged(Refused):
    """What was chosen costs another price than the shopper saw: a person settles it with the shopper."""

    def __init__(self, title: str, seen: Money, now: Money) -> None:
        was, is_now = (f"{money.major(price)} {price.currency}" for price in (seen, now))
        super().__init__("orders.price_changed", f"{title} cost {was} when it was chosen and costs {is_now} now.")


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
class OnSale:
    """A product as the shop sells it now. `listed`: it is shown in the shop, and is no gift card."""

    id: str
    title: str
    variants: tuple[Variant, ...]
    image: str | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shopper asks for in exchange: for which line, how many pieces, and what is owed for those that come back."""

    line: OrderLine
    quantity: int = 1
    owed: Money | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the shop's products: those of a collection, or all that it shows, with these words in their titles."""

    collection_id: str | None = None
    search: str = ""
    after: str | None = None
    first: int = 12

    @property
    def query(self) -> str:
        """The shop's search. Only letters and digits of what was typed go into it, so that it says nothing else."""
        among = (
            f"collection_id:{self.collection_id.rpartition('/')[2]}"
            if self.collection_id
            else "published_status:published"
        )
        words = [f"title:{word}*" for word in re.findall(r"[^\W_]+", self.search.casefold())[:MOST_WORDS]]
        return " AND ".join(["status:active", "gift_card:false", among, *words])

    @property
    def sort(self) -> str:
        """The order that suits the search."""
        return "RELEVANCE" if self.search else "TITLE"


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


def choices(wanted: Wanted, variants: Iterable[Variant]) -> tuple[ExchangeChoice, ...]:
    """The variants as a shopper may choose among them, each with what is paid on top or comes back."""
    currency = wanted.line.list_price.currency
    return tuple(_choice(wanted, variant) for variant in variants if variant.price.currency == currency)


def offered(wanted: Wanted, product: OnSale) -> ExchangeProduct:
    """The product as a shopper may choose it."""
    return ExchangeProduct(
        product_id=product.id, title=product.title, image=product.image, choices=choices(wanted, product.variants)
    )


def _choice(wanted: Wanted, variant: Variant) -> ExchangeChoice:
    line, quantity = wanted.line, wanted.quantity
    difference = variant.price.amount - line.list_price.amount
    settled = to_settle(variant.price, line.list_price, quantity, wanted.owed) if wanted.owed else None
    return ExchangeChoice(
        variant_id=variant.id,
        title=variant.title,
        options=variant.options,
        sku=variant.sku,
        price=variant.price,
        difference=Money(amount=difference, currency=variant.price.currency),
        in_stock=variant.has(quantity),
        stock=variant.stock,
        can_be_taken=variant.has(quantity) and difference <= 0,
        bought=variant.id == line.variant_id,
        to_settle=settled,
    )


def to_settle(price: Money, list_price: Money, quantity: int, owed: Money) -> Money:
    """What the shopper pays on top for `quantity` pieces (plus), or gets back (minus).

    On top is what they cost more than the list price of what comes back. A piece at that price or below is paid in full by
    goods that were bought at a discount; what it costs less than is owed comes back as money.
    """
    if price.amount > list_price.amount:
        return Money(amount=(price.amount - list_price.amount) * quantity, currency=price.currency)
    return Money(amount=min(0, price.amount * quantity - owed.amount), currency=price.currency)


def is_allowed(terms: ExchangeTerms, product: OnSale, *, own: bool, in_collection: bool) -> bool:
    """Whether the terms allow this product. The product that was bought is allowed by all of them."""
    allowed = {
        ExchangeFrom.SAME_PRODUCT: own,
        ExchangeFrom.COLLECTION: own or in_collection,
        ExchangeFrom.ANY_PRODUCT: True,
    }
    return allowed[terms.chosen_from] and (own or product.listed)


def charge(line: ReturnLine, variant: Variant, list_price: Money) -> Money:
    """What an exchange costs at the shop: the variant's price, but never more than is owed for what comes back.

    What it costs more than the list price of that is paid apart, by what the line says of it. Raises VariantDearer where
    nobody pays it, and PriceChanged where it costs another price than the shopper saw.
    """
    if variant.price.currency != list_price.currency:
        raise VariantDearer(variant.title)
    check_price(line, variant)
    on_top = (variant.price.amount - list_price.amount) * line.quantity
    if on_top > _paid_apart(line):
        raise VariantDearer(variant.title)
    return Money(amount=min(variant.price.amount * line.quantity, line.owed.amount), currency=list_price.currency)


def check_price(line: ReturnLine, variant: Variant) -> None:
    """Raise PriceChanged where the variant costs another price than the shopper saw."""
    seen = line.exchange_variant.price if line.exchange_variant else None
    if seen is not None and seen != variant.price:
        raise PriceChanged(variant.title, seen, variant.price)


def _paid_apart(line: ReturnLine) -> int:
    difference = line.exchange_variant.difference if line.exchange_variant else None
    return difference.amount if difference else 0


def cost(agreed: Agreed, held: ShopExchangeLine, units: int, currency: str) -> Money:
    """What `units` of an exchange cost of those that the shop's return holds."""
    whole = Money(amount=agreed.charged, currency=currency)
    return share(whole, quantity=held.quantity, units=units, before=held.processed)


def instead(line: ReturnLine, title: str) -> Resolution:
    """What is given for a line whose exchange is sold out. Raises SoldOut where nothing is named."""
    if line.fallback in (Resolution.REFUND, Resolution.STORE_CREDIT):
        return line.fallback
    raise SoldOut(title)

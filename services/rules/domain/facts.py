"""What a rule may look at: each fact's name, its kind, and how staff and shoppers call it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from libs.contracts.values import Money

Value = str | int | bool | Money | frozenset[str]
Facts = Mapping[str, Value]  # by name; a fact that is not known is not in it


class Kind(StrEnum):
    """What values a fact has, and so which operators make sense of it."""

    CODE = "code"  # one value, or none
    CODES = "codes"  # any number of values, or none
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `asked_later`: the shopper says it after the order is found, so that it is not known before.

    `shopper` is how it is told to shoppers; None for what is not theirs to read.
    """

    name: str
    kind: Kind
    staff: str
    shopper: str | None = None
    folded: bool = False
    asked_later: bool = False


NUMERIC = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.MONEY})
SPOKEN = frozenset({Kind.CODE, Kind.CODES})

TABLE = (
    Fact("reason", Kind.CODE, "reason", "the reason", asked_later=True),
    Fact("sub_reason", Kind.CODE, "sub-reason", "the reason", asked_later=True),
    Fact("country", Kind.CODE, "country", "the country it comes from"),
    Fact("channel", Kind.CODE, "channel", "where it was bought"),
    Fact("product_type", Kind.CODE, "product type", "what it is", folded=True),
    Fact("vendor", Kind.CODE, "vendor", "who makes it", folded=True),
    Fact("sku", Kind.CODE, "SKU", "which item it is", folded=True),
    Fact("product_tags", Kind.CODES, "product tags", "what it is", folded=True),
    Fact("collections", Kind.CODES, "collections", "what it is", folded=True),
    Fact("order_tags", Kind.CODES, "order tags", folded=True),
    Fact("customer_tags", Kind.CODES, "customer tags", folded=True),
    Fact("order_number", Kind.CODE, "order number", folded=True),
    Fact("customer", Kind.CODE, "shopper"),  # the SHA-256 of the mail address: no list and no trace holds an address
    Fact("discount_percent", Kind.PERCENT, "discount percentage", "its discount"),
    Fact("discount_amount", Kind.MONEY, "discount amount", "its discount"),
    Fact("order_value", Kind.MONEY, "order value", "the order's value"),
    Fact("item_price", Kind.MONEY, "item price", "its price"),
    Fact("days_since_delivery", Kind.NUMBER, "days since delivery", "how long ago it was delivered"),
    Fact("quantity", Kind.NUMBER, "quantity", "how many come back", asked_later=True),
    Fact("earlier_returns", Kind.NUMBER, "earlier returns"),
    Fact("return_rate", Kind.PERCENT, "return rate"),
    Fact("photo", Kind.FLAG, "photo", "whether there is a photo", asked_later=True),
)
FACTS = {fact.name: fact for fact in TABLE}
ASKED_LATER = frozenset(fact.name for fact in TABLE if fact.asked_later)


def folded(fact: str, value: str) -> str:
    """`value` of `fact` as it is compared: case and outer blanks mean nothing where shops are careless about them."""
    return value.strip().casefold() if FACTS[fact].folded else value

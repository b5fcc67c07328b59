"""The conditions of a document: a field, an operator, and what it is compared with."""

from hashlib import sha256
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from libs.contracts.values import Channel, Country
from services.rules.policy.parts import Amount, Code, Count, Part, Percent, Tag

SpokenT = TypeVar("SpokenT")
CountedT = TypeVar("CountedT", int, Amount)


def _pseudonym(written: str) -> str:
    """The SHA-256 of a mail address, so that no list of shoppers holds one. A hash stays as it is."""
    address = written.strip().lower()
    if "@" in address:
        return sha256(address.encode()).hexdigest()
    if len(address) == 64 and set(address) <= set("0123456789abcdef"):
        return address
    raise ValueError("must be a mail address, or the SHA-256 of one")


Shopper = Annotated[str, StringConstraints(min_length=3, max_length=320), AfterValidator(_pseudonym)]


class Among(Part, Generic[SpokenT]):
    """`is` or `is_not` a `value`, or `in` or `none_of` several `values`."""

    op: Literal["is", "is_not", "in", "none_of"] = "in"
    value: SpokenT | None = None
    values: tuple[SpokenT, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_of_two(self) -> "Among[SpokenT]":
        single = self.op in {"is", "is_not"}
        if single and (self.value is None or self.values is not None):
            raise ValueError(f"{self.op} needs value, and no values")
        if not single and (self.values is None or self.value is not None):
            raise ValueError(f"{self.op} needs values, and no value")
        return self

    @property
    def meant(self) -> tuple[SpokenT, ...]:
        """What it is compared with, one or several."""
        return self.values if self.values is not None else () if self.value is None else (self.value,)


class ReasonIs(Among[Code]):
    """The reason or the sub-reason given is one of these codes, or none of them."""

    field: Literal["reason", "sub_reason"]


class CountryIs(Among[Country]):
    """The parcel comes from one of these countries, or from none of them."""

    field: Literal["country"]


class ChannelIs(Among[Channel]):
    """It was bought online, or over a shop's counter."""

    field: Literal["channel"]


class NameIs(Among[Tag]):
    """A name or tag of the shop's own, in whatever case. `tags` is the former name of `product_tags`."""

    field: Literal[
        "tags",
        "product_tags",
        "collections",
        "order_tags",
        "customer_tags",
        "product_type",
        "vendor",
        "sku",
        "order_number",
    ]


class ShopperIs(Among[Shopper]):
    """The shopper is on this list, or not. Mail addresses are kept as their hash."""

    field: Literal["customer"]


class Compared(Part, Generic[CountedT]):
    """`is`, `at_least` or `at_most` a `value`, or `between` a `low` and a `high`, both included."""

    op: Literal["is", "at_least", "at_most", "between"]
    value: CountedT | None = None
    low: CountedT | None = None
    high: CountedT | None = None

    @model_validator(mode="after")
    def _ends(self) -> "Compared[CountedT]":
        ends = self.low is not None and self.high is not None
        no_ends = self.low is None and self.high is None
        if self.op == "between" and not (ends and self.value is None):
            raise ValueError("between needs low and high, and no value")
        if self.op != "between" and not (no_ends and self.value is not None):
            raise ValueError(f"{self.op} needs value, and neither low nor high")
        if self.low is not None and self.high is not None:
            _in_order(self.low, self.high)
        return self


def _in_order(low: int | Amount, high: int | Amount) -> None:
    if isinstance(low, Amount) and isinstance(high, Amount):
        if low.currency != high.currency:
            raise ValueError(f"low is in {low.currency}, high in {high.currency}")
        low, high = low.amount, high.amount
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise ValueError("low is above high")


class NumberIs(Compared[Count]):
    """A count is within limits."""

    field: Literal["days_since_delivery", "quantity", "earlier_returns"]


class PercentIs(Compared[Percent]):
    """A share is within limits, in whole percents from 0 to 100."""

    field: Literal["discount_percent", "return_rate"]


class MoneyIs(Compared[Amount]):
    """An amount is within limits, in their currency."""

    field: Literal["discount_amount", "order_value", "item_price"]


class FlagIs(Part):
    """Something is given, or is not."""

    field: Literal["photo"]
    op: Literal["is"] = "is"
    value: bool


Condition = Annotated[
    ReasonIs | CountryIs | ChannelIs | NameIs | ShopperIs | NumberIs | PercentIs | MoneyIs | FlagIs,
    Field(discriminator="field"),
]

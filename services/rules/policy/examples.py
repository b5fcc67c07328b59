"""Examples kept with a policy: an item that comes back, made up, and what the policy must give for it."""

from pydantic import Field, model_validator

from libs.contracts.values import Channel, Country, LabelTerms, Resolution, Stage
from services.rules.policy.conditions import Shopper
from services.rules.policy.parts import Amount, Code, Count, Day, Name, Part, Percent, Plain, Tag


class Item(Part):
    """An item and its return, by the names that rules use; what is not said is as it usually is.

    Prices and discounts are of one piece. `on` is the day it is asked, today's without it; `days_since_delivery: null` is
    an item that was sent and has not arrived. `ordered` is the day of the order, else that of the delivery.
    """

    reason: Code
    sub_reason: Code | None = None
    quantity: int = Field(default=1, ge=1, le=1_000)
    photo: bool = False
    answers: dict[Code, Code] = Field(default_factory=dict)
    country: Country = "GB"
    channel: Channel = Channel.ONLINE
    product_type: Tag | None = None
    vendor: Tag | None = None
    sku: Tag | None = None
    product_tags: tuple[Tag, ...] = ()
    collections: tuple[Tag, ...] = ()
    order_tags: tuple[Tag, ...] = ()
    customer_tags: tuple[Tag, ...] = ()
    order_number: Tag | None = None
    customer: Shopper | None = None
    item_price: Amount | None = None
    order_value: Amount | None = None
    discount_percent: Percent | None = None
    discount_amount: Amount | None = None
    days_since_delivery: int | None = Field(default=3, ge=0, le=36_500)
    earlier_returns: Count | None = None
    return_rate: Percent | None = None
    ordered: Day | None = None
    on: Day | None = None

    @model_validator(mode="after")
    def _in_one_currency(self) -> "Item":
        amounts = (self.item_price, self.order_value, self.discount_amount)
        if len({amount.currency for amount in amounts if amount is not None}) > 1:
            raise ValueError("has amounts in two currencies")
        return self

    @model_validator(mode="after")
    def _rate_of_something(self) -> "Item":
        if self.return_rate and self.earlier_returns == 0:
            raise ValueError("who returned nothing has no return_rate above 0")
        return self


class Expected(Part):
    """What must come of an item: every part that is said, and nothing about what is not.

    `offers` are all of them, in any order. `rule` is the one that decides, `Otherwise` or `Eligibility` among them.
    """

    offers: tuple[Resolution, ...] | None = None
    refused: bool | None = None
    review: bool | None = None
    label: LabelTerms | None = None
    amount: Amount | None = None
    rule: Name | None = None
    stage: Stage | None = None
    label_price: Amount | None = None
    keep_item: bool | None = None
    question: Code | None = None
    photo_required: bool | None = None
    hub: Plain | None = None

    @model_validator(mode="after")
    def _something(self) -> "Expected":
        if not self.model_fields_set:
            raise ValueError("says nothing")
        return self


class Example(Part):
    """An item, and what the policy gives for it. A policy whose examples come out otherwise is not published."""

    name: Name
    item: Item
    expect: Expected

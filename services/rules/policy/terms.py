"""What a document gives: resolutions with what goes with them, fees, labels, questions, and outcomes made of these."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from libs.contracts.values import ExchangeFrom, Resolution, Stage
from services.rules.domain.outcomes import FeeKind, Leads, Per
from services.rules.policy.parts import Amount, Code, Days, Kept, Part, Plain, Share, Words

Hub = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), Kept]


class Credit(Part):
    """What goes with store credit: days it is good for, and a bonus, an amount or a share of what is owed in percent."""

    valid_days: Days | None = None
    bonus: Amount | None = None
    bonus_percent: Share | None = None

    @model_validator(mode="after")
    def _one_bonus(self) -> "Credit":
        if self.bonus is not None and self.bonus_percent is not None:
            raise ValueError("has either bonus or bonus_percent")
        return self


class Exchange(Part):
    """What an exchange may be chosen from; a collection is named by its handle at the shop."""

    chosen_from: ExchangeFrom = ExchangeFrom.SAME_PRODUCT
    collection: Plain | None = None
    instant: bool = False

    @model_validator(mode="after")
    def _named(self) -> "Exchange":
        if (self.chosen_from is ExchangeFrom.COLLECTION) is (self.collection is None):
            raise ValueError("collection goes with chosen_from collection")
        return self


class Offer(Part):
    """A resolution that the policy may give. What a rule says of the same resolution replaces what is said here."""

    resolution: Resolution
    words: Words | None = None
    stage: Stage | None = None
    keep_item: bool | None = None
    credit: Credit | None = None
    exchange: Exchange | None = None
    fallback: Literal["refund", "store_credit"] | None = None

    @model_validator(mode="after")
    def _goes_together(self) -> "Offer":
        if self.credit is not None and self.resolution is not Resolution.STORE_CREDIT:
            raise ValueError("credit goes with store_credit")
        if self.exchange is not None and self.resolution is not Resolution.EXCHANGE:
            raise ValueError("exchange goes with exchange")
        if self.fallback is not None and self.resolution is not Resolution.EXCHANGE:
            raise ValueError("fallback goes with exchange")
        return self


def _shape(written: Any) -> str:
    return "name" if isinstance(written, str) else "whole"


Allowed = Annotated[
    Annotated[Resolution, Tag("name")] | Annotated[Offer, Tag("whole")],
    Discriminator(_shape),
]


class Fee(Part):
    """What is taken off what is owed, an amount or a share of it in percent. `even_at_fault`: where we are at fault too."""

    kind: FeeKind
    per: Per = Per.LINE
    flat: Amount | None = None
    percent: Share | None = None
    only_for: tuple[Literal["refund", "store_credit"], ...] = Field(default=("refund",), min_length=1)
    even_at_fault: bool = False
    words: Words | None = None

    @model_validator(mode="after")
    def _one_size(self) -> "Fee":
        if (self.flat is None) == (self.percent is None):
            raise ValueError("needs either flat or percent")
        if self.percent is not None and self.per is not Per.LINE:
            raise ValueError("a percentage is taken per line")
        return self


class FixedPrice(Part):
    """A label that the shopper pays for at this price, whatever the lane costs."""

    fixed: Amount


def _label_shape(written: Any) -> str:
    return "payer" if isinstance(written, str) else "price"


Label = Annotated[
    Annotated[Literal["free", "paid"], Tag("payer")] | Annotated[FixedPrice, Tag("price")],
    Discriminator(_label_shape),
]


class Answer(Part):
    """An answer and where it leads; a rejection needs words that tell why."""

    code: Code
    words: Words
    leads: Leads = Leads.GO_ON
    tells: Words | None = None

    @model_validator(mode="after")
    def _tells_why(self) -> "Answer":
        if self.leads is Leads.REJECT and self.tells is None:
            raise ValueError("a rejection needs tells, the words that say why")
        return self


class Question(Part):
    """What the shopper answers before anything is offered."""

    code: Code
    words: Words
    answers: tuple[Answer, ...] = Field(min_length=2)


class Outcome(Part):
    """What a match leads to: resolutions allowed and on what terms, or a rejection in words and nothing else.

    What is not said is as the policy has it.
    """

    allow: tuple[Allowed, ...] | None = Field(default=None, min_length=1)
    label: Label | None = None
    reject: Words | None = None
    fees: tuple[Fee, ...] | None = None
    stage: Stage | None = None
    photo_required: bool = False
    photos_reviewed: bool | None = None
    question: Question | None = None
    review: bool = False
    hub: Hub | None = None
    words: Words | None = None

    @model_validator(mode="after")
    def _rejection_alone(self) -> "Outcome":
        if self.reject is not None and self.allow is not None:
            raise ValueError("needs either allow or reject")
        beside = [name for name in ("label", "fees", "stage", "question", "hub", "words") if getattr(self, name)]
        beside += [name for name in ("photo_required", "review") if getattr(self, name)]
        if self.reject is not None and beside:
            raise ValueError(f"a rejection has no {beside[0]}")
        return self

    @property
    def allowed(self) -> tuple[Resolution, ...]:
        """The resolutions that it names."""
        return tuple(each.resolution if isinstance(each, Offer) else each for each in self.allow or ())

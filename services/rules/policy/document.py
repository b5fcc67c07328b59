"""The policy document that a retailer writes: its shape, whole."""

from datetime import date

from pydantic import Field, model_validator

from libs.contracts.values import Country, Stage
from services.rules.domain.outcomes import Mode
from services.rules.domain.policies import Fault
from services.rules.domain.rules import Match
from services.rules.domain.windows import Start
from services.rules.policy.conditions import Condition
from services.rules.policy.examples import Example
from services.rules.policy.parts import Code, Currency, Days, Language, Name, Part, Tag, Words
from services.rules.policy.terms import Fee, Label, Offer, Outcome


class WindowInstead(Part):
    """A window in place of the usual one where every condition of `when` holds; the first that fits counts."""

    name: Name
    when: tuple[Condition, ...] = Field(min_length=1)
    days: Days | None
    start: Start | None = None
    fallback: tuple[Start, ...] | None = None


class Extension(Part):
    """What was ordered in these days, both included, may come back until `until` at least. No countries are all."""

    name: Name
    ordered_from: date
    ordered_to: date
    until: date
    countries: tuple[Country, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "Extension":
        if not self.ordered_from <= self.ordered_to <= self.until:
            raise ValueError("ordered_from, ordered_to and until must follow each other")
        return self


class Window(Part):
    """`days` from `start`, or, where that day is not known, from the first of `fallback` that is; no days, no limit."""

    days: Days | None
    start: Start = Start.DELIVERY
    fallback: tuple[Start, ...] = (Start.DISPATCH,)
    instead: tuple[WindowInstead, ...] = ()
    extensions: tuple[Extension, ...] = ()


class OnlyFor(Part):
    """The lines that may give a reason: those of one of these kinds."""

    product_types: tuple[Tag, ...] = ()
    tags: tuple[Tag, ...] = ()
    collections: tuple[Tag, ...] = ()


class SubReason(Part):
    """A finer reason below a reason. No `fault` is the reason's."""

    code: Code
    words: Words
    asks_comment: bool = False
    asks_photo: bool = False
    fault: Fault | None = None


class Reason(SubReason):
    """A reason the shopper may give. `asks_sub_reason`: one of them must be chosen."""

    asks_sub_reason: bool = True
    only_for: OnlyFor | None = None
    sub_reasons: tuple[SubReason, ...] = ()


class Rule(Part):
    """Where all conditions of `when` hold, or any, the outcome is `then`; the lowest priority number is tried first."""

    name: Name
    priority: int = Field(ge=1, le=100_000)
    on: bool = True
    starts: date | None = None
    ends: date | None = None
    match: Match = Match.ALL
    when: tuple[Condition, ...] = ()
    then: Outcome

    @model_validator(mode="after")
    def _in_order(self) -> "Rule":
        if self.starts is not None and self.ends is not None and self.starts > self.ends:
            raise ValueError("starts is after ends")
        return self


class Document(Part):
    """A whole policy. `otherwise` is the outcome where no rule matches; what an outcome does not say is as said here.

    `currencies` are those its amounts may be in; without them all must be in one. `sells_to` are the countries it is for,
    all of them where none is named. `exempt_tags` mark goods that the law lets be sold for good: made to the shopper's order,
    perishable, sealed for hygiene.
    """

    language: Language = "en"
    currencies: tuple[Currency, ...] = ()
    sells_to: tuple[Country, ...] = ()
    window: Window
    final_sale_tags: tuple[Tag, ...] = ()
    exempt_tags: tuple[Tag, ...] = ()
    reasons: tuple[Reason, ...] = Field(min_length=1)
    choice: Mode = Mode.FILTERED
    offers: tuple[Offer, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    otherwise: Outcome
    fees: tuple[Fee, ...] = ()
    label: Label
    stage: Stage
    photos_reviewed: bool = True
    inspect: bool = False
    examples: tuple[Example, ...] = ()

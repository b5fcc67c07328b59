"""What a rule may lead to: what is offered, what it costs, who pays for the label, what must be said or looked at."""

from dataclasses import dataclass
from enum import StrEnum

from libs.contracts.values import ExchangeTerms, LabelTerms, Money, Resolution, Stage
from services.rules.words import Words


class Mode(StrEnum):
    """Who chooses what the shopper gets."""

    SHOPPER = "shopper"  # the shopper, of every offer of the policy
    RULES = "rules"  # the rules, which leave no choice
    FILTERED = "filtered"  # the shopper, of what the rules leave, at the prices that they set


class FeeKind(StrEnum):
    """What a fee is for."""

    HANDLING = "handling"
    RESTOCKING = "restocking"


class Per(StrEnum):
    """What a fee is taken for: each line, a whole return, or an order, once for all its returns."""

    LINE = "line"
    REQUEST = "request"
    ORDER = "order"


class Leads(StrEnum):
    """Where the answer to a question leads."""

    GO_ON = "go_on"
    REJECT = "reject"
    DONATE = "donate"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Bonus:
    """What credit is worth on top of what is owed: an amount of one piece or more, or a share of it in percent."""

    flat: Money | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """What goes with store credit; no `valid_days` is for ever."""

    valid_days: int | None = None
    bonus: Bonus | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One resolution that may be chosen, with what goes with it. `stage` None is the policy's."""

    resolution: Resolution
    stage: Stage | None = None
    words: Words | None = None
    keep_item: bool = False
    credit: Credit | None = None
    exchange: ExchangeTerms | None = None
    fallback: Resolution | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """What is taken off what is owed: `flat` or `percent`. It goes with the resolutions of `only_for`.

    `even_at_fault`: it is taken as well where the reason is the retailer's fault.
    """

    kind: FeeKind
    per: Per = Per.LINE
    flat: Money | None = None
    percent: int | None = None
    only_for: frozenset[Resolution] = frozenset({Resolution.REFUND})
    even_at_fault: bool = False
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a question, and where it leads; `tells` is said to whoever gives it."""

    code: str
    words: Words
    leads: Leads = Leads.GO_ON
    tells: Words | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What the shopper must answer before anything is offered."""

    code: str
    words: Words
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """Who pays for the label; `price` is a fixed one, where it is not the lane's."""

    terms: LabelTerms = LabelTerms.FREE
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a match leads to. `rejected` words go with no grants; `photo_reviewed`: a photo sends it to review."""

    grants: tuple[Grant, ...] = ()
    label: Label = Label()
    fees: tuple[Fee, ...] = ()
    rejected: Words | None = None
    photo_required: bool = False
    photo_reviewed: bool = True
    question: Question | None = None
    review: bool = False
    hub: str | None = None
    words: Words | None = None

    @property
    def gives_nothing(self) -> bool:
        """Whether it is a rejection, or no action at all."""
        return all(grant.resolution is Resolution.NONE for grant in self.grants)

    @property
    def resolutions(self) -> frozenset[Resolution]:
        """What may be chosen."""
        return frozenset(grant.resolution for grant in self.grants)

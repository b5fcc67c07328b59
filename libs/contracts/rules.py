"""What rules states and answers: what may come back, until when, on what terms, and why."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import Country, CreditTerms, LabelTerms, Money, OrderLine, Resolution, Stage


class PolicyPublishedV1(Message):
    """A version of the retailer's policy is in force."""

    policy_id: UUID
    version: int


class PolicyV1(Named):
    """A published policy version."""

    policy_id: UUID
    version: int


class PublishPolicyV1(Request[PolicyV1]):
    """Put `document` in force as the next version; refused as `rules.invalid_policy` naming the path and the fault."""

    document: dict[str, Any]


class Reason(Value):
    """A reason the shopper may give, with its sub-reasons, in the language asked for."""

    code: str
    words: str
    asks_comment: bool = False
    sub_reasons: tuple["Reason", ...] = ()


class LineEligibility(Value):
    """Whether a line may come back. `why_not` is a code, `words` the same for the shopper; `last_day` is local to UTC."""

    line_id: UUID
    eligible: bool
    why_not: str | None = None
    words: str | None = None
    last_day: date | None = None


class EligibilityV1(Named):
    """Every line of an order judged, and the reasons a shopper may give."""

    policy_version: int
    lines: tuple[LineEligibility, ...]
    reasons: tuple[Reason, ...]


class JudgeOrderV1(Request[EligibilityV1]):
    """Which lines of an order may come back now."""

    placed_at: AwareDatetime
    country: Country
    language: str = "en"
    lines: tuple[OrderLine, ...]


class LineAsked(Value):
    """One line as the shopper fills it in: what and why; `paid` is what is at stake for `quantity`."""

    line: OrderLine
    quantity: int = Field(ge=1)
    paid: Money
    reason: str
    sub_reason: str | None = None


class Offer(Value):
    """One resolution the policy allows for a line, with what the shopper would get and when.

    `credit` goes with store credit; `fallback` is given where an exchange is sold out when its time comes.
    """

    resolution: Resolution
    amount: Money
    stage: Stage
    words: str
    keep_item: bool = False
    credit: CreditTerms | None = None
    fallback: Resolution | None = None


class Tried(Value):
    """One rule tried for a line, and why it did or did not match, in staff words."""

    rule: str
    matched: bool
    because: str


class LineDecision(Value):
    """What the policy gives for one line; `offers` is empty when the line may not come back, `words` says why."""

    line_id: UUID
    offers: tuple[Offer, ...]
    review: bool = False
    words: str | None = None
    trace: tuple[Tried, ...] = ()


class DecisionV1(Named):
    """The terms for a whole return: each line's offers, who pays for the label, and whether hub inspection is skipped."""

    policy_version: int
    lines: tuple[LineDecision, ...]
    label: LabelTerms
    inspect: bool = False


class DecideReturnV1(Request[DecisionV1]):
    """Decide what the policy gives for the lines asked, as of now."""

    placed_at: AwareDatetime
    country: Country
    language: str = "en"
    order_total: Money
    lines: tuple[LineAsked, ...]

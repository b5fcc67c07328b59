"""What rules states and answers: what may come back, until when, on what terms, and why."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import (
    Channel,
    Country,
    CreditTerms,
    ExchangeTerms,
    LabelTerms,
    Money,
    OrderLine,
    Resolution,
    Stage,
)


class PolicyPublishedV1(Message):
    """A version of the retailer's policy is in force."""

    policy_id: UUID
    version: int


class PolicyV1(Named):
    """A published policy version."""

    policy_id: UUID
    version: int


class PublishPolicyV1(Request[PolicyV1]):
    """Put `document` in force as the next version; refused as `rules.invalid_policy` naming the path and the fault.

    Refused too as `rules.below_floor`, as `rules.example_failed`, and as `rules.policy_moved` where the version in force
    is another than `replaces`.
    """

    document: dict[str, Any]
    by: str | None = None
    words: str | None = None
    replaces: int | None = None


class Reason(Value):
    """A reason the shopper may give, with its sub-reasons, in the language asked for.

    `asks_sub_reason`: one of them must be chosen, where there are any.
    """

    code: str
    words: str
    asks_comment: bool = False
    sub_reasons: tuple["Reason", ...] = ()
    asks_photo: bool = False
    asks_sub_reason: bool = True


class LineEligibility(Value):
    """Whether a line may come back. `why_not` is a code, `words` the same for the shopper; `last_day` is local to UTC.

    `reasons` are the codes that may be given for it, where they are not all. `withdrawal_until` is the last day of the
    right of withdrawal, by the law of the order's country and whatever the policy says; None where there is none.
    """

    line_id: UUID
    eligible: bool
    why_not: str | None = None
    words: str | None = None
    last_day: date | None = None
    reasons: tuple[str, ...] | None = None
    withdrawal_until: date | None = None


class WithdrawalTerms(Value):
    """What goes with a withdrawal: the policy's usual label, its price where that is fixed, and whether a hub inspects."""

    label: LabelTerms
    label_price: Money | None = None
    inspect: bool = False


class EligibilityV1(Named):
    """Every line of an order judged, and the reasons a shopper may give; `withdrawal` is how one would travel."""

    policy_version: int
    lines: tuple[LineEligibility, ...]
    reasons: tuple[Reason, ...]
    withdrawal: WithdrawalTerms | None = None


class Circumstances(Value):
    """What else a rule may look at beside the lines, as far as it is known.

    `customer` is the SHA-256 of the mail address in lower case, in hex. `earlier_returns` and `earlier_orders` are counts
    of the same shopper, this order not among them.
    """

    order_number: str | None = None
    order_tags: tuple[str, ...] = ()
    customer_tags: tuple[str, ...] = ()
    channel: Channel = Channel.ONLINE
    customer: str | None = None
    earlier_returns: int | None = None
    earlier_orders: int | None = None


class JudgeOrderV1(Request[EligibilityV1]):
    """Which lines of an order may come back now."""

    placed_at: AwareDatetime
    country: Country
    language: str = "en"
    lines: tuple[OrderLine, ...]
    order_total: Money | None = None
    circumstances: Circumstances = Circumstances()


class AnswerGiven(Value):
    """The shopper's answer to a question of the policy, both by code."""

    question: str
    answer: str


class LineAsked(Value):
    """One line as the shopper fills it in: what and why; `paid` is what is at stake for `quantity`.

    `wanted` is the resolution chosen, once it is: a fee that is shared by lines falls on those that choose what it is for.
    """

    line: OrderLine
    quantity: int = Field(ge=1)
    paid: Money
    reason: str
    sub_reason: str | None = None
    has_photo: bool = False
    answers: tuple[AnswerGiven, ...] = ()
    wanted: Resolution | None = None


class Deduction(Value):
    """What an offer's amount is less by, and why: `handling`, `restocking`, with words for the shopper."""

    code: str
    words: str
    amount: Money


class Offer(Value):
    """One resolution the policy allows for a line, with what the shopper would get and when.

    `amount` is what is owed, after `deductions`.
    `credit` goes with store credit, `exchange` with an exchange; `fallback` is given where that is sold out when its
    time comes.
    """

    resolution: Resolution
    amount: Money
    stage: Stage
    words: str
    keep_item: bool = False
    credit: CreditTerms | None = None
    exchange: ExchangeTerms | None = None
    fallback: Resolution | None = None
    deductions: tuple[Deduction, ...] = ()


class Checked(Value):
    """One condition of a rule, whether it held, and why in staff words; `shopper` is the same for the shopper's eyes."""

    fact: str
    holds: bool
    staff: str
    shopper: str | None = None


class Tried(Value):
    """One rule tried for a line, and why it did or did not match, in staff words."""

    rule: str
    matched: bool
    because: str
    conditions: tuple[Checked, ...] = ()


class AnswerOffered(Value):
    """An answer that may be given to a question."""

    code: str
    words: str


class QuestionAsked(Value):
    """What the shopper must answer before anything is offered for a line."""

    code: str
    words: str
    answers: tuple[AnswerOffered, ...]


class LineDecision(Value):
    """What the policy gives for one line; `offers` is empty when the line may not come back, `words` says why.

    `offers` is empty too while a `question` awaits its answer. With offers, `words` are what the policy has to say with
    them. `photo_reviewed`: a photo of this line sends the return to review. `why` is the trace in shopper words, and
    `hub` the code of where the line is to go, where that is another than usual.
    """

    line_id: UUID
    offers: tuple[Offer, ...]
    review: bool = False
    words: str | None = None
    trace: tuple[Tried, ...] = ()
    photo_required: bool = False
    photo_reviewed: bool = True
    question: QuestionAsked | None = None
    hub: str | None = None
    why: str | None = None


class DecisionV1(Named):
    """The terms for a whole return: each line's offers, who pays for the label, and whether hub inspection is skipped.

    `label_price` is what a paid label costs where the policy fixes that; `hub` is where the parcel is to go, by code,
    where that is another than the lane's.
    """

    policy_version: int
    lines: tuple[LineDecision, ...]
    label: LabelTerms
    inspect: bool = False
    label_price: Money | None = None
    hub: str | None = None


class DecideReturnV1(Request[DecisionV1]):
    """Decide what the policy gives for the lines asked, as of now.

    `fees_taken` are the codes of fees that earlier returns of the order have paid already. Without `explain` there is no
    trace, which costs less.
    """

    placed_at: AwareDatetime
    country: Country
    language: str = "en"
    order_total: Money
    lines: tuple[LineAsked, ...]
    circumstances: Circumstances = Circumstances()
    fees_taken: tuple[str, ...] = ()
    explain: bool = True

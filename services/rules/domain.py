"""What may come back, until when and on what terms: pure and total. The same facts always get the same answer."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from libs.contracts import rules as said
from libs.contracts.errors import Refused
from libs.contracts.rules import (
    DecideReturnV1,
    DecisionV1,
    EligibilityV1,
    JudgeOrderV1,
    LineAsked,
    LineDecision,
    LineEligibility,
    Offer,
    Tried,
)
from libs.contracts.values import LabelTerms, Money, OrderLine, Resolution, Stage
from services.rules import words
from services.rules.words import WhyNot, Words, say


class Start(StrEnum):
    """The day a return window counts from."""

    DELIVERY = "delivery"
    DISPATCH = "dispatch"
    ORDER = "order"


class NoPolicy(Refused):
    """The retailer has published no policy."""

    def __init__(self) -> None:
        super().__init__("rules.no_policy", "no policy is published")


@dataclass(frozen=True, slots=True)
class Window:
    """`days` from the first of `starts` that is known; None is no limit."""

    days: int | None
    starts: tuple[Start, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its sub-reasons; `asks_comment` means that it needs words of the shopper's own."""

    code: str
    words: Words
    asks_comment: bool = False
    sub_reasons: tuple["Reason", ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may look at, for one line."""

    reason: frozenset[str]
    tags: frozenset[str]
    country: frozenset[str]
    order_value: Money


@dataclass(frozen=True, slots=True)
class Among:
    """Holds when the fact called `fact` is one of `values`, or, where `negated`, when it is none of them."""

    fact: str
    values: frozenset[str]
    negated: bool = False

    def holds(self, facts: Facts) -> tuple[bool, str]:
        """Whether it holds, and why in staff words."""
        found = getattr(facts, self.fact)
        holds = found.isdisjoint(self.values) if self.negated else not found.isdisjoint(self.values)
        met = "none of" if found.isdisjoint(self.values) else "one of"
        return holds, f"{self.fact} {_listed(found) or 'is empty'}: {met} {_listed(self.values)}"


@dataclass(frozen=True, slots=True)
class OrderValue:
    """Holds when the order's value is at least `limit`, or at most, in the same currency."""

    limit: Money
    at_least: bool

    def holds(self, facts: Facts) -> tuple[bool, str]:
        """Whether it holds, and why in staff words."""
        value, limit = facts.order_value, self.limit
        written = f"order value {value.amount} {value.currency}, limit {limit.amount} {limit.currency}"
        if value.currency != limit.currency:
            return False, f"{written}: other currency"
        if self.at_least:
            return value.amount >= limit.amount, f"{written}: must be at least that"
        return value.amount <= limit.amount, f"{written}: must be at most that"


@dataclass(frozen=True, slots=True)
class Terms:
    """An outcome: the resolutions it allows and who pays for the label, or `rejected` with words and nothing else."""

    allow: tuple[Resolution, ...] = ()
    label: LabelTerms = LabelTerms.FREE
    rejected: Words | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Matches when every one of its conditions holds."""

    name: str
    conditions: tuple[Among | OrderValue, ...]
    terms: Terms


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy version made ready to decide with: `rules` are in order of priority, `words` of offers replace ours."""

    version: int
    language: str
    window: Window
    final_sale_tags: frozenset[str]
    reasons: tuple[Reason, ...]
    offer_words: dict[Resolution, Words]
    rules: tuple[Rule, ...]
    otherwise: Terms
    stage: Stage
    inspect: bool


@dataclass(frozen=True, slots=True)
class Period:
    """When a line's window began and its last day, both UTC; None where nothing began, or no day is the last."""

    begins: datetime | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Case:
    """A return to decide: what was asked, when, and how many of each order line all its lines ask together."""

    asked: DecideReturnV1
    now: datetime
    together: Counter[UUID]


def judge(policy: Policy, asked: JudgeOrderV1, now: datetime) -> EligibilityV1:
    """Which lines of the order may come back at `now`, and the reasons to choose from."""
    return EligibilityV1(
        policy_version=policy.version,
        lines=tuple(_eligibility(policy, line, asked.placed_at, now) for line in asked.lines),
        reasons=tuple(_spoken(reason, asked.language, policy.language) for reason in policy.reasons),
    )


def decide(policy: Policy, asked: DecideReturnV1, now: datetime) -> DecisionV1:
    """What the policy gives for each line asked; the label is free for all when it is free for one of them."""
    together: Counter[UUID] = Counter()
    for line in asked.lines:
        together[line.line.id] += line.quantity
    case = Case(asked, now, together)
    decided = [_decide_line(policy, case, line) for line in asked.lines]
    labels = {label for decision, label in decided if decision.offers}
    return DecisionV1(
        policy_version=policy.version,
        lines=tuple(decision for decision, _ in decided),
        label=next((terms for terms in (LabelTerms.FREE, LabelTerms.PAID) if terms in labels), LabelTerms.NONE),
        inspect=policy.inspect,
    )


def _eligibility(policy: Policy, line: OrderLine, placed_at: datetime, now: datetime) -> LineEligibility:
    period = _period(policy.window, line, placed_at)
    why = _why_not(policy, line, period, now)
    notice = _notice(policy.window, why, period, now) if why else None
    return LineEligibility(line_id=line.id, eligible=why is None, why_not=why, words=notice, last_day=period.last_day)


def _period(window: Window, line: OrderLine, placed_at: datetime) -> Period:
    known = {Start.DELIVERY: line.delivered_at, Start.DISPATCH: line.fulfilled_at, Start.ORDER: placed_at}
    begins = next((known[start] for start in window.starts if known[start] is not None), None)
    if begins is None or window.days is None:
        return Period(begins, None)
    return Period(begins, begins.astimezone(UTC).date() + timedelta(days=window.days))


def _why_not(policy: Policy, line: OrderLine, period: Period, now: datetime) -> WhyNot | None:
    # What never changes is said first: nobody should wait for a parcel only to learn that it was a final sale.
    if line.gift_card or policy.final_sale_tags & _folded(line.tags):
        return WhyNot.FINAL_SALE
    nothing_sent = line.delivered_at is None and line.fulfilled_at is None
    if period.begins is None or (nothing_sent and line.returnable < 1):
        return WhyNot.NOT_DELIVERED
    if line.returnable < 1:
        return WhyNot.ALREADY_RETURNED
    closed = period.last_day is not None and now.date() > period.last_day
    return WhyNot.WINDOW_CLOSED if closed else None


def _notice(window: Window, why: WhyNot, period: Period, now: datetime) -> str:
    if window.days is not None and period.last_day is not None and why is WhyNot.WINDOW_CLOSED:
        return words.window_closed(window.days, period.last_day, now.date())
    return words.NOTICES[why]


def _spoken(reason: Reason, language: str, default: str) -> said.Reason:
    return said.Reason(
        code=reason.code,
        words=say(reason.words, language, default),
        asks_comment=reason.asks_comment,
        sub_reasons=tuple(_spoken(sub, language, default) for sub in reason.sub_reasons),
    )


def _decide_line(policy: Policy, case: Case, line: LineAsked) -> tuple[LineDecision, LabelTerms]:
    barred, because = _barred(policy, case, line)
    tried = (Tried(rule="Eligibility", matched=barred is None, because=because),)
    if barred is not None:
        return LineDecision(line_id=line.line.id, offers=(), words=barred, trace=tried), LabelTerms.NONE
    terms, more = _first_match(policy, _facts(case.asked, line))
    rejected = say(terms.rejected, case.asked.language, policy.language) if terms.rejected is not None else None
    offers = tuple(_offer(policy, resolution, line, case.asked.language) for resolution in terms.allow)
    return LineDecision(line_id=line.line.id, offers=offers, words=rejected, trace=tried + more), terms.label


def _barred(policy: Policy, case: Case, line: LineAsked) -> tuple[str | None, str]:
    """What bars the line before any rule is tried, in shopper words; then what it was judged by, in staff words."""
    may = _eligibility(policy, line.line, case.asked.placed_at, case.now)
    left, together = line.line.returnable, case.together[line.line.id]
    if not may.eligible:
        return may.words, f"{may.why_not}; last day {may.last_day or 'none'}, {left} returnable"
    if together > left:
        return words.only(left), f"{together} asked, {left} returnable"
    if not _known(policy, line):
        return words.REASON_UNKNOWN, f"version {policy.version} has no reason {line.reason} / {line.sub_reason}"
    if line.paid.currency != line.line.paid.currency:
        return words.CURRENCY_DIFFERS, f"{line.paid.currency} asked, {line.line.paid.currency} paid"
    return None, f"last day {may.last_day or 'none'}, {left} returnable"


def _known(policy: Policy, line: LineAsked) -> bool:
    reason = next((reason for reason in policy.reasons if reason.code == line.reason), None)
    if reason is None:
        return False
    return line.sub_reason is None or any(sub.code == line.sub_reason for sub in reason.sub_reasons)


def _facts(asked: DecideReturnV1, line: LineAsked) -> Facts:
    return Facts(
        reason=frozenset({line.reason}),
        tags=_folded(line.line.tags),
        country=frozenset({asked.country}),
        order_value=asked.order_total,
    )


def _first_match(policy: Policy, facts: Facts) -> tuple[Terms, tuple[Tried, ...]]:
    tried: list[Tried] = []
    for rule in policy.rules:
        results = [condition.holds(facts) for condition in rule.conditions]
        matched = all(holds for holds, _ in results)
        because = "; ".join(f"{'yes' if holds else 'no'}, {why}" for holds, why in results) or "it has no conditions"
        tried.append(Tried(rule=rule.name, matched=matched, because=because))
        if matched:
            return rule.terms, tuple(tried)
    return policy.otherwise, (*tried, Tried(rule="Otherwise", matched=True, because="no rule matched"))


def _offer(policy: Policy, resolution: Resolution, line: LineAsked, language: str) -> Offer:
    own = policy.offer_words.get(resolution)
    amount = max(0, min(line.paid.amount, line.line.paid.amount))
    return Offer(
        resolution=resolution,
        amount=Money(amount=amount, currency=line.paid.currency),
        stage=policy.stage,
        words=say(own, language, policy.language) if own else words.REFUND[policy.stage],
    )


def _folded(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(tag.strip().casefold() for tag in tags)


def _listed(values: frozenset[str]) -> str:
    return ", ".join(sorted(values))

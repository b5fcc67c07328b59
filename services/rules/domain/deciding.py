"""What each line asked may become: pure and total. The same facts always get the same answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from libs.contracts.rules import (
    AnswerOffered,
    DecideReturnV1,
    DecisionV1,
    LineAsked,
    LineDecision,
    QuestionAsked,
    Tried,
)
from libs.contracts.values import LabelTerms
from services.rules import words
from services.rules.domain.explaining import explained, why
from services.rules.domain.judging import gets_nothing, notice_of, why_not
from services.rules.domain.looking import facts_of
from services.rules.domain.outcomes import Answer, Leads, Outcome, Question
from services.rules.domain.policies import Fault, Policy, Reason
from services.rules.domain.pricing import Charged, Speech, Taken, charged, offer, taken
from services.rules.domain.windows import Period, period_of
from services.rules.words import WhyNot


@dataclass(frozen=True, slots=True)
class Case:
    """A return to decide: what was asked, when, and how many of each order line all its lines ask together."""

    policy: Policy
    asked: DecideReturnV1
    now: datetime
    together: Counter[UUID]
    speech: Speech


@dataclass(frozen=True, slots=True)
class Ruled:
    """A line with the outcome that counts for it, the answer that was given to its question among it.

    `barred` are the shopper's words of why it gets nothing; then there is no outcome.
    """

    line: LineAsked
    outcome: Outcome | None = None
    answer: Answer | None = None
    reason: Reason | None = None
    barred: str | None = None
    why: str | None = None
    trace: tuple[Tried, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something is offered: it is not barred, and no question awaits its answer."""
        asked = self.outcome is not None and self.outcome.question is not None and self.answer is None
        return self.barred is None and not asked


def decide(policy: Policy, asked: DecideReturnV1, now: datetime) -> DecisionV1:
    """What the policy gives for each line asked; the label is free for all when it is free for one of them."""
    together: Counter[UUID] = Counter()
    for line in asked.lines:
        together[line.line.id] += line.quantity
    case = Case(policy, asked, now, together, Speech(asked.language, policy.language))
    ruled = [_ruled(case, line) for line in asked.lines]
    charges = [_charged(line) for line in ruled]
    fees = taken(charges, asked.fees_taken)
    accepted = [line.outcome for line in ruled if line.is_open and line.outcome is not None]
    terms = {outcome.label.terms for outcome in accepted}
    label = next((each for each in (LabelTerms.FREE, LabelTerms.PAID) if each in terms), LabelTerms.NONE)
    prices = [outcome.label.price for outcome in accepted if outcome.label.price is not None]
    return DecisionV1(
        policy_version=policy.version,
        lines=tuple(_told(case, *each) for each in zip(ruled, charges, fees, strict=True)),
        label=label,
        inspect=policy.inspect,
        label_price=min(prices, key=lambda price: price.amount) if prices and label is LabelTerms.PAID else None,
        hub=next((outcome.hub for outcome in accepted if outcome.hub), None),
    )


def _ruled(case: Case, line: LineAsked) -> Ruled:
    policy, today = case.policy, case.now.astimezone(UTC).date()
    facts = facts_of(case.asked, line, case.now)
    period = period_of(policy.windows, line.line, case.asked.placed_at, facts)
    barred, because = _barred(case, line, period)
    eligibility = Tried(rule="Eligibility", matched=barred is None, because=because)
    trace: tuple[Tried, ...] = (eligibility,) if case.asked.explain else ()
    if barred is not None:
        return Ruled(line, barred=barred, trace=trace)
    place = policy.index.first(facts, today)
    rule = None if place is None else policy.rules[place]
    outcome = policy.otherwise if rule is None else rule.outcome
    if case.asked.explain:
        trace += explained(policy.rules, place, facts, today)
    found = Ruled(line, outcome, _answer(outcome.question, line), _reason(policy, line), why=why(rule), trace=trace)
    return replace(found, barred=_turned_down(case, found, outcome))


def _barred(case: Case, line: LineAsked, period: Period) -> tuple[str | None, str]:
    """What bars the line before any rule is tried, in shopper words; then what it was judged by, in staff words."""
    left, together = line.line.returnable, case.together[line.line.id]
    found = f"last day {period.last_day or 'none'}, {left} returnable"
    reason = _reason(case.policy, line)
    faulty = reason is not None and reason.fault is Fault.RETAILER
    no = why_not(case.policy, line.line, period, case.now, faulty=faulty)
    if no is not None:
        return notice_of(no, period, case.now), f"{no}; {found}"
    if together > left:
        return words.only(left), f"{together} asked, {left} returnable"
    if not _known(case.policy, line):
        return words.REASON_UNKNOWN, f"version {case.policy.version} has no reason {line.reason} / {line.sub_reason}"
    if line.paid.currency != line.line.paid.currency:
        return words.CURRENCY_DIFFERS, f"{line.paid.currency} asked, {line.line.paid.currency} paid"
    return None, found


def _known(policy: Policy, line: LineAsked) -> bool:
    reason = policy.reason(line.reason)
    if reason is None or not reason.only_for.fits(line.line):
        return False
    return line.sub_reason is None or any(sub.code == line.sub_reason for sub in reason.sub_reasons)


def _reason(policy: Policy, line: LineAsked) -> Reason | None:
    """The sub-reason given, else the reason."""
    reason = policy.reason(line.reason)
    subs = reason.sub_reasons if reason is not None else ()
    return next((sub for sub in subs if sub.code == line.sub_reason), reason)


def _answer(question: Question | None, line: LineAsked) -> Answer | None:
    if question is None:
        return None
    given = {each.question: each.answer for each in line.answers}
    return next((answer for answer in question.answers if answer.code == given.get(question.code)), None)


def _turned_down(case: Case, found: Ruled, outcome: Outcome) -> str | None:
    """Why the rules turn the line down, in shopper words; None where they do not."""
    if outcome.rejected is not None:
        return case.speech.of(outcome.rejected)
    if found.answer is not None and found.answer.leads is Leads.REJECT:
        return case.speech.of(found.answer.tells or found.answer.words)
    if outcome.gives_nothing and gets_nothing(case.policy, case.asked, found.line.line, case.now):
        return case.speech.of(outcome.words) if outcome.words else words.NOTICES[WhyNot.NO_ACTION]
    return None


def _charged(line: Ruled) -> Charged | None:
    if not line.is_open or line.outcome is None:
        return None
    return charged(line.line, line.outcome.fees, line.reason.fault if line.reason else Fault.SHOPPER)


def _told(case: Case, line: Ruled, charge: Charged | None, fees: Sequence[Taken]) -> LineDecision:
    outcome = line.outcome
    if line.barred is not None or outcome is None:
        return LineDecision(line_id=line.line.line.id, offers=(), words=line.barred, trace=line.trace, why=line.why)
    donated = line.answer is not None and line.answer.leads is Leads.DONATE
    grants = [replace(grant, keep_item=True) for grant in outcome.grants] if donated else outcome.grants
    offers = tuple(offer(grant, charge, fees, case.policy.stage, case.speech) for grant in grants) if charge else ()
    own = (line.answer.tells if line.answer else None) or outcome.words
    return LineDecision(
        line_id=line.line.line.id,
        offers=offers,
        review=outcome.review or (line.answer is not None and line.answer.leads is Leads.REVIEW),
        words=case.speech.of(own) if own and offers else None,
        trace=line.trace,
        photo_required=outcome.photo_required or (line.reason is not None and line.reason.asks_photo),
        photo_reviewed=outcome.photo_reviewed,
        question=_question(outcome.question, case.speech) if outcome.question else None,
        hub=outcome.hub,
        why=line.why,
    )


def _question(question: Question, speech: Speech) -> QuestionAsked:
    answers = tuple(AnswerOffered(code=each.code, words=speech.of(each.words)) for each in question.answers)
    return QuestionAsked(code=question.code, words=speech.of(question.words), answers=answers)

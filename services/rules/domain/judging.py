"""Which lines may come back, and until when: judged before the shopper says why."""

from collections.abc import Sequence
from datetime import UTC, datetime

from libs.contracts import rules as said
from libs.contracts.rules import DecideReturnV1, EligibilityV1, JudgeOrderV1, LineEligibility
from libs.contracts.values import OrderLine
from services.rules import words
from services.rules.domain import withdrawing
from services.rules.domain.facts import ASKED_LATER, Facts
from services.rules.domain.looking import known_of_line, tags_of
from services.rules.domain.outcomes import Outcome
from services.rules.domain.policies import Fault, Policy, Reason
from services.rules.domain.windows import Period, period_of
from services.rules.words import WhyNot, say


def judge(policy: Policy, asked: JudgeOrderV1, now: datetime, withdrawal_days: int | None = None) -> EligibilityV1:
    """Which lines of the order may come back at `now`, and the reasons to choose from.

    `withdrawal_days` is the period of withdrawal in the order's country, None where its law has none.
    """
    return EligibilityV1(
        policy_version=policy.version,
        lines=tuple(_judged(policy, asked, line, now, withdrawal_days) for line in asked.lines),
        reasons=tuple(_spoken(reason, asked.language, policy.language) for reason in policy.reasons),
        withdrawal=withdrawing.terms(policy) if withdrawal_days is not None else None,
    )


def _judged(
    policy: Policy, asked: JudgeOrderV1, line: OrderLine, now: datetime, withdrawal_days: int | None
) -> LineEligibility:
    facts = known_of_line(asked, line, now)
    period = period_of(policy.windows, line, asked.placed_at, facts, _unknown(asked))
    reasons = _reasons_for(policy, line)
    faulty = any(reason.may_be(Fault.RETAILER) for reason in reasons)
    why, notice = why_not(policy, line, period, now, faulty=faulty), None
    if why is not None:
        notice = notice_of(why, period, now)
    else:
        why, notice = _ruled_out(policy, asked, facts, now)
    return LineEligibility(
        line_id=line.id,
        eligible=why is None,
        why_not=why,
        words=notice,
        last_day=period.last_day,
        reasons=None if len(reasons) == len(policy.reasons) else tuple(reason.code for reason in reasons),
        withdrawal_until=withdrawing.withdrawal_until(policy, asked, line, withdrawal_days),
    )


def why_not(policy: Policy, line: OrderLine, period: Period, now: datetime, *, faulty: bool) -> WhyNot | None:
    """Why the line may not come back, whatever the rules say; None where it may.

    `faulty` is whether the reason is the retailer's fault, or may be: a final sale is none of what was not as it should be.
    """
    # What never changes is said first: nobody should wait for a parcel only to learn that it was a final sale.
    if line.gift_card or (_is_final_sale(policy, line) and not faulty):
        return WhyNot.FINAL_SALE
    nothing_sent = line.delivered_at is None and line.fulfilled_at is None
    if period.begins is None or (nothing_sent and line.returnable < 1):
        return WhyNot.NOT_DELIVERED
    if line.returnable < 1:
        return WhyNot.ALREADY_RETURNED
    return WhyNot.WINDOW_CLOSED if period.has_closed(now.astimezone(UTC).date()) else None


def notice_of(why: WhyNot, period: Period, now: datetime) -> str:
    """The same for the shopper."""
    if period.last_day is not None and why is WhyNot.WINDOW_CLOSED:
        days = None if period.prolonged else period.days
        return words.window_closed(days, period.last_day, now.astimezone(UTC).date())
    return words.NOTICES[why]


def gets_nothing(policy: Policy, asked: JudgeOrderV1 | DecideReturnV1, line: OrderLine, now: datetime) -> bool:
    """Whether the rules give nothing for the line, whatever the shopper may say of it."""
    why, _ = _ruled_out(policy, asked, known_of_line(asked, line, now), now)
    return why is not None


def _unknown(asked: JudgeOrderV1 | DecideReturnV1) -> frozenset[str]:
    return ASKED_LATER if asked.order_total is not None else ASKED_LATER | {"order_value"}


def _ruled_out(
    policy: Policy, asked: JudgeOrderV1 | DecideReturnV1, facts: Facts, now: datetime
) -> tuple[WhyNot | None, str | None]:
    outcomes, language = _possible(policy, facts, _unknown(asked), now), asked.language
    if not all(outcome.gives_nothing for outcome in outcomes):
        return None, None
    rejected = outcomes[-1].rejected  # the last one holds whatever is said, those before it only perhaps
    if rejected is not None:
        return WhyNot.REJECTED, say(rejected, language, policy.language)
    own = outcomes[-1].words
    return WhyNot.NO_ACTION, say(own, language, policy.language) if own else words.NOTICES[WhyNot.NO_ACTION]


def _possible(policy: Policy, facts: Facts, unknown: frozenset[str], now: datetime) -> Sequence[Outcome]:
    """What the rules may lead to, so far as it is known."""
    rules = list(policy.index.candidates(facts, now.astimezone(UTC).date(), unknown))
    settled = bool(rules) and rules[-1].possibly(facts, unknown) is True
    return [rule.outcome for rule in rules] + ([] if settled else [policy.otherwise])


def _is_final_sale(policy: Policy, line: OrderLine) -> bool:
    return bool(policy.final_sale_tags and policy.final_sale_tags & tags_of(line))


def _reasons_for(policy: Policy, line: OrderLine) -> Sequence[Reason]:
    """The reasons that the line may give: on final sale those alone that are, or may be, the retailer's fault."""
    fitting = [reason for reason in policy.reasons if reason.only_for.fits(line)]
    faulty = [reason for reason in fitting if reason.may_be(Fault.RETAILER)]
    return faulty if faulty and _is_final_sale(policy, line) else fitting


def _spoken(reason: Reason, language: str, default: str) -> said.Reason:
    return said.Reason(
        code=reason.code,
        words=say(reason.words, language, default),
        asks_comment=reason.asks_comment,
        sub_reasons=tuple(_spoken(sub, language, default) for sub in reason.sub_reasons),
        asks_photo=reason.asks_photo,
        asks_sub_reason=reason.asks_sub_reason,
    )

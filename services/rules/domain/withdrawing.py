"""Until when the law lets a purchase at a distance be withdrawn from, whatever the policy says of it."""

from datetime import UTC, date, datetime, timedelta

from libs.contracts.rules import JudgeOrderV1, WithdrawalTerms
from libs.contracts.values import Channel, OrderLine
from services.rules.domain.looking import tags_of
from services.rules.domain.policies import Policy

DELIVERY_DAYS = (
    30  # goods are due that long after the order (article 18 of Directive 2011/83/EU; section 28 of the CRA)
)
SATURDAY = 5


def withdrawal_until(policy: Policy, asked: JudgeOrderV1, line: OrderLine, days: int | None) -> date | None:
    """The last day, in UTC, on which the line may be withdrawn from, `days` being the law's; None where none may be.

    What was ordered together and came in parts counts from the last part (article 9(2)(b) of Directive 2011/83/EU), and
    a period that ends at a weekend ends on the Monday (article 3(4) of Regulation 1182/71).
    """
    if days is None or asked.circumstances.channel is not Channel.ONLINE or not _covered(policy, line):
        return None
    begins = max(_arrives(each, asked.placed_at) for each in asked.lines if not (each.gift_card or _is_cancelled(each)))
    last = begins.astimezone(UTC).date() + timedelta(days=days)
    return last + timedelta(days=max(0, 7 - last.weekday()) if last.weekday() >= SATURDAY else 0)


def terms(policy: Policy) -> WithdrawalTerms:
    """What goes with a withdrawal: the policy's label, and whether the hub inspects."""
    return WithdrawalTerms(label=policy.label.terms, label_price=policy.label.price, inspect=policy.inspect)


def _covered(policy: Policy, line: OrderLine) -> bool:
    return not (line.gift_card or _is_cancelled(line) or policy.exempt_tags & tags_of(line))


def _is_cancelled(line: OrderLine) -> bool:
    """Whether it never came, and never will."""
    return line.delivered_at is None and line.fulfilled_at is None and line.returnable < 1 and line.unsent < 1


def _arrives(line: OrderLine, placed_at: datetime) -> datetime:
    """When it came, or at the latest may come."""
    return line.delivered_at or (line.fulfilled_at or placed_at) + timedelta(days=DELIVERY_DAYS)

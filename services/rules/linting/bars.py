"""What no rule sees: an item that the policy bars before any rule is tried, and facts that cannot go together."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod

from services.rules.domain.conditions import Among, Condition, Given, Range
from services.rules.domain.policies import Fault, Policy, Reason
from services.rules.domain.windows import Start, Window, Windows

MOST_CLOSED = 200  # a policy whose windows need more bars than that has them taken at their longest
AGE, RETURNS, RATE, PHOTO = "days_since_delivery", "earlier_returns", "return_rate", "photo"


@dataclass(frozen=True, slots=True)
class Bar:
    """Cases in which all `conditions` hold and none of `fail` does."""

    conditions: tuple[Condition, ...]
    fail: tuple[Condition, ...] = ()


def bars(policy: Policy, today: date) -> Iterator[Bar]:
    """Final sales, reasons that are not given for such an item, and windows that have closed or cannot begin."""
    if policy.final_sale_tags:
        final = Among("product_tags", policy.final_sale_tags)
        yield from (Bar((final, *said)) for said in _said(policy.reasons, lambda each: each.fault is Fault.SHOPPER))
    for reason in policy.reasons:
        if fits := tuple(_fits(reason)):
            yield Bar((Among("reason", frozenset({reason.code})),), fits)
    yield from _closed(policy.windows, today)
    yield from _cannot_be(policy)


def _fits(reason: Reason) -> Iterator[Condition]:
    only = reason.only_for
    for fact, values in (
        ("product_type", only.product_types),
        ("product_tags", only.tags),
        ("collections", only.collections),
    ):
        if values:
            yield Among(fact, values)


def _cannot_be(policy: Policy) -> Iterator[Bar]:
    """A rate of returns is known only with the returns, and none of them makes a rate of nothing.

    Where a reason asks for a photo, nothing comes back without one.
    """
    asked = {condition.fact for rule in policy.rules for condition in rule.conditions}
    if PHOTO in asked:
        without = Given(PHOTO, wanted=False)
        yield from (Bar((*said, without)) for said in _said(policy.reasons, lambda each: each.asks_photo))
    if RATE in asked:
        yield Bar((Range(RATE),), (Range(RETURNS),))
        yield Bar((Range(RATE, low=1), Range(RETURNS, high=0)))


def _said(reasons: Iterable[Reason], fits: Callable[[Reason], bool]) -> Iterator[tuple[Condition, ...]]:
    """What is said where the reason fits, or the sub-reason where one is given."""
    for reason in reasons:
        own, subs = Among("reason", frozenset({reason.code})), reason.sub_reasons
        if fitting := frozenset(sub.code for sub in subs if fits(sub)):
            yield own, Among("sub_reason", fitting)
        if fits(reason):
            yield (own, Among("sub_reason", frozenset(sub.code for sub in subs), negated=True)) if subs else (own,)


def _closed(windows: Windows, today: date) -> Iterator[Bar]:
    # A window that begins with the dispatch or the order closes no later than one of as many days from the delivery.
    if prod(len(other.conditions) for other in windows.instead) > MOST_CLOSED:
        yield from _at_their_longest(windows, today)
        return
    for place, (conditions, window) in enumerate(_in_turn(windows)):
        for fail in product(*(other.conditions for other in windows.instead[:place])):
            if window.days is not None:
                yield Bar((*conditions, _over(window.days, windows, today)), fail)
            if set(window.starts) == {Start.DELIVERY}:
                yield Bar(conditions, (*fail, Range(AGE)))


def _in_turn(windows: Windows) -> Iterator[tuple[tuple[Condition, ...], Window]]:
    yield from ((other.conditions, other.window) for other in windows.instead)
    yield (), windows.usual


def _at_their_longest(windows: Windows, today: date) -> Iterator[Bar]:
    days = [window.days for _, window in _in_turn(windows)]
    limits = [limit for limit in days if limit is not None]
    if len(limits) == len(days):
        yield Bar((_over(max(limits), windows, today),))


def _over(days: int, windows: Windows, today: date) -> Range:
    """Delivered longer ago than the window and any holiday that is not over can reach back."""
    reach = [(each.until - each.ordered_from).days for each in windows.extensions if each.until >= today]
    return Range(AGE, low=max((days, *reach)) + 1)

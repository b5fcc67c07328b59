"""What no rule sees: an item that the policy bars before any rule is tried, and facts that cannot go together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod

from services.rules.domain.conditions import Among, Condition, Range
from services.rules.domain.policies import Policy, Reason
from services.rules.domain.windows import Start, Window, Windows

MOST_CLOSED = 200  # a policy whose windows need more bars than that has them taken at their longest
AGE, RETURNS, RATE = "days_since_delivery", "earlier_returns", "return_rate"


@dataclass(frozen=True, slots=True)
class Bar:
    """Cases in which all `conditions` hold and none of `fail` does."""

    conditions: tuple[Condition, ...]
    fail: tuple[Condition, ...] = ()


def bars(policy: Policy, today: date) -> Iterator[Bar]:
    """Final sales, reasons that are not given for such an item, and windows that have closed or cannot begin."""
    if policy.final_sale_tags:
        yield Bar((Among("product_tags", policy.final_sale_tags),))
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
    """A rate of returns is known only with the returns, and none of them makes a rate of nothing."""
    if any(condition.fact == RATE for rule in policy.rules for condition in rule.conditions):
        yield Bar((Range(RATE),), (Range(RETURNS),))
        yield Bar((Range(RATE, low=1), Range(RETURNS, high=0)))


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

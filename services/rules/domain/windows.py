"""Until when something may come back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from libs.contracts.values import OrderLine
from services.rules.domain.conditions import Condition, joined, possibly
from services.rules.domain.facts import Facts

NOTHING_UNKNOWN: frozenset[str] = frozenset()


class Start(StrEnum):
    """The day a return window counts from."""

    DELIVERY = "delivery"
    DISPATCH = "dispatch"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Window:
    """`days` from the first of `starts` that is known; None is no limit."""

    days: int | None
    starts: tuple[Start, ...] = (Start.DELIVERY, Start.DISPATCH)


@dataclass(frozen=True, slots=True)
class Instead:
    """A window that stands in for the usual one where all `conditions` hold."""

    name: str
    conditions: tuple[Condition, ...]
    window: Window


@dataclass(frozen=True, slots=True)
class Extension:
    """What was ordered from `ordered_from` to `ordered_to` may come back until `until`; no `countries` are all of them."""

    name: str
    ordered_from: date
    ordered_to: date
    until: date
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Windows:
    """The usual window, those that stand in for it, of which the first that fits counts, and the holidays that prolong."""

    usual: Window
    instead: tuple[Instead, ...] = ()
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """When a line's window began and its last day, both UTC; None where nothing began, or no day is the last."""

    begins: datetime | None
    last_day: date | None
    days: int | None = None
    prolonged: bool = False

    def has_closed(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.last_day is not None and today > self.last_day


def period_of(
    windows: Windows, line: OrderLine, placed_at: datetime, facts: Facts, unknown: frozenset[str] = NOTHING_UNKNOWN
) -> Period:
    """The line's period; where it depends on what is `unknown`, the longest that it may have."""
    found = [
        _prolonged(windows, _period(window, line, placed_at), placed_at, facts)
        for window in _candidates(windows, facts, unknown)
    ]
    begun = [period for period in found if period.begins is not None]
    return max(begun, key=lambda period: period.last_day or date.max) if begun else found[0]


def _candidates(windows: Windows, facts: Facts, unknown: frozenset[str]) -> Iterator[Window]:
    for other in windows.instead:
        fits = joined([possibly(condition, facts, unknown) for condition in other.conditions], every=True)
        if fits is not False:
            yield other.window
        if fits:
            return
    yield windows.usual


def _period(window: Window, line: OrderLine, placed_at: datetime) -> Period:
    known = {Start.DELIVERY: line.delivered_at, Start.DISPATCH: line.fulfilled_at, Start.ORDER: placed_at}
    begins = next((known[start] for start in window.starts if known[start] is not None), None)
    if begins is None or window.days is None:
        return Period(begins, None, window.days)
    return Period(begins, _day(begins) + timedelta(days=window.days), window.days)


def _prolonged(windows: Windows, period: Period, placed_at: datetime, facts: Facts) -> Period:
    ordered, country = _day(placed_at), facts.get("country")
    for extension in windows.extensions:
        here = not extension.countries or country in extension.countries
        then = extension.ordered_from <= ordered <= extension.ordered_to
        if here and then and period.last_day is not None and period.last_day < extension.until:
            period = replace(period, last_day=extension.until, prolonged=True)
    return period


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()

"""The facts split at a policy's constants: between two neighbouring constants every value fares the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from libs.contracts.values import Channel, Money
from services.rules.domain.conditions import Among, Condition, Range
from services.rules.domain.facts import FACTS, NUMERIC, Facts, Kind, Value
from services.rules.domain.policies import Policy, Reason
from services.rules.domain.rules import Rule
from services.rules.linting.countries import COUNTRIES

REASON = "reason"
Key = tuple[str, frozenset[str] | None]  # a fact, and what a set of values is asked for
_ALWAYS_KNOWN = frozenset({"country", "channel", "order_value", "item_price", "discount_amount", "quantity"})
LOWEST = {"quantity": 1}
_HIGHEST = 1_000_000  # more than any count that a policy may name
_DEAREST = 10**12  # minor units: as much as a policy may name
Span = tuple[int, int]  # the least and the most of a stretch of numbers
_CURRENCIES = ("EUR", "GBP", "USD", "SEK", "CHF", "JPY", "AUD", "NOK", "PLN", "DKK", "CZK", "NZD")
_COUNTRIES = ("GB", "DE", "FR", "US", "NL", "IE", "SE", "CH", "JP", "AU")


@dataclass(frozen=True)
class Axis:
    """One thing that cases differ in, and a case of each class of its values. `members`: what a set is asked for.

    `spans` are the stretches of numbers that the classes stand for; None is what is not known.
    """

    fact: str
    classes: tuple[Facts, ...]
    members: frozenset[str] | None = None
    spans: tuple[Span | None, ...] = ()

    def mask(self, condition: Condition) -> int:
        """The classes that meet the condition, as bits."""
        if isinstance(condition, Among) and self.members is None and self.fact != REASON:  # there may be thousands
            met = sum(self._bits.get(value, 0) for value in condition.values)
            return ((1 << len(self.classes)) - 1) & ~met if condition.negated else met
        return sum(1 << at for at, facts in enumerate(self.classes) if condition.holds(facts))

    @cached_property
    def _bits(self) -> dict[Value, int]:
        """The class of each value that stands for one, as a bit."""
        return {facts[self.fact]: 1 << at for at, facts in enumerate(self.classes) if self.fact in facts}


def axis_of(condition: Condition) -> Key:
    """The key of the axis that a condition asks."""
    kind = FACTS[condition.fact].kind
    if kind is Kind.CODES and isinstance(condition, Among):
        return condition.fact, condition.values
    return (REASON if condition.fact == "sub_reason" else condition.fact), None


def axes_of(policy: Policy, conditions: Sequence[Condition]) -> dict[Key, Axis]:
    """The axes that the conditions ask, with the reasons among them always."""
    asked: dict[Key, list[Condition]] = {(REASON, None): []}
    for condition in dict.fromkeys(conditions):
        asked.setdefault(axis_of(condition), []).append(condition)
    currencies = currencies_of(conditions)
    return {key: _axis(policy, key, by, currencies) for key, by in asked.items()}


def currencies_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The currencies that the conditions name, and one that none does."""
    named = [each.currency for each in conditions if isinstance(each, Range) and each.currency is not None]
    other = next((currency for currency in _CURRENCIES if currency not in named), "XXX")
    return (*dict.fromkeys(named), other)


def days_of(rules: Iterable[Rule], today: date) -> tuple[date, ...]:
    """The days from `today` on, the first of each stretch in which the same rules are in force."""
    begun = {rule.starts for rule in rules if rule.starts is not None}
    ends = {rule.ends for rule in rules if rule.ends is not None} - {date.max}  # after the last day there is none
    over = {day + timedelta(days=1) for day in ends}
    return tuple(sorted({today, *(day for day in begun | over if day > today)}))


def _axis(policy: Policy, key: Key, asked: Sequence[Condition], currencies: Sequence[str]) -> Axis:
    fact, members = key
    if fact == REASON:
        return Axis(fact, tuple(_reasons(policy.reasons)))
    if members is not None:
        return Axis(fact, ({fact: frozenset()}, {fact: frozenset(members)}), members)
    kind = FACTS[fact].kind
    if kind in NUMERIC:
        return _numbers(fact, asked, currencies)
    if kind is Kind.FLAG:
        return Axis(fact, ({fact: False}, {fact: True}))
    return Axis(fact, (*_unknown(fact), *_codes(fact, asked)))


def _numbers(fact: str, asked: Sequence[Condition], currencies: Sequence[str]) -> Axis:
    kind = FACTS[fact].kind
    ranges = [each for each in asked if isinstance(each, Range)]
    found: list[tuple[Facts, Span | None]] = [(facts, None) for facts in _unknown(fact)]
    if kind is Kind.MONEY:
        for currency in currencies:
            spans = _spans(fact, [each for each in ranges if each.currency == currency], _DEAREST)
            found += [({fact: Money(amount=number, currency=currency)}, span) for number, span in spans]
    else:
        spans = _spans(fact, ranges, 100 if kind is Kind.PERCENT else _HIGHEST)
        found += [({fact: number}, span) for number, span in spans]
    return Axis(fact, tuple(facts for facts, _ in found), spans=tuple(span for _, span in found))


def _reasons(reasons: Iterable[Reason]) -> Iterator[Facts]:
    """Each reason, alone where no sub-reason need be said, and with each of them."""
    for reason in reasons:
        if not (reason.sub_reasons and reason.asks_sub_reason):
            yield {REASON: reason.code}
        yield from ({REASON: reason.code, "sub_reason": sub.code} for sub in reason.sub_reasons)


def _unknown(fact: str) -> tuple[Facts, ...]:
    return () if fact in _ALWAYS_KNOWN else ({},)


def _codes(fact: str, asked: Sequence[Condition]) -> Iterator[Facts]:
    """One value for each combination of conditions that name it, and one that none names."""
    named: dict[str, list[int]] = {}
    for at, condition in enumerate(asked):
        for value in condition.values if isinstance(condition, Among) else ():
            named.setdefault(value, []).append(at)
    alike: dict[tuple[int, ...], str] = {}
    for value in sorted(named):
        if _is_real(fact, value):
            alike.setdefault(tuple(named[value]), value)
    yield from ({fact: value} for value in alike.values())
    yield from ({fact: value} for value in _others(fact, named))


def _is_real(fact: str, value: str) -> bool:
    if fact == "country":
        return value in COUNTRIES
    return fact != "channel" or value in set(Channel)


def _others(fact: str, named: Mapping[str, object]) -> Iterator[str]:
    """A value that no condition names, where there is one."""
    if fact == "channel":
        candidates: Sequence[str] = [channel.value for channel in Channel]
    elif fact == "country":
        candidates = (*_COUNTRIES, *sorted(COUNTRIES))
    elif fact == "customer":
        candidates = [f"{number:064x}" for number in range(len(named) + 1)]
    else:
        candidates = [f"another {FACTS[fact].staff.lower()}" + "." * dots for dots in range(len(named) + 1)]
    yield from [value for value in candidates if value not in named][:1]


def _spans(fact: str, asked: Iterable[Range], top: int) -> Iterator[tuple[int, Span]]:
    """The stretches that no constant divides, each with a number of it: the last of the first one, the least of all others."""
    lowest = LOWEST.get(fact, 0)
    begins = {lowest}
    for condition in asked:
        begins |= {condition.low} if condition.low is not None else set()
        begins |= {condition.high + 1} if condition.high is not None else set()
    steps = sorted(begin for begin in begins if lowest <= begin <= top)
    for at, (begin, after) in enumerate(zip(steps, (*steps[1:], top + 1), strict=True)):
        yield (after - 1 if at == 0 and len(steps) > 1 else begin), (begin, after - 1)

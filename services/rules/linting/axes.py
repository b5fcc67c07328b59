"""The facts split at a policy's constants: between two neighbouring constants every value fares the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from libs.contracts.values import Channel, Money
from services.rules.domain.conditions import Among, Condition, Range
from services.rules.domain.facts import FACTS, NUMERIC, Facts, Kind
from services.rules.domain.policies import Policy, Reason
from services.rules.domain.rules import Rule
from services.rules.linting.countries import COUNTRIES

REASON = "reason"
Key = tuple[str, frozenset[str] | None]  # a fact, and what a set of values is asked for
_ALWAYS_KNOWN = frozenset(
    {"country", "channel", "order_value", "item_price", "discount_percent", "discount_amount", "quantity"}
)
LOWEST = {"quantity": 1}
_HIGHEST = 1_000_000  # more than any count that a policy may name
_CURRENCIES = ("EUR", "GBP", "USD", "SEK", "CHF", "JPY", "AUD", "NOK", "PLN", "DKK", "CZK", "NZD")
_COUNTRIES = ("GB", "DE", "FR", "US", "NL", "IE", "SE", "CH", "JP", "AU")


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that cases differ in, and a case of each class of its values. `members`: what a set is asked for."""

    fact: str
    classes: tuple[Facts, ...]
    members: frozenset[str] | None = None

    def mask(self, condition: Condition) -> int:
        """The classes that meet the condition, as bits."""
        return sum(1 << at for at, facts in enumerate(self.classes) if condition.holds(facts))


def axis_of(condition: Condition) -> Key:
    """The key of the axis that a condition asks."""
    kind = FACTS[condition.fact].kind
    if kind is Kind.CODES and isinstance(condition, Among):
        return condition.fact, condition.values
    return (REASON if condition.fact == "sub_reason" else condition.fact), None


def axes_of(policy: Policy, conditions: Iterable[Condition]) -> dict[Key, Axis]:
    """The axes that the conditions ask, with the reasons among them always."""
    asked: dict[Key, list[Condition]] = {(REASON, None): []}
    for condition in dict.fromkeys(conditions):
        asked.setdefault(axis_of(condition), []).append(condition)
    money = [each for each in dict.fromkeys(conditions) if isinstance(each, Range) and each.currency is not None]
    currencies = (*dict.fromkeys(each.currency for each in money if each.currency), _another(money))
    return {key: _axis(policy, key, by, currencies) for key, by in asked.items()}


def days_of(rules: Iterable[Rule], today: date) -> tuple[date, ...]:
    """The days from `today` on, the first of each stretch in which the same rules are in force."""
    begun = {rule.starts for rule in rules if rule.starts is not None}
    over = {rule.ends + timedelta(days=1) for rule in rules if rule.ends is not None}
    return tuple(sorted({today, *(day for day in begun | over if day > today)}))


def _axis(policy: Policy, key: Key, asked: Sequence[Condition], currencies: Sequence[str]) -> Axis:
    fact, members = key
    if fact == REASON:
        return Axis(fact, tuple(_reasons(policy.reasons)))
    if members is not None:
        return Axis(fact, ({fact: frozenset()}, {fact: frozenset(members)}), members)
    kind = FACTS[fact].kind
    if kind is Kind.MONEY:
        return Axis(fact, (*_unknown(fact), *_amounts(fact, asked, currencies)))
    if kind in NUMERIC:
        top = 100 if kind is Kind.PERCENT else _HIGHEST
        return Axis(fact, (*_unknown(fact), *({fact: number} for number in _steps(fact, asked, top))))
    if kind is Kind.FLAG:
        return Axis(fact, ({fact: False}, {fact: True}))
    return Axis(fact, (*_unknown(fact), *_codes(fact, asked)))


def _reasons(reasons: Iterable[Reason]) -> Iterator[Facts]:
    for reason in reasons:
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


def _steps(fact: str, asked: Sequence[Condition], top: int) -> list[int]:
    """A number of each stretch that no constant divides: the last of the first one, the least of every other."""
    lowest = LOWEST.get(fact, 0)
    ends = {lowest}
    for condition in asked:
        if isinstance(condition, Range):
            ends |= {condition.low} if condition.low is not None else set()
            ends |= {condition.high + 1} if condition.high is not None else set()
    steps = sorted(end for end in ends if lowest <= end <= top)
    return [steps[1] - 1, *steps[1:]] if len(steps) > 1 else steps


def _amounts(fact: str, asked: Sequence[Condition], currencies: Sequence[str]) -> Iterator[Facts]:
    for currency in currencies:
        here = [each for each in asked if isinstance(each, Range) and each.currency == currency]
        for amount in _steps(fact, here, 10**12):
            yield {fact: Money(amount=amount, currency=currency)}


def _another(money: Iterable[Range]) -> str:
    named = {condition.currency for condition in money}
    return next((currency for currency in _CURRENCIES if currency not in named), "XXX")

"""Which rule matches first, without trying them one by one.

Each fact is a column that knows, for every value of it, which rules that value leaves in play: a set of rules, written as
the bits of one number. A decision looks each column up once and keeps what all have in common; the lowest bit left is the
first rule that matches. What grows with the number of rules is the length of those numbers, a machine word for every 64.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from libs.contracts.values import Money
from services.rules.domain.conditions import Among, Condition, Given, Range
from services.rules.domain.facts import FACTS, Facts, Kind, Value
from services.rules.domain.rules import Match, Rule

Lookup = Callable[[Value | None], int]  # from a fact's value to the rules it leaves in play
Asked = tuple[int, Condition]  # the bit of a rule, and one of its conditions


@dataclass(frozen=True, slots=True)
class Side:
    """The rules of one kind of match, as bits, and what they ask of each fact."""

    rules: int
    columns: tuple[tuple[str, Lookup], ...]


class ByValue(dict[Value | None, int]):
    """The rules that each value leaves in play; a value that no rule names leaves those of `elsewhere`."""

    __slots__ = ("_elsewhere",)

    def __init__(self, named: dict[Value | None, int], elsewhere: int) -> None:
        super().__init__(named)
        self._elsewhere = elsewhere

    def __missing__(self, value: Value | None) -> int:
        return self._elsewhere


class Index:
    """Finds the first match among `rules`, which are in order of priority. Made once for each policy version."""

    __slots__ = ("_all", "_any", "_dated", "_day", "_rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._dated = any(rule.starts or rule.ends for rule in rules)
        self._day: tuple[date | None, int] = (None, 0)  # which rules count on the day that was asked last
        self._all = _side(self._numbered(Match.ALL), every=True)
        self._any = _side(self._numbered(Match.ANY), every=False)

    def first(self, facts: Facts, today: date) -> int | None:
        """The place of the first rule that matches; None where none does."""
        get, left = facts.get, self._all.rules
        for fact, lookup in self._all.columns:
            left &= lookup(get(fact))
            if not left:
                break
        for fact, lookup in self._any.columns:
            left |= lookup(get(fact))
        if self._dated:
            left &= self._on(today)
        return (left & -left).bit_length() - 1 if left else None

    def candidates(self, facts: Facts, today: date, unknown: frozenset[str]) -> Iterator[Rule]:
        """The rules that may be the first match, in order: those that depend on what is `unknown`, up to one that does not."""
        left = self._possible(facts, today, unknown)
        while left:
            rule = self._rules[(left & -left).bit_length() - 1]
            fits = rule.possibly(facts, unknown)
            if fits is not False:
                yield rule
            if fits:
                return
            left &= left - 1

    def _numbered(self, match: Match) -> list[tuple[int, Rule]]:
        # A rule without conditions matches everything, however its conditions are to be joined.
        return [
            (1 << place, rule)
            for place, rule in enumerate(self._rules)
            if rule.on and (rule.match if rule.conditions else Match.ALL) is match
        ]

    def _possible(self, facts: Facts, today: date, unknown: frozenset[str]) -> int:
        """The rules that no fact rules out which is known."""
        left = self._all.rules
        for fact, lookup in self._all.columns:
            left &= self._all.rules if fact in unknown else lookup(facts.get(fact))
        for fact, lookup in self._any.columns:
            left |= self._any.rules if fact in unknown else lookup(facts.get(fact))
        return left & self._on(today)

    def _on(self, today: date) -> int:
        day, found = self._day
        if day != today:
            found = _bits(1 << at for at, rule in enumerate(self._rules) if rule.in_force(today))
            self._day = (today, found)
        return found


def _side(rules: Sequence[tuple[int, Rule]], *, every: bool) -> Side:
    """What `rules` ask. A rule that asks twice about one fact has its second condition in a second column of that fact."""
    columns: dict[tuple[str, int], list[Asked]] = {}
    for bit, rule in rules:
        asked_before: dict[str, int] = {}
        for condition in rule.conditions:
            layer = asked_before.get(condition.fact, 0)
            asked_before[condition.fact] = layer + 1
            columns.setdefault((condition.fact, layer), []).append((bit, condition))
    mine = _bits(bit for bit, _ in rules)
    lookups = [
        (fact, asked, _lookup(fact, asked, mine & ~_bits(bit for bit, _ in asked) if every else 0))
        for (fact, _), asked in columns.items()
    ]
    # The column that most rules ask about rules out most, and where nothing is left the others need not be looked at.
    lookups.sort(key=lambda column: -len(column[1]))
    return Side(mine, tuple((fact, lookup) for fact, _, lookup in lookups))


def _lookup(fact: str, asked: Sequence[Asked], others: int) -> Lookup:
    """How the rules of this column, and `others` in any case, are found by the fact's value."""
    kind = FACTS[fact].kind
    among = [(bit, condition) for bit, condition in asked if isinstance(condition, Among)]
    if kind is Kind.CODE:
        return _by_code(among, others)
    if kind is Kind.CODES:
        return _by_codes(among, others)
    if kind is Kind.FLAG:
        return _by_flag([(bit, each) for bit, each in asked if isinstance(each, Given)], others)
    ranges = [(bit, condition) for bit, condition in asked if isinstance(condition, Range)]
    return _by_money(ranges, others) if kind is Kind.MONEY else _by_number(ranges, others)


def _by_code(asked: Sequence[tuple[int, Among]], others: int) -> Lookup:
    elsewhere, wanted, barred = _spoken(asked, others)
    named: dict[Value | None, int] = {
        value: (elsewhere & ~barred.get(value, 0)) | wanted.get(value, 0) for value in wanted | barred
    }
    return ByValue(named, elsewhere).__getitem__


def _by_codes(asked: Sequence[tuple[int, Among]], others: int) -> Lookup:
    elsewhere, wanted, barred = _spoken(asked, others)

    def lookup(value: Value | None) -> int:
        left, never = elsewhere, 0
        for code in value if isinstance(value, frozenset) else ():
            left |= wanted.get(code, 0)
            never |= barred.get(code, 0)
        return left & ~never

    return lookup


def _spoken(asked: Sequence[tuple[int, Among]], others: int) -> tuple[int, dict[str, int], dict[str, int]]:
    """What a value that no rule names leaves, then what each value named adds to that, and what it takes away."""
    elsewhere = others | _bits(bit for bit, condition in asked if condition.negated)
    wanted: dict[str, int] = {}
    barred: dict[str, int] = {}
    for bit, condition in asked:
        side = barred if condition.negated else wanted
        for value in condition.values:
            side[value] = side.get(value, 0) | bit
    return elsewhere, wanted, barred


def _by_flag(asked: Sequence[tuple[int, Given]], others: int) -> Lookup:
    given = others | _bits(bit for bit, condition in asked if condition.wanted)
    missing = others | _bits(bit for bit, condition in asked if not condition.wanted)

    def lookup(value: Value | None) -> int:
        return given if value else missing

    return lookup


def _by_number(asked: Sequence[tuple[int, Range]], others: int) -> Lookup:
    cuts, between = _stretches(asked, others)

    def lookup(value: Value | None) -> int:
        return others if value is None else between[bisect_right(cuts, value)]  # type: ignore[type-var]

    return lookup


def _by_money(asked: Sequence[tuple[int, Range]], others: int) -> Lookup:
    by_currency = {
        currency: _stretches([each for each in asked if each[1].currency == currency], others)
        for currency in {condition.currency for _, condition in asked}
    }

    def lookup(value: Value | None) -> int:
        found = by_currency.get(value.currency) if isinstance(value, Money) else None
        if found is None:
            return others
        cuts, between = found
        return between[bisect_right(cuts, value.amount)]  # type: ignore[union-attr]  # only money is found

    return lookup


def _stretches(asked: Sequence[tuple[int, Range]], others: int) -> tuple[list[int], list[int]]:
    """Where ranges begin or end, and the rules whose range covers the stretch before, between and after those cuts."""
    possible = [(bit, each) for bit, each in asked if each.low is None or each.high is None or each.low <= each.high]
    begins, ends = _at(possible, lambda each: each.low), _at(possible, lambda each: each.high)
    now = others | _bits(bit for bit, each in possible if each.low is None)
    cuts, between = sorted(begins.keys() | {end + 1 for end in ends}), [now]
    for cut in cuts:
        now = (now & ~ends.get(cut - 1, 0)) | begins.get(cut, 0)
        between.append(now)
    return cuts, between


def _at(asked: Iterable[tuple[int, Range]], end: Callable[[Range], int | None]) -> dict[int, int]:
    found: dict[int, int] = {}
    for bit, each in asked:
        at = end(each)
        if at is not None:
            found[at] = found.get(at, 0) | bit
    return found


def _bits(bits: Iterable[int]) -> int:
    found = 0
    for bit in bits:
        found |= bit
    return found

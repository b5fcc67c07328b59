"""A policy as boxes: those of every rule that counts, and those of what is barred before any rule is tried."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from services.rules.domain.conditions import Condition
from services.rules.domain.facts import Facts, Value
from services.rules.domain.policies import Policy
from services.rules.domain.rules import Match, Rule
from services.rules.linting.amounts import Amounts, amounts_of
from services.rules.linting.axes import REASON, Axis, Key, axes_of, axis_of, currencies_of, days_of
from services.rules.linting.bars import AGE, bars
from services.rules.linting.search import HAS, LACKS, Bond, Box, Domain, Search, Tie, Work

DAY = 0  # the first axis
_A_CASE = 500  # of work


@dataclass(frozen=True, slots=True)
class Case:
    """An item and its return as the rules see it, on the day that it is decided."""

    facts: Facts
    day: date


@dataclass(frozen=True)
class Space:
    """`rules` are those that count, in order of priority; `bits[i]` are the boxes of the i-th, `barred` those of the bars.

    `windows[i]` is the box of the i-th window that stands in for the usual one, as a bit, 0 where nothing meets it.
    """

    rules: tuple[Rule, ...]
    axes: Mapping[Key, Axis]
    days: tuple[date, ...]
    search: Search
    of_rule: tuple[tuple[Box, ...], ...]
    bits: tuple[int, ...]
    barred: int
    windows: tuple[int, ...]

    def meeting(self, condition: Condition) -> Box:
        """The box of one condition."""
        key = axis_of(condition)
        return {list(self.axes).index(key) + 1: self.axes[key].mask(condition)}

    def missing(self, condition: Condition) -> Box:
        """The box outside one condition."""
        return {at: ((1 << self.search.sizes[at]) - 1) & ~mask for at, mask in self.meeting(condition).items()}

    def given(self, fits: Callable[[Facts], bool]) -> Box:
        """The box of the reasons, sub-reasons among them, that fit."""
        classes = self.axes[REASON, None].classes
        return {
            list(self.axes).index((REASON, None)) + 1: sum(1 << at for at, each in enumerate(classes) if fits(each))
        }

    def inside(self, rules: Sequence[int], *more: Box) -> Iterator[Domain]:
        """The domains in which all of `rules` hold, and the boxes `more` as well."""
        for boxes in product(*(self.of_rule[place] for place in rules)):
            domain = self.search.inside((*boxes, *more))
            if domain is not None:
                yield domain

    def find(self, rules: Sequence[int], outside: int, *more: Box) -> Domain | None:
        """Where all of `rules` hold and none of the boxes `outside`, nor a bar; None where nowhere. Raises Undecided."""
        found = (self.search.find(domain, outside | self.barred) for domain in self.inside(rules, *more))
        return next((domain for domain in found if domain is not None), None)

    def case(self, domain: Domain) -> Case:
        """One case of `domain`, which the search has found."""
        self.search.work.spend(_A_CASE)
        facts: dict[str, Value] = {}
        sets: dict[str, list[tuple[frozenset[str], int]]] = {}
        for at, axis in enumerate(self.axes.values(), start=1):
            if axis.members is None:
                facts |= _likely(axis, domain[at])
            else:
                sets.setdefault(axis.fact, []).append((axis.members, domain[at]))
        for fact, asked in sets.items():
            facts[fact] = _members(asked)
        for tie in self.search.ties:
            if isinstance(tie, Amounts):
                facts |= tie.chosen(domain, facts)
        return Case(facts, self.days[(domain[DAY] & -domain[DAY]).bit_length() - 1])


def space_of(policy: Policy, today: date, also: Sequence[Condition] = (), work: Work | None = None) -> Space:
    """The policy's rules from `today` on, without those that are off. `also` are conditions that will be asked of it."""
    rules = tuple(rule for rule in policy.rules if rule.on)
    barring = tuple(bars(policy, today))
    asked = [*also, *(condition for rule in rules for condition in rule.conditions)]
    asked += [condition for bar in barring for condition in (*bar.conditions, *bar.fail)]
    asked += [condition for window in policy.windows.instead for condition in window.conditions]
    axes = axes_of(policy, asked)
    made = _Boxes(axes, days_of(rules, today))
    of_rule = tuple(tuple(made.of_rule(rule)) for rule in rules)
    barred = [box for bar in barring if (box := made.box(bar.conditions, bar.fail)) is not None]
    standing_in = [made.box(window.conditions) for window in policy.windows.instead]
    boxes: list[Sequence[Box]] = [*of_rule, barred, *([] if box is None else [box] for box in standing_in)]
    bits = list(_numbered(boxes))
    search = Search(
        sizes=(len(made.days), *(len(axis.classes) for axis in axes.values())),
        boxes=tuple(box for each in boxes for box in each),
        ties=tuple(_ties(axes, currencies_of(asked))),
        work=work or Work(),
    )
    rest = len(rules)
    return Space(
        rules=rules,
        axes=axes,
        days=made.days,
        search=search,
        of_rule=of_rule,
        bits=tuple(bits[:rest]),
        barred=bits[rest],
        windows=tuple(bits[rest + 1 :]),
    )


def _numbered(boxes: Iterable[Sequence[Box]]) -> Iterator[int]:
    """The bits of each group of boxes, in turn."""
    at = 0
    for group in boxes:
        yield ((1 << len(group)) - 1) << at
        at += len(group)


@dataclass(frozen=True, slots=True)
class _Boxes:
    axes: Mapping[Key, Axis]
    days: tuple[date, ...]
    known: dict[Condition, tuple[int, int, int]] = field(default_factory=dict)

    def of_rule(self, rule: Rule) -> Iterator[Box]:
        """The boxes that together are where and when the rule matches."""
        days = sum(1 << at for at, day in enumerate(self.days) if rule.in_force(day))
        every = rule.match is Match.ALL or not rule.conditions
        for conditions in (rule.conditions,) if every else ((condition,) for condition in rule.conditions):
            box = self.box(conditions)
            if box is not None and days:
                yield box if days == (1 << len(self.days)) - 1 else {DAY: days, **box}

    def box(self, conditions: Sequence[Condition], fail: Sequence[Condition] = ()) -> Box | None:
        """The box in which all `conditions` hold and none of `fail`; None where they exclude each other."""
        box: dict[int, int] = {}
        for axis, meets, _ in map(self._asked, conditions):
            box[axis] = box.get(axis, -1) & meets
        for axis, _, misses in map(self._asked, fail):
            box[axis] = box.get(axis, -1) & misses
        return box if all(box.values()) else None

    def _asked(self, condition: Condition) -> tuple[int, int, int]:
        """The axis that it asks, the classes that meet it and those that do not."""
        if condition not in self.known:
            key = axis_of(condition)
            axis, mask = self.axes[key], self.axes[key].mask(condition)
            at = list(self.axes).index(key) + 1
            self.known[condition] = (at, mask, ((1 << len(axis.classes)) - 1) & ~mask)
        return self.known[condition]


def _ties(axes: Mapping[Key, Axis], currencies: Sequence[str]) -> Iterator[Tie]:
    placed = list(enumerate(axes.values(), start=1))
    for fact in dict.fromkeys(axis.fact for axis in axes.values() if axis.members is not None):
        asked = {at: axis.members for at, axis in placed if axis.fact == fact and axis.members is not None}
        bits = {member: 1 << at for at, member in enumerate(sorted(frozenset().union(*asked.values())))}
        yield Bond({at: sum(bits[member] for member in members) for at, members in asked.items()})
    if (amounts := amounts_of(placed, currencies)) is not None:
        yield amounts


def _likely(axis: Axis, mask: int) -> Facts:
    """A class of `mask`: what nothing depends on is not known, all else is something that no rule names, where it can be."""
    free = mask == (1 << len(axis.classes)) - 1
    if free and axis.fact != AGE and {} in axis.classes:
        return {}
    return axis.classes[mask.bit_length() - 1]


def _members(asked: Sequence[tuple[frozenset[str], int]]) -> frozenset[str]:
    """A small set that has something of what it must, and nothing of what it must not."""
    gone = frozenset().union(*(members for members, mask in asked if mask == LACKS))
    found: set[str] = set()
    for members, mask in asked:
        if mask == HAS and not members & found:
            found.add(min(members - gone))
    return frozenset(found)

"""Rules that meet: what is never reached, taken by another rule, contradicted by it, or would not be missed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from libs.contracts.values import LabelTerms
from services.rules.domain.outcomes import Outcome
from services.rules.domain.rules import Rule
from services.rules.linting.findings import Code, Finding, named, said
from services.rules.linting.search import Box, Domain, Spent, Undecided
from services.rules.linting.space import Case, Space

MOST_TAKERS = 8  # rules that are named of those that take cases from one rule
MOST_TOGETHER = 40  # rules that together cover one, of which those that are not needed are left out
_PAYERS = {LabelTerms.FREE, LabelTerms.PAID}


@dataclass(frozen=True)
class Overlaps:
    """The findings about the rules of `space`; `otherwise` is what no rule decides."""

    space: Space
    otherwise: Outcome

    def findings(self) -> Iterator[Finding]:
        """All of them, in the order of the rules."""
        for place, rule in enumerate(self.space.rules):
            try:
                yield from self._about(place)
            except Spent:
                words = f"There are too many combinations to look at all: {named([rule.name])} and what follows are left out."
                yield Finding(Code.UNDECIDED, words, rule=rule.name)
                return
            except Undecided:
                words = f"There are too many combinations to tell whether {named([rule.name])} counts as it is meant."
                yield Finding(Code.UNDECIDED, words, rule=rule.name)

    def _about(self, place: int) -> Iterator[Finding]:
        reached = self.space.find([place], self._before[place])
        if reached is None:
            yield self._unreachable(place)
        yield from self._taken(place, reached=reached is not None)
        if reached is not None and self._is_redundant(place, reached):
            yield self._redundant(place, self.space.case(reached))

    # Never reached

    def _unreachable(self, place: int) -> Finding:
        rule = self.space.rules[place]
        domain, takers, why = self._why_unreachable(place)
        others = tuple(self.space.rules[taker].name for taker in takers)
        words = f"{named([rule.name])} is never reached: {why}."
        return Finding(Code.UNREACHABLE, words, self.space.case(domain), rule.name, others)

    def _why_unreachable(self, place: int) -> tuple[Domain, tuple[int, ...], str]:
        rule, space = self.space.rules[place], self.space
        domain = space.find([place], 0)
        if domain is not None:
            takers = self._takers(place)
            names = named([space.rules[taker].name for taker in takers])
            first = f"{names} together take" if len(takers) > 1 else f"{names} takes"
            return domain, takers, f"{first} every case of it first, {said(space.case(domain), _asked(rule))} for one"
        barred = next(space.inside([place]), None)
        if barred is not None and (found := space.search.find(barred, 0)) is not None:
            return found, (), "what it is for is barred before any rule is tried, as a final sale or by a closed window"
        if not any(rule.in_force(day) for day in space.days):
            return self._nearest(rule), (), f"its last day, {rule.ends}, is over"
        return self._nearest(rule), (), "no item meets its conditions"

    def _takers(self, place: int) -> tuple[int, ...]:
        """The earlier rules that cover it: one where one does, else as few as are needed."""
        found: list[int] = []
        every = [other for other in range(place) if self._meeting[place] & self.space.bits[other]]
        while (left := self.space.find([place], self._all_of(found))) is not None:
            case = self.space.case(left)
            found.append(next(other for other in range(place) if self._matches(other, case)))
            every = [other for other in every if self._matches(other, case)]
        alone = next((other for other in every if self._within(place, other)), None)
        if alone is not None:
            return (alone,)
        for other in found[:MOST_TOGETHER]:
            rest = [each for each in found if each != other]
            if self.space.find([place], self._all_of(rest)) is None:
                found = rest
        return tuple(sorted(found))

    def _matches(self, place: int, case: Case) -> bool:
        rule = self.space.rules[place]
        return rule.in_force(case.day) and rule.holds(case.facts)

    def _all_of(self, places: Iterable[int]) -> int:
        return sum(self.space.bits[place] for place in places)

    def _nearest(self, rule: Rule) -> Domain:
        """A case that meets as much of the rule as can be met."""
        space = self.space
        best: Domain | None = None
        met: list[Box] = []
        for condition in rule.conditions:
            more = [*met, space.meeting(condition)]
            found = space.search.find(space.search.inside(more), space.barred)
            if found is not None:
                met, best = more, found
        best = best or space.search.find(space.search.inside([]), space.barred)
        return best or space.search.inside([]) or ()

    # Taken by an earlier rule

    def _taken(self, place: int, *, reached: bool) -> Iterator[Finding]:
        left = MOST_TAKERS
        for other in range(place):
            finding = self._between(other, place, reached=reached) if left else None
            if finding is not None:
                left -= 1
                yield finding

    def _between(self, earlier: int, later: int, *, reached: bool) -> Finding | None:
        space = self.space
        one, two = space.rules[earlier], space.rules[later]
        if not self._meeting[later] & space.bits[earlier] or one.outcome == two.outcome:
            return None
        opposite = contradict(one.outcome, two.outcome)
        if not opposite and not reached:
            return None  # it is said already that the later one is never reached
        domain = space.find([earlier, later], self._before[earlier])
        if domain is None or self._is_exception(earlier, later):
            return None
        case = space.case(domain)
        shown = said(case, _asked(one) | _asked(two))
        first, second = named([one.name]), named([two.name])
        if opposite:
            words = (
                f"{first} and {second} say the opposite of each other where both match, and {first} decides: {shown}."
            )
            return Finding(Code.OPPOSITE, words, case, two.name, (one.name,))
        words = f"{first} decides some cases of {second} first, and otherwise than {second} does: {shown}."
        return Finding(Code.PARTLY_SHADOWED, words, case, two.name, (one.name,))

    def _is_exception(self, earlier: int, later: int) -> bool:
        """Whether the earlier rule is only narrower: all its cases are the later one's too, which has more."""
        return self._within(earlier, later) and not self._within(later, earlier)

    def _within(self, one: int, other: int) -> bool:
        return self.space.find([one], self.space.bits[other]) is None

    # Not missed

    def _is_redundant(self, place: int, reached: Domain) -> bool:
        """Whether every case that the rule decides would get the same outcome without it."""
        space, own = self.space, self.space.rules[place].outcome
        if not self._same_next(place, self.space.case(reached)):
            return False
        alike = self._before[place]
        for later in range(place + 1, len(space.rules)):
            if space.rules[later].outcome == own:
                alike |= space.bits[later]
            elif self._meeting[place] & space.bits[later] and space.find([place, later], alike) is not None:
                return False
        return self.otherwise == own or space.find([place], alike) is None

    def _same_next(self, place: int, case: Case) -> bool:
        rules = self.space.rules
        found = next((rules[later] for later in range(place + 1, len(rules)) if self._matches(later, case)), None)
        return (found.outcome if found else self.otherwise) == rules[place].outcome

    def _redundant(self, place: int, case: Case) -> Finding:
        rule = self.space.rules[place]
        words = (
            f"Without {named([rule.name])} nothing would be decided otherwise: {said(case, _asked(rule))}"
            " would get the same outcome from what comes after it."
        )
        return Finding(Code.REDUNDANT, words, case, rule.name)

    @cached_property
    def _before(self) -> list[int]:
        """For each rule the boxes of all earlier ones."""
        before, seen = [], 0
        for bits in self.space.bits:
            before.append(seen)
            seen |= bits
        return before

    @cached_property
    def _meeting(self) -> list[int]:
        """For each rule the boxes that may share a case with it."""
        meeting = []
        for place in range(len(self.space.rules)):
            found = 0
            for domain in self.space.inside([place]):
                found |= self.space.search.may_meet(domain)
            meeting.append(found)
        return meeting


def contradict(one: Outcome, other: Outcome) -> bool:
    """Whether one gives something where the other gives nothing, or one label is free and the other paid."""
    if one.gives_nothing or other.gives_nothing:
        return one.gives_nothing is not other.gives_nothing
    payers = {one.label.terms, other.label.terms}
    return payers == _PAYERS


def _asked(rule: Rule) -> set[str]:
    return {condition.fact for condition in rule.conditions}

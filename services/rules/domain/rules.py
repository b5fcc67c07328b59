"""Rules in order of priority: the first that matches decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.rules.domain.conditions import Condition, joined, possibly
from services.rules.domain.facts import Facts
from services.rules.domain.outcomes import Outcome


class Match(StrEnum):
    """How many of a rule's conditions must hold."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Rule:
    """Matches while it is `on`, from `starts` to `ends` (days of UTC, both included), when its conditions hold.

    The lowest `priority` is tried first. A rule without conditions matches everything.
    """

    name: str
    priority: int
    outcome: Outcome
    conditions: tuple[Condition, ...] = ()
    match: Match = Match.ALL
    on: bool = True
    starts: date | None = None
    ends: date | None = None

    def in_force(self, today: date) -> bool:
        """Whether it counts on that day."""
        begun = self.starts is None or self.starts <= today
        return self.on and begun and (self.ends is None or today <= self.ends)

    def holds(self, facts: Facts) -> bool:
        """Whether its conditions hold, on whatever day."""
        if not self.conditions:
            return True
        held = (condition.holds(facts) for condition in self.conditions)
        return all(held) if self.match is Match.ALL else any(held)

    def possibly(self, facts: Facts, unknown: frozenset[str]) -> bool | None:
        """Whether its conditions hold, or None where that depends on what is `unknown` so far."""
        results = [possibly(condition, facts, unknown) for condition in self.conditions]
        return joined(results, every=self.match is Match.ALL)


def first_match(rules: Sequence[Rule], facts: Facts, today: date) -> int | None:
    """The place of the first rule that matches, of `rules` in order of priority; None where none does.

    This is what matching means, said plainly. `index.py` gives the same answers fast.
    """
    for place, rule in enumerate(rules):
        if rule.in_force(today) and rule.holds(facts):
            return place
    return None

"""The trace: each rule tried and each of its conditions, in staff words and, as far as it is theirs to read, in shopper words."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from libs.contracts.rules import Checked, Tried
from services.rules import words
from services.rules.domain.conditions import Condition, joined
from services.rules.domain.facts import FACTS, Facts
from services.rules.domain.rules import Match, Rule

DETAILED = 100  # rules: a trace travels with its decision and is kept for years
OTHERWISE = Tried(rule="Otherwise", matched=True, because="no rule matched")


def explained(rules: Sequence[Rule], place: int | None, facts: Facts, today: date) -> tuple[Tried, ...]:
    """Each rule up to the one at `place`, which matched; all of them and the default where none did.

    Of more rules than `DETAILED` only the match has its conditions one by one; the others have them in `because`.
    """
    tried = rules if place is None else rules[: place + 1]
    told = [_tried(rule, facts, today, detailed=len(tried) <= DETAILED or at == place) for at, rule in enumerate(tried)]
    return (*told, OTHERWISE) if place is None else tuple(told)


def why(rule: Rule | None) -> str | None:
    """What the outcome follows from, in shopper words; None where no rule of theirs to read decided it."""
    if rule is None:
        return None
    told = (FACTS[condition.fact].shopper for condition in rule.conditions)
    return words.depends_on(label for label in told if label)


def _tried(rule: Rule, facts: Facts, today: date, *, detailed: bool) -> Tried:
    if not rule.in_force(today):
        return Tried(rule=rule.name, matched=False, because=_not_in_force(rule))
    held = [condition.holds(facts) for condition in rule.conditions]
    said = [condition.because(facts) for condition in rule.conditions]
    because = "; ".join(f"{'yes' if holds else 'no'}, {why}" for holds, why in zip(held, said, strict=True))
    return Tried(
        rule=rule.name,
        matched=joined(held, every=rule.match is Match.ALL) is True,
        because=because or "it has no conditions",
        conditions=tuple(map(_checked, rule.conditions, held, said)) if detailed else (),
    )


def _not_in_force(rule: Rule) -> str:
    if not rule.on:
        return "it is off"
    ends = [f"{word} {day}" for word, day in (("from", rule.starts), ("until", rule.ends)) if day]
    return f"it counts {' '.join(ends)}"


def _checked(condition: Condition, holds: bool, staff: str) -> Checked:
    label = FACTS[condition.fact].shopper
    return Checked(fact=condition.fact, holds=holds, staff=staff, shopper=_told(label, holds) if label else None)


@cache
def _told(label: str, holds: bool) -> str | None:
    return words.depends_on([label], holds=holds)

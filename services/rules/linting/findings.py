"""What the linter finds, and how it says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from libs.contracts.values import Money
from services.rules.domain.facts import FACTS, Facts, Kind, Value
from services.rules.linting.bars import AGE
from services.rules.linting.space import Case

NOTHING: frozenset[str] = frozenset()


class Code(StrEnum):
    """The kinds of findings; docs/rules-findings.md defines each. `undecided` says that the search reached its bound."""

    UNREACHABLE = "unreachable"
    PARTLY_SHADOWED = "partly_shadowed"
    REDUNDANT = "redundant"
    OPPOSITE = "opposite"
    GAP = "gap"
    IMPOSSIBLE_VALUE = "impossible_value"
    UNCOVERED_REASON = "uncovered_reason"
    DEAD_REFERENCE = "dead_reference"
    NO_FAULT = "no_fault"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: about which rule, at which of its conditions, or about which reason; `others` are rules it is due to.

    `words` say it to staff, and `witness` is a case that shows it. `path` is its place in the document.
    """

    code: Code
    words: str
    witness: Case | None = None
    rule: str | None = None
    others: tuple[str, ...] = ()
    reason: str | None = None
    condition: int | None = None
    path: str = ""


def written(case: Case) -> dict[str, Any]:
    """A case as plain data, as kept examples have their items."""
    told = {name: case.facts.get(name) for name in FACTS if name == AGE or case.facts.get(name, NOTHING) != NOTHING}
    return {**{name: _plain(value) for name, value in told.items()}, "on": case.day.isoformat()}


def said(case: Case, facts: Iterable[str] = ()) -> str:
    """A case in a few staff words, of its `facts` only where any are named: `country AU, reason damaged`."""
    named = set(facts) or set(case.facts)
    parts = [f"{FACTS[name].staff} {_spoken(name, case.facts)}" for name in FACTS if name in named]
    return ", ".join(parts) or "any item"


def named(rules: Sequence[str]) -> str:
    """Rules by their names: `"Sale" and "Australia"`."""
    quoted = [f'"{rule}"' for rule in rules]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _plain(value: Value | None) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.model_dump() if isinstance(value, Money) else value


def _spoken(name: str, facts: Facts) -> str:
    value = facts.get(name)
    if value is None or value == NOTHING:
        return "none" if FACTS[name].kind in {Kind.CODE, Kind.CODES} else "not known"
    if isinstance(value, bool):
        return "given" if value else "not given"
    if isinstance(value, frozenset):
        return " and ".join(sorted(value))
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}"
    return f"{value} %" if FACTS[name].kind is Kind.PERCENT else str(value)

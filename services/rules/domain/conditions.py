"""What a rule asks of the facts. A condition is total: what is not known never raises, and never meets a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from libs.contracts.values import Money
from services.rules.domain.facts import FACTS, Facts, Kind

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Among:
    """Holds when the fact is one of `values`, or has one of them; where `negated`, when it is or has none of them.

    A fact that is not known is none of them.
    """

    fact: str
    values: frozenset[str]
    negated: bool = False

    def holds(self, facts: Facts) -> bool:
        """Whether the facts meet it."""
        return self._found(facts).isdisjoint(self.values) is self.negated

    def because(self, facts: Facts) -> str:
        """Why it holds or not, in staff words."""
        found = self._found(facts)
        met = "none of" if found.isdisjoint(self.values) else "one of"
        return f"{FACTS[self.fact].staff} {listed(found) or 'is empty'}: {met} {listed(self.values)}"

    def _found(self, facts: Facts) -> frozenset[str]:
        value = facts.get(self.fact)
        if value is None:
            return NOTHING
        return value if isinstance(value, frozenset) else frozenset({str(value)})


@dataclass(frozen=True, slots=True)
class Range:
    """Holds when the fact is at least `low` and at most `high`, both included; None is no end.

    Money has a `currency`, and is within no range of another one. A fact that is not known is within no range.
    """

    fact: str
    low: int | None = None
    high: int | None = None
    currency: str | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether the facts meet it."""
        number = self._number(facts)
        if number is None:
            return False
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)

    def because(self, facts: Facts) -> str:
        """Why it holds or not, in staff words."""
        value = facts.get(self.fact)
        if value is None:
            return f"{FACTS[self.fact].staff} is not known: must be {wanted(self)}"
        other = isinstance(value, Money) and value.currency != self.currency
        said = f"{FACTS[self.fact].staff} {_number(value, self.fact)}: must be {wanted(self)}"
        return f"{said}, and is in another currency" if other else said

    def _number(self, facts: Facts) -> int | None:
        value = facts.get(self.fact)
        if isinstance(value, Money):
            return value.amount if value.currency == self.currency else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Given:
    """Holds when the flag is as `wanted`; one that is not known is not set."""

    fact: str
    wanted: bool = True

    def holds(self, facts: Facts) -> bool:
        """Whether the facts meet it."""
        return bool(facts.get(self.fact, False)) is self.wanted

    def because(self, facts: Facts) -> str:
        """Why it holds or not, in staff words."""
        said = {True: "given", False: "not given"}
        found = bool(facts.get(self.fact, False))
        return f"{FACTS[self.fact].staff} {said[found]}: must be {said[self.wanted]}"


Condition = Among | Range | Given


def possibly(condition: Condition, facts: Facts, unknown: frozenset[str]) -> bool | None:
    """Whether it holds, or None where that depends on a fact that is `unknown` so far."""
    return None if condition.fact in unknown else condition.holds(facts)


def joined(results: Sequence[bool | None], *, every: bool) -> bool | None:
    """Whether all of `results` hold, or where not `every`, any of them; None where that is open. No result at all holds."""
    if not results:
        return True
    decisive = not every
    if decisive in results:
        return decisive
    return None if None in results else every


# What a condition wants is said for every decision that is explained, and is always the same.
@lru_cache(maxsize=10_000)
def wanted(range_: Range) -> str:
    """The ends of a range, in staff words."""
    ends = [
        f"{word} {_number(Money(amount=end, currency=range_.currency) if range_.currency else end, range_.fact)}"
        for word, end in (("at least", range_.low), ("at most", range_.high))
        if end is not None
    ]
    if range_.low is not None and range_.low == range_.high:
        return ends[0].removeprefix("at least ")
    return " and ".join(ends) or "known"


@lru_cache(maxsize=10_000)
def listed(values: frozenset[str]) -> str:
    """Words in the order of the alphabet."""
    return ", ".join(sorted(values))


def _number(value: object, fact: str) -> str:
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}"
    return f"{value} %" if FACTS[fact].kind is Kind.PERCENT else str(value)

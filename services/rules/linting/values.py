"""Values that nothing has: numbers out of a fact's range, countries and channels that are none, reasons that are gone."""

from collections.abc import Iterator, Mapping, Sequence

from libs.contracts.values import Channel
from services.rules.domain.conditions import Among, Condition, Range
from services.rules.domain.facts import FACTS, Kind
from services.rules.domain.policies import Policy
from services.rules.linting.axes import LOWEST
from services.rules.linting.countries import COUNTRIES
from services.rules.linting.findings import Code, Finding, named
from services.rules.linting.search import Box, Undecided
from services.rules.linting.space import Case, Space

Seen = Mapping[str, frozenset[str]]  # by fact, what the shop's products, orders and shoppers are known to have
_HINTED = frozenset({"product_tags", "collections", "product_type", "vendor", "sku"})


def unreal(space: Space, policy: Policy, seen: Seen) -> Iterator[Finding]:
    """Findings on the conditions of the rules that count and of windows. What is not among `seen` is only a hint."""
    for rule in space.rules:
        for at, code, words, case in _of(space, policy, seen, rule.conditions):
            yield Finding(code, f"{named([rule.name])} asks for {words}.", case, rule.name, condition=at)
    for place, window in enumerate(policy.windows.instead):
        for at, code, words, case in _of(space, policy, seen, window.conditions):
            path = f"window.instead.{place}.when.{at}"
            yield Finding(code, f"The window {named([window.name])} asks for {words}.", case, path=path)


def no_countries(path: str, codes: Sequence[str]) -> Iterator[Finding]:
    """Findings on countries that are listed at `path` and are none."""
    for at, code in enumerate(codes):
        if code not in COUNTRIES:
            yield Finding(Code.IMPOSSIBLE_VALUE, f"{code} is no country.", path=f"{path}.{at}")


def _of(
    space: Space, policy: Policy, seen: Seen, conditions: Sequence[Condition]
) -> Iterator[tuple[int, Code, str, Case | None]]:
    for at, condition in enumerate(conditions):
        for code, words in (*_impossible(condition), *_dead(condition, policy, seen)):
            yield at, code, words, _beside(space, conditions, at)


def _impossible(condition: Condition) -> Iterator[tuple[Code, str]]:
    called = FACTS[condition.fact].staff
    if isinstance(condition, Range):
        yield from ((Code.IMPOSSIBLE_VALUE, f"{called} {words}") for words in _out_of_range(condition))
    elif isinstance(condition, Among) and condition.fact in {"country", "channel"}:
        real = COUNTRIES if condition.fact == "country" else frozenset(Channel)
        wrong = sorted(condition.values - real)
        yield from ((Code.IMPOSSIBLE_VALUE, f"{called} {value}, which is none") for value in wrong)


def _out_of_range(condition: Range) -> Iterator[str]:
    lowest = LOWEST.get(condition.fact, 0)
    highest = 100 if FACTS[condition.fact].kind is Kind.PERCENT else None
    low, high = condition.low, condition.high
    if low is not None and high is not None and low > high:
        yield f"between {low} and {high}, which no number is"
    if high is not None and high < lowest:
        yield f"{high} at most, but it is never below {lowest}"
    if highest is not None:
        above = [end for end in dict.fromkeys((low, high)) if end is not None and end > highest]
        yield from (f"{end} %, but it is never above {highest} %" for end in above)


def _dead(condition: Condition, policy: Policy, seen: Seen) -> Iterator[tuple[Code, str]]:
    if not isinstance(condition, Among):
        return
    called = FACTS[condition.fact].staff
    known = {
        "reason": frozenset(reason.code for reason in policy.reasons),
        "sub_reason": frozenset(sub.code for reason in policy.reasons for sub in reason.sub_reasons),
    }
    if condition.fact in known:
        gone = sorted(condition.values - known[condition.fact])
        yield from ((Code.DEAD_REFERENCE, f"{called} {value}, which the policy does not have") for value in gone)
    elif condition.fact in _HINTED and condition.fact in seen:
        gone = sorted(condition.values - seen[condition.fact])
        yield from (
            (Code.DEAD_REFERENCE, f"{called} {value}, which nothing that was sold so far has") for value in gone
        )


def _beside(space: Space, conditions: Sequence[Condition], at: int) -> Case | None:
    """A case that meets what it can of the other conditions, and where it can be, not this one."""
    try:
        return _nearest(space, conditions, at)
    except Undecided:
        return None


def _nearest(space: Space, conditions: Sequence[Condition], at: int) -> Case | None:
    met: list[Box] = []
    best = None
    others = (space.meeting(other) for place, other in enumerate(conditions) if place != at)
    for more in (space.missing(conditions[at]), *others):
        found = space.search.find(space.search.inside([*met, more]), space.barred)
        if found is not None:
            met, best = [*met, more], found
    best = best or space.search.find(space.search.inside([]), space.barred)
    return space.case(best) if best is not None else None

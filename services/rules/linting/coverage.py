"""What no rule decides: reasons that only the default answers, and cases that it turns away."""

from collections.abc import Iterator

from services.rules.domain.conditions import Among
from services.rules.domain.policies import Policy, Reason
from services.rules.linting.axes import REASON
from services.rules.linting.findings import Code, Finding, said
from services.rules.linting.search import Box, Spent, Undecided
from services.rules.linting.space import Space


def uncovered(space: Space, policy: Policy) -> Iterator[Finding]:
    """Findings on reasons and the default."""
    every = sum(space.bits)
    boxes = {reason.code: space.meeting(Among(REASON, frozenset({reason.code}))) for reason in policy.reasons}
    answered = [reason for reason in policy.reasons if _matched(space, boxes[reason.code])]
    for reason in policy.reasons:
        box = boxes[reason.code]
        try:
            if answered and reason not in answered:
                yield from _only_default(space, reason, box, every)
            elif policy.otherwise.gives_nothing and _is_given_something(space, box):
                yield from _turned_away(space, reason, box, every)
        except Spent:
            return  # it is said already, of the rules
        except Undecided:
            words = f"There are too many combinations to tell whether every case of {reason.code} is decided."
            yield Finding(Code.UNDECIDED, words, reason=reason.code)


def _matched(space: Space, box: Box) -> bool:
    """Whether some rule matches a case of the reason; one that cannot be told counts as matched."""
    try:
        return any(space.find([place], 0, box) is not None for place in range(len(space.rules)))
    except Undecided:
        return True


def _is_given_something(space: Space, box: Box) -> bool:
    """Whether some rule gives something for a case of the reason that it decides."""
    before = 0
    for place, rule in enumerate(space.rules):
        if not rule.outcome.gives_nothing and space.find([place], before, box) is not None:
            return True
        before |= space.bits[place]
    return False


def _only_default(space: Space, reason: Reason, box: Box, every: int) -> Iterator[Finding]:
    domain = space.find([], every, box)
    if domain is not None:
        words = f"No rule answers {reason.code}, though rules answer other reasons: only the default does."
        yield Finding(Code.UNCOVERED_REASON, words, space.case(domain), reason=reason.code)


def _turned_away(space: Space, reason: Reason, box: Box, every: int) -> Iterator[Finding]:
    domain = space.find([], every, box)
    if domain is not None:
        case = space.case(domain)
        words = f"Rules give something for {reason.code}, but none decides this case, which the default turns away: {said(case)}."
        yield Finding(Code.GAP, words, case, reason=reason.code)

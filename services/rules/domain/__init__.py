"""What may come back, until when and on what terms: pure and total. The same facts always get the same answer."""

from services.rules.domain.conditions import Among, Condition, Given, Range
from services.rules.domain.deciding import decide
from services.rules.domain.judging import judge
from services.rules.domain.policies import NoPolicy, Policy
from services.rules.domain.rules import Match, Rule, first_match

__all__ = [
    "Among",
    "Condition",
    "Given",
    "Match",
    "NoPolicy",
    "Policy",
    "Range",
    "Rule",
    "decide",
    "first_match",
    "judge",
]

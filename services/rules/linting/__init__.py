"""Finds what is wrong with a policy that can be read, and shows a case of it. It decides by complete search, not by samples."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from services.rules.domain.policies import Policy
from services.rules.linting.coverage import uncovered
from services.rules.linting.findings import Code, Finding, written
from services.rules.linting.overlaps import Overlaps
from services.rules.linting.search import Work
from services.rules.linting.space import Case, space_of
from services.rules.linting.values import Seen, no_countries, unreal
from services.rules.policy import Document, compiled

__all__ = ["Case", "Code", "Finding", "Seen", "Work", "findings_of", "lint", "written"]
NOTHING_SEEN: Seen = {}


def lint(document: Document, today: date, seen: Seen = NOTHING_SEEN, work: Work | None = None) -> tuple[Finding, ...]:
    """What is to be said of the document from `today` on, each with its path. `seen` is what the shop is known to have.

    `work` is what it may do, where others look at the same policy too.
    """
    rules = {rule.name: f"rules.{at}" for at, rule in enumerate(document.rules)}
    reasons = {reason.code: f"reasons.{at}" for at, reason in enumerate(document.reasons)}
    found = [*findings_of(compiled(document, 0), today, seen, work), *no_countries("sells_to", document.sells_to)]
    for at, holiday in enumerate(document.window.extensions):
        found += no_countries(f"window.extensions.{at}.countries", holiday.countries)
    return tuple(replace(finding, path=finding.path or _path(finding, rules, reasons)) for finding in found)


def findings_of(
    policy: Policy, today: date, seen: Seen = NOTHING_SEEN, work: Work | None = None
) -> tuple[Finding, ...]:
    """The same of a policy that is compiled, without paths."""
    space = space_of(policy, today, work=work)
    overlaps = Overlaps(space, policy.otherwise)
    return (*overlaps.findings(), *uncovered(space, policy), *unreal(space, policy, seen))


def _path(finding: Finding, rules: Mapping[str, str], reasons: Mapping[str, str]) -> str:
    if finding.rule is not None:
        place = rules[finding.rule]
        return place if finding.condition is None else f"{place}.when.{finding.condition}"
    return reasons.get(finding.reason or "", "rules")

"""What the pages of the policy are given."""

from dataclasses import dataclass, field

from libs.contracts.rules_policies import PolicyCheckV1, PolicyTemplate, PolicyVersion, ReplayV1
from libs.contracts.values import Money
from services.portal.web.views.parts import Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """Fields `text`, `words` and `do`. `replaces` and `draft` are the version and the draft that the text was made from.

    `starts` are ready-made policies to start from; none, and no `versions`, where it is not `is_known`.
    """

    staff: Staff
    versions: tuple[PolicyVersion, ...]
    text: str
    replaces: int | None = None
    draft: str | None = None
    words: str = ""
    checked: PolicyCheckV1 | None = None
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    starts: tuple[PolicyTemplate, ...] = ()
    is_known: bool = True  # False while the service that keeps them is away


@dataclass(frozen=True, slots=True)
class PolicyVersionPage:
    """One version as its text; `can_restore` is whether it may be put in force again."""

    staff: Staff
    head: PolicyVersion
    text: str
    can_restore: bool = False


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """A policy tried on past returns, as far as it is. `sums` are what was owed and what would have been, by currency."""

    staff: Staff
    replay: ReplayV1
    kinds: tuple[tuple[str, int], ...]
    sums: tuple[tuple[Money, Money], ...]

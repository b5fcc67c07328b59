"""What rules answers of a retailer's policies: drafts, versions, checks, and trials on past returns."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Named, Request, Value
from libs.contracts.rules import DecideReturnV1, DecisionV1, Offer, PolicyV1
from libs.contracts.values import LabelTerms


class PolicyState(StrEnum):
    """Where a version stands. A retailer has one draft at most, and one published."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    ROLLED_BACK = "rolled_back"


class PolicyVersion(Value):
    """A version without its document; a draft has no number yet. `digest` tells two documents apart.

    `by` saved or published it, with `words` of why. `restores` is the version that a roll-back put in force again.
    """

    policy_id: UUID
    version: int | None
    state: PolicyState
    digest: str
    by: str | None = None
    words: str | None = None
    restores: int | None = None
    created_at: AwareDatetime
    published_at: AwareDatetime | None = None
    superseded_at: AwareDatetime | None = None


class PoliciesV1(Named):
    """The draft, if there is one, then every version, the newest first."""

    versions: tuple[PolicyVersion, ...]


class GetPoliciesV1(Request[PoliciesV1]):
    """Every version of the retailer's policy."""


class PolicyTextV1(Named):
    """A version whole: as data, and as the text that a retailer keeps in a file."""

    head: PolicyVersion
    document: dict[str, Any]
    text: str


class GetPolicyV1(Request[PolicyTextV1]):
    """A version by its number, else the draft where `draft`, else the one in force; refused as `rules.no_policy`."""

    version: int | None = None
    draft: bool = False


class PolicyTemplate(Value):
    """A ready-made policy to start from, as text, and what it is for."""

    name: str
    words: str
    text: str


class PolicyTemplatesV1(Named):
    """The ready-made policies."""

    templates: tuple[PolicyTemplate, ...]


class GetPolicyTemplatesV1(Request[PolicyTemplatesV1]):
    """The ready-made policies to start from; they are the same for every retailer."""


class PolicyFault(Value):
    """What is wrong with a document, and where: `rules.1.priority`. `line` counts from 1 where a text was given."""

    path: str
    words: str
    line: int | None = None


class PolicyFinding(Value):
    """What the linter says of a policy that can be read. `witness` is an item that shows it, by the names of facts."""

    code: str
    path: str
    words: str
    witness: dict[str, Any] | None = None


class BelowFloor(Value):
    """What a country's law asks for that the policy does not give. No legal advice.

    `country` are all countries whose law says the same. `witness` is an item that shows it, where a rule does it.
    """

    country: str
    path: str
    words: str
    law: str
    witness: dict[str, Any] | None = None


class ExampleFailed(Value):
    """A kept example that the policy decides otherwise than it says."""

    name: str
    words: str


class PolicyCheckV1(Named):
    """What is to be said of a policy before it is published. A fault, a law or an example stands in its way; a finding does not.

    `document` and `text` are the policy in its normal form, absent where there are faults. `changes` are the lines that tell
    it from the version in force, as `diff` writes them.
    """

    can_publish: bool
    faults: tuple[PolicyFault, ...] = ()
    findings: tuple[PolicyFinding, ...] = ()
    below_floor: tuple[BelowFloor, ...] = ()
    failed: tuple[ExampleFailed, ...] = ()
    document: dict[str, Any] | None = None
    text: str | None = None
    changes: tuple[str, ...] = ()
    in_force: int | None = None


class CheckPolicyV1(Request[PolicyCheckV1]):
    """Check a policy written as YAML or JSON, and keep nothing.

    `findings`: whether what stands in nobody's way is looked for too, which takes the longest.
    """

    text: str = Field(max_length=1_000_000)
    findings: bool = True


class SaveDraftV1(Request[PolicyTextV1]):
    """Keep `text` as the retailer's draft in place of the one with the digest `replaces`, or of none.

    Refused as `rules.invalid_policy`, and as `rules.draft_moved` where somebody else has saved another meanwhile.
    """

    text: str = Field(max_length=1_000_000)
    replaces: str | None = None
    by: str
    words: str | None = None


class RestorePolicyV1(Request[PolicyV1]):
    """Put an earlier version in force again, under the next number; refused as `rules.no_policy`, or as a publish is."""

    version: int
    by: str
    words: str | None = None


class SimulateV1(Request[DecisionV1]):
    """What a policy would decide: the one of `text`, else the draft where `draft`, else the one in force. Nothing is kept.

    `item` is a made-up one, as kept examples have them; `asked` is a real one, as of `at`. Refused as
    `rules.invalid_item` where it has neither, or a fault.
    """

    text: str | None = Field(default=None, max_length=1_000_000)
    draft: bool = False
    item: dict[str, Any] | None = None
    asked: DecideReturnV1 | None = None
    at: AwareDatetime | None = None


class ReplayState(StrEnum):
    """How far a replay is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class MoneyMoved(Value):
    """What past returns were owed, and what they would have been, in one currency's minor units."""

    currency: str
    before: int
    after: int


class Given(Value):
    """What a policy gives for a line: its offers, or the words of its refusal."""

    offers: tuple[Offer, ...] = ()
    review: bool = False
    words: str | None = None


class LineChanged(Value):
    """A line of a past return that would be decided otherwise, and what of it would change."""

    title: str
    kinds: tuple[str, ...]
    before: Given
    after: Given


class CaseChanged(Value):
    """A past return that the policy would decide otherwise; `kinds` is what would change of it."""

    return_id: UUID
    number: str
    decided_at: AwareDatetime
    kinds: tuple[str, ...]
    lines: tuple[LineChanged, ...]
    label_before: LabelTerms
    label_after: LabelTerms


class ReplayV1(Named):
    """A policy tried on past returns. `changes` counts returns by what would change; `cases` are the first of them."""

    replay_id: UUID
    state: ReplayState
    done: int
    total: int
    changed: int
    changes: dict[str, int]
    money: tuple[MoneyMoved, ...]
    cases: tuple[CaseChanged, ...]
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    words: str | None = None


class StartReplayV1(Request[ReplayV1]):
    """Try a policy, or the draft where no text is given, on the returns of `days` past, and say how far it is.

    Refused as `rules.invalid_policy`, as `rules.no_policy` without a draft.
    """

    text: str | None = Field(default=None, max_length=1_000_000)
    days: int = Field(default=3_650, ge=1, le=36_500)
    by: str


class GetReplayV1(Request[ReplayV1]):
    """How far a replay is, and what it has found; refused as `rules.not_found`."""

    replay_id: UUID

"""A policy version made ready to decide with."""

from dataclasses import dataclass, field
from enum import StrEnum

from libs.contracts.errors import Refused
from libs.contracts.values import OrderLine, Stage
from services.rules.domain.facts import folded
from services.rules.domain.index import Index
from services.rules.domain.outcomes import Label, Mode, Outcome
from services.rules.domain.rules import Rule
from services.rules.domain.windows import Windows
from services.rules.words import Words


class Fault(StrEnum):
    """Whose fault a reason is."""

    RETAILER = "retailer"
    SHOPPER = "shopper"


class NoPolicy(Refused):
    """The retailer has published no policy, or none that is asked for."""

    def __init__(self, words: str = "no policy is published") -> None:
        super().__init__("rules.no_policy", words)


@dataclass(frozen=True, slots=True)
class OnlyFor:
    """Which lines may give a reason: those with one of these, in whatever case. None of any kind is all lines."""

    product_types: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()

    def fits(self, line: OrderLine) -> bool:
        """Whether the line may give it."""
        if not (self.product_types or self.tags or self.collections):
            return True
        return (
            folded("product_type", line.product_type or "") in self.product_types
            or any(folded("product_tags", tag) in self.tags for tag in line.tags)
            or any(folded("collections", name) in self.collections for name in line.collections)
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its sub-reasons, what it asks the shopper for, and whose fault it is.

    `asks_sub_reason` means that one must be chosen where there are any.
    """

    code: str
    words: Words
    asks_comment: bool = False
    asks_photo: bool = False
    asks_sub_reason: bool = True
    fault: Fault = Fault.SHOPPER
    only_for: OnlyFor = OnlyFor()
    sub_reasons: tuple["Reason", ...] = ()

    def may_be(self, fault: Fault) -> bool:
        """Whether it is somebody's fault, by itself or with one of its sub-reasons."""
        return self.fault is fault or any(sub.fault is fault for sub in self.sub_reasons)


@dataclass(frozen=True, slots=True)
class Policy:
    """`rules` are in order of priority, those that are off included; `otherwise` is the outcome where none matches."""

    version: int
    language: str
    windows: Windows
    reasons: tuple[Reason, ...]
    rules: tuple[Rule, ...]
    otherwise: Outcome
    mode: Mode
    stage: Stage
    inspect: bool
    final_sale_tags: frozenset[str] = frozenset()
    exempt_tags: frozenset[str] = frozenset()  # of goods that the law exempts from the right of withdrawal
    label: Label = field(default_factory=Label)
    index: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", Index(self.rules))

    def reason(self, code: str) -> Reason | None:
        """The reason with this code, where the policy has it."""
        return next((reason for reason in self.reasons if reason.code == code), None)

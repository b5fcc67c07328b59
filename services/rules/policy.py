"""The policy document a retailer writes: its shape, its faults named by path, and the policy it compiles to."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from libs.contracts.errors import Refused
from libs.contracts.values import Country, LabelTerms, Money, Resolution, Stage
from services.rules import domain
from services.rules.domain import Start

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Words = Annotated[dict[Language, Text], Field(min_length=1)]
Payer = Literal["free", "paid"]


class InvalidPolicy(Refused):
    """The document is no policy; `faults` are pairs of path and fault: `rules.1.priority`, `10 is used twice`."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("rules.invalid_policy", "; ".join(f"{path}: {fault}" for path, fault in self.faults))


class Part(BaseModel):
    """A part of the document; a field it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(Part):
    """Money as a retailer writes it: minor units and ISO 4217."""

    amount: int = Field(ge=0)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Window(Part):
    """`days` from `start`, or, where that day is not known, from the first of `fallback` that is; no days, no limit."""

    days: int | None = Field(ge=1, le=3650)
    start: Start = Start.DELIVERY
    fallback: tuple[Start, ...] = (Start.DISPATCH,)


class SubReason(Part):
    """A finer reason below a reason."""

    code: Code
    words: Words
    asks_comment: bool = False


class Reason(SubReason):
    """A reason the shopper may give."""

    sub_reasons: tuple[SubReason, ...] = ()


class Offer(Part):
    """A resolution that the policy may give, with words that replace the usual ones."""

    resolution: Literal["refund"]
    words: Words | None = None


class ReasonIs(Part):
    """The reason given is one of these codes, or none of them."""

    field: Literal["reason"]
    op: Literal["in", "none_of"] = "in"
    values: tuple[Code, ...] = Field(min_length=1)


class TagIs(Part):
    """The line has one of these tags, or none of them, in whatever case."""

    field: Literal["tags"]
    op: Literal["in", "none_of"] = "in"
    values: tuple[Tag, ...] = Field(min_length=1)


class CountryIs(Part):
    """The parcel comes from one of these countries, or from none of them."""

    field: Literal["country"]
    op: Literal["in", "none_of"] = "in"
    values: tuple[Country, ...] = Field(min_length=1)


class OrderValueIs(Part):
    """The order's value is at least, or at most, this much."""

    field: Literal["order_value"]
    op: Literal["at_least", "at_most"]
    value: Amount


Condition = Annotated[ReasonIs | TagIs | CountryIs | OrderValueIs, Field(discriminator="field")]


class Outcome(Part):
    """Either the resolutions allowed, with who pays for the label, or a rejection in words."""

    allow: tuple[Resolution, ...] | None = Field(default=None, min_length=1)
    label: Payer | None = None
    reject: Words | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "Outcome":
        if (self.allow is None) == (self.reject is None):
            raise ValueError("needs either allow or reject")
        if self.reject is not None and self.label is not None:
            raise ValueError("a rejection has no label")
        return self


class Rule(Part):
    """Where every condition of `when` holds, the outcome is `then`; the lowest priority number is tried first."""

    name: Name
    priority: int = Field(ge=1, le=100_000)
    when: tuple[Condition, ...] = ()
    then: Outcome


class Document(Part):
    """A whole policy. `otherwise` is the outcome where no rule matches; `label` is used where an outcome names none."""

    language: Language = "en"
    window: Window
    final_sale_tags: tuple[Tag, ...] = ()
    reasons: tuple[Reason, ...] = Field(min_length=1)
    offers: tuple[Offer, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    otherwise: Outcome
    label: Payer
    stage: Stage
    inspect: bool = False


def read(document: dict[str, Any]) -> Document:
    """The document, whole and consistent; raises InvalidPolicy naming every fault."""
    try:
        found = Document.model_validate(document)
    except ValidationError as wrong:
        raise InvalidPolicy(_faults(wrong, document)) from None
    if faults := tuple(_contradictions(found)):
        raise InvalidPolicy(faults)
    return found


def compiled(document: Document, version: int) -> domain.Policy:
    """The document as the domain decides with it: rules in order of priority, every reference resolved."""
    return domain.Policy(
        version=version,
        language=document.language,
        window=domain.Window(document.window.days, (document.window.start, *document.window.fallback)),
        final_sale_tags=frozenset(tag.casefold() for tag in document.final_sale_tags),
        reasons=tuple(_reason(reason) for reason in document.reasons),
        offer_words={Resolution(offer.resolution): offer.words for offer in document.offers if offer.words},
        rules=tuple(
            _rule(rule, LabelTerms(document.label)) for rule in sorted(document.rules, key=lambda rule: rule.priority)
        ),
        otherwise=_terms(document.otherwise, LabelTerms(document.label)),
        stage=document.stage,
        inspect=document.inspect,
    )


def _reason(reason: SubReason) -> domain.Reason:
    return domain.Reason(
        reason.code,
        reason.words,
        reason.asks_comment,
        tuple(_reason(sub) for sub in getattr(reason, "sub_reasons", ())),
    )


def _rule(rule: Rule, label: LabelTerms) -> domain.Rule:
    return domain.Rule(rule.name, tuple(_condition(condition) for condition in rule.when), _terms(rule.then, label))


def _terms(outcome: Outcome, label: LabelTerms) -> domain.Terms:
    return domain.Terms(allow=outcome.allow or (), label=LabelTerms(outcome.label or label), rejected=outcome.reject)


def _condition(condition: Condition) -> domain.Among | domain.OrderValue:
    if isinstance(condition, OrderValueIs):
        return domain.OrderValue(Money(**condition.value.model_dump()), at_least=condition.op == "at_least")
    values = (value.casefold() if condition.field == "tags" else value for value in condition.values)
    return domain.Among(condition.field, frozenset(values), negated=condition.op == "none_of")


def _contradictions(document: Document) -> Iterator[tuple[str, str]]:
    yield from _repeated("reasons", "code", [reason.code for reason in document.reasons])
    for index, reason in enumerate(document.reasons):
        yield from _repeated(f"reasons.{index}.sub_reasons", "code", [sub.code for sub in reason.sub_reasons])
    yield from _repeated("offers", "resolution", [offer.resolution for offer in document.offers])
    yield from _repeated("rules", "name", [rule.name for rule in document.rules])
    yield from _repeated("rules", "priority", [rule.priority for rule in document.rules])
    yield from _dead_references(document)
    yield from _unspoken(document)
    if document.stage is Stage.INSPECTED and not document.inspect:
        yield "stage", "inspected is never reached while inspect is off"


def _repeated(path: str, field: str, values: list[Any]) -> Iterator[tuple[str, str]]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield f"{path}.{index}.{field}", f"{value} is used twice"


def _dead_references(document: Document) -> Iterator[tuple[str, str]]:
    reasons = {reason.code for reason in document.reasons}
    offers = {offer.resolution for offer in document.offers}
    for index, rule in enumerate(document.rules):
        for at, condition in enumerate(rule.when):
            if isinstance(condition, ReasonIs):
                unknown = [code for code in condition.values if code not in reasons]
                yield from ((f"rules.{index}.when.{at}.values", f"no reason has the code {code}") for code in unknown)
    for path, outcome in _outcomes(document):
        missing = [resolution for resolution in outcome.allow or () if resolution not in offers]
        yield from ((f"{path}.allow", f"{resolution} is not among the offers") for resolution in missing)


def _unspoken(document: Document) -> Iterator[tuple[str, str]]:
    for path, words in _all_words(document):
        if words is not None and document.language not in words:
            yield path, f"has no words in {document.language}, the policy's language"


def _all_words(document: Document) -> Iterator[tuple[str, Words | None]]:
    for index, reason in enumerate(document.reasons):
        yield f"reasons.{index}.words", reason.words
        yield from ((f"reasons.{index}.sub_reasons.{at}.words", sub.words) for at, sub in enumerate(reason.sub_reasons))
    yield from ((f"offers.{index}.words", offer.words) for index, offer in enumerate(document.offers))
    yield from ((f"{path}.reject", outcome.reject) for path, outcome in _outcomes(document))


def _outcomes(document: Document) -> Iterator[tuple[str, Outcome]]:
    yield from ((f"rules.{index}.then", rule.then) for index, rule in enumerate(document.rules))
    yield "otherwise", document.otherwise


def _faults(wrong: ValidationError, document: Any) -> Iterator[tuple[str, str]]:
    paths = [_path(error["loc"], document) for error in wrong.errors()]
    for path, error in zip(paths, wrong.errors(), strict=True):
        # A list with a faulty item is also reported as too short; only the item is the retailer's fault.
        echo = error["type"] == "too_short" and any(other.startswith(f"{path}.") for other in paths)
        if not echo:
            yield path, _PLAINLY.get(error["type"], error["msg"].removeprefix("Value error, "))


_PLAINLY = {"missing": "is missing", "extra_forbidden": "is not a field here", "too_short": "must not be empty"}


def _path(loc: tuple[int | str, ...], document: Any) -> str:
    # pydantic adds steps of its own, the tag of a union and [key]; the retailer's document has no such steps.
    steps: list[str] = []
    at = document
    for step in loc:
        inside = step in at if isinstance(at, dict) else isinstance(at, list) and isinstance(step, int)
        if inside or (step == loc[-1] and step != "[key]"):
            steps.append(str(step))
            at = at[step] if inside else None
    return ".".join(steps) or "document"

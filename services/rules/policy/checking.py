"""What contradicts itself in a document that has the right shape: names used twice, dead references, mixed currencies."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from libs.contracts.values import Resolution, Stage
from services.rules.domain.outcomes import Mode
from services.rules.policy.conditions import Condition, ReasonIs
from services.rules.policy.document import Document, Rule
from services.rules.policy.parts import Amount, Part, Words
from services.rules.policy.terms import Offer, Outcome

Fault = tuple[str, str]
ALWAYS_THERE = frozenset({Resolution.NONE})  # no action needs no offer


def contradictions(document: Document) -> Iterator[Fault]:
    """Every fault with its path."""
    yield from _names(document)
    yield from _priorities(document.rules)
    yield from _dead_references(document)
    yield from _choices(document)
    yield from _unspoken(document)
    yield from _stages(document)
    yield from _currencies(document)


def outcomes(document: Document) -> Iterator[tuple[str, Outcome]]:
    """Every outcome with its path."""
    yield from ((f"rules.{index}.then", rule.then) for index, rule in enumerate(document.rules))
    yield "otherwise", document.otherwise


def conditions(document: Document) -> Iterator[tuple[str, Condition]]:
    """Every condition with its path."""
    for place, window in enumerate(document.window.instead):
        yield from ((f"window.instead.{place}.when.{at}", condition) for at, condition in enumerate(window.when))
    for place, rule in enumerate(document.rules):
        yield from ((f"rules.{place}.when.{at}", condition) for at, condition in enumerate(rule.when))


def _names(document: Document) -> Iterator[Fault]:
    yield from _repeated("reasons", "code", [reason.code for reason in document.reasons])
    for index, reason in enumerate(document.reasons):
        yield from _repeated(f"reasons.{index}.sub_reasons", "code", [sub.code for sub in reason.sub_reasons])
    yield from _repeated("offers", "resolution", [offer.resolution for offer in document.offers])
    yield from _repeated("rules", "name", [rule.name for rule in document.rules])
    for path, outcome in outcomes(document):
        yield from _repeated(f"{path}.allow", "", list(outcome.allowed))
        answers = outcome.question.answers if outcome.question else ()
        yield from _repeated(f"{path}.question.answers", "code", [answer.code for answer in answers])


def _repeated(path: str, field: str, values: list[Any]) -> Iterator[Fault]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield f"{path}.{index}.{field}".rstrip("."), f"{value} is used twice"


def _priorities(rules: Sequence[Rule]) -> Iterator[Fault]:
    for index, rule in enumerate(rules):
        if any(other.priority == rule.priority and _meet(other, rule) for other in rules[:index]):
            yield f"rules.{index}.priority", f"{rule.priority} is used twice"


def _meet(one: Rule, other: Rule) -> bool:
    begins = max(one.starts or date.min, other.starts or date.min)
    return one.on and other.on and begins <= min(one.ends or date.max, other.ends or date.max)


def _dead_references(document: Document) -> Iterator[Fault]:
    reasons = {reason.code for reason in document.reasons}
    subs = {sub.code for reason in document.reasons for sub in reason.sub_reasons}
    for path, condition in conditions(document):
        if isinstance(condition, ReasonIs):
            known, called = (reasons, "reason") if condition.field == "reason" else (subs, "sub-reason")
            where = f"{path}.{'value' if condition.values is None else 'values'}"
            unknown = [code for code in condition.meant if code not in known]
            yield from ((where, f"no {called} has the code {code}") for code in unknown)
    offers = {offer.resolution for offer in document.offers} | ALWAYS_THERE
    for path, outcome in outcomes(document):
        missing = [resolution for resolution in outcome.allowed if resolution not in offers]
        yield from ((f"{path}.allow", f"{resolution} is not among the offers") for resolution in missing)
    for path, offer in _offers(document):
        if offer.fallback is not None and offer.fallback not in offers:
            yield f"{path}.fallback", f"{offer.fallback} is not among the offers"


def _choices(document: Document) -> Iterator[Fault]:
    for path, outcome in outcomes(document):
        is_rule, named = path != "otherwise", outcome.allowed
        if document.choice is Mode.SHOPPER and is_rule:
            if named and set(named) != ALWAYS_THERE:
                yield f"{path}.allow", "the shopper chooses: a rule may only allow none, or reject"
        elif (outcome.allow is None) == (outcome.reject is None):
            yield path, "needs either allow or reject"
        if document.choice is Mode.RULES and len(named) > 1:
            yield f"{path}.allow", "the rules decide: name one resolution"


def _unspoken(document: Document) -> Iterator[Fault]:
    for path, words in _all_words("", document):
        if document.language not in words:
            yield path, f"has no words in {document.language}, the policy's language"


def _all_words(path: str, part: Part) -> Iterator[tuple[str, Words]]:
    for name, value in part:
        where = f"{path}.{name}".lstrip(".")
        if name in {"words", "reject", "tells"} and value is not None:
            yield where, value
        for inner, each in _parts(where, value):
            yield from _all_words(inner, each)


def _parts(path: str, value: Any) -> Iterable[tuple[str, Part]]:
    if isinstance(value, Part):
        return [(path, value)]
    if isinstance(value, tuple):
        return [(f"{path}.{at}", each) for at, each in enumerate(value) if isinstance(each, Part)]
    return []


def _stages(document: Document) -> Iterator[Fault]:
    if document.inspect:
        return
    said = "inspected is never reached while inspect is off"
    if document.stage is Stage.INSPECTED:
        yield "stage", said
    staged: list[tuple[str, Outcome | Offer]] = [*outcomes(document), *_offers(document)]
    for path, part in staged:
        if part.stage is Stage.INSPECTED:
            yield f"{path}.stage", said


def _offers(document: Document) -> Iterator[tuple[str, Offer]]:
    yield from ((f"offers.{at}", offer) for at, offer in enumerate(document.offers))
    for path, outcome in outcomes(document):
        allowed = enumerate(outcome.allow or ())
        yield from ((f"{path}.allow.{at}", each) for at, each in allowed if isinstance(each, Offer))


def _currencies(document: Document) -> Iterator[Fault]:
    found = list(_amounts("", document))
    allowed = document.currencies or tuple(amount.currency for _, amount in found[:1])
    for path, amount in found:
        if amount.currency not in allowed:
            listed = " and ".join(allowed)
            yield f"{path}.currency", f"{amount.currency} is not a currency of this policy, which has {listed}"


def _amounts(path: str, part: Part) -> Iterator[tuple[str, Amount]]:
    if isinstance(part, Amount):
        yield path, part
        return
    for name, value in part:
        for inner, each in _parts(f"{path}.{name}".lstrip("."), value):
            yield from _amounts(inner, each)

"""What stands in the way of a policy, and what is only to be known of it, put together from all who look at it."""

from datetime import UTC, datetime
from time import sleep

from libs.contracts.errors import Refused
from libs.contracts.rules_policies import BelowFloor, PolicyCheckV1, PolicyFault, PolicyFinding
from services.rules import examples, floor, linting
from services.rules.policy import Document, InvalidPolicy, read
from services.rules.written import NotYaml, Text, changes, parse, text_of


def check(text: str, *, in_force: Document | None, number: int | None, now: datetime) -> PolicyCheckV1:
    """All there is to say of a policy written as `text`, beside the one in force."""
    try:
        written = parse(text)
    except NotYaml as wrong:
        faults = tuple(PolicyFault(path=path, words=words, line=wrong.line) for path, words in wrong.faults)
        return PolicyCheckV1(can_publish=False, faults=faults, in_force=number)
    try:
        document = read(written.data)
    except InvalidPolicy as wrong:
        return PolicyCheckV1(can_publish=False, faults=_faults(wrong, written), in_force=number)
    normal = text_of(document)
    below, failed = _below_floor(document, now), examples.failed(document, now)
    return PolicyCheckV1(
        can_publish=not below and not failed,
        findings=_findings(document, now),
        below_floor=below,
        failed=failed,
        document=document.model_dump(mode="json"),
        text=normal,
        changes=changes(text_of(in_force), normal, named=f"version {number}") if in_force is not None else (),
        in_force=number,
    )


def publishable(document: Document, now: datetime) -> None:
    """Raise Refused, `rules.below_floor` or `rules.example_failed`, where the law or a kept example stands in the way."""
    if below := _below_floor(document, now):
        said = "; ".join(f"{each.path}: {each.words}. {each.country}: {each.law}" for each in below)
        raise Refused("rules.below_floor", f"{said}. {floor.NO_ADVICE}")
    if failed := examples.failed(document, now):
        raise Refused("rules.example_failed", "; ".join(f"{each.name}: {each.words}" for each in failed))


def _faults(wrong: InvalidPolicy, written: Text) -> tuple[PolicyFault, ...]:
    return tuple(PolicyFault(path=path, words=words, line=written.line_of(path)) for path, words in wrong.faults)


def _findings(document: Document, now: datetime) -> tuple[PolicyFinding, ...]:
    found = linting.lint(document, now.astimezone(UTC).date(), pause=_let_others)
    return tuple(
        PolicyFinding(
            code=each.code,
            path=each.path,
            words=each.words,
            witness=linting.written(each.witness) if each.witness is not None else None,
        )
        for each in found
    )


def _below_floor(document: Document, now: datetime) -> tuple[BelowFloor, ...]:
    found = floor.check(document, now.astimezone(UTC).date())
    return tuple(
        BelowFloor(
            country=", ".join(each.countries),
            path=each.path,
            words=each.words,
            law=each.law,
            witness=linting.written(each.witness) if each.witness is not None else None,
        )
        for each in found
    )


def _let_others() -> None:
    """A policy of a thousand rules takes seconds to look at, and decisions are asked meanwhile."""
    sleep(0)

"""What stands in the way of a policy, and what is only to be known of it, put together from all who look at it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from libs.contracts.errors import Refused
from libs.contracts.rules_policies import BelowFloor, PolicyCheckV1, PolicyFault, PolicyFinding
from services.rules import examples, floor, linting
from services.rules.comparing import changes
from services.rules.policy import Document, InvalidPolicy, read
from services.rules.written import NotYaml, Text, parse, text_of


def check(
    text: str, *, in_force: Mapping[str, Any] | None, number: int | None, now: datetime, findings: bool = True
) -> PolicyCheckV1:
    """All there is to say of a policy written as `text`, beside the document in force; `findings` only where asked for."""
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
    work = linting.Work()  # the floor looks first: what it could not check would stand in the way
    below, failed = _below_floor(document, now, work), examples.failed(document, now)
    return PolicyCheckV1(
        can_publish=not below and not failed,
        findings=tuple(_findings(document, now, work)) if findings else (),
        below_floor=below,
        failed=failed,
        document=document.model_dump(mode="json"),
        text=normal,
        changes=_changes(in_force, normal, number) if in_force is not None else (),
        in_force=number,
    )


def publishable(document: Document, now: datetime) -> None:
    """Raise Refused, `rules.below_floor` or `rules.example_failed`, where the law or a kept example stands in the way."""
    if below := _below_floor(document, now, linting.Work()):
        said = "; ".join(f"{each.path}: {each.words}. {each.country}: {each.law}" for each in below)
        raise Refused("rules.below_floor", f"{said}. {floor.NO_ADVICE}")
    if failed := examples.failed(document, now):
        raise Refused("rules.example_failed", "; ".join(f"{each.name}: {each.words}" for each in failed))


def _changes(in_force: Mapping[str, Any], normal: str, number: int | None) -> tuple[str, ...]:
    return changes(text_of(Document.model_validate(in_force)), normal, named=f"version {number}")


def _faults(wrong: InvalidPolicy, written: Text) -> tuple[PolicyFault, ...]:
    return tuple(PolicyFault(path=path, words=words, line=written.line_of(path)) for path, words in wrong.faults)


def _findings(document: Document, now: datetime, work: linting.Work) -> Iterator[PolicyFinding]:
    if floor.names_no_fault(document):
        yield PolicyFinding(code=linting.Code.NO_FAULT, path="reasons", words=_NO_FAULT)
    for each in linting.lint(document, now.astimezone(UTC).date(), work=work):
        yield PolicyFinding(
            code=each.code,
            path=each.path,
            words=each.words,
            witness=linting.written(each.witness) if each.witness is not None else None,
        )


def _below_floor(document: Document, now: datetime, work: linting.Work) -> tuple[BelowFloor, ...]:
    found = floor.check(document, now.astimezone(UTC).date(), work=work)
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


_NO_FAULT = (
    "No reason is the retailer's fault, so that nothing is held to what the law asks for faulty goods: write"
    " `fault: retailer` with the reasons that are."
)

"""A document is read whole and consistent, or refused with every fault and its path."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from libs.contracts.errors import Refused
from services.rules.policy.checking import contradictions
from services.rules.policy.document import Document


class InvalidPolicy(Refused):
    """The document is no policy; `faults` are pairs of path and fault: `rules.1.priority`, `10 is used twice`."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("rules.invalid_policy", "; ".join(f"{path}: {fault}" for path, fault in self.faults))


def read(document: dict[str, Any]) -> Document:
    """The document, whole and consistent; raises InvalidPolicy naming every fault."""
    try:
        found = Document.model_validate(document)
    except ValidationError as wrong:
        raise InvalidPolicy(_faults(wrong, document)) from None
    if faults := tuple(contradictions(found)):
        raise InvalidPolicy(faults)
    return found


def _faults(wrong: ValidationError, document: Any) -> Iterator[tuple[str, str]]:
    errors = wrong.errors()
    paths = [_path(error["loc"], document, is_missing=error["type"] == "missing") for error in errors]
    for path, error in zip(paths, errors, strict=True):
        # A list with a faulty item is also reported as too short; only the item is the retailer's fault.
        echo = error["type"] == "too_short" and any(other.startswith(f"{path}.") for other in paths)
        if not echo:
            yield path, _NO_PARTS if error["type"] == "model_type" and not error["loc"] else plainly(error)


def plainly(error: ErrorDetails) -> str:
    """What is wrong, in words for whoever wrote it."""
    return _PLAINLY.get(error["type"], error["msg"].removeprefix("Value error, "))


_NO_NUMBER = "must be a whole number, such as 30"
_PLAINLY = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here",
    "too_short": "must not be empty",
    "int_parsing": _NO_NUMBER,
    "int_parsing_size": _NO_NUMBER,
    "int_type": _NO_NUMBER,
    "int_from_float": _NO_NUMBER,
}
_NO_PARTS = "is no policy: write its parts one a line, such as `stage: hub_scan`"


def _path(loc: tuple[int | str, ...], document: Any, *, is_missing: bool) -> str:
    # pydantic adds steps of its own, the tag of a union and [key]; the retailer's document has no such steps.
    steps: list[str] = []
    at = document
    for place, step in enumerate(loc):
        inside = step in at if isinstance(at, dict) else isinstance(at, list) and isinstance(step, int)
        if inside or (is_missing and place == len(loc) - 1):
            steps.append(str(step))
            at = at[step] if inside else None
    return ".".join(steps) or "document"

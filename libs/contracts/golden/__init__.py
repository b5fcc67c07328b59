"""The committed JSON Schema of every contract, and what may change in it.

Each file is what the other side was promised. `python -m libs.contracts.golden --check` compares the classes with the
files; `--accept` writes what only grew, raises the version and notes it in the changelog. It writes nothing that breaks
a reader.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libs.contracts.base import Call, Envelope, Named, Request, answer_of
from libs.contracts.catalogue import Kind, contracts, frame_schema, kind
from libs.contracts.compatibility import Schema, breaks, changes

FOLDER = Path(__file__).parent
LEDGER = "VERSION.json"

Schemas = dict[str, Schema]


@dataclass(frozen=True)
class Finding:
    """One difference between a class and its golden, in words. Nobody may accept one that is `refused`."""

    contract: str
    words: str
    refused: bool = False
    retires: bool = False


@dataclass(frozen=True)
class Goldens:
    """The files as they stand, the version they were accepted as, and each file's digest at that moment."""

    schemas: Schemas
    version: str | None
    digests: dict[str, str]

    def edited(self) -> list[str]:
        """Files that were changed by something other than `--accept`."""
        return [name for name, schema in self.schemas.items() if self.digests.get(name) != digest(schema)]

    def deleted(self) -> list[str]:
        """Files that were accepted once and are not there."""
        return [name for name in self.digests if name not in self.schemas]


def schema_of(contract: type[Named]) -> Schema:
    """What `contract` promises: its JSON Schema without prose, and what it is for."""
    head: Schema = {"title": contract.__name__, "x-kind": kind(contract).value}
    if issubclass(contract, Request):
        head["x-answer"] = answer_of(contract).type()
    return head | _without_prose(contract.model_json_schema())


def current() -> Schemas:
    """The schema of every class as it is written now, by its name on the wire, and of the two envelopes."""
    frames = {"envelope": _frame(Envelope, Kind.FACT), "call": _frame(Call, Kind.REQUEST)}
    return {contract.type(): schema_of(contract) for contract in contracts()} | frames


def read(folder: Path = FOLDER) -> Goldens:
    """The goldens in `folder`."""
    schemas = {file.stem: json.loads(file.read_text()) for file in sorted(folder.glob("*.json")) if file.name != LEDGER}
    ledger = folder / LEDGER
    accepted = json.loads(ledger.read_text()) if ledger.exists() else {"version": None, "digests": {}}
    return Goldens(schemas, accepted["version"], accepted["digests"])


def write(schemas: Schemas, version: str, folder: Path = FOLDER) -> None:
    """Make `folder` hold exactly these schemas, accepted as `version`."""
    folder.mkdir(exist_ok=True)
    for name, schema in schemas.items():
        (folder / f"{name}.json").write_text(_written(schema))
    digests = {name: digest(schema) for name, schema in sorted(schemas.items())}
    (folder / LEDGER).write_text(json.dumps({"version": version, "digests": digests}, indent=2) + "\n")


def compare(goldens: Goldens, now: Schemas) -> list[Finding]:
    """Every difference between what was promised and what the classes say `now`."""
    return [
        *(
            Finding(name, "its golden was edited by hand; bring the file back as it was", refused=True)
            for name in goldens.edited()
        ),
        *(
            Finding(
                name,
                "the class is gone and its golden is not; a contract is retired by deleting both, when nobody sends "
                "or reads it any more",
                refused=True,
            )
            for name in goldens.schemas
            if name not in now
        ),
        *(
            Finding(name, "its golden was deleted and the class still stands; bring the file back", refused=True)
            for name in goldens.deleted()
            if name in now
        ),
        *(Finding(name, "retired", retires=True) for name in goldens.deleted() if name not in now),
        *(Finding(name, "new") for name in now if name not in goldens.schemas and name not in goldens.digests),
        *_changed(goldens.schemas, now),
    ]


def next_version(version: str | None, findings: Iterable[Finding], first: str) -> str:
    """The version that accepts `findings`: a major one when a contract was retired, else a minor one."""
    if version is None:
        return first
    major, minor, _ = (int(part) for part in version.split("."))
    return f"{major + 1}.0.0" if any(found.retires for found in findings) else f"{major}.{minor + 1}.0"


def digest(schema: Schema) -> str:
    """A short fingerprint of a schema."""
    return hashlib.sha256(_written(schema).encode()).hexdigest()[:16]


def _frame(frame: type[Envelope[Any]] | type[Call[Any]], carries: Kind) -> Schema:
    """What every fact or every request promises besides its body."""
    return {"title": frame.__name__, "x-kind": carries.value} | _without_prose(frame_schema(frame))


def _changed(goldens: Schemas, now: Schemas) -> Iterator[Finding]:
    for name in sorted(goldens.keys() & now.keys()):
        old, new = goldens[name], now[name]
        found = changes(old, new)
        for change in found:
            harm = breaks(change, Kind(old["x-kind"]))
            place = f"`{change.path}`: " if change.path else ""
            yield Finding(name, f"{place}{change.words}" + (f"; {harm}" if harm else ""), refused=harm is not None)
        if old != new and not found:
            yield Finding(name, "says the same in another form")


def _without_prose(schema: Any) -> Any:
    """`schema` without titles and descriptions: prose may change freely. Fields may be called `title`."""
    if isinstance(schema, list):
        return [_without_prose(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _without_prose(inner) for name, inner in value.items()}
        if key in ("properties", "$defs")
        else value
        if key in ("default", "enum", "const", "required")
        else _without_prose(value)
        for key, value in schema.items()
        if key not in ("title", "description")
    }


def _written(schema: Schema) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

"""The fields of a JSON schema, one a row, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEEP = 3  # levels of a body that are told in its own table
_KINDS = {"uuid": "UUID", "date-time": "time", "date": "day"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field: `kind` in words, `schema` the one that is told elsewhere, `values` those it may have."""

    name: str
    kind: str
    needed: bool
    words: str
    values: tuple[str, ...] = ()
    schema: str | None = None


def fields_of(schema: dict[str, Any], schemas: dict[str, Any], before: str = "", deep: int = DEEP) -> Iterator[Field]:
    """The fields of `schema`, and those inside of them where `schemas` has what they refer to: `lines[].quantity`."""
    for name, each in schema.get("properties", {}).items():
        plain = _plain(each)
        inside = plain.get("items", {}) if plain.get("type") == "array" else plain
        refers = schema_name(inside)
        label = f"{before}{name}" + ("[]" if plain.get("type") == "array" else "")
        found = schemas.get(refers or "", {})
        values = tuple(map(str, found.get("enum", inside.get("enum", ()))))
        told = None if found else refers
        yield Field(label, _kind(plain, found), name in schema.get("required", ()), _words(each), values, told)
        if found and deep > 1:
            yield from fields_of(found, schemas, f"{label}.", deep - 1)


def schema_name(schema: dict[str, Any]) -> str | None:
    """The name of the schema that is referred to, if one is."""
    ref = schema.get("$ref")
    return ref.rsplit("/", 1)[-1] if ref else None


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without the null that it may also be."""
    others: list[dict[str, Any]] = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return others[0] if len(others) == 1 else schema


def _kind(plain: dict[str, Any], found: dict[str, Any]) -> str:
    if plain.get("type") == "array":
        return f"list of {_kind(plain.get('items', {}), found)}"
    if "$ref" in plain:
        return "one of" if found.get("enum") else "object"
    if "enum" in plain or "const" in plain:
        return "one of"
    kind = _KINDS.get(plain.get("format", ""), plain.get("type", "any"))
    return kind + _bounds(plain)


def _bounds(plain: dict[str, Any]) -> str:
    low, high = plain.get("minimum", plain.get("minLength")), plain.get("maximum", plain.get("maxLength"))
    letters = " letters" if "maxLength" in plain else ""
    if high is None:
        return "" if low is None else f", from {low}"
    return f", {low or 0} to {high}{letters}"


def _words(schema: dict[str, Any]) -> str:
    said = [schema["description"]] if schema.get("description") else []
    if schema.get("default") not in (None, [], ""):
        said.append(f"{str(schema['default']).lower()} if left out")
    return "; ".join(said)

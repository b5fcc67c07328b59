"""Examples for the reference: made from a schema's own examples, the same each time."""

from typing import Any

_WORDS = {
    "uuid": "018f0000-0000-7000-8000-000000000001",
    "date-time": "2026-11-23T10:30:00Z",
    "date": "2026-11-23",
    "uri": "https://returns.example/r/x",
}
_PLAIN: dict[str, Any] = {"string": "...", "integer": 1, "number": 1, "boolean": False, "null": None}


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value that fits `schema`; `schemas` holds those that it refers to."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    for name in ("example", "const"):
        if name in schema:
            return schema[name]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            return example_of(schema[name][0], schemas)
    return _by_type(schema, schemas)


def _by_type(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            return {name: example_of(each, schemas) for name, each in schema.get("properties", {}).items()}
        case "array":
            return [example_of(schema["items"], schemas)] if schema.get("items") else []
        case "string" if "format" in schema:
            return _WORDS.get(schema["format"], "...")
        case plain:
            return _PLAIN.get(plain or "object", {})

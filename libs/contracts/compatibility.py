"""What changed between two JSON Schemas of one contract, and whom each change would break.

Services are replaced one at a time and messages wait in queues meanwhile. So each class must go on reading what its
former self wrote; and a fact or an answer must stay readable to the former self, which somebody still runs. A request
only has to go on being accepted, because whoever answers it is replaced first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from libs.contracts.catalogue import Kind

Schema = dict[str, Any]
Pair = tuple[Schema, Schema]


class Effect(StrEnum):
    """What a change does to the values a contract allows."""

    GREW = "grew"
    NARROWED = "narrowed"
    WIDENED = "widened"
    LOST = "lost"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One change at `path`, such as `lines[].owed.amount`, in words."""

    path: str
    effect: Effect
    words: str


def changes(old: Schema, new: Schema) -> list[Change]:
    """Every difference between two schemas of one contract, names and descriptions apart."""
    return list(_Comparison(old, new).node(old, new, ""))


def breaks(change: Change, kind: Kind) -> str | None:
    """Why `change` harms somebody in a contract of this kind, or None when it harms nobody."""
    match change.effect:
        case Effect.GREW:
            return None
        case Effect.WIDENED:
            return None if kind is Kind.REQUEST else "readers that still run the former class would refuse it"
        case Effect.LOST:
            return (
                "callers that still send it would be ignored" if kind is Kind.REQUEST else "its readers would miss it"
            )
        case Effect.NARROWED:
            return _UNREADABLE[kind]
        case Effect.CHANGED:
            return "the two sides would not mean the same by it"


_UNREADABLE = {
    Kind.FACT: "facts that are already on their way would be refused",
    Kind.REQUEST: "callers that still run the former class would be refused",
    Kind.ANSWER: "answers of a service that still runs the former class would be refused",
}
_FLOORS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_CEILINGS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_SHAPES = ("format", "pattern", "contentEncoding", "multipleOf", "uniqueItems")
_COMBINED = ("anyOf", "oneOf", "allOf")
_WORDS = ("title", "description", "examples", "deprecated", "$schema", "$defs")
_JUDGED = {
    *_FLOORS,
    *_CEILINGS,
    *_SHAPES,
    *_COMBINED,
    *_WORDS,
    "$ref",
    "discriminator",
    "type",
    "enum",
    "const",
    "default",
    "properties",
    "required",
    "items",
    "prefixItems",
    "additionalProperties",
}
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null", list: "array"}


class _Comparison:
    """A walk over two schemas at once, each with its own `$defs`."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old_defs = old.get("$defs", {})
        self.new_defs = new.get("$defs", {})
        self.open: list[Pair] = []

    def node(self, old: Schema, new: Schema, path: str) -> Iterator[Change]:
        """The changes at `path` and below it, alternative by alternative."""
        pairs, gone, come = _paired(_branches(old, self.old_defs), _branches(new, self.new_defs))
        for pair in pairs:
            if pair not in self.open:
                self.open.append(pair)
                yield from self._plain(*pair, path)
                self.open.remove(pair)
        if len(gone) == len(come) == 1:
            yield Change(path, Effect.CHANGED, f"{_noun(gone[0])} would become {_noun(come[0])}")
            return
        yield from (Change(path, Effect.NARROWED, f"{_noun(branch)} would no longer be allowed") for branch in gone)
        yield from (Change(path, Effect.WIDENED, f"{_noun(branch)} would be allowed as well") for branch in come)

    def _plain(self, old: Schema, new: Schema, path: str) -> Iterator[Change]:
        for judge in (_type, _values, _limits, _shapes, _unknown):
            yield from judge(old, new, path)
        yield from self._fields(old, new, path)
        yield from self._inside(old, new, path)
        yield from self._places(old, new, path)

    def _fields(self, old: Schema, new: Schema, path: str) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            if name not in after:
                yield Change(_join(path, name), Effect.LOST, "the field would be removed")
            else:
                yield from _presence(old, new, name, path)
                yield from self.node(before[name], after[name], _join(path, name))
        for name in after:
            if name not in before:
                yield _added(name, new, path)

    def _inside(self, old: Schema, new: Schema, path: str) -> Iterator[Change]:
        """The items of a list and the values of a map: no schema allows anything, `False` allows nothing."""
        for key, below in (("items", "[]"), ("additionalProperties", ".*")):
            before, after = old.get(key, True), new.get(key, True)
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self.node(before, after, path + below)
            elif before != after:
                wider = before is False or after is True
                yield Change(
                    path + below,
                    Effect.WIDENED if wider else Effect.NARROWED,
                    f"{_noun(before)} would become {_noun(after)}",
                )

    def _places(self, old: Schema, new: Schema, path: str) -> Iterator[Change]:
        """What stands at fixed places of a list; how many there are is said by its limits."""
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        for place, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from self.node(one, other, f"{path}[{place}]")


def _branches(schema: Schema, defs: dict[str, Schema]) -> list[Schema]:
    """The alternatives a schema allows, each with its references followed and what stands beside them kept."""
    beside = {key: value for key, value in schema.items() if key not in ("$ref", *_COMBINED)}
    if "$ref" in schema:
        return _branches({**beside, **defs[schema["$ref"].rsplit("/", 1)[-1]]}, defs)
    if len(schema.get("allOf", ())) == 1:
        return _branches({**beside, **schema["allOf"][0]}, defs)
    choice = schema.get("anyOf") or schema.get("oneOf")
    if choice is None:
        return [schema]
    return [branch for each in choice for branch in _branches({**beside, **each}, defs)]


def _paired(old: list[Schema], new: list[Schema]) -> tuple[list[Pair], list[Schema], list[Schema]]:
    """Alternatives that stand for each other (the same, of one type, one wider), and those that went and came."""
    pairs, gone, come = [], list(old), list(new)
    for alike in (_same, _of_one_type, _one_wider):
        for branch in list(gone):
            match = next((other for other in come if alike(branch, other)), None)
            if match is not None:
                gone.remove(branch)
                come.remove(match)
                pairs.append((branch, match))
    return pairs, gone, come


def _same(one: Schema, other: Schema) -> bool:
    return one == other


def _of_one_type(one: Schema, other: Schema) -> bool:
    return _types(one) == _types(other)


def _one_wider(one: Schema, other: Schema) -> bool:
    return _wider(_types(one), _types(other)) or _wider(_types(other), _types(one))


def _wider(small: set[str], large: set[str]) -> bool:
    """Whether `large` allows all that `small` does: anything, or numbers for integers."""
    return not large or (small, large) == ({"integer"}, {"number"})


def _types(schema: Schema) -> set[str]:
    """The JSON types a plain schema allows, empty for any; an enum or const without a type counts by its values."""
    said = schema.get("type")
    if said is None:
        return {_JSON_TYPES.get(type(value), "object") for value in _allowed(schema) or ()}
    return {said} if isinstance(said, str) else set(said)


def _type(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    before, after = _types(old), _types(new)
    if before != after:
        yield Change(
            path,
            Effect.WIDENED if _wider(before, after) else Effect.NARROWED,
            f"{_noun(old)} would become {_noun(new)}",
        )


def _presence(old: Schema, new: Schema, name: str, path: str) -> Iterator[Change]:
    """Whether a field that stays must be there, and what leaving it out means."""
    was, will = name in old.get("required", ()), name in new.get("required", ())
    before, after = old["properties"][name].get("default"), new["properties"][name].get("default")
    if will and not was:
        yield Change(_join(path, name), Effect.NARROWED, "an optional field would become required")
    elif was and not will:
        yield Change(_join(path, name), Effect.WIDENED, "a required field could be left out")
    elif not will and before != after:
        yield Change(_join(path, name), Effect.CHANGED, f"the default was {before!r} and would be {after!r}")


def _added(name: str, new: Schema, path: str) -> Change:
    if name in new.get("required", ()):
        return Change(_join(path, name), Effect.NARROWED, "a new field would be required")
    return Change(_join(path, name), Effect.GREW, "a new optional field")


def _allowed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    before, after = _allowed(old), _allowed(new)
    if before is not None and after is None:
        yield Change(path, Effect.WIDENED, "any value would be allowed")
    elif before is None and after is not None:
        yield Change(path, Effect.NARROWED, f"only {_listed(after)} would be allowed")
    elif before is not None and after is not None:
        if gone := [value for value in before if value not in after]:
            yield Change(path, Effect.NARROWED, f"the value {_listed(gone)} would be removed")
        if come := [value for value in after if value not in before]:
            yield Change(path, Effect.WIDENED, f"the value {_listed(come)} would be added")


def _limits(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    for key in (*_FLOORS, *_CEILINGS):
        before, after = old.get(key), new.get(key)
        if before != after:
            tighter = after is not None and (before is None or (after > before if key in _FLOORS else after < before))
            yield Change(path, Effect.NARROWED if tighter else Effect.WIDENED, _turned(key, before, after))


def _shapes(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    for key in _SHAPES:
        before, after = old.get(key), new.get(key)
        if before != after:
            effect = Effect.NARROWED if before is None else Effect.WIDENED if after is None else Effect.CHANGED
            yield Change(path, effect, _turned(key, before, after))


def _unknown(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    """A keyword that nothing here can judge counts as a break: better a question than a silent pass."""
    for key in sorted((old.keys() | new.keys()) - _JUDGED):
        if old.get(key) != new.get(key):
            yield Change(path, Effect.CHANGED, _turned(key, old.get(key), new.get(key)))


def _turned(key: str, before: Any, after: Any) -> str:
    was, will = ("not set" if value is None else value for value in (before, after))
    return f"{key} was {was} and would be {will}"


def _noun(schema: Schema | bool) -> str:
    if isinstance(schema, bool):
        return "anything" if schema else "nothing"
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    return schema.get("format") or " or ".join(sorted(_types(schema))) or "anything"


def _listed(values: list[Any]) -> str:
    return ", ".join(repr(value) for value in values)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name

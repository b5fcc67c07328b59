"""graphql-core's complaints in Shopify's words and codes."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    Undefined,
    Visitor,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
    visit,
)

Json = dict[str, Any]

_RULES: list[tuple[re.Pattern[str], str, str, Callable[[re.Match[str]], Json]]] = [
    (
        re.compile(r"^Cannot query field '(\w+)' on type '(\w+)'"),
        "Field '{0}' doesn't exist on type '{1}'",
        "undefinedField",
        lambda m: {"typeName": m[2], "fieldName": m[1]},
    ),
    (
        re.compile(r"^Unknown argument '(\w+)' on field '\w+\.(\w+)'"),
        "Field '{1}' doesn't accept argument '{0}'",
        "argumentNotAccepted",
        lambda m: {"name": m[2], "typeName": "Field", "argumentName": m[1]},
    ),
    (
        re.compile(
            r"^Argument '\w+\.(\w+)\((\w+):\)' of type '[^']+' is required|"
            r"^Field '(\w+)' argument '(\w+)' of type '[^']+' is required"
        ),
        "Field '{0}' is missing required arguments: {1}",
        "missingRequiredArguments",
        lambda m: {"className": "Field", "name": m[1] or m[3], "arguments": m[2] or m[4]},
    ),
    (
        re.compile(r"^Unknown directive '@(\w+)'"),
        "Directive @{0} is not defined",
        "undefinedDirective",
        lambda m: {"directiveName": m[1]},
    ),
    (
        re.compile(r"^Variable '\$(\w+)' is never used in operation '(\w+)'"),
        "Variable ${0} is declared by {1} but not used",
        "variableNotUsed",
        lambda m: {"variableName": m[1]},
    ),
    (
        re.compile(r"^Variable '\$(\w+)' is not defined by operation '(\w+)'"),
        "Variable ${0} is used by {1} but not declared",
        "variableNotDefined",
        lambda m: {"variableName": m[1]},
    ),
    (
        re.compile(r"^Field '(\w+)' of type '([^']+)' must have a selection of subfields"),
        "Field must have selections (field '{0}' returns {1} but has no selections. Did you mean '{0} {{ ... }}'?)",
        "selectionMismatch",
        lambda m: {"nodeName": f"field '{m[1]}'", "typeName": m[2]},
    ),
    (
        re.compile(r"^Variable '\$(\w+)' of type '([^']+)' used in position expecting type '([^']+)'"),
        "Type mismatch on variable ${0} ({1} / {2})",
        "variableMismatch",
        lambda m: {"variableName": m[1], "typeName": m[2]},
    ),
]


def invalid_document(document: DocumentNode, error: GraphQLError) -> Json:
    """A fault of the document, found before anything ran."""
    body: Json = {"message": error.message, "locations": _locations(error)}
    if error.nodes:
        body["path"] = _path_to(document, error.nodes[0])
    for pattern, words, code, facts in _RULES:
        if match := pattern.match(error.message):
            body["message"] = words.format(*[group for group in match.groups() if group is not None])
            body["extensions"] = {"code": code, **facts(match)}
            break
    return body


def not_parsed(error: GraphQLError) -> Json:
    """A document that is not GraphQL."""
    return {"message": error.message.replace("Syntax Error: ", "syntax error, "), "locations": _locations(error)}


def failed_field(error: GraphQLError) -> Json:
    """A field that could not be resolved."""
    return {
        "message": error.message,
        "locations": _locations(error),
        "extensions": error.extensions or {},
        "path": error.path,
    }


def _locations(error: GraphQLError) -> list[Json]:
    return [{"line": place.line, "column": place.column} for place in error.locations or ()]


def _path_to(document: DocumentNode, wanted: Node) -> list[str]:
    """Where a node stands, as Shopify tells it: `["query Orders", "order", "nme"]`."""
    path: list[str] = []

    class Finder(Visitor):
        def enter(self, node: Node, _: Any, __: Any, ___: Any, ancestors: list[Any]) -> None:
            if node is wanted:
                path.extend(_names([*ancestors, node]))

    visit(document, Finder())
    return path


def _names(nodes: list[Any]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, OperationDefinitionNode):
            yield f"{node.operation.value} {node.name.value}" if node.name else node.operation.value
        elif isinstance(node, FieldNode):
            yield node.alias.value if node.alias else node.name.value
        elif getattr(node, "kind", None) == "argument":
            yield node.name.value


def invalid_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> list[Json]:
    """One error for each variable whose value does not fit its type."""
    errors = []
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        kind = type_from_ast(schema, definition.type)
        value = given.get(name, Undefined)
        if value is Undefined and definition.default_value is not None:
            continue
        found = [{"path": path, "explanation": words} for path, words in _problems(value, kind, [])]
        if found:
            errors.append(_invalid_variable(definition, f"${name} of type {kind}", value, found))
    return errors


def _invalid_variable(definition: Node, what: str, value: Any, problems: list[Json]) -> Json:
    where = ", ".join(f"{'.'.join(map(str, one['path']))} ({one['explanation']})" for one in problems if one["path"])
    place = definition.loc
    assert place is not None
    start = place.start_token
    return {
        "message": f"Variable {what} was provided invalid value" + (f" for {where}" if where else ""),
        "locations": [{"line": start.line, "column": start.column}],
        "extensions": {
            "code": "INVALID_VARIABLE",
            "value": None if value is Undefined else value,
            "problems": problems,
        },
    }


def _problems(value: Any, kind: Any, path: list[Any]) -> Iterator[tuple[list[Any], str]]:
    if is_non_null_type(kind):
        if value is None or value is Undefined:
            yield path, "Expected value to not be null"
            return
        kind = kind.of_type
    if value is None or value is Undefined:
        return
    if is_list_type(kind):
        for place, item in enumerate(value if isinstance(value, list) else [value]):
            yield from _problems(item, kind.of_type, [*path, place])
    elif is_input_object_type(kind):
        yield from _problems_of_object(value, kind, path)
    elif is_enum_type(kind):
        if value not in kind.values:
            yield path, f'Expected "{value}" to be one of: {", ".join(kind.values)}'
    else:
        yield from _problems_of_scalar(value, kind, path)


def _problems_of_object(value: Any, kind: Any, path: list[Any]) -> Iterator[tuple[list[Any], str]]:
    if not isinstance(value, dict):
        yield path, f'Expected "{value}" to be a key-value object.'
        return
    for name in value:
        if name not in kind.fields:
            yield [*path, name], f"Field is not defined on {kind.name}"
    for name, field in kind.fields.items():
        if name in value or field.default is None:
            yield from _problems(value.get(name, Undefined), field.type, [*path, name])
    if kind.is_one_of and sum(one is not None for one in value.values()) != 1:
        yield path, f"'{kind.name}' requires exactly one argument, but {len(value)} were provided."


def _problems_of_scalar(value: Any, kind: GraphQLInputType, path: list[Any]) -> Iterator[tuple[list[Any], str]]:
    try:
        kind.coerce_input_value(value)  # type: ignore[union-attr]
    except GraphQLError as wrong:
        words = wrong.message
        yield path, words if "invalid" in words.lower() else f'Could not coerce value "{value}" to {kind}'

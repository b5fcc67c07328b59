"""One GraphQL request, answered as Shopify answers: always 200, with data, errors and what it cost."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    parse,
    validate,
    value_from_ast_untyped,
)

from deploy.sandbox.shopify import wording
from deploy.sandbox.shopify.cost import Costing
from deploy.sandbox.shopify.queries import Caller
from deploy.sandbox.shopify.schema import schema
from deploy.sandbox.shopify.throttle import Bucket

log = logging.getLogger("sandbox.shopify")
Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request's body. `name` is its operationName."""

    query: str
    variables: dict[str, Any]
    name: str | None

    @classmethod
    def read(cls, body: Any) -> "Asked | None":
        """The request in a JSON body; None when it holds no query."""
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return None
        variables = body.get("variables")
        return cls(body["query"], variables if isinstance(variables, dict) else {}, body.get("operationName"))


@lru_cache(maxsize=256)
def _checked(query: str) -> tuple[DocumentNode | None, tuple[Json, ...]]:
    """The parsed document, or what is wrong with it."""
    try:
        document = parse(query)
    except GraphQLSyntaxError as wrong:
        return None, (wording.not_parsed(wrong),)
    return document, tuple(wording.invalid_document(document, error) for error in validate(schema(), document))


def names_of(asked: Asked) -> tuple[str, ...]:
    """By what a fault may know this request: its operation's name and the names of its root fields."""
    document, _ = _checked(asked.query)
    operation = _operation(document, asked.name) if document else None
    if operation is None:
        return (asked.name,) if asked.name else ()
    roots = [node.name.value for node in operation.selection_set.selections if hasattr(node, "name")]
    return (operation.name.value, *roots) if operation.name else tuple(roots)


def answer(asked: Asked, caller: Caller) -> Json:
    """The body of the answer."""
    document, errors = _checked(asked.query)
    if document is None or errors:
        return {"errors": list(errors)}
    operation = _operation(document, asked.name)
    if operation is None:
        return {
            "errors": [
                {
                    "message": "An operation name is required"
                    if asked.name is None
                    else f'No operation named "{asked.name}"'
                }
            ]
        }
    if wrong := wording.invalid_variables(schema(), operation, asked.variables):
        return {"errors": wrong}
    points = _points(document, operation, asked)
    if not caller.bucket.spend(points):
        return throttled(caller.bucket, points)
    result = execute_sync(
        schema(), document, context_value=caller, variable_values=asked.variables, operation_name=asked.name
    )
    return _body(result) | {"extensions": {"cost": _cost(points, points, caller.bucket)}}


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is None:
        return found[0] if len(found) == 1 else None
    return next((node for node in found if node.name and node.name.value == name), None)


def _body(result: ExecutionResult) -> Json:
    if not result.errors:
        return {"data": result.data}
    return {"data": result.data, "errors": [_failed(error) for error in result.errors]}


def _failed(error: GraphQLError) -> Json:
    if error.original_error is None or isinstance(error.original_error, GraphQLError):
        return wording.failed_field(error)
    log.error("resolver failed", exc_info=error.original_error)
    request_id = str(uuid5(NAMESPACE_URL, str(error)))
    return {
        "message": "Internal error. Looks like something went wrong on our end.\n"
        f"Request ID: {request_id} (include this in support requests).",
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id},
    }


def _points(document: DocumentNode, operation: OperationDefinitionNode, asked: Asked) -> int:
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    defaults = {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or ()
        if one.default_value
    }
    return Costing(schema(), fragments, defaults | asked.variables).of(operation)


def _cost(requested: int, actual: int | None, bucket: Bucket) -> Json:
    return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": bucket.status()}


def throttled(bucket: Bucket, points: int = 10) -> Json:
    """The answer to a request that came too soon."""
    return {
        "errors": [
            {
                "message": "Throttled",
                "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
            }
        ],
        "extensions": {"cost": _cost(points, None, bucket)},
    }


def refused(asked: Asked) -> Json:
    """The answer to a mutation that the shop declines for a reason of its own; a question is denied."""
    document, _ = _checked(asked.query)
    operation = _operation(document, asked.name) if document else None
    if operation is None or operation.operation is not OperationType.MUTATION:
        denied = {"message": "Access denied on demand.", "extensions": {"code": "ACCESS_DENIED"}}
        return {"data": None, "errors": [denied]}
    errors = [{"field": None, "message": "Declined on demand.", "code": "INVALID_STATE"}]
    roots = [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    return {"data": {_key(root): {**dict.fromkeys(_inside(root)), "userErrors": errors} for root in roots}}


def partial(body: Json) -> Json:
    """The answer with a part of its data denied: what could be null is, and an error says why. What was asked is done."""
    data = body.get("data")
    if not data:
        return body
    root, told = next(iter(data.items()))
    field = next((name for name, value in told.items() if value), None) if isinstance(told, dict) else None
    path = [root, field] if field else [root]
    less = {root: told | {field: None} if field else None}
    denied = {"code": "ACCESS_DENIED", "documentation": "https://shopify.dev/api/usage/access-scopes"}
    error = {"message": f"Access denied for {path[-1]} field.", "path": path, "extensions": denied}
    return body | {"data": data | less, "errors": [error]}


def _inside(node: FieldNode) -> list[str]:
    chosen = node.selection_set.selections if node.selection_set else ()
    return [_key(field) for field in chosen if isinstance(field, FieldNode)]


def _key(node: FieldNode) -> str:
    return (node.alias or node.name).value

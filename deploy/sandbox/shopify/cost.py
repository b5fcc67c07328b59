"""What a document costs in Shopify's points: a formula fitted to recorded pairs, so a good estimate and not their code."""

from collections.abc import Iterator, Mapping
from math import floor, log
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

_FREE = frozenset({"MoneyV2", "MoneyBag", "MailingAddress"})
_LEAST_FOR_A_MUTATION = 10
_MUTATION = 7
_USER_ERRORS = 2
_COUNT = 10


class Costing:
    """The cost of one operation with its fragments and variables."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def of(self, operation: OperationDefinitionNode) -> int:
        """Points for the whole operation."""
        if operation.operation is OperationType.MUTATION:
            payload = self._selections(self._schema.mutation_type, operation.selection_set)
            return max(_LEAST_FOR_A_MUTATION, _MUTATION - 1 + payload)  # the payload object itself is within the 7
        return self._selections(self._schema.query_type, operation.selection_set)

    def _selections(self, parent: GraphQLNamedType | None, selected: SelectionSetNode | None) -> int:
        points: dict[str, int] = {}
        for owner, field in self._fields(parent, selected):
            key = field.alias.value if field.alias else field.name.value
            points[key] = max(points.get(key, 0), self._field(owner, field))
        return sum(points.values())

    def _fields(self, parent: Any, selected: SelectionSetNode | None) -> Iterator[tuple[Any, FieldNode]]:
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield parent, node
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                yield from self._fields(
                    self._schema.type_map[fragment.type_condition.name.value], fragment.selection_set
                )
            elif isinstance(node, InlineFragmentNode):
                kind = node.type_condition.name.value if node.type_condition else None
                yield from self._fields(self._schema.type_map[kind] if kind else parent, node.selection_set)

    def _field(self, owner: GraphQLObjectType | GraphQLInterfaceType, node: FieldNode) -> int:
        if node.name.value.startswith("__"):
            return 0
        kind = get_named_type(owner.fields[node.name.value].type)
        inside = self._selections(kind, node.selection_set)
        if node.name.value == "userErrors":
            return _USER_ERRORS
        if is_leaf_type(kind) or kind.name in _FREE:
            return inside
        if kind.name.endswith("Connection"):
            return 2 + self._page(node) * (1 + inside - self._page_info(kind, node))
        return (_COUNT if kind.name == "Count" else 1) + inside

    def _page(self, node: FieldNode) -> int:
        size = next(
            (
                self._number(argument.value)
                for argument in node.arguments or ()
                if argument.name.value in ("first", "last")
            ),
            None,
        )
        return 0 if size == 0 else max(1, floor(2 * log(size))) if size else 1

    def _number(self, value: Any) -> int | None:
        if isinstance(value, IntValueNode):
            return int(value.value)
        return self._variables.get(value.name.value) if isinstance(value, VariableNode) else None

    def _page_info(self, kind: GraphQLNamedType, node: FieldNode) -> int:
        """`nodes` and `pageInfo` are part of the connection and cost nothing of their own."""
        names = {field.name.value for _, field in self._fields(kind, node.selection_set)}
        return len(names & {"nodes", "pageInfo", "edges"})

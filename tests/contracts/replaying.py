"""Recorded conversations with a live shop, held with the sandbox: the same requests, with ids of its own, and what differs."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import REMOVE, TypeInfo, TypeInfoVisitor, Visitor, parse, print_ast, visit
from graphql.language import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
)
from graphql.type import GraphQLSchema, is_interface_type, is_object_type

from deploy.sandbox.shopify.catalogue import ALDER
from deploy.sandbox.shopify.gid import gid
from tests.integration.sandbox.shops import CREATE, ShopInHand

SOLD = ("orderRead", "orderReadAfterFulfillment")
ELSEWHERE = ("orderCreate", "fulfillmentCreate", "upstreamCalls", "cleanup", "locations", "schema", "setup", *SOLD)
ITS_OWN = {"id", "name", "createdAt", "updatedAt", "title", "sku", "displayFinancialStatus", "displayStatus"}
ITS_OWN |= {"startCursor", "endCursor"}
NOT_ALIKE = {
    "variant": "what was sold there stands in no catalogue",
    "returnReasonNote": "an open return needs one, a request for one does not",
    "dispositions": "we dispose of nothing there",
}
REQUESTS = {"REQUESTED", "DECLINED", "RETURN_REQUESTED"}  # the states of requests, and so none of ours
WISHED = ("fulfillmentLineItemId", "quantity", "returnReason")  # whoever opens a return at once must give a note too
MOMENTS = {"closedAt"}  # that there is one counts, not when it was
_NAME = re.compile(r"#\d+")
PRODUCTS = [product.handle for product in ALDER.products]
ORDER = """query Q($id: ID!) { order(id: $id) { id lineItems(first: 9) { nodes { id quantity } }
  name fulfillments(first: 9) { id fulfillmentLineItems(first: 9) { nodes { id quantity } } } } }"""


@dataclass
class Step:
    """One request of a recording with its answer; `path` is where it stands."""

    path: str
    query: str
    variables: dict[str, Any]
    answer: dict[str, Any]


@dataclass
class Replay:
    """A recording held with a shop in hand. `differs` says where its answers are others than the recorded ones."""

    shop: ShopInHand
    schema: GraphQLSchema
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)

    def of(self, file: Path) -> "Replay":
        """The whole recording: what it sold is sold first."""
        recorded = json.loads(file.read_text())
        self.told |= {each for step in _all_steps(recorded) for each in _gids(step.get("response"))}
        for order in _orders(recorded.get("setup", {})):
            self._sell(order)
        for step in _steps(recorded, ""):
            self._open(step)
            if self.told & set(_gids(step.variables)) <= self.ids.keys() and not REQUESTS & set(_words(step.answer)):
                self._hold(step)
        return self

    def _open(self, step: Step) -> None:
        """We open returns at once: what a shopper asked for there and the shop approved is opened here when approved."""
        if made := (step.answer.get("returnRequest") or {}).get("return"):
            self.asked[made["id"]] = step.variables["input"]
        made = (step.answer.get("returnApproveRequest") or {}).get("return")
        if made and made["id"] in self.asked:
            asked = self._ours(self.asked[made["id"]])
            lines = [
                {name: line[name] for name in WISHED} | {"returnReasonNote": "-"} for line in asked["returnLineItems"]
            ]
            opened = self.shop.told(CREATE, it={"orderId": asked["orderId"], "returnLineItems": lines})
            self._learn(made, opened["return"])

    def _sell(self, recorded: dict[str, Any]) -> None:
        lines = recorded.get("lineItems", {}).get("nodes") or [
            each for parcel in recorded["fulfillments"] for each in parcel["fulfillmentLineItems"]["nodes"]
        ]
        sold = self.shop.sell(*((PRODUCTS[place], line["quantity"]) for place, line in enumerate(lines)))
        self._learn(recorded, self.shop.told(ORDER, id=gid("Order", sold.id)))

    def _hold(self, step: Step) -> None:
        ours = pruned(self.schema, step.query)
        if ours is None:
            return
        query, names = ours
        variables = {name: self._ours(value) for name, value in step.variables.items() if name in names}
        answer = self.shop.ask(query, **variables)
        if "errors" in answer:
            self.differs.append(f"{step.path}: {answer['errors'][0]['message']}")
            return
        self.held.append(step.path)
        self._learn(step.answer, answer["data"])
        self.differs += _differences(step.path, step.answer, answer["data"])

    def _ours(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._ours(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._ours(each) for each in value]
        if not isinstance(value, str):
            return value
        known = self.ids.get(value, value)
        return _NAME.sub(lambda name: self.names.get(name[0], name[0]), known)

    def _learn(self, recorded: Any, ours: Any) -> None:
        if isinstance(recorded, dict) and isinstance(ours, dict):
            if isinstance(recorded.get("name"), str) and isinstance(ours.get("name"), str):
                self.names.setdefault(recorded["name"], ours["name"])
            for name in ours.keys() & recorded.keys():
                self._learn(recorded[name], ours[name])
        elif isinstance(recorded, list) and isinstance(ours, list):
            for theirs, own in zip(recorded, ours, strict=False):
                self._learn(theirs, own)
        elif isinstance(recorded, str) and isinstance(ours, str) and recorded.startswith("gid:"):
            self.ids.setdefault(recorded, ours)


def pruned(schema: GraphQLSchema, query: str) -> tuple[str, set[str]] | None:
    """What of a query the sandbox has, and its variables; None where nothing of it is left."""
    document, types = parse(query), TypeInfo(schema)

    class Known(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> Any:
            parent = types.get_parent_type()
            known = is_object_type(parent) or is_interface_type(parent)
            if known and node.name.value not in parent.fields and not node.name.value.startswith("__"):
                return REMOVE
            return None

        def leave_field(self, node: FieldNode, *_: Any) -> Any:
            emptied = node.selection_set is not None and not node.selection_set.selections
            return REMOVE if emptied else None

        def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
            return REMOVE if types.get_argument() is None else None

        def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> Any:
            named = node.type_condition and schema.get_type(node.type_condition.name.value)
            return None if named else REMOVE

    left = visit(document, TypeInfoVisitor(types, Known()))
    (operation,) = (each for each in left.definitions if isinstance(each, OperationDefinitionNode))
    if not operation.selection_set.selections:
        return None
    return _with_its_variables(left)


def _with_its_variables(document: DocumentNode) -> tuple[str, set[str]]:
    """The document without the variables that nothing in it uses, and the names of the others."""
    used: set[str] = set()

    class Used(Visitor):
        def enter_variable_definition(self, *_: Any) -> Any:
            return False

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            used.add(node.name.value)

    class Needed(Visitor):
        def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
            return None if node.variable.name.value in used else REMOVE

    visit(document, Used())
    return print_ast(visit(document, Needed())), used


def _without_requests(told: Any) -> Any:
    """An answer without the requests in its lists."""
    if isinstance(told, dict):
        return {name: _without_requests(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_without_requests(each) for each in told if not _is_request(each)]
    return told


def _is_request(told: Any) -> bool:
    return isinstance(told, dict) and told.get("status") in REQUESTS


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _words(each)
    elif isinstance(value, str):
        yield value


def _gids(value: Any) -> Iterator[str]:
    return (each for each in _words(value) if each.startswith("gid:"))


def _all_steps(recorded: Any) -> Iterator[dict[str, Any]]:
    if isinstance(recorded, dict):
        if "response" in recorded:
            yield recorded
        for name, value in recorded.items():
            if name != "upstreamCalls":
                yield from _all_steps(value)


def _orders(setup: Any) -> Iterator[dict[str, Any]]:
    if isinstance(setup, dict):
        for name, value in setup.items():
            if name in SOLD:
                yield value["response"]["payload"]["data"]["order"]
            else:
                yield from _orders(value)


def _steps(recorded: Any, path: str) -> Iterator[Step]:
    if not isinstance(recorded, dict):
        return
    if {"query", "variables", "response"} <= recorded.keys():
        told = recorded["response"].get("payload", {})
        if told.get("data") and "errors" not in told:
            yield Step(path, recorded["query"], recorded["variables"], _without_requests(told["data"]))
        return
    for name, value in recorded.items():
        if name not in ELSEWHERE:
            yield from _steps(value, f"{path}/{name}")


def _differences(path: str, recorded: Any, ours: Any) -> Iterator[str]:
    """Where `ours` is other than recorded, as far as it was asked for; whose ids and names they are does not count."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for name, value in ours.items():
            if name in ITS_OWN and (value is None) == (recorded[name] is None):
                continue
            if name in NOT_ALIKE:
                continue
            if name in MOMENTS and (value is None) == (recorded[name] is None):
                continue
            yield from _differences(f"{path}.{name}", recorded[name], value)
    elif isinstance(recorded, list) and isinstance(ours, list):
        if len(recorded) != len(ours):
            yield f"{path}: {len(ours)} instead of {len(recorded)}: {json.dumps(ours)[:200]} / {json.dumps(recorded)[:200]}"
            return
        for place, (theirs, own) in enumerate(zip(recorded, ours, strict=True)):
            yield from _differences(f"{path}[{place}]", theirs, own)
    elif _plain(recorded) != _plain(ours):
        yield f"{path}: {ours!r} instead of {recorded!r}"


def _plain(value: Any) -> Any:
    return re.sub(r"[$\u00a3][\d.,]+", "money", value) if isinstance(value, str) else value

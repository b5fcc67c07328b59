"""The part of Shopify that the sandbox plays is what Shopify declares, and every document of ours fits both."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FragmentDefinitionNode,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_client_schema,
    build_schema,
    introspection_types,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
    is_union_type,
    parse,
    print_ast,
    specified_scalar_types,
    validate,
    validate_schema,
    value_from_ast_untyped,
)
from graphql.utilities import separate_operations

from deploy.sandbox.shopify.cost import Costing
from deploy.sandbox.shopify.schema import sdl

ROOT = Path(__file__).parents[2]
SHOPIFY = ROOT.parent / "shared" / "shopify"
OPERATIONS = ROOT / "services" / "orders" / "operations.graphql"
BUILT_IN = {*introspection_types, *specified_scalar_types}
VERSIONS = ("2026-07", "2026-10")

needs_shopifys_schema = pytest.mark.skipif(
    not SHOPIFY.exists(), reason="Shopify's official schema is not in ../shared/shopify"
)


@cache
def official(version: str) -> GraphQLSchema:
    """Shopify's schema. It is not checked: six faults in it are Shopify's own."""
    held = json.loads(gzip.decompress((SHOPIFY / f"admin_{version}.json.gz").read_bytes()))
    return build_client_schema(held["data"], assume_valid=True)


@cache
def ours() -> GraphQLSchema:
    """Our SDL, as it is written."""
    return build_schema(sdl())


def kind(type_: GraphQLNamedType) -> str:
    """What sort of type it is."""
    return type(type_).__name__


def declared() -> list[GraphQLNamedType]:
    """Every type that our SDL declares."""
    return [type_ for name, type_ in sorted(ours().type_map.items()) if name not in BUILT_IN]


def default(of: GraphQLArgument | GraphQLInputField) -> str | None:
    """The default as written, if there is one."""
    return print_ast(of.default.literal) if of.default and of.default.literal else None


def differences(mine: GraphQLNamedType, theirs: GraphQLNamedType | None) -> list[str]:
    """Everything that we declare of a type and Shopify does not, or declares otherwise."""
    if theirs is None:
        return [f"{mine.name} is unknown to Shopify"]
    if kind(mine) != kind(theirs):
        return [f"{mine.name} is a {kind(mine)}, at Shopify a {kind(theirs)}"]
    if is_object_type(mine) or is_interface_type(mine):
        return [*_of_interfaces(mine, theirs), *_of_fields(mine, theirs)]
    if is_input_object_type(mine):
        return _of_inputs(mine, theirs)
    if is_enum_type(mine):
        return [f"{mine.name}.{value} is unknown" for value in mine.values if value not in theirs.values]
    if is_union_type(mine):
        known = {type_.name for type_ in theirs.types}
        return [f"{type_.name} is not a {mine.name}" for type_ in mine.types if type_.name not in known]
    return []


def _of_interfaces(mine: Any, theirs: Any) -> list[str]:
    known = {one.name for one in theirs.interfaces}
    return [f"{mine.name} is no {one.name}" for one in mine.interfaces if one.name not in known]


def _of_fields(mine: Any, theirs: Any) -> list[str]:
    found = []
    for name, field in mine.fields.items():
        at, known = f"{mine.name}.{name}", theirs.fields.get(name)
        if known is None:
            found.append(f"{at} is unknown")
            continue
        if str(field.type) != str(known.type):
            found.append(f"{at} is {field.type}, at Shopify {known.type}")
        found += _of_arguments(at, field.args, known.args)
        found += [
            f"{at} leaves out {arg}"
            for arg, of in known.args.items()
            if is_required_argument(of) and arg not in field.args
        ]
    return found


def _of_inputs(mine: Any, theirs: Any) -> list[str]:
    found = _of_arguments(mine.name, mine.fields, theirs.fields)
    found += [
        f"{mine.name} leaves out {name}"
        for name, field in theirs.fields.items()
        if is_required_input_field(field) and name not in mine.fields
    ]
    return found if mine.is_one_of == theirs.is_one_of else [*found, f"{mine.name} differs in @oneOf"]


def _of_arguments(at: str, mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    found = []
    for name, one in mine.items():
        known = theirs.get(name)
        if known is None:
            found.append(f"{at}({name}:) is unknown")
        elif (str(one.type), default(one)) != (str(known.type), default(known)):
            found.append(f"{at}({name}: {one.type} = {default(one)}), at Shopify {known.type} = {default(known)}")
    return found


def test_our_schema_is_sound():
    assert validate_schema(ours()) == []
    assert len(declared()) > 80


@needs_shopifys_schema
@pytest.mark.parametrize("version", VERSIONS)
def test_all_that_we_declare_shopify_declares_too(version):
    known = official(version).type_map

    found = [difference for type_ in declared() for difference in differences(type_, known.get(type_.name))]

    assert found == []


@needs_shopifys_schema
def test_a_schema_that_departs_from_shopifys_is_found_out():
    written = (
        sdl()
        .replace("orders(\n    first: Int", "orders(\n    first: Int!")
        .replace("lastName: String", "surname: String")
    )
    departed = build_schema(written)

    found = [
        difference
        for name in ("QueryRoot", "MailingAddress")
        for difference in differences(departed.type_map[name], official("2026-07").type_map[name])
    ]

    assert found == ["QueryRoot.orders(first: Int! = None), at Shopify Int = None", "MailingAddress.surname is unknown"]


def test_every_document_of_ours_is_valid_in_the_sandbox():
    document = parse(OPERATIONS.read_text())

    assert document.definitions
    assert {
        name: faults for name, one in separate_operations(document).items() if (faults := validate(ours(), one))
    } == {}


@needs_shopifys_schema
@pytest.mark.parametrize("version", VERSIONS)
def test_every_document_of_ours_is_valid_at_shopify(version):
    document = parse(OPERATIONS.read_text())

    found = {name: validate(official(version), one) for name, one in separate_operations(document).items()}

    assert {name: faults for name, faults in found.items() if faults} == {}


@needs_shopifys_schema
def test_the_cost_we_answer_is_near_what_shopify_recorded():
    recorded = json.loads(
        gzip.decompress((SHOPIFY / "samples" / "admin-captures" / "cost-pairs_2026-04.json.gz").read_bytes())
    )[::3]

    near = [
        abs(_cost(pair) - pair["requestedQueryCost"]) <= max(1, pair["requestedQueryCost"] / 10) for pair in recorded
    ]

    assert sum(near) / len(near) > 0.9


def _cost(pair: dict[str, Any]) -> int:
    document = parse(pair["query"])
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    defaults = {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or ()
        if one.default_value
    }
    return Costing(official("2026-07"), fragments, defaults | pair["int_variables"]).of(operation)

"""The sandbox shop wants the access scopes that Shopify declares, for every type and field that it plays."""

import gzip
import json
from typing import Any

import pytest

from deploy.sandbox.shopify.scopes import ASSUMED, WANTED, may
from tests.contracts.test_sandbox_shopify import SHOPIFY, VERSIONS, needs_shopifys_schema, ours


def declared(version: str) -> dict[str, dict[str, Any]]:
    """Shopify's rows with scopes, by `Type` or `Type.field`, of what our SDL has."""
    held = json.loads(gzip.decompress((SHOPIFY / f"admin_{version}.json.gz").read_bytes()))
    rows = {}
    for row in held["offline_scopes"]["items"]:
        type_, field = ours().type_map.get(row["typeName"]), row.get("fieldName")
        if type_ is not None and row["offlineScopes"] and (field is None or field in getattr(type_, "fields", {})):
            rows[f"{row['typeName']}.{field}" if field else row["typeName"]] = row
    return rows


@needs_shopifys_schema
@pytest.mark.parametrize("version", VERSIONS)
def test_every_scope_that_shopify_declares_is_wanted_and_no_other(version: str) -> None:
    official = {name: set(row["offlineScopes"]) for name, row in declared(version).items()}

    assert {name: {scope for group in groups for scope in group} for name, groups in WANTED.items()} == official
    assert not set(ASSUMED) & set(official)


@needs_shopifys_schema
@pytest.mark.parametrize("version", VERSIONS)
def test_several_groups_are_wanted_where_shopify_says_also(version: str) -> None:
    both = {
        name
        for name, row in declared(version).items()
        if "Also: Requires" in row["requiredAccess"] or " and (" in row["requiredAccess"]
    }

    assert {name for name, groups in WANTED.items() if len(groups) > 1} == both


def test_a_scope_to_write_is_one_to_read() -> None:
    assert may(["write_returns"], [("read_returns",)])
    assert not may(["read_returns"], [("write_returns",)])
    assert not may(["read_orders"], [("read_orders",), ("read_returns",)])

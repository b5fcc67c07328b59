import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from services.orders.outside.documents import definitions, document, is_mutation

ROOT = Path(__file__).parents[3]
OPERATIONS = sorted(name for name, text in definitions().items() if not text.startswith("fragment"))


@pytest.fixture(scope="module")
def sandbox():
    parts = sorted((ROOT / "deploy" / "sandbox" / "shopify" / "schema").glob("*.graphql"))
    return build_schema("\n".join(part.read_text() for part in parts))


def test_every_document_is_valid_for_the_sandbox(sandbox):
    faults = {name: validate(sandbox, parse(document(name))) for name in OPERATIONS}

    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_request_carries_its_operation_and_the_fragments_it_needs_once(operation):
    sent = parse(document(operation)).definitions

    assert sent[0].name.value == operation
    assert [part.kind for part in sent[1:]] == ["fragment_definition"] * (len(sent) - 1)
    assert len({part.name.value for part in sent}) == len(sent)


def test_every_operation_is_used():
    written = "\n".join(path.read_text() for path in (ROOT / "services" / "orders" / "outside").glob("*.py"))

    assert [name for name in OPERATIONS if not re.search(f'"{name}"', written)] == []


def test_what_changes_something_at_the_shop_is_known_as_such():
    assert {name for name in OPERATIONS if is_mutation(name)} == {
        "ReturnCreate",
        "ReturnProcess",
        "ReturnClose",
        "ReturnCancel",
        "ReturnReopen",
        "RemoveFromReturn",
        "AttachLabel",
        "UpdateLabel",
        "GiftCardCreate",
        "StoreCreditCredit",
        "RefundCreate",
        "OrderCancel",
        "WebhookCreate",
        "WebhookDelete",
    }

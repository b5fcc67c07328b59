"""The API's document and its page: whole, current, and loading nothing from elsewhere."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from services.portal.access import May
from services.portal.api import reference
from services.portal.api.describe import document, routes
from services.portal.api.examples import example_of
from services.portal.api.fields import fields_of
from tests.unit.portal.markup import read

ROOT = Path(__file__).parents[3]

OPERATIONS = [
    (method, path, operation) for path, methods in document()["paths"].items() for method, operation in methods.items()
]
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]
every_operation = pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)


@pytest.fixture(scope="module")
def page():
    return read(reference._page())


def test_the_document_kept_under_docs_is_current():
    kept = json.loads(reference.KEPT_IN.read_text())

    assert kept == json.loads(json.dumps(document())), "run `make openapi`"


def test_the_document_is_openapi_3_1_and_names_the_key_with_its_scopes():
    made = document()

    key = made["components"]["securitySchemes"]["key"]
    assert made["openapi"] == "3.1.0"
    assert (key["type"], key["scheme"]) == ("http", "bearer")
    assert all(f"`{may}`" in key["description"] for may in May)


def test_what_is_served_is_what_is_documented():
    served = {(method, path) for path, method, _ in routes()}

    assert served == {(method, path) for method, path, _ in OPERATIONS}


def refs(told):
    if isinstance(told, dict):
        for name, inside in told.items():
            yield from [inside] if name == "$ref" else refs(inside)
    elif isinstance(told, list):
        for inside in told:
            yield from refs(inside)


def test_whatever_the_document_refers_to_is_in_it():
    made = document()

    for ref in set(refs(made)):
        found = made
        for step in ref.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_no_two_operations_have_one_name():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]

    assert len(names) == len(set(names))


@every_operation
def test_an_operation_says_what_it_does_what_it_needs_and_how_it_fails(method, path, operation):
    answers = operation["responses"]

    assert operation["summary"].endswith((".", "`.")) or operation["summary"][-1] in ".:"
    assert operation["tags"]
    assert operation["security"][0]["key"]
    assert {"401", "403", "429", "500", "503"} <= answers.keys()
    assert ("404" in answers) or "{" not in path
    assert any(status[0] == "2" for status in answers)


MOVED = ("returns", "tasks", "scans/", "consolidations", "cancellations", "orders/{order_id}/cancellations", "policies")
ASKS = re.compile(r"/(preview|exchanges|check|simulate)$")


@every_operation
def test_what_makes_or_moves_something_on_a_return_or_a_task_needs_an_idempotency_key(method, path, operation):
    needed = {each["name"] for each in operation.get("parameters", ()) if each.get("required")}
    moves = method == "post" and any(path.startswith(f"/api/v1/{noun}") for noun in MOVED) and not ASKS.search(path)

    assert ("Idempotency-Key" in needed) == bool(moves)


def test_every_body_that_may_be_sent_refuses_what_it_does_not_know():
    schemas = document()["components"]["schemas"]
    bodies = {ref for *_, operation in OPERATIONS for ref in refs(operation.get("requestBody", {}))}

    loose = [ref for ref in bodies if schemas[ref.rsplit("/", 1)[-1]].get("additionalProperties") is not False]

    assert loose == []


def test_the_page_has_one_heading_of_the_first_level_and_skips_none(page):
    levels = [int(heading.tag[1]) for heading in page.every("h1", "h2", "h3", "h4")]

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_loads_nothing_from_another_host_and_runs_nothing_inline(page):
    loaded = [element["src"] for element in page.every("script", "img", "iframe")]
    loaded += [element["href"] for element in page.every("link", "use")]

    assert [address for address in loaded if not address.startswith("/")] == []
    assert page.having("style") == []
    assert list(page.every("style")) == []


def test_the_page_tells_every_operation_with_a_call(page):
    told = {element["id"] for element in page.every("h3")}
    calls = [element.text for element in page.every("pre")]

    assert {operation["operationId"] for *_, operation in OPERATIONS} <= told
    assert all(any(call.startswith("curl") and name_of(path) in call for call in calls) for _, path, _ in OPERATIONS)


def name_of(path: str) -> str:
    return path.split("{")[0]


def test_every_link_in_the_page_leads_somewhere_in_it(page):
    ids = {element["id"] for element in page.having("id")}
    inner = {element["href"] for element in page.every("a") if element["href"].startswith("#")}

    assert {href[1:] for href in inner} <= ids


def test_words_of_the_document_are_shown_and_never_obeyed():
    said = reference.ReferencePage.said("a `<b>` & <script>")

    assert said == "a <code>&lt;b&gt;</code> &amp; &lt;script&gt;"


def test_an_example_is_made_of_the_schema_s_own_words():
    schemas = {"Money": {"type": "object", "properties": {"amount": {"type": "integer", "examples": [4205]}}}}
    schema = {
        "type": "object",
        "properties": {
            "owed": {"$ref": "#/components/schemas/Money"},
            "at": {"type": "string", "format": "date-time"},
            "state": {"enum": ["open"]},
            "lines": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        },
    }

    assert example_of(schema, schemas) == {
        "owed": {"amount": 4205},
        "at": "2026-11-23T10:30:00Z",
        "state": "open",
        "lines": ["..."],
    }


def test_the_fields_of_a_body_are_told_with_those_inside():
    schemas = {"Line": {"properties": {"quantity": {"type": "integer", "minimum": 1, "maximum": 9}}}}
    schema = {
        "properties": {"lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}},
        "required": ["lines"],
    }

    fields = list(fields_of(schema, schemas))

    assert [(field.name, field.kind, field.needed) for field in fields] == [
        ("lines[]", "list of object", True),
        ("lines[].quantity", "integer, 1 to 9", False),
    ]


@every_operation
def test_the_page_for_programmers_shows_every_route(method, path, operation):
    written = (ROOT / "docs" / "api.md").read_text()
    calls = re.sub(r"\$\(at ([^)]+)\)", r"/api/v1/returns/R-7KQ2M9/\1", written)
    place = re.sub(r"\{[a-z_]+\}", r"[^/\\s\"]+", path)

    assert re.search(rf'{place}["?]', calls)

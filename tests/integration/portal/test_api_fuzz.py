"""A thousand requests that nobody would send, over every route: none is an error of ours, and each answer fits the document."""

import json
import re
from itertools import cycle
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from services.portal.api.describe import document, routes
from services.portal.api.examples import example_of
from tests.integration.portal.programs import submitted

# The operator's routes look at the broker; what they do with it is tested where they are.
EVERY = [(path, method) for path, method, route in routes() if "operations" not in route.tags]
SCHEMAS = document()["components"]["schemas"]
REGISTRY = Registry().with_resource("urn:api", Resource.from_contents(document(), default_specification=DRAFT202012))
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False),
    st.text(max_size=40),
    st.sampled_from(
        ["\x00", "\ud800", "R-7KQ2M9", "'; DROP TABLE returns; --", "{{7*7}}", "%00", "💥" * 10, "x" * 3000]
    ),
    st.uuids().map(str),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)
PART = st.one_of(st.text(min_size=1, max_size=30), st.uuids().map(str), st.integers().map(str))


def mostly(right, odd):
    """The right thing nine times in ten."""
    return st.integers(0, 9).flatmap(lambda turn: odd if turn == 9 else right)


@st.composite
def requests(draw, number: str):
    """A request to one of the routes: its body is right, or right but for some fields, or anything."""
    path, method = draw(st.sampled_from(EVERY))
    told = document()["paths"][path][method]
    right = {"number": number, "parcel": "1", "order": "AP-77", "which": "current", "version": "1"}
    where = {
        name: draw(mostly(st.just(right[name]) if name in right else st.uuids().map(str), PART))
        for name in re.findall(r"{(\w+)}", path)
    }
    query = {
        each["name"]: draw(st.one_of(st.text(max_size=20), st.integers().map(str)))
        for each in told.get("parameters", ())
        if each["in"] == "query" and draw(st.booleans())
    }
    headers = {
        "content-type": draw(mostly(st.just(media_of(told)), st.sampled_from(["text/plain", "application/xml", ""]))),
        "idempotency-key": draw(
            mostly(st.uuids().map(str), st.text(st.characters(min_codepoint=32, max_codepoint=255)))
        ),
    }
    return method, path, where, query, draw(bodies(told)), headers


def media_of(told) -> str:
    """What the route's body is sent as."""
    return next(iter(told.get("requestBody", {}).get("content", {})), "application/json")


@st.composite
def bodies(draw, told):
    """The bytes of a body."""
    if "requestBody" not in told or draw(st.integers(0, 9)) == 0:
        return draw(st.one_of(st.just(b""), st.binary(max_size=40), ODD.map(spelled)))
    (asked,) = told["requestBody"]["content"].values()
    body = example_of(asked["schema"], SCHEMAS)
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2, 3]))):
        body = draw(changed(body))
    return spelled(body)


@st.composite
def changed(draw, body):
    """The body with one thing in it made odd, left out, or added."""
    if isinstance(body, dict) and body and draw(st.integers(0, 4)):
        name = draw(st.sampled_from(sorted(body)))
        return {**body, name: draw(changed(body[name]))}
    if isinstance(body, list) and body and draw(st.integers(0, 2)):
        return [draw(changed(body[0])), *body[1:]]
    if isinstance(body, dict) and draw(st.booleans()):
        return {**body, draw(st.text(max_size=8)): draw(ODD)}
    return draw(ODD)


def spelled(body) -> bytes:
    return json.dumps(body).encode()


def quoted(part: str) -> str:
    return quote(part.encode("utf-8", "replace"), safe="")


@pytest.fixture
def turns(a_key, retailer):
    """API keys, each in its turn: one alone would reach its limit."""
    return cycle([a_key(retailer.id) for _ in range(4)])


@pytest.fixture
def number(returns, retailer):
    return submitted(returns, retailer, held="photo").number


@pytest.mark.timeout(300)
@settings(max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_is_an_error_of_ours(browser, number, turns, data):
    method, path, where, query, body, headers = data.draw(requests(number))
    headers = {name: value.encode("latin-1") for name, value in headers.items()}
    headers |= {"authorization": f"Bearer {next(turns)}".encode()}
    address = path.format(**{name: quoted(part) for name, part in where.items()})

    answer = browser.request(method.upper(), address, params=query, content=body, headers=headers)

    event(f"{method} {answer.status_code}")
    # 503 says that the service asked is away, as all of them are here: the request itself was taken.
    assert answer.status_code < 500 or answer.json()["code"] == "service.unavailable", answer.text
    fits(path, method, answer)


def fits(path: str, method: str, answer) -> None:
    """Whether the document knows this answer."""
    told = document()["paths"][path][method]["responses"]
    if answer.status_code in {404, 405} and str(answer.status_code) not in told:
        return  # what was drawn for a part of the address made another one of it
    if answer.status_code == 307:
        return
    status = str(answer.status_code)
    assert status in told, f"{method} {path} answered {status}, which is not documented"
    found = told[status]
    if "$ref" in found:
        found = document()["components"]["responses"][found["$ref"].rsplit("/", 1)[-1]]
        assert answer.headers["content-type"] == "application/problem+json"
    schema = next(iter(found.get("content", {}).values()), {}).get("schema")
    if schema and answer.content:
        schema = {"$ref": "urn:api#" + schema["$ref"].removeprefix("#")} if "$ref" in schema else schema
        Draft202012Validator(schema, registry=REGISTRY).validate(answer.json())

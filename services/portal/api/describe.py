"""The API described: one OpenAPI 3.1 document, made from the routes themselves."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from services.portal.access import GRANTS, May
from services.portal.api import (
    acts,
    cancelling,
    carriers,
    consolidations,
    documents,
    exchanging,
    inspecting,
    lanes,
    making,
    operations,
    order_links,
    orders,
    persons,
    policies,
    records,
    returns,
    scans,
    story,
    tasks,
)
from services.portal.api.acting import KEY_EXAMPLE, KEY_WORDS
from services.portal.api.answers import ProblemTold
from services.portal.api.examples import example_of

ROUTERS = (
    returns.router,
    making.router,
    exchanging.router,
    acts.router,
    records.router,
    inspecting.router,
    scans.router,
    consolidations.router,
    tasks.router,
    story.router,
    documents.router,
    order_links.router,
    orders.router,
    cancelling.router,
    policies.router,
    carriers.router,
    lanes.router,
    persons.router,
    operations.router,
)
TAGS = {
    "returns": "What shoppers send back: list, read whole, and make on their behalf.",
    "acts": "What people do to a return. Which acts a return takes depends on what it awaits; one it does not take is a 409.",
    "records": "Facts by hand, for what happened outside: they go to the service that owns them, and the return moves a "
    "moment later.",
    "scans": "What a scanner reads at the dock.",
    "consolidations": "Bags and pallets in which a hub sends on what it received.",
    "tasks": "What people must do, made from facts. A task goes when its cause goes.",
    "orders": "What was bought, where no shop of ours tells of it: a retailer's own orders, and receipts of its counters.",
    "policies": "What may come back, on what terms: every version of the policy, checked and tried before it counts.",
    "carriers": "Accounts with the carriers that make labels. Secrets go in and never come out.",
    "lanes": "From which country to which hub, with which carrier and at what price; and the hubs.",
    "persons": "What is kept of a person: handed out, or erased from every service.",
    "operations": "For the platform's operator only.",
}
ABOUT = """Homeward's API for programs: returns, acts, scans and tasks.

Send an API key as `Authorization: Bearer hw_...`. A key is of one retailer and has scopes. Every error is
`application/problem+json` (RFC 9457) with a stable `code`. A POST that makes or moves something needs an
`Idempotency-Key`. Money is in the currency's smallest unit; times are UTC."""
_WAIT = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
_REPLAYED = {
    "Idempotency-Replayed": {"description": "`true` on an answer that was given before", "schema": {"type": "string"}}
}
PROBLEMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "400": ("Unreadable", "The body is no JSON, or the address holds a NUL: `request.unreadable`.", {}),
    "401": ("NoAccess", "No key, or one that is not in force: `api.no_access`.", {}),
    "403": ("Forbidden", "The key lacks a scope, named in `missing`: `api.forbidden`.", {}),
    "404": ("NotFound", "There is none, or it is another retailer's.", {}),
    "409": (
        "NotNow",
        "What is asked for cannot be done now: `code` and `detail` say why. Or the first request with this key is still at "
        "work: `idempotency.in_progress`, with `Retry-After`.",
        _WAIT,
    ),
    "413": ("TooLarge", "The body is larger than one megabyte: `request.too_large`.", {}),
    "415": (
        "NotJson",
        "The body is not sent as JSON: `request.not_json`. Or a file is not sent as CSV: `request.not_csv`, or a photo not "
        "as an image: `request.not_an_image`.",
        {},
    ),
    "422": (
        "Malformed",
        "`faults` names each field by its JSON Pointer: `request.malformed`. Or the key is missing or was used for another "
        "request: `idempotency.key_missing`, `idempotency.key_reused`.",
        {},
    ),
    "429": ("TooMany", "Too many requests with this key.", _WAIT),
    "500": ("OurError", "An error of ours, logged under `reference`: `service.failed`.", {}),
    "503": ("Away", "A part of the suite is away. Send the same again: `service.unavailable`.", _WAIT),
}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of `/api/v1`."""
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    made = get_openapi(
        title="Homeward API",
        version="1",
        openapi_version="3.1.0",
        description=ABOUT,
        routes=app.routes,
        tags=[{"name": name, "description": words} for name, words in TAGS.items()],
        servers=[{"url": "/", "description": "this gateway"}],
    )
    _describe_problems(made)
    _describe_keys(made)
    for path, method, route in routes():
        _describe(made, made["paths"][path][method], route)
    _leave_out_the_framework(made)
    return made


def routes() -> Iterator[tuple[str, str, APIRoute]]:
    """Every route of the API, with its address and its method in small letters."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods or ()):
                    yield route.path, method.lower(), route


def scopes_of(route: APIRoute) -> list[str]:
    """What somebody must be allowed who calls it."""
    return sorted({may for each in _dependants(route.dependant) for may in getattr(each.call, "may", ())})


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _dependants(each)


def _describe_problems(made: dict[str, Any]) -> None:
    parts = made.setdefault("components", {})
    schema = ProblemTold.model_json_schema(ref_template="#/components/schemas/{model}")
    parts.setdefault("schemas", {}).update(schema.pop("$defs", {}) | {"Problem": schema | {"title": "Problem"}})
    parts["responses"] = {
        name: {
            "description": words,
            "headers": headers,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for name, words, headers in PROBLEMS.values()
    }


def _describe_keys(made: dict[str, Any]) -> None:
    grants = [may for may in May if any(may in granted for granted in GRANTS.values())]
    made["components"]["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": f"An API key: `hw_` and 43 letters. Its scopes are some of {', '.join(f'`{may}`' for may in grants)}.",
        }
    }


def _describe(made: dict[str, Any], operation: dict[str, Any], route: APIRoute) -> None:
    operation["operationId"] = route.name
    operation["summary"] = (route.description.strip().splitlines() or [route.name])[0]
    operation["description"] = " ".join(route.description.split()).removeprefix(operation["summary"]).strip()
    operation["security"] = [{"key": scopes_of(route)}]
    _describe_key_header(operation, route)
    answers = operation["responses"]
    answers.pop("422", None)
    for status in _problems_of(operation, route):
        answers[status] = {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}
    for status, answer in answers.items():
        if status[0] == "2":
            _describe_success(made, answer, operation)
    operation["responses"] = dict(sorted(answers.items()))


def _describe_success(made: dict[str, Any], answer: dict[str, Any], operation: dict[str, Any]) -> None:
    if answer["description"] == "Successful Response":
        answer["description"] = "Done."
    if _header(operation) is not None:
        answer.setdefault("headers", {}).update(_REPLAYED)
    for content in answer.get("content", {}).values():
        if content.get("schema"):
            content["example"] = example_of(content["schema"], made["components"]["schemas"])


def _describe_key_header(operation: dict[str, Any], route: APIRoute) -> None:
    header = _header(operation)
    if header is not None:
        needed = any(getattr(each.call, "needs_key", False) for each in _dependants(route.dependant))
        schema = {"type": "string", "minLength": 1, "maxLength": 255}
        header |= {"name": "Idempotency-Key", "required": needed, "schema": schema}
        header |= {"description": KEY_WORDS, "example": KEY_EXAMPLE}


def _header(operation: dict[str, Any]) -> dict[str, Any] | None:
    named = (each for each in operation.get("parameters", ()) if each["name"].lower() == "idempotency-key")
    return next(named, None)


def _problems_of(operation: dict[str, Any], route: APIRoute) -> list[str]:
    found = ["401", "403", "429", "500", "503"]
    if "{" in route.path:
        found.append("404")
    if operation.get("parameters") or "requestBody" in operation:
        found += ["400", "422"]
    if "post" in {method.lower() for method in route.methods or ()}:
        found += ["409", "413", "415"]
    if route.path.endswith(("/returns", "/preview", "/exchanges")) and "requestBody" in operation:
        found.append("404")  # the order
    return found


def _leave_out_the_framework(made: dict[str, Any]) -> None:
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
    made["components"]["schemas"] = dict(sorted(made["components"]["schemas"].items()))


__all__ = ["ROUTERS", "document", "routes", "scopes_of"]

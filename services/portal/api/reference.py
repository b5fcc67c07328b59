"""The reference: the OpenAPI document, and a page made from it on the server. `python -m services.portal.api.reference`."""

import json
import re
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from libs.chassis.clock import now
from services.portal.api import describe
from services.portal.api.describe import document
from services.portal.api.fields import Field, fields_of, schema_name
from services.portal.api.routing import ROOT
from services.portal.web import assets, render

router = APIRouter(prefix=ROOT, include_in_schema=False)
KEPT_IN = Path(__file__).parents[3] / "docs" / "openapi.json"
SHEET = Path(assets.__file__).parent / "static" / "reference.css"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its status, what it means, and the schema of its body."""

    status: str
    words: str
    schema: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One route, ready to be read."""

    id: str
    method: str
    path: str
    summary: str
    words: str
    scopes: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_words: str
    answers: tuple[Told, ...]
    curl: str
    example: str | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """The routes of one tag."""

    name: str
    words: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of what a program is told."""

    name: str
    words: str
    fields: tuple[Field, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """The whole reference."""

    about: tuple[str, ...]
    document: str
    sheet: str
    chapters: tuple[Chapter, ...]
    schemas: tuple[Schema, ...]

    @staticmethod
    def said(words: str) -> Markup:
        """Words with what stands between backticks as code."""
        parts = re.split(r"`([^`]+)`", words)
        return Markup("").join(
            Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts)
        )


@router.get("/openapi.json")
def openapi() -> Response:
    """The document."""
    return Response(_as_json(), media_type="application/json", headers={"Cache-Control": "no-cache"})


@router.get("/docs")
def docs(request: Request) -> Response:
    """The page. It loads nothing from elsewhere, and needs no script."""
    body, encoding = render.encoded(_page(), request.headers.get("accept-encoding", ""))
    return Response(body, headers=render.headers() | encoding)


@router.get("/docs.css")
def sheet() -> Response:
    """The page's own styles, beside the house's."""
    return Response(SHEET.read_bytes(), media_type="text/css", headers={"Cache-Control": "public, max-age=31536000"})


@cache
def _as_json() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


@cache
def _page() -> bytes:
    return render.render("reference", page_of(document()), assets.HOUSE, now=now(), language="en")


def page_of(made: dict[str, Any]) -> ReferencePage:
    """The reference of an OpenAPI document."""
    found = [_operation(made, path, method) for path, method, _ in describe.routes()]
    tagged = {(op["operationId"]): op["tags"][0] for path in made["paths"].values() for op in path.values()}
    chapters = tuple(
        Chapter(tag["name"], tag["description"], tuple(op for op in found if tagged[op.id] == tag["name"]))
        for tag in made["tags"]
    )
    return ReferencePage(
        tuple(made["info"]["description"].split("\n\n")),
        f"{ROOT}/openapi.json",
        f"{ROOT}/docs.css?{sha256(SHEET.read_bytes()).hexdigest()[:12]}",
        chapters,
        tuple(_schema(name, schema) for name, schema in made["components"]["schemas"].items()),
    )


def _operation(made: dict[str, Any], path: str, method: str) -> Operation:
    told = made["paths"][path][method]
    body = _json_of(told.get("requestBody", {}))
    asked = made["components"]["schemas"].get(schema_name(body) or "", {})
    good = next(answer for status, answer in told["responses"].items() if status[0] == "2")
    example = _content(good).get("example")
    return Operation(
        told["operationId"],
        method.upper(),
        path,
        told["summary"],
        told["description"],
        tuple(told["security"][0]["key"]),
        tuple(_parameter(made, each) for each in told.get("parameters", ())),
        tuple(fields_of(asked, made["components"]["schemas"])),
        asked.get("description", ""),
        tuple(_told(made, status, answer) for status, answer in told["responses"].items()),
        curl(path, method, told, asked),
        json.dumps(example, indent=2, ensure_ascii=False) if example is not None else None,
    )


def curl(path: str, method: str, told: dict[str, Any], asked: dict[str, Any]) -> str:
    """A call as it may be typed."""
    address = path
    for each in told.get("parameters", ()):
        if each["in"] == "path":
            address = address.replace("{" + each["name"] + "}", str(_example(each)))
    verb = "" if method == "get" else f" -X {method.upper()}"
    said = [f'curl{verb} "$HOMEWARD{address}"', '-H "Authorization: Bearer $KEY"']
    if any(each["name"] == "Idempotency-Key" and each["required"] for each in told.get("parameters", ())):
        said.append('-H "Idempotency-Key: $(uuidgen)"')
    if asked.get("examples"):
        said.append('-H "Content-Type: application/json"')
        said.append(f"-d '{json.dumps(asked['examples'][0], ensure_ascii=False)}'")
    return " \\\n  ".join(said)


def _example(parameter: dict[str, Any]) -> Any:
    schema = parameter["schema"]
    given = parameter.get("example") or next(iter(parameter.get("examples") or schema.get("examples") or ()), None)
    plain = {"uuid": "018f0000-0000-7000-8000-000000000001"}.get(schema.get("format", ""), "1")
    return given if given is not None else plain


def _parameter(made: dict[str, Any], told: dict[str, Any]) -> Field:
    found = next(fields_of({"properties": {told["name"]: told["schema"]}}, made["components"]["schemas"]))
    words = told.get("description") or found.words
    return Field(told["name"], f"{found.kind}, in the {told['in']}", told.get("required", False), words, found.values)


def _told(made: dict[str, Any], status: str, answer: dict[str, Any]) -> Told:
    if "$ref" in answer:
        answer = made["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
    return Told(status, answer["description"], schema_name(_json_of(answer)))


def _json_of(holder: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _content(holder).get("schema", {})
    return next((each for each in found.get("anyOf", ()) if "$ref" in each), found)


def _content(holder: dict[str, Any]) -> dict[str, Any]:
    return next(iter(holder.get("content", {}).values()), {})


def _schema(name: str, schema: dict[str, Any]) -> Schema:
    words = " ".join(schema.get("description", "").split())
    return Schema(name, words, tuple(fields_of(schema, {})), tuple(map(str, schema.get("enum", ()))))


def main() -> None:
    """Keep the document under docs/, for those who read it there and for what changed since."""
    KEPT_IN.write_text(_as_json())
    sys.stdout.write(f"{KEPT_IN}\n")


if __name__ == "__main__":
    main()

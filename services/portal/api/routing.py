"""What the routes of the API have in common: their addresses, and how they are described."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.routing import APIRoute

ROOT = "/api/v1"

Number = Annotated[str, Path(description="the return's number", examples=["R-7KQ2M9"])]

Described = dict[int | str, dict[str, Any]]


def _header(words: str) -> dict[str, Any]:
    return {"description": words, "schema": {"type": "string"}}


WITH_ETAG: Described = {
    200: {"headers": {"ETag": _header("names this state of the return; send it back as `If-None-Match`")}},
    304: {"description": "The return is as `If-None-Match` says: no body.", "headers": {"ETag": _header("the same")}},
}
WITH_LINK: Described = {200: {"headers": {"Link": _header('`<...>; rel="next"` where there is a next page')}}}
WITH_LOCATION: Described = {201: {"headers": {"Location": _header("the return's address")}}}


def routes(tag: str) -> APIRouter:
    """A router of the API for the routes of one noun."""
    return APIRouter(prefix=ROOT, tags=[tag], generate_unique_id_function=_name)


def _name(route: APIRoute) -> str:
    return route.name

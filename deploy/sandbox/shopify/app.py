"""The shop's port: the Admin GraphQL API, the pictures, the control routes and a page to look at it all."""

import asyncio
import json
import socket
import struct
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.sandbox.faults import Fault, Faults, route
from deploy.sandbox.shopify import pictures
from deploy.sandbox.shopify.catalogue import SHOPS, Shop
from deploy.sandbox.shopify.control import Control
from deploy.sandbox.shopify.execution import Asked, answer, names_of, partial, refused, throttled
from deploy.sandbox.shopify.front import front
from deploy.sandbox.shopify.oauth import OAuth
from deploy.sandbox.shopify.queries import Caller
from deploy.sandbox.shopify.store import ShopStore
from deploy.sandbox.shopify.throttle import Buckets
from deploy.sandbox.shopify.webhooks import Webhooks
from deploy.sandbox.web import LIVEZ, BadRequest, refuse

VERSIONS = frozenset({"2026-07", "2026-10"})
FAULTS = frozenset(
    {
        *("fail_before", "fail_after", "hang", "hang_after", "slow", "refuse", "reset", "reset_after", "throttled"),
        *("http_401", "http_402", "http_429", "partial", "truncated"),
    }
)
_BY_STATUS = {
    "http_401": (401, "[API] Invalid API key or access token (unrecognized login or wrong password)"),
    "http_402": (402, "Unavailable Shop"),
    "http_429": (
        429,
        "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.",
    ),
}
_COME_BACK = 2.0
_LARGEST_BODY = 1_000_000
_HANG = 60.0
_SLOW = 3.0


class Api:
    """The Admin GraphQL endpoint. It is plain ASGI, for a fault may have to cut the connection itself."""

    def __init__(
        self, store: ShopStore, webhooks: Webhooks, faults: Faults, oauth: OAuth, buckets: Buckets, *, pictures_at: str
    ) -> None:
        self._store = store
        self._oauth = oauth
        self._buckets = buckets
        self._webhooks = webhooks
        self._faults = faults
        self._pictures_at = pictures_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._respond(request)
        if response is None:
            await cut(receive)
            return
        response.headers["X-Request-Id"] = str(uuid4())
        if response.status_code == 200:
            response.headers["X-Shopify-API-Version"] = request.path_params["version"]
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response | None:
        """The answer; None when the connection shall be cut instead."""
        shop = SHOPS.get(request.path_params["shop"])
        if shop is None or request.path_params["version"] not in VERSIONS:
            return _failed(404, "Not Found")
        shop = self._oauth.caller(shop, request.headers.get("x-shopify-access-token"))
        if shop is None:
            return _failed(401, "[API] Invalid API key or access token (unrecognized login or wrong password)")
        asked = Asked.read(_json(await request.body()))
        if asked is None:
            return _failed(400, {"query": "Required parameter missing or invalid"})
        fault = self._faults.take(*names_of(asked))
        return await self._with_fault(fault, asked, shop) if fault else JSONResponse(self._answer(asked, shop))

    async def _with_fault(self, fault: Fault, asked: Asked, shop: Shop) -> Response | None:
        if fault.kind == "throttled":
            return JSONResponse(throttled(self._buckets.of(shop.domain)))
        if fault.kind == "refuse":
            return JSONResponse(refused(asked))
        if fault.kind in _BY_STATUS:
            return _turned_away(fault)
        if fault.kind == "partial":
            return JSONResponse(partial(self._answer(asked, shop)))
        if fault.kind == "truncated":
            return _cut_short(self._answer(asked, shop))
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds if fault.seconds is not None else _SLOW)
            return JSONResponse(self._answer(asked, shop))
        if fault.kind.endswith("_after"):
            self._answer(asked, shop)
        if fault.kind.startswith("hang"):
            await asyncio.sleep(fault.seconds if fault.seconds is not None else _HANG)
        return _failed(500, "Internal Server Error") if fault.kind.startswith("fail") else None

    def _answer(self, asked: Asked, shop: Shop) -> dict[str, Any]:
        body = answer(
            asked, Caller(shop, self._store, self._webhooks, self._pictures_at, self._buckets.of(shop.domain))
        )
        self._webhooks.send()
        return body


async def cut(receive: Receive) -> None:
    """End the connection with a reset and without a word."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("cut on demand")
    if (sock := transport.get_extra_info("socket")) is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def _turned_away(fault: Fault) -> Response:
    """A refusal of the HTTP layer; one that says when to come back, after the fault's own seconds."""
    answer = _failed(*_BY_STATUS[fault.kind])
    if answer.status_code == 429:
        answer.headers["Retry-After"] = str(fault.seconds if fault.seconds is not None else _COME_BACK)
    return answer


def _cut_short(body: dict[str, Any]) -> Response:
    """The first half of an answer, as a proxy that gives up leaves it: what was asked is done."""
    whole = json.dumps(body).encode()
    return Response(whole[: len(whole) // 2], media_type="application/json")


def _failed(status: int, errors: Any) -> Response:
    """An error before GraphQL: its `errors` are words, and no list."""
    return JSONResponse({"errors": errors}, status_code=status)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if len(body) <= _LARGEST_BODY else None
    except ValueError:
        return None


async def _picture(request: Request) -> Response:
    found = pictures.asked_for(request.path_params["name"], request.query_params)
    if found is None:
        return Response("no such picture\n", 404, media_type="text/plain")
    return Response(
        found,
        media_type="image/webp",
        headers={
            "Cache-Control": "public, max-age=86400",
            "Access-Control-Allow-Origin": "*",
            "X-Content-Type-Options": "nosniff",
        },
    )


def build(store: ShopStore, webhooks: Webhooks, *, pictures_at: str) -> ASGIApp:
    """The shop's application."""
    faults = Faults(FAULTS)
    control = Control(store, webhooks)
    oauth, buckets = OAuth(store.memory, webhooks, clock=store.clock), Buckets()
    api = Api(store, webhooks, faults, oauth, buckets, pictures_at=pictures_at)
    return Starlette(
        routes=[
            LIVEZ,
            Route("/", front(store)),
            Route("/images/{name}", _picture),
            Route("/cdn/shop/images/{name}", _picture),
            Route("/{shop}/admin/api/{version}/graphql.json", api, methods=["POST"]),
            *oauth.routes(),
            *control.routes(),
            buckets.route(),
            route(faults),
        ],
        exception_handlers={BadRequest: refuse},
    )

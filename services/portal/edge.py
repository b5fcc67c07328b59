"""What every request passes through: its context, its retailer by host, the size of its body, its failure, its measure."""

import time
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.chassis.context import fresh, working
from libs.chassis.logs import log
from libs.chassis.metrics import meter

SMALL = 1024 * 1024  # bytes of an ordinary body
HOOK = 8 * 1024 * 1024  # bytes of a shop's webhook: an order of hundreds of lines, told in full
FILE = 8 * 1024 * 1024  # bytes of a file of orders: 20,000 rows of 400
PHOTO = 10 * 1024 * 1024 + 1  # bytes of one photo, and of one too large to be told so
LARGE = 44 * 1024 * 1024  # bytes of a form with photos: four of ten megabytes, and the words
OF_A_SHOP = "/webhooks/shopify/"
OWN = ("/assets/", "/admin", "/hub", "/api/", "/webhooks/", "/favicon.ico", "/robots.txt")
WITH_PHOTOS = ("/items", "/keep", "/answer", "/inspections", "/hub/photo")
A_PHOTO = "/photos"
WITH_A_FILE = ("/admin/orders/import", "/api/v1/orders/csv", "/admin/lanes/import", "/api/v1/lanes/csv")
HOSTS_AGAIN = 5.0  # seconds a list of hosts is believed
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
GONE = 499  # nginx's number for a client that did not wait; it is only for the log


class TooLarge(HTTPException):
    """The body is larger than this address takes. An HTTPException, which FastAPI lets through while it reads JSON."""

    def __init__(self) -> None:
        super().__init__(413)


class Edge:
    """The outermost layer, in plain ASGI so that it costs little. `failed` answers what no route answered."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Callable[[], dict[str, str]],
        failed: Callable[[Request, Exception], Response],
        https: bool,
    ) -> None:
        self._app, self._read_hosts, self._failed, self._https = app, hosts, failed, https
        self._hosts: dict[str, str] | None = None
        self._hosts_until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, method, sent = time.monotonic(), scope["method"], {"status": 0}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                self._secure(MutableHeaders(scope=message))
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        with working(fresh()):
            scope = await self._as_served(scope)
            try:
                await self._serve(scope, receive, answer, sent)
            finally:
                self._measure(scope, method, sent["status"] or GONE, time.monotonic() - began)

    async def _serve(self, scope: Scope, receive: Receive, answer: Send, sent: dict[str, int]) -> None:
        """Serve it, and answer in our own way what failed, in the context whose reference the log has."""
        try:
            if _is_garbled(scope):
                raise HTTPException(400, "The address holds a NUL.")
            await self._app(scope, bounded(receive, _most(scope)), answer)
        except ClientDisconnect:
            return
        except Exception as failure:
            if sent["status"]:
                raise  # half of an answer is on its way: the server cuts it off
            response = await run_in_threadpool(self._failed, Request(scope), failure)
            await response(scope, receive, answer)

    async def _as_served(self, scope: Scope) -> Scope:
        """As the routes see it: HEAD is a GET without its body, and on a retailer's own host `/find` is `/alder/find`."""
        served = {**scope, "method": "GET" if scope["method"] == "HEAD" else scope["method"]}
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        slug = (await self._known_hosts()).get(host.rsplit(":", 1)[0].lower())
        path = scope["path"]
        if slug is None or path == f"/{slug}" or path.startswith((*OWN, f"/{slug}/")):
            return served
        return served | {"path": f"/{slug}{path}", "raw_path": f"/{slug}{path}".encode()}

    async def _known_hosts(self) -> dict[str, str]:
        if self._hosts is None or time.monotonic() > self._hosts_until:
            self._hosts_until = time.monotonic() + HOSTS_AGAIN  # one request asks; the others take the last list
            try:
                self._hosts = await run_in_threadpool(self._read_hosts)
            except Exception as away:  # the last list stays good: a portal that keeps working beats a fresh list
                log.warning("portal.hosts_not_read", error=type(away).__name__)
        return self._hosts or {}

    def _secure(self, headers: MutableHeaders) -> None:
        """What no answer may lack; a page says more of its own."""
        headers.setdefault("X-Content-Type-Options", "nosniff")
        if self._https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    @staticmethod
    def _measure(scope: Scope, method: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "unknown"
        known = method if method in METHODS else "other"  # a word of the client's own would be a series of its own
        meter().page_seconds.labels(route, known, str(status)).observe(seconds)
        log.info("portal.answered", route=route, method=known, status=status, ms=round(seconds * 1000, 1))


def _is_garbled(scope: Scope) -> bool:
    """Whether the address holds a NUL, which no text in the database may."""
    return "\0" in scope["path"] or b"%00" in scope["query_string"]


def _most(scope: Scope) -> int:
    """Photos come with the items, a kept request and an answer, a file with orders, and nowhere else."""
    if scope["path"] in WITH_A_FILE:
        return FILE
    if scope["path"].startswith(OF_A_SHOP):
        return HOOK
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    if kind.startswith(b"image/") and scope["path"].endswith(A_PHOTO):
        return PHOTO
    return LARGE if kind.startswith(b"multipart/form-data") and scope["path"].endswith(WITH_PHOTOS) else SMALL


def bounded(receive: Receive, most: int) -> Receive:
    """`receive`, cut off with TooLarge once `most` bytes came in; the rest is never read."""
    taken = 0

    async def receive_some() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge
        return message

    return receive_some

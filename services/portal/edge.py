"""What every request passes through: its context, its retailer by host, the size of its body, and its measure."""

import time
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.chassis.context import fresh, working
from libs.chassis.logs import log
from libs.chassis.metrics import meter

SMALL = 1024 * 1024  # bytes of an ordinary body
LARGE = 44 * 1024 * 1024  # bytes of a form with photos: four of ten megabytes, and the words
OWN = ("/assets/", "/admin", "/hub", "/api/", "/webhooks/", "/home")
HOSTS_AGAIN = 5.0  # seconds a list of hosts is believed


class TooLarge(Exception):
    """The body is larger than this address takes."""


class Edge:
    """The outermost layer, in plain ASGI so that it costs little."""

    def __init__(self, app: ASGIApp, hosts: Callable[[], dict[str, str]]) -> None:
        self._app, self._read_hosts = app, hosts
        self._hosts: dict[str, str] = {}
        self._hosts_until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started, seen = time.monotonic(), {"status": 500}

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
            await send(message)

        with working(fresh()):
            try:
                await self._app(self._for_its_retailer(scope), bounded(receive, _most(scope)), watch)
            finally:
                self._measure(scope, seen["status"], time.monotonic() - started)

    def _for_its_retailer(self, scope: Scope) -> Scope:
        """A retailer's own host means its pages: `/find` there is `/alder/find`."""
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        slug = self._known_hosts().get(host.rsplit(":", 1)[0].lower())
        if slug is None or scope["path"].startswith((*OWN, f"/{slug}/")):
            return scope
        path = f"/{slug}{scope['path']}"
        return {**scope, "path": path, "raw_path": path.encode()}

    def _known_hosts(self) -> dict[str, str]:
        if time.monotonic() > self._hosts_until:
            self._hosts_until = time.monotonic() + HOSTS_AGAIN
            try:
                self._hosts = self._read_hosts()
            except Exception as away:  # the last list stays good: a portal that keeps working beats a fresh list
                log.warning("portal.hosts_not_read", error=type(away).__name__)
        return self._hosts

    @staticmethod
    def _measure(scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "unknown"
        meter().page_seconds.labels(route, scope["method"], str(status)).observe(seconds)
        log.info("portal.answered", route=route, method=scope["method"], status=status, ms=round(seconds * 1000, 1))


def _most(scope: Scope) -> int:
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return LARGE if kind.startswith(b"multipart/form-data") else SMALL


def bounded(receive: Receive, most: int) -> Receive:
    """`receive`, cut off with TooLarge once `most` bytes came in; the rest is never read."""
    taken = 0

    async def receive_some() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge(most)
        return message

    return receive_some

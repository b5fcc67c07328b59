"""A whole sandbox on free ports in a thread, and a door at which webhooks arrive."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from deploy.sandbox.sandbox import Sandbox
from deploy.sandbox.settings import SandboxSettings
from tests.waiting import until

DOMAIN = "alder-demo.myshopify.com"


@dataclass(frozen=True)
class Running:
    """A sandbox that runs. `smtp` is a port."""

    shop: str
    carrier: str
    mailbox: str
    smtp: int

    def ask(
        self, query: str, *, token: str = "shpat_alder_demo", version: str = "2026-07", **variables: Any
    ) -> httpx.Response:
        """The answer of the Admin API, as it came over the wire."""
        return httpx.post(
            f"{self.shop}/{DOMAIN}/admin/api/{version}/graphql.json",
            json={"query": query, "variables": variables},
            headers={"X-Shopify-Access-Token": token},
            timeout=5,
        )

    def sell(self, **wishes: Any) -> dict[str, Any]:
        """An order of Alder's."""
        return httpx.post(f"{self.shop}/control/orders", json={"shop": DOMAIN, **wishes}).raise_for_status().json()

    def misbehave(self, **fault: Any) -> None:
        """Let the shop's next calls go wrong."""
        httpx.post(f"{self.shop}/control/faults", json=fault).raise_for_status()

    def effects(self) -> list[str]:
        """What the journal says was done."""
        rows = httpx.get(f"{self.shop}/control/journal", headers={"Accept": "application/json"}).json()
        return [row["effect"] for row in rows]


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """A sandbox over `folder`, until the block ends."""
    ports = free_ports(4)
    settings = SandboxSettings(
        data=folder, shopify_port=ports[0], carrier_port=ports[1], mailbox_port=ports[2], smtp_port=ports[3]
    )
    opened, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        async with Sandbox(settings).running():
            opened.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert opened.wait(10), "the sandbox did not open"
    shop, carrier, mailbox = (f"http://127.0.0.1:{port}" for port in ports[:3])
    try:
        yield Running(shop, carrier, mailbox, ports[3])
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def free_ports(number: int) -> list[int]:
    """Ports that nobody uses."""
    held = [socket.socket() for _ in range(number)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


@dataclass(frozen=True)
class Arrived:
    """A webhook that came."""

    headers: dict[str, str]
    body: bytes


class Door(ThreadingHTTPServer):
    """Takes webhooks, after refusing as many as it was told to."""

    daemon_threads = True

    def __init__(self, *, refusing: int = 0) -> None:
        self.arrived: list[Arrived] = []
        self.refused: list[Arrived] = []
        self.refusing = refusing
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                letter = Arrived(
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(int(self.headers["Content-Length"])),
                )
                busy = door.refusing > 0
                door.refusing -= busy
                (door.refused if busy else door.arrived).append(letter)
                self.send_response(503 if busy else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/webhooks"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def after(self, count: int) -> list[Arrived]:
        """What came, once so many came."""
        return until(lambda: self.arrived[:] if len(self.arrived) >= count else None) or []

    def close(self) -> None:
        """Shut the door."""
        self.shutdown()
        self.server_close()

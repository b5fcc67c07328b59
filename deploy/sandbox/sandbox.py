"""The whole outside world: every part built on its own memory, and run together."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from deploy.sandbox import postman
from deploy.sandbox.carrier import app as carrier
from deploy.sandbox.faults import Faults
from deploy.sandbox.mailbox import app as mailbox
from deploy.sandbox.mailbox import letters, smtp
from deploy.sandbox.memory import Memory
from deploy.sandbox.postman import Postman
from deploy.sandbox.settings import SandboxSettings
from deploy.sandbox.shopify import app as shopify
from deploy.sandbox.shopify import store
from deploy.sandbox.shopify.webhooks import Webhooks
from libs.chassis.clock import Clock

log = logging.getLogger("sandbox")


class _Server(uvicorn.Server):
    """A server among several: signals are the process's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Sandbox:
    """A shop, a carrier and a mailbox, as `settings` place them."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        clock = Clock(settings.clock_file).now
        shop_memory = Memory(settings.data / "shopify.sqlite", store.SCHEMA + postman.SCHEMA)
        carrier_memory = Memory(settings.data / "carrier.sqlite", carrier.SCHEMA + postman.SCHEMA)
        mail_memory = Memory(settings.data / "mailbox.sqlite", letters.SCHEMA)
        self._memories = (shop_memory, carrier_memory, mail_memory)
        shop_post, carrier_post = Postman(shop_memory), Postman(carrier_memory)
        self._postmen = (shop_post, carrier_post)
        shop_store = store.ShopStore(shop_memory, clock=clock, seed=settings.seed)
        kept, faults = letters.Letters(mail_memory, clock=clock), Faults(smtp.FAULTS)
        self._door = smtp.Door(kept, faults)
        self._apps: dict[int, ASGIApp] = {
            settings.shopify_port: shopify.build(
                shop_store, Webhooks(shop_store, shop_post), pictures_at=settings.pictures_at()
            ),
            settings.carrier_port: carrier.build(carrier_memory, carrier_post, clock=clock),
            settings.mailbox_port: mailbox.build(kept, faults),
        }

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Every port open and every postman walking, until the block ends."""
        servers = [self._server(app, port) for port, app in self._apps.items()]
        door = await asyncio.get_running_loop().create_server(
            self._door.protocol, self._settings.host, self._settings.smtp_port
        )
        tasks = [
            asyncio.create_task(job)
            for job in (*(server.serve() for server in servers), *(one.run() for one in self._postmen))
        ]
        try:
            await self._opened(servers, tasks)
            log.info("the sandbox is open: %s", self._places())
            yield
        finally:
            door.close()
            await self._close(servers, tasks)

    def _server(self, app: ASGIApp, port: int) -> _Server:
        return _Server(
            uvicorn.Config(
                app,
                host=self._settings.host,
                port=port,
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )

    @staticmethod
    async def _opened(servers: list[_Server], tasks: list[asyncio.Task[None]]) -> None:
        while not all(server.started for server in servers):
            done, _ = await asyncio.wait(tasks, timeout=0.02, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # a port that is taken ends the start with its own words

    async def _close(self, servers: list[_Server], tasks: list[asyncio.Task[None]]) -> None:
        for server in servers:
            server.should_exit = True
        for task in tasks[len(servers) :]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for memory in self._memories:
            memory.close()

    def _places(self) -> str:
        host, ports = self._settings.host, self._settings
        return (
            f"shop http://{host}:{ports.shopify_port} · carrier http://{host}:{ports.carrier_port} · "
            f"mailbox http://{host}:{ports.mailbox_port} · smtp://{host}:{ports.smtp_port}"
        )

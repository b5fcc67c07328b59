"""`python -m deploy.sandbox`: the outside world in one process, until it is told to stop."""

import asyncio
import logging
import signal

from deploy.sandbox.sandbox import Sandbox
from deploy.sandbox.settings import load


async def _serve() -> None:
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with Sandbox(load()).running():
        await stop.wait()


logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("mail.log").setLevel(logging.WARNING)
asyncio.run(_serve())

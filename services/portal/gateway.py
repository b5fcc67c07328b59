"""The gateway: one FastAPI application for shoppers, staff, programs and webhooks. `python -m services.portal.gateway`."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import anyio.to_thread
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis import health, logs, metrics, relay, rpc
from libs.chassis.logs import log
from libs.chassis.settings import load
from libs.chassis.store import engine_of
from services.portal import webhooks
from services.portal.api import describe, reference
from services.portal.api.failures import program_failed
from services.portal.api.once import Once
from services.portal.edge import Edge
from services.portal.reach import Portal
from services.portal.settings import PortalSettings
from services.portal.store.idempotency import Idempotency
from services.portal.web import admin, failures, pages, shopper

PROGRAMS = ("/api/", "/webhooks/")


def build(here: Portal) -> FastAPI:
    """The application around these tools."""
    app = FastAPI(
        title="Homeward",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_threads(here.settings.threads),
    )
    app.state.portal = here
    app.state.pages = pages.Pages(here)
    app.state.once = Once(Idempotency(kept_for=timedelta(hours=here.settings.answer_hours)))
    for router in (
        webhooks.router,
        *describe.ROUTERS,
        reference.router,
        *admin.ROUTERS,
        pages.router,
        *shopper.ROUTERS,
    ):
        app.include_router(router)
    for kind in (HTTPException, RequestValidationError):  # which FastAPI would answer itself; the edge has all others
        app.add_exception_handler(kind, _failed)
    https = here.settings.url.startswith("https:")
    app.add_middleware(Edge, hosts=here.people.hosts, failed=_failed, https=https)
    return app


def _threads(most: int):
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = most
        yield

    return lifespan


def _failed(request: Request, failure: Exception) -> Response:
    """Say what happened to whoever asked: a program gets problem details, a person a page."""
    if request.scope["path"].startswith(PROGRAMS):
        return program_failed(request, failure)
    return failures.page(request, failure)


def main() -> None:
    """Serve until SIGTERM, then finish the requests in hand and send what the outbox holds."""
    settings = load(PortalSettings)
    logs.start("gateway", settings.log_level)
    metrics.start("gateway")
    outbox = relay.start(engine_of("portal"), settings.amqp_url, "gateway")
    ask = rpc.client()
    checks = {"database": _reach_database, "broker": lambda: _reach_broker(ask)}
    health.Health(settings.metrics_host, settings.metrics_port, checks).start()
    server = uvicorn.Server(
        uvicorn.Config(
            build(Portal.from_settings(settings)),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_graceful_shutdown=20,
            limit_concurrency=200,
            backlog=512,
        )
    )
    log.info("portal.gateway_started", port=settings.port)
    server.run()
    outbox.stop()
    ask.close()
    log.info("portal.gateway_stopped", threads=threading.active_count())


def _reach_database() -> None:
    with engine_of("portal").connect() as db:
        db.exec_driver_sql("SELECT 1")


def _reach_broker(ask: rpc.Client) -> None:
    if not ask.connected:
        raise ConnectionError("the broker is away")


if __name__ == "__main__":
    main()

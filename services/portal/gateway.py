"""The gateway: one FastAPI application for shoppers, staff, programs and webhooks. `python -m services.portal.gateway`."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis import health, logs, metrics, relay, rpc
from libs.chassis.errors import Unavailable
from libs.chassis.logs import log
from libs.chassis.settings import load
from libs.chassis.store import engine_of
from libs.contracts.errors import Refused
from services.portal import webhooks
from services.portal.api import returns, scans
from services.portal.edge import Edge, TooLarge
from services.portal.problems import Problem, problem
from services.portal.reach import Portal
from services.portal.security import TooMany
from services.portal.settings import PortalSettings
from services.portal.web import failures, pages, shopper, staff

PROGRAMS = ("/api/", "/webhooks/")


def build(here: Portal) -> FastAPI:
    """The application around these tools."""
    app = FastAPI(
        title="Homeward",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=_threads(here.settings.threads),
    )
    app.state.portal = here
    app.state.pages = pages.Pages(here)
    for router in (webhooks.router, scans.router, returns.router, staff.router, pages.router, shopper.router):
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
        return _for_a_program(failure)
    return failures.page(request, failure)


def _for_a_program(failure: Exception) -> Response:
    match failure:
        case Problem():
            return failure.response()
        case TooLarge():
            return problem(413, "request.too_large", "The body is larger than this address takes.")
        case HTTPException():
            return problem(
                failure.status_code,
                f"http.{failure.status_code}",
                str(failure.detail),
                headers=dict(failure.headers or {}),
            )
        case RequestValidationError():
            faults = [{"path": ".".join(map(str, fault["loc"])), "fault": fault["msg"]} for fault in failure.errors()]
            return problem(422, "request.malformed", "Mend the fields named in `faults`.", faults=faults)
        case Refused():
            return problem(409, failure.code, failure.detail)
        case TooMany():
            return problem(
                429,
                "request.too_many",
                f"Try again in {failure.seconds} s.",
                headers={"Retry-After": str(failure.seconds)},
            )
        case Unavailable() | SQLAlchemyError():
            log.warning("portal.unavailable", error=type(failure).__name__, detail=str(failure)[:200])
            return problem(
                503,
                "service.unavailable",
                "Nothing was lost: send the same request again.",
                headers={"Retry-After": "2"},
            )
        case _:
            log.error("portal.failed", error=type(failure).__name__, exc_info=failure)
            return problem(500, "service.failed", "This is an error of ours. It was logged under the reference.")


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

"""Start one service: `python -m libs.chassis.run payments`. Greenlets first, then everything else."""

import os
import warnings

os.environ["PSYCOPG_WAIT_FUNC"] = (
    "wait_selector"  # psycopg's C wait would stop every greenlet; must be set before its import
)
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import argparse  # noqa: E402
import importlib  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
from collections.abc import Callable  # noqa: E402
from types import ModuleType  # noqa: E402
from typing import Any  # noqa: E402

import psycopg  # noqa: E402
from eventlet.event import Event  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from libs.chassis import green, health, logs, metrics, relay  # noqa: E402
from libs.chassis.bus import Bus  # noqa: E402
from libs.chassis.settings import load  # noqa: E402
from libs.chassis.store import engine_of  # noqa: E402


def is_green() -> None:
    """Refuse to run where one query would stop the whole process."""
    if not eventlet.patcher.is_monkey_patched(socket):
        raise SystemExit("Homeward cannot start: sockets are not green; start services with python -m libs.chassis.run")
    if psycopg.waiting.wait is not psycopg.waiting.wait_selector:
        raise SystemExit("Homeward cannot start: psycopg does not wait with wait_selector, which stops every greenlet")


def service_class(module: ModuleType, name: str) -> type:
    """The nameko service of this module."""
    return next(
        found for found in vars(module).values() if isinstance(found, type) and getattr(found, "name", None) == name
    )


def main() -> None:
    """Run the service named on the command line until SIGTERM, then finish the work in hand and leave."""
    options = argparse.ArgumentParser(prog="python -m libs.chassis.run", description=__doc__)
    options.add_argument("service")
    options.add_argument("--check", action="store_true", help="import the service, build its entrypoints and leave")
    given = options.parse_args()
    is_green()
    green.install()
    cls = service_class(importlib.import_module(f"services.{given.service}.service"), given.service)
    runner = ServiceRunner(config={})
    runner.add_service(cls)
    if given.check:
        return
    serve(given.service, runner)


def serve(name: str, runner: ServiceRunner) -> None:
    """Start the relay, the health port and the entrypoints, and wait for the signal."""
    settings_of(name)
    settings = load()
    logs.start(name, settings.log_level)
    metrics.start(name)
    told_to_stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leave(told_to_stop, 0))
    outbox = relay.start(engine_of(name), settings.amqp_url, name)
    checks = {"database": lambda: reach(name), "broker": lambda: listening(runner)}
    health.Health(settings.metrics_host, settings.metrics_port, checks).start()
    for part in (runner.start, runner.wait):
        eventlet.spawn(watch, part, told_to_stop)
    logs.log.info("chassis.started", pid=os.getpid())
    code = told_to_stop.wait()
    runner.stop()
    outbox.stop()
    logs.log.info("chassis.stopped", code=code)
    os._exit(code)  # health and metrics threads have nothing to save


def leave(told_to_stop: Event, code: int) -> None:
    """Tell the process to stop, with the exit code of the first who says so."""
    if not told_to_stop.ready():
        told_to_stop.send(code)


def watch(part: Callable[[], None], told_to_stop: Event) -> None:
    """Run `part`; when it fails the process ends with exit code 1, so that whoever supervises it starts it again."""
    try:
        part()
    except Exception as wrong:
        logs.log.error("chassis.failed", error=type(wrong).__name__, exc_info=wrong)
        leave(told_to_stop, 1)


def settings_of(name: str) -> None:
    """Read the service's own settings now, so that a missing variable is named at start and not at the first use."""
    module = importlib.import_module(f"services.{name}.settings")
    for found in vars(module).values():
        if isinstance(found, type) and found.__module__ == module.__name__:
            load(found)


def reach(name: str) -> None:
    """Raise unless the database answers."""
    with engine_of(name).connect() as db:
        db.exec_driver_sql("SELECT 1")


def listening(runner: ServiceRunner) -> None:
    """Raise unless facts and requests are being received."""
    for container in runner.containers:
        bus: Any = container.shared_extensions.get(Bus)
        if bus is not None and not bus.connected:
            raise ConnectionError("the broker is away")


if __name__ == "__main__":
    main()

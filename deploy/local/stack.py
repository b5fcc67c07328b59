"""The whole suite on one machine: broker, database, sandbox, the seven services and the gateway."""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import make_url

from deploy.local.backing import Backing
from deploy.local.container import ContainerBroker
from deploy.local.kept import read_json, write_json
from deploy.local.parts import (
    ANY,
    GATEWAY,
    PARTS,
    SANDBOX,
    SERVICES,
    WORKERS,
    Part,
    address,
    clock,
    environment,
)
from deploy.local.ports import choose, is_free, is_open
from deploy.local.processes import ROOT, Process, Processes, StartFailed
from deploy.local.seed import Seed

READY_SECONDS = 60


class Stack:
    """The suite whose data, logs and records lie in `folder`; another object on the same folder is the same suite."""

    def __init__(
        self,
        folder: Path,
        *,
        wanted: Mapping[str, int] = ANY,
        environment: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.folder = folder
        self.wanted = {**ANY, **wanted}
        self.extra = dict(environment or {})
        self.say = say
        self.running = Processes(folder)
        self.ports: dict[str, int] = read_json(folder / "ports.json", {})

    @property
    def processes(self) -> dict[str, Process]:
        """Every process that was started and not stopped by us, by name; one that died is not `alive`."""
        return {process.name: process for process in self.running.all()}

    @property
    def facts(self) -> dict[str, Any]:
        """Where everything is, who may sign in, and what to return: the content of demo.json."""
        return read_json(self.folder / "demo.json", {})

    def start(self) -> None:
        """Start everything, with data, and return when every process is ready; on failure nothing is left running."""
        self.stop()
        self._choose_ports()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every process of this suite and no other; the data stays."""
        processes = self.processes
        self.running.stop(*(name for name in processes if name in PARTS))
        booted = is_open(self.ports.get("amqp", 0))  # a node that still boots hears nothing, and has nothing to lose
        self.running.stop("broker", within=30 if booted else 2)
        self.running.stop("database", "epmd", within=30)
        ContainerBroker(self.folder / "broker").stop()
        (self.folder / "demo.json").unlink(missing_ok=True)

    def restart(self, name: str, env: Mapping[str, str] | None = None, *, wait: bool = True) -> None:
        """Start the process `name` again, ending it first if it runs; `env` is for this start of one of ours only."""
        self.running.stop(name, within=30)
        if name in PARTS:
            process = self._launch(PARTS[name], env or {})
            ready: Callable[[], None] = partial(self._until_ready, PARTS[name], process)
        else:
            server = {"broker": self._backing.broker, "database": self._backing.database}[name]
            server.launch()
            ready = server.until_ready
        if wait:
            ready()
        self._write_facts(self.facts.get("retailers", []), self.facts.get("platform"))

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to the process of that name, without waiting for what comes of it."""
        self.processes[name].signal(number)

    def is_ready(self, name: str) -> bool:
        """Whether the process runs and, if it is one of ours, says that it is ready."""
        process = self.processes.get(name)
        if process is None or not process.alive:
            return False
        return name not in PARTS or answers(address(self.ports, PARTS[name].ready))

    def _start(self) -> None:
        self.say("starting the broker, the database and the sandbox")
        self._backing.launch()
        sandbox = self._launch(SANDBOX)
        self._backing.database.until_ready()
        self.say("bringing seven databases to their newest version")
        self._migrate()
        self._backing.broker.until_ready()
        self.say("starting seven services and the gateway")
        started = [(part, self._launch(part)) for part in (*WORKERS, GATEWAY)]
        for part, process in [(SANDBOX, sandbox), *started]:
            self._until_ready(part, process)
        seed = Seed(self.folder, self.ports, self._environment())
        seed.sow(self.say)
        self._write_facts(seed.retailers, seed.platform)
        self.say("everything is ready")

    @cached_property
    def _backing(self) -> Backing:
        return Backing(self.running, self.folder, self.ports, self.say)

    def _choose_ports(self) -> None:
        kept = {name: port for name, port in self.ports.items() if name in self.wanted and is_free(port)}
        preferred = {name: port or kept.get(name, 0) for name, port in self.wanted.items()}
        self.ports, moved = choose(preferred)
        self.__dict__.pop("_backing", None)
        write_json(self.folder / "ports.json", self.ports)
        if moved:
            self.say(f"these ports are taken, so moved: {', '.join(moved)}")

    def _migrate(self) -> None:
        command = [sys.executable, "-m", "libs.chassis.migrate", *SERVICES]
        done = subprocess.run(command, cwd=ROOT, env=self._environment(), capture_output=True, text=True)
        if done.returncode:
            raise StartFailed(f"the databases could not be migrated.\n{done.stdout[-1000:]}{done.stderr[-3000:]}")

    def _launch(self, part: Part, env: Mapping[str, str] | None = None) -> Process:
        told = self._environment() | dict(env or {})
        if part.metrics:
            told["METRICS_PORT"] = str(self.ports[part.metrics])
        return self.running.start(part.name, part.command(), env=told)

    def _until_ready(self, part: Part, process: Process) -> None:
        place = address(self.ports, part.ready)
        own = address(self.ports, f"{part.metrics}/livez") if part.metrics else None

        def ready() -> bool:
            return answers(place) and (own is None or pid_at(own) == process.pid)

        self.running.until_ready(process, ready, within=READY_SECONDS)

    def _environment(self) -> dict[str, str]:
        urls = {"amqp_url": self._backing.broker.url, "database_url": self._backing.database.url}
        return environment(self.folder, self.ports, **urls) | self.extra

    def _write_facts(self, retailers: list[dict[str, Any]], platform: dict[str, Any] | None) -> None:
        processes = [
            {"service": part.name, "pid": process.pid, "metrics": address(self.ports, f"{part.metrics}/metrics")}
            for part in (*WORKERS, GATEWAY)
            if part.metrics and (process := self.running.find(part.name)) is not None
        ]
        facts = {
            "mode": "sandbox",
            "gateway": address(self.ports, "gateway"),
            "mailbox": address(self.ports, "mailbox"),
            "sandbox": {name: address(self.ports, name) for name in ("shopify", "carrier")},
            "broker": self._backing.broker.url,
            "databases": {service: self._database(service) for service in SERVICES},
            "clock": str(clock(self.folder)),
            "platform": platform,
            "retailers": retailers,
            "processes": processes,
        }
        write_json(self.folder / "demo.json", facts)

    def _database(self, service: str) -> str:
        prefix = self._environment().get("DATABASE_PREFIX", "homeward")
        url = make_url(self._backing.database.url).set(database=f"{prefix}_{service}")
        return url.render_as_string(hide_password=False)


def pid_at(url: str) -> int | None:
    """Which process is alive at `url`: another suite may have taken the port meanwhile. None where nobody says."""
    try:
        return int(httpx.get(url, timeout=1).json()["pid"])
    except (httpx.HTTPError, ValueError, KeyError):
        return None


def answers(url: str) -> bool:
    """Whether `url` answers 200 within a second."""
    try:
        return httpx.get(url, timeout=1).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False

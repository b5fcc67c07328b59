"""Real services on a real broker and database: each test process has a virtual host and databases of its own."""

import base64
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import kombu
import pytest

from deploy.local.ports import choose
from libs.contracts import catalogue
from tests.waiting import until

ROOT = Path(__file__).parents[2]
TOYS = ROOT / "tests" / "integration" / "chassis" / "toys"
TIERS = "200ms,400ms,600ms,800ms"


@dataclass
class Process:
    """A process of ours under test."""

    running: subprocess.Popen
    port: int
    log: Path

    def ready(self) -> bool:
        """Whether /readyz says so; fails at once when the process has died."""
        if self.running.poll() is not None:
            raise AssertionError(f"it ended with {self.running.returncode}:\n{self.log.read_text()[-3000:]}")
        return self.get("/readyz")[0] == 200

    def get(self, path: str) -> tuple[int, str]:
        """The answer of its health port; 0 while nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def kill(self) -> None:
        """As a power cut would."""
        self.running.kill()
        self.running.wait()

    def stop(self) -> int:
        """As an operator would; its exit code."""
        self.running.terminate()
        return self.running.wait(30)


@pytest.fixture(scope="session")
def environment(
    broker_url: str, server_url: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[dict[str, str]]:
    """The variables of this test process and of every process it starts."""
    folder = tmp_path_factory.mktemp("homeward")
    key = base64.b64encode(bytes(range(32))).decode()
    ours = {
        "AMQP_URL": broker_url,
        "DATABASE_URL": server_url,
        "DATABASE_PREFIX": f"test_{worker_id}_{os.getpid()}",
        "HOMEWARD_MODE": "sandbox",
        "HOMEWARD_KEYS": f"k1:{key}",
        "CLOCK_FILE": str(folder / "clock"),
        "DATABASE_POOL": "5",
        "OBJECTS_DIR": str(folder / "objects"),
        "CLAIM_LEASE_SECONDS": "3",
        "RETRY_TIERS": TIERS,
        "QUEUE_LIMIT": "50",
        "PYTHONPATH": f"{ROOT}:{TOYS}",
    }
    before = dict(os.environ)
    os.environ.update(ours)
    yield ours
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def service_database(environment: dict[str, str]) -> Callable[[str], str]:
    """Call it with a service's name: its database exists, migrated, and its URL is given."""
    from libs.chassis.migrate import migrate
    from libs.chassis.settings import load

    made: set[str] = set()

    def make(service: str) -> str:
        if service not in made:
            migrate(service, load())
            made.add(service)
        return load().database(service).render_as_string(hide_password=False)

    return make


@pytest.fixture
def start(
    environment: dict[str, str], service_database: Callable[[str], str], tmp_path: Path
) -> Iterator[Callable[..., Process]]:
    """Call it with a service's name: a worker of it runs and is ready. All are killed at the end, their queues with them."""
    started: list[Process] = []
    services: set[str] = set()

    def begin(service: str, *, ready: bool = True, **more: str) -> Process:
        service_database(service)
        process = launch(service, tmp_path / f"{service}-{len(started)}.log", environment | more)
        started.append(process)
        services.add(service)
        if ready:
            until(process.ready, within=40)
        return process

    yield begin
    for process in started:
        process.kill()
    drop_queues(environment["AMQP_URL"], services)


def drop_queues(broker_url: str, services: Iterable[str]) -> None:
    """Delete where `services` receive facts. Nobody reads there now, and a full queue holds back whoever states to it."""
    with kombu.Connection(broker_url) as link, link.channel() as channel:
        for queue in (fact.queue(service) for service in services for fact in catalogue.facts()):
            channel.queue_delete(queue, nowait=True)
        channel.basic_qos(0, 1, False)  # its answer comes after all of them


def launch(service: str, log: Path, environment: dict[str, str]) -> Process:
    """A worker of `service`, which may not be ready yet."""
    port = choose({"metrics": 0})[0]["metrics"]
    with log.open("w") as output:
        running = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "libs.chassis.run", service],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | environment | {"METRICS_PORT": str(port)},
        )
    return Process(running, port, log)

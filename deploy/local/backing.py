"""What every service leans on, a broker and a database: ours, in a container, or the ones the environment names."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.broker import Broker, BrokerPorts, find_server
from deploy.local.container import ContainerBroker, engine_answers
from deploy.local.database import Database
from deploy.local.packages import disable, install
from deploy.local.processes import Processes

PORTS = ("amqp", "amqp_nodes", "epmd", "database")


@dataclass(frozen=True)
class Given:
    """A server that somebody else runs: its address is known, its life is not ours."""

    url: str

    def launch(self) -> None:
        """It runs already."""

    def until_ready(self) -> None:
        """It runs already."""

    def stop(self) -> None:
        """It is not ours to end."""


class Backing:
    """The broker and the database of the suite in `folder`."""

    def __init__(self, processes: Processes, folder: Path, ports: dict[str, int], say: Callable[[str], None]) -> None:
        self.broker = _broker(processes, folder / "broker", ports, say)
        self.database = _database(processes, folder / "database", ports)

    def launch(self) -> None:
        """Start both and return at once."""
        self.broker.launch()
        self.database.launch()

    def until_ready(self) -> None:
        """Return when both answer; raises StartFailed."""
        self.database.until_ready()
        self.broker.until_ready()

    def stop(self) -> None:
        """End what launch() started."""
        self.broker.stop()
        self.database.stop()


def _broker(
    processes: Processes, folder: Path, ports: dict[str, int], say: Callable[[str], None]
) -> Broker | ContainerBroker | Given:
    if url := os.environ.get("AMQP_URL"):
        return Given(url)
    if find_server() is None and engine_answers():
        return ContainerBroker(folder, ports["amqp"])
    own = BrokerPorts(amqp=ports["amqp"], nodes=ports["amqp_nodes"], epmd=ports["epmd"])
    return Broker(processes, folder, own, find_server() or install_server(say))


def _database(processes: Processes, folder: Path, ports: dict[str, int]) -> Database | Given:
    if url := os.environ.get("DATABASE_URL"):
        return Given(url)
    return Database(processes, folder, ports["database"])


def install_server(say: Callable[[str], None]) -> Path:
    """Install RabbitMQ for our private use and give its start script; raises Missing when that cannot be."""
    install("rabbitmq-server", purpose="the message broker", say=say)
    disable("rabbitmq-server.service", "epmd.service", "epmd.socket")
    server = find_server()
    if server is None:
        raise FileNotFoundError("rabbitmq-server was installed, but not in a place known here")
    return server

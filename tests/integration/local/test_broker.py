"""A private broker: it runs beside any other, and leaves nothing behind."""

from pathlib import Path

import kombu
import psutil
import pytest

from deploy.local.broker import Broker, BrokerPorts, find_server, lets_in
from deploy.local.ports import choose, is_open
from deploy.local.processes import Processes, StartFailed


@pytest.fixture
def broker(tmp_path: Path):
    server = find_server()
    if server is None:
        pytest.skip("no RabbitMQ on this machine: the broker is a Docker container")
    ports, _ = choose({"amqp": 0, "nodes": 0, "epmd": 0})
    broker = Broker(Processes(tmp_path), tmp_path / "broker", BrokerPorts(**ports), server)
    broker.launch()
    broker.until_ready()
    yield broker
    broker.stop()


def processes_of(folder: Path) -> list[str]:
    """What still runs with `folder` in its environment: beam, epmd and their children."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and str(folder) in process.environ().get("HOME", ""):
                found.append(process.name())
        except psutil.Error:
            continue
    return found


def test_a_private_broker_serves_its_own_virtual_hosts_and_leaves_nothing_behind(broker: Broker, tmp_path: Path):
    with kombu.Connection(broker.add_vhost("parcels")) as connection:
        connection.SimpleQueue("labels").put({"parcel": "P-1"})
        received = connection.SimpleQueue("labels").get(timeout=5).payload
    running = processes_of(tmp_path)

    broker.stop()

    assert received == {"parcel": "P-1"}
    assert {"beam.smp", "epmd"} <= set(running)
    assert processes_of(tmp_path) == []
    assert not any(is_open(port) for port in (broker.ports.amqp, broker.ports.nodes, broker.ports.epmd))


def test_a_broker_whose_port_another_has_is_not_taken_for_ready(broker: Broker, tmp_path: Path):
    ports, _ = choose({"nodes": 0, "epmd": 0})
    theirs = BrokerPorts(amqp=broker.ports.amqp, **ports)
    late = Broker(Processes(tmp_path / "late"), tmp_path / "late" / "broker", theirs, broker.server)
    late.launch()

    with pytest.raises(StartFailed, match="eaddrinuse"):
        late.until_ready()

    late.stop()
    assert lets_in(broker.url)

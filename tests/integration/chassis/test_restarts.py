"""The broker and the database are killed under load and come back: nothing is lost, nothing is done twice."""

import re
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from services.toy.store import Toys
from services.toy.toy import PokedV1, SayV1
from sqlalchemy import create_engine

from deploy.local.broker import Broker, BrokerPorts, find_server
from deploy.local.database import Database
from deploy.local.ports import choose
from deploy.local.processes import Processes
from libs.chassis import relay
from libs.chassis.errors import Unavailable
from libs.chassis.rpc import Client
from libs.chassis.settings import Settings
from tests.integration.chassis.conftest import QUEUE, run_python
from tests.waiting import until

PATIENT = {"RETRY_TIERS": "500ms,1s,2s,4s,8s,16s"}  # longer than a server is away, so that nothing is parked


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory):
    """A broker of this module alone, which its tests may kill."""
    server = find_server()
    if server is None:
        pytest.skip("no RabbitMQ on this machine: the broker is a Docker container")
    folder = tmp_path_factory.mktemp("broker")
    ports, _ = choose({"amqp": 0, "nodes": 0, "epmd": 0})
    own = Broker(Processes(folder), folder, BrokerPorts(**ports), server)
    own.launch()
    own.until_ready()
    yield own
    own.stop()


@pytest.fixture
def own_database(environment, tmp_path):
    """A PostgreSQL of this test alone, which it may kill, with the toy's database in it."""
    own = Database(Processes(tmp_path), tmp_path, choose({"database": 0})[0]["database"])
    own.launch()
    own.until_ready()
    made = run_python("-m", "libs.chassis.migrate", "toy", **environment | {"DATABASE_URL": own.url})
    assert made.returncode == 0, made.stderr
    yield own
    own.stop()


def kill(server, name, number=signal.SIGKILL):
    """End a server as a power cut would; it is gone when this returns."""
    process = server.processes.find(name)
    process.signal(number)
    until(lambda: not process.alive)


def is_remembered(server, queue):
    """Whether the broker would know the queue after a power cut: it writes new names down half a second later."""
    names = server.folder / "data" / "homeward@localhost" / "quorum" / "homeward@localhost" / "names.dets"
    return re.search(rb"_" + re.escape(queue.encode()) + rb"(?!\.parked)", names.read_bytes()) is not None


def state_chains(store, retailer, number, hops):
    with store.unit(retailer_id=retailer) as unit:
        unit.announce(PokedV1(toy_id=uuid4(), hops=hops) for _ in range(number))


def test_the_broker_is_killed_under_load(toys, retailer, start, own_broker):
    workers = [start("toy", AMQP_URL=own_broker.url, **PATIENT) for _ in range(2)]
    until(lambda: is_remembered(own_broker, QUEUE))
    outbox = relay.start(toys.engine, own_broker.url, "test")
    state_chains(toys, retailer, 80, hops=9)
    until(lambda: toys.all_pokes(retailer)[1] >= 40)

    kill(own_broker, "broker")
    until(lambda: all(worker.get("/readyz")[0] == 503 for worker in workers))
    before = toys.all_pokes(retailer)[1]
    own_broker.launch()
    own_broker.until_ready()

    until(lambda: toys.all_pokes(retailer) == (80, 800), within=60)
    assert before < 800
    assert all(worker.get("/readyz")[0] == 200 for worker in workers)
    outbox.stop()


def test_the_database_is_killed_under_load(environment, broker, retailer, start, own_database):
    store = Toys()
    url = Settings(DATABASE_URL=own_database.url).database("toy")
    store.engine = create_engine(url, pool_pre_ping=True)
    worker = start("toy", DATABASE_URL=own_database.url, **PATIENT)
    outbox = relay.start(store.engine, broker.url, "test")
    state_chains(store, retailer, 40, hops=9)
    until(lambda: store.all_pokes(retailer)[1] >= 20)

    kill(own_database, "database", signal.SIGQUIT)
    until(lambda: worker.get("/readyz")[0] == 503)
    own_database.launch()
    own_database.until_ready()

    until(lambda: worker.get("/readyz")[0] == 200)
    assert until(lambda: store.all_pokes(retailer) == (40, 400), within=60)
    outbox.stop()


def test_calls_fail_at_once_while_the_broker_is_away_and_work_again_after(toys, retailer, start, own_broker):
    worker = start("toy", AMQP_URL=own_broker.url)
    until(lambda: is_remembered(own_broker, QUEUE))
    client = Client(own_broker.url, "test")
    outcomes: Counter = Counter()
    enough = threading.Event()

    def call():
        while not enough.is_set():
            try:
                outcomes[client.ask(retailer, SayV1(words="hello"), timeout=1).words] += 1
            except Unavailable as away:
                outcomes[type(away).__name__] += 1

    with ThreadPoolExecutor(16) as threads:
        calls = [threads.submit(call) for _ in range(16)]
        until(lambda: outcomes["hello"] > 100)
        kill(own_broker, "broker")
        until(lambda: outcomes["Unavailable"] > 16)
        answered = outcomes["hello"]
        own_broker.launch()
        own_broker.until_ready()
        until(lambda: outcomes["hello"] > answered + 100, within=30)
        enough.set()
        assert [done.result() for done in calls] == [None] * 16

    assert set(outcomes) <= {"hello", "Unavailable", "DeadlineExceeded"}
    assert worker.get("/readyz")[0] == 200
    client.close()

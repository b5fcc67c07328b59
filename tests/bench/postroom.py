"""Where carriers' webhooks are measured: a broker, a database, a gateway and workers of tracking, all of the bench's own.

Also the carrier that sends them, and a listener that hears each milestone as any other service does.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import kombu
import psycopg
from amqp import Channel
from amqp import Message as Delivery

from deploy.local.broker import Broker, BrokerPorts, find_server
from deploy.local.database import Database
from deploy.local.ports import LOOPBACK, choose, is_open
from deploy.local.processes import ROOT, Processes
from tests.bench.stage import has_consumers, used
from tests.waiting import until

WORKERS = 2
KEY = "the bench's own"
RETAILER = UUID("018f0000-0000-7000-8000-0000000000be")
JOURNEY = (  # each webhook tells the whole history so far, as EasyPost does
    ("in_transit", "Picked up"),
    ("in_transit", "Arrived at facility"),
    ("in_transit", "Departed facility"),
    ("out_for_delivery", "Out for delivery"),
    ("delivered", "Delivered"),
)
NEWS = {0: ("accepted", "in_transit"), 3: ("out_for_delivery",), 4: ("delivered",)}  # what each states, in order
STATED = sum(map(len, NEWS.values()))


@dataclass(frozen=True)
class Webhook:
    """The `step`th webhook of a parcel, signed."""

    number: str
    step: int

    @property
    def body(self) -> bytes:
        """As it goes out."""
        told = [
            {"status": status, "status_detail": None, "message": words, "datetime": f"2026-11-{day:02}T09:00:00Z"}
            for day, (status, words) in enumerate(JOURNEY[: self.step + 1], 2)
        ]
        tracker = {"object": "Tracker", "tracking_code": self.number, "tracking_details": told}
        event = {"id": f"evt_{self.number}_{self.step}", "description": "tracker.updated", "result": tracker}
        return json.dumps(event).encode()

    @property
    def headers(self) -> dict[str, str]:
        """With EasyPost's signature."""
        mac = hmac.new(KEY.encode(), self.body, hashlib.sha256).hexdigest()
        return {"X-Hmac-Signature": f"hmac-sha256-hex={mac}", "Content-Type": "application/json"}


class Postroom:
    """Everything that runs while webhooks are measured."""

    def __init__(self, folder: Path) -> None:
        server = find_server()
        if server is None:
            raise SystemExit("bench-tracking starts a RabbitMQ on this machine: `make demo` installs one")
        ports, _ = choose(dict.fromkeys(("amqp", "nodes", "epmd", "database", "gateway"), 0))
        own = BrokerPorts(amqp=ports["amqp"], nodes=ports["nodes"], epmd=ports["epmd"])
        self.processes = Processes(folder)
        self.broker = Broker(self.processes, folder / "broker", own, server)
        self.database = Database(self.processes, folder / "database", ports["database"])
        self.port, self.path = ports["gateway"], ""

    @property
    def environment(self) -> dict[str, str]:
        """The variables of every process."""
        return {
            "AMQP_URL": self.broker.url,
            "DATABASE_URL": self.database.url,
            "DATABASE_PREFIX": "bench",
            "HOMEWARD_MODE": "sandbox",
            "HOMEWARD_KEYS": f"k1:{base64.b64encode(bytes(32)).decode()}",
            "OBJECTS_DIR": str(ROOT / ".run" / "bench-tracking" / "objects"),
            "PORTAL_PORT": str(self.port),
            "PORTAL_URL": f"http://{LOOPBACK}:{self.port}",
            "LOG_LEVEL": "WARNING",
        }

    def start(self, name: str, *command: str) -> None:
        """Start a Python process."""
        self.processes.start(name, [sys.executable, "-W", "ignore", "-m", *command], env=os.environ | self.environment)

    def open(self) -> None:
        """Let the gateway and the workers in, and give the carrier its address."""
        os.environ.update(self.environment)
        from libs.chassis.migrate import migrate
        from libs.chassis.secrets import Secrets
        from libs.chassis.settings import load
        from services.portal.store.ingress import Ingress

        for service in ("portal", "tracking"):
            migrate(service, load())
        for number in range(WORKERS):
            self.start(f"tracking-{number}", "libs.chassis.run", "tracking")
        self.start("gateway", "services.portal.gateway")
        has_consumers(self.broker.url, "tracking.portal.carrier_webhook_received.v1", WORKERS)
        until(lambda: is_open(self.port), within=40)
        secret = {"source": "carriers", "name": "easypost", "secret": f"easypost:{KEY}"}
        self.path = f"/webhooks/carriers/{Ingress().save_endpoint(RETAILER, **secret, keyring=Secrets.from_settings())}"

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU that each part has used so far."""
        spent: Counter[str] = Counter()
        for process in self.processes.all():
            if process.name != "epmd":
                spent[process.name.partition("-")[0]] += used(process.pid)  # type: ignore[assignment]
        return dict(spent)

    def count(self, query: str) -> int:
        """What one query of tracking's database counts."""
        with psycopg.connect(self.database.url.removesuffix("postgres") + "bench_tracking") as db:
            row = db.execute(query).fetchone()  # type: ignore[arg-type]
            assert row is not None
            return int(row[0])


@contextmanager
def postroom(folder: Path) -> Iterator[Postroom]:
    """Start everything in an empty folder, and end it all."""
    shutil.rmtree(folder, ignore_errors=True)
    made = Postroom(folder)
    try:
        for server in (made.broker, made.database):
            server.launch()
        for server in (made.database, made.broker):
            server.until_ready()
        made.open()
        yield made
    finally:
        for process in made.processes.all():
            made.processes.stop(process.name, within=5 if process.name == "database" else 2)


class Sender(threading.local):
    """One connection of the carrier for each of its threads."""

    def __init__(self, port: int, path: str) -> None:
        self._link = http.client.HTTPConnection(urlsplit(f"http://{LOOPBACK}:{port}").netloc, timeout=30)
        self._path = path

    def send(self, webhook: Webhook) -> tuple[int, float, float]:
        """The status, when it was begun, and how many seconds the answer took."""
        body, headers = webhook.body, webhook.headers
        began = time.monotonic()
        self._link.request("POST", self._path, body, headers)
        answer = self._link.getresponse()
        answer.read()
        return answer.status, began, time.monotonic() - began


@dataclass
class Listener:
    """Hears every milestone: when it came first, and how often."""

    url: str
    heard: dict[tuple[str, str], float] = field(default_factory=dict)
    times: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._ready = threading.Event()

    def start(self) -> None:
        """Listen from now on."""
        self._thread.start()
        assert self._ready.wait(20)

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        self._thread.join(5)

    def label(self, numbers: list[str]) -> None:
        """State in labels' name that these parcels have their labels."""
        from libs.chassis.ids import new_id
        from libs.contracts.labels import LabelIssuedV1
        from tests.integration.facts import bus, fact

        whole = {"parcel": 1, "carrier": "easypost", "service": "Ground", "hub": "DAV"}
        with bus(self.url) as link:
            for number in numbers:
                ids = {name: new_id() for name in ("return_id", "booking_id", "document_id")}
                link.state(fact(RETAILER, LabelIssuedV1(**whole, **ids, tracking_number=number)))  # type: ignore[arg-type]

    def _listen(self) -> None:
        from libs.chassis.wire import declare, fact_queue
        from libs.contracts.tracking import MilestoneReachedV1

        with kombu.Connection(self.url) as link, link.channel() as channel:
            queue = MilestoneReachedV1.queue("bench")
            declare(
                channel, *fact_queue(queue, MilestoneReachedV1.exchange(), MilestoneReachedV1.wire(), limit=100_000)
            )
            self._consume(channel, queue)
            self._ready.set()
            while not self._stopping.is_set():
                try:
                    link.drain_events(timeout=0.2)
                except TimeoutError:
                    continue

    def _consume(self, channel: Channel, queue: str) -> None:
        channel.auto_decode = False
        channel.basic_consume(queue, no_ack=True, callback=self._hear)

    def _hear(self, delivery: Delivery) -> None:
        came, told = time.monotonic(), json.loads(delivery.body)["data"]
        key = (told["tracking_number"], told["milestone"])
        self.heard.setdefault(key, came)
        self.times[key] += 1

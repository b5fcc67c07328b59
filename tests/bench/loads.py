"""What is measured: chains of facts as fast as they go and at a steady pace, calls, and the way from outbox to broker."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from uuid import UUID, uuid4

import psycopg
from amqp import Message
from services.bench.bench import HoppedV1, SayV1
from sqlalchemy import Engine

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.relay import Relay, Row
from libs.chassis.rpc import Client
from libs.chassis.wire import Publisher
from libs.contracts.base import Envelope
from tests.bench import floors
from tests.bench.stage import Cpu, Stage
from tests.waiting import until

RETAILERS = [uuid4() for _ in range(8)]
HOPS = 10  # events of one chain


class Way:
    """One way of writing the handler: where its first facts go and how its hops are counted."""

    def __init__(self, name: str, url: str, exchange: str, key: str) -> None:
        self.name, self.url, self._exchange, self._key = name, url, exchange, key

    def make_chains(self, number: int) -> list[tuple[UUID, UUID]]:
        """So many chains without hops, each of a retailer."""
        made = [(uuid4(), RETAILERS[n % len(RETAILERS)]) for n in range(number)]
        with psycopg.connect(self.url) as db, db.cursor() as cursor:
            cursor.executemany("INSERT INTO chains (id, retailer_id, hops) VALUES (%s, %s, 0)", made)
        return made

    def begin(self, channel: floors.Channel, chain: tuple[UUID, UUID]) -> None:
        """State the first fact of a chain."""
        body = HoppedV1(chain_id=chain[0], hops=HOPS - 1)
        fact = Envelope.of(body, id=new_id(), time=now(), retailer_id=chain[1], correlation_id=new_id())
        message = Message(fact.to_json(), content_type="application/json", content_encoding="utf-8", delivery_mode=2)
        floors.publish(channel, self._key, message, exchange=self._exchange)

    def hops(self) -> int:
        """All hops that were counted so far."""
        return self._looking.execute("SELECT coalesce(sum(hops), 0) FROM chains").fetchone()[0]

    @cached_property
    def _looking(self) -> psycopg.Connection:
        # Kept open: to sign in takes PostgreSQL longer than a hundred events do.
        return psycopg.connect(self.url, autocommit=True)


def saturate(stage: Stage, way: Way, chains: int) -> tuple[float, Cpu]:
    """Events a second with all chains at once, and CPU milliseconds an event."""
    return _measured(stage, way, way.make_chains(chains), lambda _number: None)


def pace(stage: Stage, way: Way, chains: int, *, events_per_second: float) -> tuple[float, Cpu]:
    """The same with chains that begin one after the other, so that so many events happen a second."""
    idle = _idle(stage, way)
    began = time.monotonic()
    rate, cpu = _measured(
        stage,
        way,
        way.make_chains(chains),
        lambda number: time.sleep(max(0.0, began + number * HOPS / events_per_second - time.monotonic())),
    )
    return rate, cpu - idle.times(1000 / rate)


def _measured(
    stage: Stage, way: Way, chains: list[tuple[UUID, UUID]], pause: Callable[[int], None]
) -> tuple[float, Cpu]:
    link = floors.connect(stage.broker.url)
    channel = link.channel()
    events, goal = len(chains) * HOPS, way.hops() + len(chains) * HOPS
    before, began = stage.cpu(way.name), time.perf_counter()
    for number, chain in enumerate(chains):
        pause(number)
        way.begin(channel, chain)
    until(lambda: way.hops() >= goal, within=60)
    took = time.perf_counter() - began
    used = stage.cpu(way.name) - before
    link.close()
    return events / took, used.times(1000 / events)


def _idle(stage: Stage, way: Way) -> Cpu:
    before = stage.cpu(way.name)
    time.sleep(1.5)
    return (stage.cpu(way.name) - before).times(1 / 1.5)


def calls_per_second(url: str, calls: int, *, threads: int, size: int) -> tuple[float, float]:
    """Calls a second through the chassis' client, and the median of their milliseconds."""
    client = Client(url, "bench")
    words, took = "." * size, []

    def talk(share: int) -> None:
        for _ in range(share):
            began = time.perf_counter()
            client.ask(RETAILERS[0], SayV1(words=words), timeout=10)
            took.append(time.perf_counter() - began)

    talk(20)
    took.clear()
    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        for done in [pool.submit(talk, calls // threads) for _ in range(threads)]:
            done.result()
        rate = len(took) / (time.perf_counter() - began)
    client.close()
    return rate, sorted(took)[len(took) // 2] * 1000


def rows_per_second(url: str, engine: Engine, rows: int, *, size: int) -> float:
    """Outbox rows a second that the relay has the broker confirm, and then deletes."""
    waiting = _commit_rows(engine, rows, size)
    link = floors.connect(url)
    link.channel().exchange_declare("bench.events", "topic", durable=True, auto_delete=False)
    link.channel().queue_bind(floors.PUBLISHED, "bench.events", "measured.v1")
    relay = Relay(engine, Publisher(url, "bench.relay"))
    relay.start()
    began = time.perf_counter()
    relay.offer(waiting)
    relay.stop(within=60)
    took = time.perf_counter() - began
    with engine.begin() as db:
        left = db.exec_driver_sql("SELECT count(*) FROM outbox WHERE routing_key = 'measured.v1'").scalar_one()
    assert left == 0, f"{left} rows were not sent"
    link.channel().queue_purge(floors.PUBLISHED)
    link.close()
    return rows / took


def _commit_rows(engine: Engine, rows: int, size: int) -> list[Row]:
    made = (
        "SELECT gen_random_uuid(), %s::uuid, 'bench.events', 'measured.v1', repeat('.', %s) FROM generate_series(1, %s)"
    )
    columns = "id, message_id, retailer_id, exchange, routing_key, body"
    with engine.begin() as db:
        return [
            Row(*row)
            for retailer in RETAILERS
            for row in db.exec_driver_sql(
                f"INSERT INTO outbox (message_id, retailer_id, exchange, routing_key, body) {made} RETURNING {columns}",
                (retailer, size, rows // len(RETAILERS)),
            )
        ]

"""The same handler written the usual way: an ORM session, nameko's own event handler, one confirm at a time.

It keeps the same promises (inbox, outbox, row-level security, a durable queue), so that only the way differs.
`python -m tests.bench.usual` runs it as a process.
"""
# ruff: noqa: E402 (greenlets first, then everything else)

import os

os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"

import eventlet

eventlet.monkey_patch()

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import kombu
import psycopg
from nameko.events import event_handler
from nameko.extensions import DependencyProvider
from nameko.runners import ServiceRunner
from services.bench.bench import HoppedV1
from sqlalchemy import Engine, MetaData, create_engine, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from libs.contracts.base import Envelope

URL, BROKER = os.environ["USUAL_URL"], os.environ["AMQP_URL"]


class Base(DeclarativeBase):
    metadata = MetaData()


class Chain(Base):
    """A chain and its hops."""

    __tablename__ = "chains"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    retailer_id: Mapped[UUID]
    hops: Mapped[int]


class Inbox(Base):
    """A message that was handled."""

    __tablename__ = "inbox"
    message_id: Mapped[UUID] = mapped_column(primary_key=True)


class Outbox(Base):
    """A message that is to be sent."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]


class Database(DependencyProvider):
    """A session factory for each worker."""

    engine: Engine

    def setup(self) -> None:
        """Open the pool."""
        self.engine = create_engine(URL, pool_size=10, max_overflow=10)

    def get_dependency(self, _context: object) -> Engine:
        """The engine that sessions are made from."""
        return self.engine


class Relay(DependencyProvider):
    """Sends the outbox row by row, woken by NOTIFY."""

    def start(self) -> None:
        """Begin to send."""
        self.engine = create_engine(URL, pool_size=2)
        self.container.spawn_managed_thread(self.run)

    def run(self) -> None:
        """Send until the process ends."""
        link = kombu.Connection(BROKER, transport_options={"confirm_publish": True})
        producer = link.Producer(serializer="json", exchange=kombu.Exchange("usual.events", "topic", durable=True))
        with psycopg.connect(URL.replace("+psycopg", ""), autocommit=True) as listener:
            listener.execute("LISTEN outbox")
            while True:
                while self.send(producer):
                    pass
                for _ in listener.notifies(timeout=1, stop_after=1):
                    pass

    def send(self, producer: kombu.Producer) -> int:
        """Send what is there, and say how many."""
        with Session(self.engine) as session, session.begin():
            rows = session.scalars(
                select(Outbox).order_by(Outbox.id).limit(100).with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                producer.publish(
                    json.loads(row.body), routing_key="hopped", delivery_mode=2, mandatory=True, retry=True
                )
                session.delete(row)
            return len(rows)

    def get_dependency(self, _context: object) -> None:
        """Nothing: it works by itself."""


class UsualService:
    name = "usual"
    database = Database()
    relay = Relay()

    @event_handler("usual", "hopped")
    def on_hopped(self, payload: dict) -> None:
        """Count one hop, and state the next while some are left."""
        fact = Envelope[HoppedV1].model_validate(payload)
        with Session(self.database) as session, session.begin():
            session.execute(text("SELECT set_config('app.retailer_id', :id, true)"), {"id": str(fact.retailer_id)})
            if session.get(Inbox, fact.id) is not None:
                return
            session.add(Inbox(message_id=fact.id))
            chain = session.get_one(Chain, fact.data.chain_id, with_for_update=True)
            chain.hops += 1
            if fact.data.hops:
                session.add(Outbox(body=_next(fact)))
                session.execute(text("NOTIFY outbox"))


def _next(fact: Envelope[HoppedV1]) -> str:
    body = HoppedV1(chain_id=fact.data.chain_id, hops=fact.data.hops - 1)
    return Envelope.of(
        body,
        id=uuid4(),
        time=datetime.now(UTC),
        retailer_id=fact.retailer_id,
        correlation_id=fact.correlation_id,
        causation_id=fact.id,
    ).to_json()


if __name__ == "__main__":
    runner = ServiceRunner({"AMQP_URI": BROKER})
    runner.add_service(UsualService)
    runner.start()
    runner.wait()

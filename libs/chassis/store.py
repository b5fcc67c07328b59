"""A service's database: one transaction per fact, the retailer set in it, and what it causes committed with it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import chain
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Engine,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    create_engine,
    text,
)
from sqlalchemy.exc import DBAPIError

from libs.chassis import claims, relay
from libs.chassis.clock import now
from libs.chassis.context import Context, current
from libs.chassis.ids import new_id
from libs.chassis.metrics import meter
from libs.chassis.outside import open_unit
from libs.chassis.settings import load
from libs.contracts.base import Envelope, Message

TOGETHER = 1_000  # rows of one INSERT: a statement has at most 65,535 values
OUTSIDE_RLS = "outside_rls"  # a table's info key, with the reason why it stands outside row-level security

# A process that hangs inside a transaction must not hold its locks, and the others, for ever.
_SESSION = "-c timezone=UTC -c idle_in_transaction_session_timeout=60s"
_SET_RETAILER = "SELECT set_config('app.retailer_id', %s, true)"
# One trip sets the retailer and asks the inbox. rowcount is -1 here (SQLAlchemy with psycopg 3), so the row itself is asked for.
_SET_RETAILER_AND_ASK_INBOX = """
INSERT INTO inbox (consumer, message_id, at) SELECT %s, %s, now() WHERE set_config('app.retailer_id', %s, true) IS NOT NULL
ON CONFLICT DO NOTHING RETURNING message_id"""
_FILL_OUTBOX = "INSERT INTO outbox (message_id, retailer_id, exchange, routing_key, body) VALUES "
_ROW = (
    "(%s, %s, %s, %s, %s)"  # plain values: to write arrays for unnest costs the driver more than the statement itself
)
_FILL_CLAIMS = """
INSERT INTO claims (kind, account, retailer_id, subject, due_at, correlation_id, causation_id, traceparent)
SELECT kind, account, %s::uuid, subject, due_at, %s::uuid, %s::uuid, %s::text
FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::timestamptz[]) AS c (kind, account, subject, due_at)
ON CONFLICT (kind, subject) DO UPDATE SET
  account = excluded.account,
  due_at = CASE WHEN claims.claimed_until > now() THEN excluded.due_at ELSE least(claims.due_at, excluded.due_at) END,
  tries = 0, parked_at = NULL,
  correlation_id = excluded.correlation_id, causation_id = excluded.causation_id, traceparent = excluded.traceparent"""


_MOMENT = DateTime(timezone=True)
_NAMES = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def tables(service: str) -> MetaData:
    """Fresh metadata for `service`, with the chassis' own three tables in it."""
    metadata = MetaData(info={"service": service}, naming_convention=_NAMES)
    _outbox(metadata)
    _inbox(metadata)
    _claims(metadata)
    return metadata


def _outbox(metadata: MetaData) -> None:
    outbox = Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("message_id", Uuid, nullable=False),
        Column("retailer_id", Uuid, nullable=False),
        Column("exchange", Text, nullable=False),
        Column("routing_key", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("created_at", _MOMENT, nullable=False, server_default=text("now()")),
        Column("next_try", _MOMENT, nullable=False, server_default=text("now()")),
        Column("tries", Integer, nullable=False, server_default=text("0")),
        info={OUTSIDE_RLS: "the relay sends the rows of every retailer"},
    )
    Index(None, outbox.c.retailer_id, outbox.c.id)


def _inbox(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("message_id", Uuid, primary_key=True),
        Column("at", _MOMENT, nullable=False, index=True),
        info={OUTSIDE_RLS: "asked before the retailer is known to be the right one; holds no data of anybody"},
    )


def _claims(metadata: MetaData) -> None:
    due = Table(
        "claims",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("account", Text, nullable=False),
        Column("retailer_id", Uuid, nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("due_at", _MOMENT, nullable=False),
        Column("claimed_until", _MOMENT),
        Column("parked_at", _MOMENT),
        Column("tries", Integer, nullable=False, server_default=text("0")),
        Column("error", Text),
        Column("correlation_id", Uuid, nullable=False),
        Column("causation_id", Uuid),
        Column("traceparent", Text),
        info={OUTSIDE_RLS: "the claimer takes the work of every retailer; holds ids only"},
    )
    Index(None, due.c.kind, due.c.subject, unique=True)
    Index(None, due.c.kind, due.c.account, due.c.due_at, due.c.id, postgresql_where=due.c.parked_at.is_(None))
    Index(None, due.c.kind, due.c.account, postgresql_where=due.c.claimed_until.is_not(None))


def tenant_id() -> Column[UUID]:
    """The column that makes a table a retailer's own, under forced row-level security."""
    return Column("retailer_id", Uuid, nullable=False)


def money(name: str, *, nullable: bool = False) -> tuple[Column[int], Column[str]]:
    """Two columns for one amount: integer minor units and ISO 4217 currency."""
    return Column(f"{name}_amount", BigInteger, nullable=nullable), Column(f"{name}_currency", Text, nullable=nullable)


@dataclass(frozen=True, slots=True)
class Planned:
    """A piece of work outside, to be claimed after the commit."""

    kind: str
    account: str
    subject: UUID
    due_at: datetime


@dataclass(slots=True)
class Unit:
    """One open transaction. `seen` says the fact was handled before: then change nothing."""

    db: Connection
    retailer_id: UUID
    now: datetime
    seen: bool = False
    said: list[Message] = field(default_factory=list)
    planned: dict[tuple[str, UUID], Planned] = field(default_factory=dict)

    def announce(self, messages: Message | Iterable[Message]) -> None:
        """State facts. They are committed with this transaction and sent after it."""
        self.said += [messages] if isinstance(messages, Message) else messages

    def claim(self, kind: str, *, account: str, subject: UUID, after: timedelta = timedelta()) -> None:
        """Plan work outside for `subject`, done by the `@works(kind)` method after the commit, at most so many at once per account.

        Planned again while it waits it is done once; planned again while it is in hand or parked it is done once more,
        from in hand not before its new time. The account it was planned for last is the one where it waits.
        """
        self.planned[kind, subject] = Planned(kind, account, subject, self.now + after)


class Store:
    """What a service remembers. Subclasses name their `service` and `metadata` and open transactions with `unit`."""

    service: ClassVar[str]
    metadata: ClassVar[MetaData]

    @cached_property
    def engine(self) -> Engine:
        """The pool of connections that all stores of this service share."""
        return engine_of(self.service)

    @contextmanager
    def unit(self, fact: Envelope[Any] | None = None, *, retailer_id: UUID | None = None) -> Iterator[Unit]:
        """One transaction for one retailer: for `fact` through the inbox, or for what a person asks."""
        owner = fact.retailer_id if fact is not None else retailer_id
        if owner is None:
            raise ValueError("a unit needs a fact or a retailer")
        mark = open_unit.set(self.service)
        try:
            with self.engine.begin() as db:
                unit = Unit(db, owner, now(), seen=self._begin(db, owner, fact))
                yield unit
                rows = _fill_outbox(unit)
                _fill_claims(unit)
        finally:
            open_unit.reset(mark)
        relay.offer(rows)
        if unit.planned:
            claims.wake()

    @contextmanager
    def look(self, retailer_id: UUID) -> Iterator[Connection]:
        """Read for one retailer from one snapshot, so that several queries tell of the same moment."""
        mark = open_unit.set(self.service)
        try:
            with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as db, db.begin():
                _own(db, _SET_RETAILER, (str(retailer_id),))
                yield db
        finally:
            open_unit.reset(mark)

    def _begin(self, db: Connection, owner: UUID, fact: Envelope[Any] | None) -> bool:
        if fact is None:
            _own(db, _SET_RETAILER, (str(owner),))
            return False
        if _own(db, _SET_RETAILER_AND_ASK_INBOX, (self.service, fact.id, str(owner))):
            return False
        meter().duplicates.inc()
        return True


def _own(db: Connection, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    """The rows of a statement of the chassis, asked of psycopg itself: SQLAlchemy around it costs more than the statement."""
    link: Any = db.connection.driver_connection
    try:
        return link.execute(statement, values).fetchall()
    except psycopg.Error as wrong:
        if link.broken:
            db.engine.dispose()  # as SQLAlchemy does: the server restarted, and idle connections are dead with this one
            db.invalidate(wrong)
        raise DBAPIError.instance(
            statement,
            None,
            wrong,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=link.broken,
            dialect=db.dialect,
        ) from wrong


def _fill_outbox(unit: Unit) -> list[relay.Row]:
    context, rows = current(), []
    for start in range(0, len(unit.said), TOGETHER):
        values = [_outbox_row(unit, context, body) for body in unit.said[start : start + TOGETHER]]
        statement = _FILL_OUTBOX + ", ".join([_ROW] * len(values)) + " RETURNING id"
        ids = sorted(id for (id,) in _own(unit.db, statement, tuple(chain.from_iterable(values))))
        rows += [relay.Row(id, *row) for id, row in zip(ids, values, strict=True)]
    return rows


def _outbox_row(unit: Unit, context: Context, body: Message) -> tuple[UUID, UUID, str, str, str]:
    envelope = Envelope.of(
        body,
        id=new_id(),
        time=unit.now,
        retailer_id=unit.retailer_id,
        correlation_id=context.correlation_id,
        causation_id=context.causation_id,
        traceparent=context.traceparent,
    )
    return envelope.id, unit.retailer_id, body.exchange(), body.wire(), envelope.to_json()


def _fill_claims(unit: Unit) -> None:
    if unit.planned:
        context, planned = current(), unit.planned.values()
        unit.db.exec_driver_sql(
            _FILL_CLAIMS,
            (
                unit.retailer_id,
                context.correlation_id,
                context.causation_id,
                context.traceparent,
                [p.kind for p in planned],
                [p.account for p in planned],
                [p.subject for p in planned],
                [p.due_at for p in planned],
            ),
        )


@cache
def engine_of(service: str) -> Engine:
    """The connection pool of `service` in this process. A link that died is replaced, and its user tries again."""
    settings = load()
    link = {"connect_timeout": 5, "application_name": service, "options": _SESSION}
    return create_engine(
        settings.database(service),
        pool_size=settings.database_pool,
        max_overflow=settings.database_pool,
        pool_timeout=5,
        pool_recycle=1800,
        connect_args=link,
        hide_parameters=True,
    )

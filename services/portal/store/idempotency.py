"""Idempotency keys: who may make an effect now, and the first answer for all who ask again.

A row is written `begun` in a transaction of its own before the effect, and answered in another after it. In between it
is held by a lease, so that a process that dies does not hold it for ever: whoever asks after that takes the row over,
with the same `effect_id`. The effect itself is recorded under that id in its own transaction, so that it is not made twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from services.portal.store.tables import metadata
from services.portal.store.tables.idempotency import idempotency_keys as keys

KEPT_FOR = timedelta(days=7)
HELD_FOR = timedelta(seconds=30)  # longer than any route takes: a batch of 500 scans is given 15 s
SWEPT = 20  # rows past their time that each new key takes away


class KeyReused(Exception):
    """The key came before with another request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its key: by whom (`caller`), and what tells it from another (`request`)."""

    retailer_id: UUID
    caller: str
    key: str
    request: bytes

    @property
    def key_hash(self) -> bytes:
        """What the key is kept under: of this caller alone."""
        return sha256(f"{self.caller}\0{self.key}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it went out."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """The effect is the holder's to make. `effect_id` stays the same when a dead holder's key is taken over."""

    effect_id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Busy:
    """Another holds the key and has not answered."""


class Idempotency(Store):
    """The idempotency keys of all retailers.

    `held_for` is how long one may work before it is taken for dead, `kept_for` how long its answer is given again.
    """

    service, metadata = "portal", metadata

    def __init__(self, held_for: timedelta = HELD_FOR, kept_for: timedelta = KEPT_FOR) -> None:
        self._held_for, self._kept_for = held_for, kept_for

    def begin(self, asked: Asked) -> Held | Given | Busy:
        """Hold the key, or say what became of it. Raises KeyReused when it came before with another request."""
        with self.unit(retailer_id=asked.retailer_id) as unit:
            if made := self._make(unit, asked):
                self._sweep(unit)
                return Held(made, 1)
            row = _row(unit.db, asked)
            if row is None:  # swept by another at this very moment
                return Busy()
            if bytes(row.request_hash) != asked.request:
                raise KeyReused
            return _given(row) or self._take_over(unit, asked) or Busy()

    def _make(self, unit: Unit, asked: Asked) -> UUID | None:
        """The id of a new row's effect; None when the key is known. One past its time counts as not known."""
        new = upsert(keys).values(
            retailer_id=asked.retailer_id,
            key_hash=asked.key_hash,
            request_hash=asked.request,
            effect_id=new_id(),
            attempt=1,
            held_until=self._lease(),
            created_at=unit.now,
            expires_at=unit.now + self._kept_for,
        )
        fresh = {each.name: new.excluded[each.name] for each in keys.c if not each.primary_key}
        return unit.db.execute(
            new.on_conflict_do_update(
                index_elements=["retailer_id", "key_hash"], set_=fresh, where=keys.c.expires_at <= unit.now
            ).returning(keys.c.effect_id)
        ).scalar()

    def _take_over(self, unit: Unit, asked: Asked) -> Held | None:
        """The key of a holder whose time is over."""
        taken = unit.db.execute(
            update(keys)
            .where(_is(asked), keys.c.status.is_(None), keys.c.held_until <= func.clock_timestamp())
            .values(held_until=self._lease(), attempt=keys.c.attempt + 1)
            .returning(keys.c.effect_id, keys.c.attempt)
        ).first()
        return Held(taken.effect_id, taken.attempt) if taken else None

    def _lease(self) -> ColumnElement[object]:
        # The database's own clock: the leases of all processes are measured alike, and a shifted clock ends none.
        return func.clock_timestamp() + literal(self._held_for)

    @staticmethod
    def _sweep(unit: Unit) -> None:
        over = (
            select(keys.c.key_hash)
            .where(keys.c.retailer_id == unit.retailer_id, keys.c.expires_at <= unit.now)
            .limit(SWEPT)
            .with_for_update(skip_locked=True)
        )
        unit.db.execute(delete(keys).where(keys.c.retailer_id == unit.retailer_id, keys.c.key_hash.in_(over)))

    def answer(self, asked: Asked, given: Given) -> Given:
        """Keep the answer for all who ask again; the answer to give, which is another's where one was kept before."""
        with self.unit(retailer_id=asked.retailer_id) as unit:
            kept = unit.db.execute(
                update(keys)
                .where(_is(asked), keys.c.status.is_(None))
                .values(status=given.status, headers=given.headers, body=given.body)
                .returning(keys.c.status)
            ).first()
            first = None if kept else _row(unit.db, asked)
        return (_given(first) if first else None) or given

    def release(self, asked: Asked, held: Held) -> None:
        """Let the next who asks try at once: this attempt ended without an answer worth keeping."""
        with self.unit(retailer_id=asked.retailer_id) as unit:
            unit.db.execute(
                update(keys)
                .where(_is(asked), keys.c.status.is_(None), keys.c.attempt == held.attempt)
                .values(held_until=func.clock_timestamp())
            )


def _is(asked: Asked) -> ColumnElement[bool]:
    return (keys.c.retailer_id == asked.retailer_id) & (keys.c.key_hash == asked.key_hash)


def _row(db: Connection, asked: Asked) -> Row[tuple[object, ...]] | None:
    return db.execute(select(keys).where(_is(asked))).first()


def _given(row: Row[tuple[object, ...]]) -> Given | None:
    return None if row.status is None else Given(row.status, row.headers, bytes(row.body))


__all__ = ["Asked", "Busy", "Given", "Held", "Idempotency", "KeyReused"]

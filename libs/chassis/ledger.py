"""Tables that only grow: each row carries the hash of the row before it, one chain a retailer."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, func, insert, select

GENESIS = bytes(32)


def chain() -> tuple[Column[Any], ...]:
    """The columns of a chained table: `seq` counts from 1 within a retailer, the hashes are SHA-256."""
    return (
        Column("seq", BigInteger, nullable=False),
        Column("prev_hash", LargeBinary(32), nullable=False),
        Column("hash", LargeBinary(32), nullable=False),
    )


def entry_hash(previous: bytes, fields: Mapping[str, Any]) -> bytes:
    """SHA-256 over the hash before and `fields` as canonical JSON; the order of the fields does not matter."""
    written = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_written)
    return hashlib.sha256(previous + written.encode()).digest()


def append(db: Connection, table: Table, retailer_id: UUID, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add `rows` to the end of the retailer's chain, in this order, in the caller's transaction."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{table.name}:{retailer_id}", 0))))
    last, previous = _end(db, table, retailer_id)
    written: list[dict[str, Any]] = []
    for seq, row in enumerate(rows, start=last + 1):
        fields = {name: row.get(name) for name in _hashed(table)} | {"retailer_id": retailer_id, "seq": seq}
        digest = entry_hash(previous, fields)
        written.append(fields | {"prev_hash": previous, "hash": digest})
        previous = digest
    if written:
        db.execute(insert(table).values(written))  # one trip for all


def broken_at(db: Connection, table: Table, retailer_id: UUID) -> int | None:
    """The first `seq` of the retailer's chain that was edited, removed or moved; None when the chain is whole.

    A chain cut off at its end is whole: that its last rows are gone is seen only beside what they were written for.
    """
    previous = GENESIS
    found = db.execute(select(table).where(table.c.retailer_id == retailer_id).order_by(table.c.seq)).mappings()
    for expected, row in enumerate(found, start=1):
        fields = {name: row[name] for name in _hashed(table)}
        whole = row["seq"] == expected and row["prev_hash"] == previous and row["hash"] == entry_hash(previous, fields)
        if not whole:
            return expected
        previous = row["hash"]
    return None


def append_only(table: str) -> str:
    """The statements, for a migration, after which rows of `table` can be neither changed nor removed."""
    return f"""
        CREATE OR REPLACE FUNCTION {table}_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} only grows: % refused', TG_OP;
        END $$;
        CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grow();
    """


def _hashed(table: Table) -> list[str]:
    return [column.name for column in table.c if column.name not in ("prev_hash", "hash")]


def _end(db: Connection, table: Table, retailer_id: UUID) -> tuple[int, bytes]:
    newest = select(table.c.seq, table.c.hash).where(table.c.retailer_id == retailer_id)
    row = db.execute(newest.order_by(table.c.seq.desc()).limit(1)).first()
    return (row.seq, bytes(row.hash)) if row else (0, GENESIS)


def _written(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} has no one way to be written into a ledger")

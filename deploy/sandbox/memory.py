"""What the sandbox remembers: SQLite files that outlive a kill, with one writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

# Write-ahead logging without a sync per commit: safe against a killed process, not against a power cut.
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;"


class Memory:
    """One SQLite file, its schema made when absent. Every change is one commit under one lock."""

    def __init__(self, file: Path, schema: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._depth = 0
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_PRAGMAS + schema)

    @contextmanager
    def change(self) -> Iterator[None]:
        """All that is run inside is kept together or not at all. One inside another joins the outer one."""
        with self._lock:
            if self._depth:
                yield
                return
            self._depth += 1
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def run(self, sql: str, *values: Any) -> int:
        """Run one statement; gives the id of the row it inserted, if any."""
        with self._lock:
            return self._db.execute(sql, values).lastrowid or 0

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Every row of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchone()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

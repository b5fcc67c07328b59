"""Carries webhooks out: the same bytes and headers every time, again and again until somebody answers 2xx."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.sandbox.memory import Memory

SCHEMA = """
CREATE TABLE IF NOT EXISTS letters (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, lane TEXT NOT NULL, topic TEXT NOT NULL, url TEXT NOT NULL,
    headers TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL, answer TEXT, due REAL NOT NULL);
CREATE INDEX IF NOT EXISTS letters_waiting ON letters (due, seq) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS letters_lane ON letters (lane);
"""
RETRIES = 8  # as Shopify does, though over a minute and not over four hours
AT_ONCE = 8
_TIMEOUT = httpx.Timeout(5.0, connect=1.0)  # Shopify's budget: 1 s to connect, 5 s in all


@dataclass(frozen=True)
class Letter:
    """One webhook as it goes out. Letters of one lane go one after the other, in the order in which they are due."""

    id: str
    lane: str
    topic: str
    url: str
    headers: dict[str, str]
    body: bytes
    retries: int = RETRIES


class Postman:
    """Sends what lies in the letters table of `memory`; what was not taken is sent again after a growing pause."""

    def __init__(self, memory: Memory, *, pause: float = 0.25) -> None:
        self._memory = memory
        self._pause = pause
        self._woken = asyncio.Event()
        self._answered = asyncio.Condition()
        self._busy: set[str] = set()

    def post(self, letter: Letter) -> int:
        """Put a letter in the box, as part of the change it tells of; gives its number."""
        return self._memory.run(
            "INSERT INTO letters (id, lane, topic, url, headers, body, retries, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            letter.id,
            letter.lane,
            letter.topic,
            letter.url,
            json.dumps(letter.headers),
            letter.body,
            letter.retries,
            time.time(),
        )

    def wake(self) -> None:
        """Say that there is something to carry."""
        self._woken.set()

    def letters(self, lane: str) -> list[dict[str, Any]]:
        """What became of each letter of a lane, oldest first."""
        return [
            dict(row)
            for row in self._memory.rows(
                "SELECT seq, id, topic, url, state, tries, answer FROM letters WHERE lane = ? ORDER BY seq", lane
            )
        ]

    async def answers(self, numbers: list[int], *, patience: float) -> list[str | None]:
        """What was answered to each of these letters so far, after every first try or `patience` seconds."""

        def told() -> list[str | None]:
            rows = [self._memory.row("SELECT answer FROM letters WHERE seq = ?", number) for number in numbers]
            return [row["answer"] if row else None for row in rows]

        async with self._answered:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._answered.wait_for(lambda: all(told())), patience)
        return told()

    async def run(self) -> None:
        """Carry letters until cancelled."""
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client, asyncio.TaskGroup() as tasks:
            while True:
                self._woken.clear()
                for row in self._due():
                    self._busy.add(row["lane"])
                    tasks.create_task(self._carry(client, row))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._until_next())

    def _due(self) -> list[Any]:
        """The next letter of every lane that is not being carried, as many as there are free hands."""
        chosen: dict[str, Any] = {}
        rows = self._memory.rows(
            "SELECT * FROM letters WHERE state = 'waiting' AND due <= ? ORDER BY due, seq LIMIT 500", time.time()
        )
        for row in rows:
            if row["lane"] not in self._busy:
                chosen.setdefault(row["lane"], row)
        return list(chosen.values())[: max(0, AT_ONCE - len(self._busy))]

    def _until_next(self) -> float | None:
        """Seconds until a letter is due that nobody carries; None when only `wake` can bring one."""
        if len(self._busy) >= AT_ONCE:
            return None
        rows = self._memory.rows("SELECT lane, min(due) AS due FROM letters WHERE state = 'waiting' GROUP BY lane")
        dues = [row["due"] for row in rows if row["lane"] not in self._busy]
        return max(0.0, min(dues) - time.time()) if dues else None

    async def _carry(self, client: httpx.AsyncClient, row: Any) -> None:
        answer = await self._send(client, row)
        taken = answer.startswith("2")
        tries = row["tries"] + 1
        state = "taken" if taken else "waiting" if tries <= row["retries"] else "given_up"
        self._memory.run(
            "UPDATE letters SET state = ?, tries = ?, answer = ?, due = ? WHERE seq = ?",
            state,
            tries,
            answer,
            time.time() + self._pause * 2 ** row["tries"],
            row["seq"],
        )
        self._busy.discard(row["lane"])
        self.wake()
        async with self._answered:
            self._answered.notify_all()

    async def _send(self, client: httpx.AsyncClient, row: Any) -> str:
        """The status of the answer, or the name of what stood in its way."""
        try:
            response = await client.post(row["url"], content=row["body"], headers=json.loads(row["headers"]))
        except (httpx.HTTPError, httpx.InvalidURL) as lost:
            return type(lost).__name__
        return str(response.status_code)

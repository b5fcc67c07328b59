"""The desk where carriers' labels are made: what it remembers, how it misbehaves, and who looks at it."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox import faults
from deploy.sandbox.faults import Fault, Faults
from deploy.sandbox.memory import Memory

SCHEMA = """
CREATE TABLE IF NOT EXISTS shipments (
    seq INTEGER PRIMARY KEY, id TEXT UNIQUE, carrier TEXT NOT NULL, mode TEXT NOT NULL, reference TEXT NOT NULL,
    asked TEXT NOT NULL, rates TEXT NOT NULL DEFAULT '[]', rate TEXT, tracking_number TEXT UNIQUE, made_at TEXT NOT NULL,
    bought_at TEXT, voided_at TEXT, used_at TEXT);
CREATE TABLE IF NOT EXISTS refunds (seq INTEGER PRIMARY KEY, status TEXT NOT NULL);
"""
REFUSALS = frozenset({"refuse", "refuse_words", "refuse_fields", "refuse_plain", "refuse_empty"})
KINDS = REFUSALS | {
    "fail_before",
    "fail_after",
    "hang",
    "hang_after",
    "slow",
    "throttled",
    "partial",
    "no_page",
    "no_rates",
}
_HANG, _SLOW = 60.0, 3.0

Act = Callable[[str], Response]  # given the kind of a fault that changes the answer itself, or nothing


class Desk:
    """Remembers every shipment, and lets a call go wrong where it was told to."""

    def __init__(self, memory: Memory, *, clock: Callable[[], datetime]) -> None:
        self.memory, self.clock = memory, clock
        self._faults = Faults(KINDS)

    def routes(self) -> list[Route]:
        """How it is told to misbehave, and what it made."""
        return [
            Route("/control/labels", self.listing),
            Route("/control/labels/{number}/use", self.use, methods=["POST"]),
            faults.route(self._faults),
        ]

    async def serve(self, carrier: str, operation: str, place: str, act: Act, refuse: Act) -> Response:
        """One call, well or as it was told to go wrong. A fault finds it by operation, by both names, or by postcode."""
        fault = self._faults.take(operation, f"{carrier}.{operation}", place)
        if fault is None:
            return act("")
        if fault.kind in REFUSALS:
            return refuse(fault.kind)
        if fault.kind == "throttled":
            return JSONResponse(
                {"error": {"code": "RATE_LIMITED", "message": "slow down", "errors": []}}, status_code=429
            )
        return await self._late_or_lost(fault, act)

    async def _late_or_lost(self, fault: Fault, act: Act) -> Response:
        if fault.kind == "slow":
            await asyncio.sleep(_SLOW if fault.seconds is None else fault.seconds)
        if fault.kind in ("fail_before", "hang"):
            return await self._lost(fault)
        answer = act(fault.kind)
        return await self._lost(fault) if fault.kind.endswith("_after") else answer

    @staticmethod
    async def _lost(fault: Fault) -> Response:
        if fault.kind.startswith("hang"):
            await asyncio.sleep(_HANG if fault.seconds is None else fault.seconds)
        return JSONResponse({"error": "out of order"}, status_code=500)

    def keep(self, carrier: str, *, mode: str, reference: str, asked: Any, rates: Any = ()) -> int:
        """Remember what was asked for; its number."""
        return self.memory.run(
            "INSERT INTO shipments (carrier, mode, reference, asked, rates, made_at) VALUES (?, ?, ?, ?, ?, ?)",
            carrier,
            mode,
            reference,
            json.dumps(asked),
            json.dumps(rates),
            self.clock().isoformat(),
        )

    def change(self, seq: int, **values: str | None) -> None:
        """Keep more of a shipment."""
        for name, value in values.items():
            self.memory.run(f"UPDATE shipments SET {name} = ? WHERE seq = ?", value, seq)

    def refund(self, seq: int, status: str) -> None:
        """How far the refund of a label is: `submitted`, `refunded` or `rejected`."""
        self.memory.run("INSERT OR REPLACE INTO refunds (seq, status) VALUES (?, ?)", seq, status)

    def find(self, column: str, value: Any) -> dict[str, Any] | None:
        """The shipment whose `column` is `value`, its JSON read, with how far its `refund` is."""
        status = "(SELECT status FROM refunds WHERE refunds.seq = shipments.seq) AS refund"
        row = self.memory.row(f"SELECT *, {status} FROM shipments WHERE {column} = ?", value)
        return dict(row) | {"asked": json.loads(row["asked"]), "rates": json.loads(row["rates"])} if row else None

    async def listing(self, _: Request) -> Response:
        """Every label, oldest first."""
        rows = self.memory.rows("SELECT * FROM shipments WHERE tracking_number IS NOT NULL ORDER BY seq")
        names = ("carrier", "mode", "reference", "tracking_number", "made_at", "voided_at", "used_at")
        labels = [{name: row[name] for name in names} | {"asked": json.loads(row["asked"])} for row in rows]
        return JSONResponse({"labels": labels})

    async def use(self, request: Request) -> Response:
        """The parcel is on its way: its label cannot be made void any more."""
        number = request.path_params["number"]
        self.memory.run("UPDATE shipments SET used_at = ? WHERE tracking_number = ?", self.clock().isoformat(), number)
        return JSONResponse({})

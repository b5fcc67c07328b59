"""The carrier's desk for labels: what Homeward's bridge asks it (services/labels/README.md), and what it says to it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox import faults
from deploy.sandbox.faults import Faults
from deploy.sandbox.memory import Memory

SCHEMA = """
CREATE TABLE IF NOT EXISTS labels (
    seq INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, asked TEXT NOT NULL, made_at TEXT NOT NULL, voided_at TEXT);
"""
KINDS = frozenset({"refuse", "fail_before", "fail_after", "throttled"})
_OPERATIONS = {"PUT": "book", "GET": "find", "DELETE": "void"}


class Desk:
    """Makes labels, each once for its reference, and makes them void."""

    def __init__(self, memory: Memory, *, clock: Callable[[], datetime]) -> None:
        self._memory, self._clock = memory, clock
        self._faults = Faults(KINDS)
        self._acts = {"PUT": self._book, "GET": self._find, "DELETE": self._void}

    def routes(self) -> list[Route]:
        """What the desk answers, and how it is told to misbehave."""
        return [
            Route("/labels/{reference}", self.handle, methods=["PUT", "GET", "DELETE"]),
            Route("/control/labels", self.listing),
            faults.route(self._faults),
        ]

    async def handle(self, request: Request) -> Response:
        """One request of the bridge, well or as it was told to go wrong."""
        reference, body = request.path_params["reference"], await request.body()
        fault = self._faults.take(_OPERATIONS[request.method], self._postcode(reference, body))
        match fault and fault.kind:
            case "refuse":
                return JSONResponse({"error": "this postcode is not served"}, status_code=422)
            case "throttled":
                return JSONResponse({"error": "too many requests"}, status_code=429)
            case "fail_before":
                return JSONResponse({"error": "out of order"}, status_code=500)
        answer = self._acts[request.method](reference, body)
        return JSONResponse({"error": "out of order"}, status_code=500) if fault else answer

    async def listing(self, _: Request) -> Response:
        """Every label, oldest first."""
        return JSONResponse(
            {"labels": [_shown(dict(row)) for row in self._memory.rows("SELECT * FROM labels ORDER BY seq")]}
        )

    def _postcode(self, reference: str, body: bytes) -> str:
        """Where the sender of a label lives: another name by which a fault finds its call."""
        row = self._memory.row("SELECT asked FROM labels WHERE reference = ?", reference)
        asked = body or (row["asked"] if row else "{}")
        return str(json.loads(asked).get("sender", {}).get("postcode", ""))

    def _book(self, reference: str, body: bytes) -> Response:
        with self._memory.change():
            self._memory.run(
                "INSERT INTO labels (reference, asked, made_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                reference,
                json.dumps(json.loads(body)),
                self._clock().isoformat(),
            )
        return self._find(reference, b"")

    def _find(self, reference: str, _: bytes) -> Response:
        row = self._memory.row("SELECT * FROM labels WHERE reference = ? AND voided_at IS NULL", reference)
        if row is None:
            return JSONResponse({"error": "no such label"}, status_code=404)
        return JSONResponse({"tracking_number": _number(row["seq"])})

    def _void(self, reference: str, _: bytes) -> Response:
        self._memory.run(
            "UPDATE labels SET voided_at = ? WHERE reference = ? AND voided_at IS NULL",
            self._clock().isoformat(),
            reference,
        )
        return JSONResponse({})


def _number(seq: int) -> str:
    return f"SBX{seq:09}GB"


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "tracking_number": _number(row["seq"]),
        "asked": json.loads(row["asked"]),
        "made_at": row["made_at"],
        "voided_at": row["voided_at"],
    }

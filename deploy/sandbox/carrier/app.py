"""The carriers' port: SEKO and EasyPost make labels, and parcels are scanned on command.

A scan is told in a signed webhook (Standard Webhooks).
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any, Literal
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from deploy.sandbox.carrier import desk as desks
from deploy.sandbox.carrier import telling
from deploy.sandbox.carrier.easypost import EasyPost
from deploy.sandbox.carrier.seko import Seko
from deploy.sandbox.memory import Memory
from deploy.sandbox.postman import RETRIES, Letter, Postman
from deploy.sandbox.web import LIVEZ, BadRequest, listing, page, read, refuse

_SCANS = """
CREATE TABLE IF NOT EXISTS scans (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, tracking_number TEXT NOT NULL, code TEXT NOT NULL, occurred_at TEXT NOT NULL,
    body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS scans_parcel ON scans (tracking_number);
"""
SCHEMA = _SCANS + desks.SCHEMA
TYPE = "tracking.scan"
_OLD = 3600  # seconds: far outside the window in which a receiver takes a signature
_PATIENCE = 6.0


class ScanAsked(BaseModel):
    """The body of `POST /control/scan`. `code` is one of the milestones and facts of the normal form.

    `secret` says whose webhook it is: `whsec_...`, or `easypost:`, `seko:name:password` or `aftership:` and the secret. A scan
    without a `url` is told to nobody but who asks the carrier.
    `times` sends the same webhook more than once, `id` gives it a chosen id, `signature` makes it bad on purpose:
    signed with another secret, or long ago.
    """

    model_config = ConfigDict(extra="forbid")

    tracking_number: str = Field(min_length=1, max_length=60)
    code: str = Field(pattern=r"^[a-z_]{2,40}$")
    url: str | None = Field(None, pattern=r"^https?://")
    secret: str = "whsec_"
    occurred_at: AwareDatetime | None = None
    location: str | None = None
    description: str | None = None
    id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,80}$")
    times: int = Field(1, ge=1, le=20)
    signature: Literal["good", "bad", "old"] = "good"


def sign(body: bytes, *, id_: str, timestamp: int, secret: str) -> str:
    """The `webhook-signature` of Standard Webhooks; `secret` is `whsec_` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    mac = hmac.new(key, f"{id_}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


class Carrier:
    """Remembers every scan, and sends it."""

    def __init__(self, memory: Memory, postman: Postman, *, clock: Callable[[], datetime]) -> None:
        self._memory = memory
        self._postman = postman
        self._clock = clock

    async def scan(self, request: Request) -> Response:
        """Scan a parcel; answers with what the receiver said to the first try, which is repeated while it is not 2xx."""
        asked = await read(request, ScanAsked)
        occurred_at = asked.occurred_at or self._clock()
        id_ = asked.id or f"msg_{uuid4().hex}"
        body = _body(asked, occurred_at)
        with self._memory.change():
            self._memory.run(
                "INSERT INTO scans (id, tracking_number, code, occurred_at, body) VALUES (?, ?, ?, ?, ?)",
                id_,
                asked.tracking_number,
                asked.code,
                occurred_at.isoformat(),
                body,
            )
            numbers = [
                self._postman.post(self._letter(asked, id_, body)) for _ in range(asked.times if asked.url else 0)
            ]
        self._postman.wake()
        answers = await self._postman.answers(numbers, patience=_PATIENCE)
        return JSONResponse({"id": id_, "occurred_at": occurred_at.isoformat(), "answers": answers}, status_code=202)

    def _letter(self, asked: ScanAsked, id_: str, body: bytes) -> Letter:
        body, headers = self._signed(asked, id_, body)
        return Letter(
            id=id_,
            lane=asked.tracking_number,
            topic=TYPE,
            url=asked.url or "",
            headers={"Content-Type": "application/json", **headers},
            body=body,
            retries=RETRIES if asked.signature == "good" else 0,
        )

    def _signed(self, asked: ScanAsked, id_: str, body: bytes) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of whom the secret names."""
        number, secret = asked.tracking_number, asked.secret
        seen = telling.history(self._memory, number)
        match secret.partition(":")[0]:
            case "easypost":
                return telling.easypost(id_, number, seen, secret + ("x" if asked.signature == "bad" else ""))
            case "aftership":
                return telling.aftership(id_, number, seen, secret + ("x" if asked.signature == "bad" else ""))
            case "seko" if secret.count(":") >= 2:
                return telling.seko(number, seen, secret + ("x" if asked.signature == "bad" else ""))
        return body, _standard(asked, id_, body)

    async def scans(self, request: Request) -> Response:
        """Every scan, oldest first, of all parcels or one."""
        return JSONResponse({"scans": self._scans(request.query_params.get("tracking_number"))})

    async def front(self, _: Request) -> Response:
        """What was scanned, newest first."""
        rows = listing(
            (
                f"<span class=row><code>{escape(one['tracking_number'])}</code><strong>{escape(one['code'])}</strong>"
                f"<span class=soft>{escape(one['occurred_at'])}</span></span>"
                for one in reversed(self._scans(None)[-50:])
            ),
            "No scans yet: POST /control/scan makes one.",
        )
        return page(
            "Sandbox carrier",
            "<p>Scans parcels on command and reports each scan in a signed webhook "
            f"(Standard Webhooks, type <code>{TYPE}</code>).</p>{rows}",
        )

    def _scans(self, tracking_number: str | None) -> list[dict[str, Any]]:
        return [
            dict(row)
            for row in self._memory.rows(
                "SELECT seq, id, tracking_number, code, occurred_at FROM scans WHERE ? IS NULL OR tracking_number = ? "
                "ORDER BY seq",
                tracking_number,
                tracking_number,
            )
        ]


def _standard(asked: ScanAsked, id_: str, body: bytes) -> dict[str, str]:
    # The window of a signature is judged by the real clock, whatever the sandbox's clock says.
    timestamp = int(time.time()) - (_OLD if asked.signature == "old" else 0)
    secret = asked.secret
    if asked.signature == "bad":
        secret = "whsec_" + base64.b64encode(b"somebody else's secret, surely").decode()
    try:
        signature = sign(body, id_=id_, timestamp=timestamp, secret=secret)
    except ValueError:
        raise BadRequest("secret must be whsec_ and base64") from None
    return {"webhook-id": id_, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


def _body(asked: ScanAsked, occurred_at: datetime) -> bytes:
    data = {
        "tracking_number": asked.tracking_number,
        "code": asked.code,
        "occurred_at": occurred_at.isoformat(),
        "location": asked.location,
        "description": asked.description,
    }
    told = {name: value for name, value in data.items() if value is not None}
    return json.dumps({"type": TYPE, "timestamp": occurred_at.isoformat(), "data": told}).encode()


def build(memory: Memory, postman: Postman, *, clock: Callable[[], datetime]) -> ASGIApp:
    """The carrier's application."""
    carrier, desk = Carrier(memory, postman, clock=clock), desks.Desk(memory, clock=clock)
    return Starlette(
        routes=[
            LIVEZ,
            Route("/", carrier.front),
            Route("/control/scan", carrier.scan, methods=["POST"]),
            Route("/control/scans", carrier.scans),
            *desk.routes(),
            *Seko(desk).routes(),
            *EasyPost(desk, postman).routes(),
        ],
        exception_handlers={BadRequest: refuse},
    )

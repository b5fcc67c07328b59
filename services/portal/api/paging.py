"""Pages of a list: a cursor that says where the last page ended, which nobody but us can write."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import Query, Request

from libs.chassis.secrets import Secrets
from services.portal.problems import Problem

MOST, USUAL = 200, 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAC = 16  # bytes
_TICK = timedelta(microseconds=1)

Limit = Annotated[int, Query(ge=1, le=MOST, description=f"how many at most, up to {MOST}")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the moment that the list is sorted by, and the id that settles equal moments."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Cursors:
    """Writes and reads the cursors of one list, with these filters, of one retailer."""

    keyring: Secrets
    retailer_id: UUID
    of: str

    def write(self, place: Place) -> str:
        """The cursor that goes on after `place`."""
        said = ((place.at - _EPOCH) // _TICK).to_bytes(8, "big") + place.id.bytes
        return urlsafe_b64encode(said + self._mac(said)).decode().rstrip("=")

    def read(self, given: str | None) -> Place | None:
        """Where to go on; a problem 422 for what is no cursor of this list."""
        if given is None:
            return None
        try:
            raw = urlsafe_b64decode(given.encode("ascii") + b"==")
        except ValueError:
            raw = b""
        said, mac = raw[:24], raw[24:]
        if len(said) != 24 or not hmac.compare_digest(mac, self._mac(said)):
            raise Problem(
                422, "page.bad_cursor", "Take `next` of the page before, with the same filters, or leave it out."
            )
        return Place(_EPOCH + int.from_bytes(said[:8], "big") * _TICK, UUID(bytes=said[8:]))

    def _mac(self, said: bytes) -> bytes:
        return self.keyring.fingerprint(self.retailer_id, f"cursor:{self.of}", said.hex())[:_MAC]


def cursors(request: Request, keyring: Secrets, retailer_id: UUID) -> Cursors:
    """The cursors of the list that `request` asks for, with its filters."""
    filters = sorted((name, value) for name, value in _asked(request) if name not in {"cursor", "limit"})
    return Cursors(keyring, retailer_id, f"{request.url.path}?{urlencode(filters)}")


def link(request: Request, base: str, cursor: str | None) -> dict[str, str]:
    """The `Link` header of a page that has a next one (RFC 8288); `base` is the gateway's public address."""
    if cursor is None:
        return {}
    query = urlencode([pair for pair in _asked(request) if pair[0] != "cursor"] + [("cursor", cursor)])
    return {"Link": f'<{base}{request.url.path}?{query}>; rel="next"'}


def _asked(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query, keep_blank_values=True)

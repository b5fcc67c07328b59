"""Who makes an effect, and under which `Idempotency-Key`."""

import json
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from libs.chassis.ids import new_id
from services.portal.access import Actor, May
from services.portal.api.access import Allowed
from services.portal.api.once import Effect, Once
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.store.idempotency import Asked

KEY_WORDS = "A key of your own, new for each new request: sending a request again under its key makes nothing twice."
KEY_EXAMPLE = "018f6e2c-return-4711"
JSON = "application/json"
CSV = "text/csv"
IMAGE = "image/*"
_NOT_SENT_SO = {JSON: "request.not_json", CSV: "request.not_csv", IMAGE: "request.not_an_image"}
_QUOTED = re.compile(r'"(?:[^"\\]|\\["\\])*"')  # a string of RFC 8941
_PLAIN = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody about to make an effect."""

    who: Actor
    here: Portal
    _once: Once
    _asked: Asked | None

    @property
    def has_key(self) -> bool:
        """Whether the request came with a key."""
        return self._asked is not None

    async def once(self, effect: Effect) -> Response:
        """Make the effect, or give the first answer to the same request again."""
        if self._asked is None:
            return await run_in_threadpool(effect, new_id())
        return await self._once.give(self._asked, effect)


def acting(may: May, *, by_key: bool = True, media: str = JSON) -> Callable[..., Coroutine[Any, Any, Acting]]:
    """A dependency: who may do `may`, with the key that makes a repeat harmless.

    Without `by_key` the key may be left out: what is asked for has keys of its own. `media` is what the body must be.
    """

    async def act(
        request: Request,
        who: Annotated[Actor, Depends(Allowed(may))],
        here: Annotated[Portal, Depends(portal)],
        idempotency_key: Annotated[str | None, Header(description=KEY_WORDS, examples=[KEY_EXAMPLE])] = None,
    ) -> Acting:
        await _is_sent_as(request, media)
        if idempotency_key is None and not by_key:
            return Acting(who, here, request.app.state.once, None)
        key = read_key(idempotency_key or "")
        asked = Asked(who.retailer_id, f"{who.kind} {who.id}", key, await _digest(request))
        return Acting(who, here, request.app.state.once, asked)

    act.needs_key = by_key  # type: ignore[attr-defined]  # for the reference
    return act


def read_key(given: str) -> str:
    """The key of an `Idempotency-Key` header, bare or as a quoted string; a problem 422 where there is none."""
    key = re.sub(r"\\(.)", r"\1", given[1:-1]) if _QUOTED.fullmatch(given) else given
    if not key.strip():
        raise Problem(422, "idempotency.key_missing", "Send an Idempotency-Key of your own with each new request.")
    if not _PLAIN.fullmatch(key):
        raise Problem(422, "idempotency.key_malformed", "An Idempotency-Key is 1 to 255 printable ASCII characters.")
    return key


async def _is_sent_as(request: Request, media: str) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    fits = kind == media or (media == JSON and kind.endswith("+json")) or (media == IMAGE and kind.startswith("image/"))
    if await request.body() and not fits:
        raise Problem(415, _NOT_SENT_SO[media], f"Send the body as {media}.", headers={"Accept": media})


async def _digest(request: Request) -> bytes:
    """What tells a request from another one: its address and its body, however that is laid out."""
    body = await request.body()
    with suppress(ValueError, RecursionError):  # no JSON, which is for the route to refuse
        body = json.dumps(json.loads(body), sort_keys=True).encode()
    return sha256(f"{request.method}\0{request.url.path}\0{request.url.query}\0".encode() + body).digest()


__all__ = ["Acting", "acting", "read_key"]

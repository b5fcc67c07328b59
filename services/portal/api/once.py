"""Effects that programs ask for, each made once for its `Idempotency-Key`, however often the request comes.

The first request with a key makes the effect; its answer is kept and given to all who send the same again. Requests that
come meanwhile wait for it. A refusal is an answer like any other; an error of ours is not, so the same request may then
be sent again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from libs.chassis import crash
from services.portal.api.failures import answer_for
from services.portal.problems import Problem
from services.portal.store.idempotency import Asked, Busy, Given, Held, Idempotency, KeyReused

WAIT = 5.0  # seconds that a repeat waits for the first
LOOK_AGAIN = 0.1  # seconds between two looks at a key that another process holds
KEPT_HEADERS = ("content-type", "cache-control", "location", "retry-after")

Effect = Callable[[UUID], Response]


@dataclass(slots=True)
class _InHand:
    """A request at work in this process. `given` is its answer, once `done`."""

    done: anyio.Event = field(default_factory=anyio.Event)
    given: Given | None = None


class Once:
    """A gateway's effects in hand. `wait` is how many seconds a repeat waits for the first."""

    def __init__(self, store: Idempotency, wait: float = WAIT) -> None:
        self._store, self._wait = store, wait
        self._in_hand: dict[tuple[UUID, bytes, bytes], _InHand] = {}

    async def give(self, asked: Asked, effect: Effect) -> Response:
        """The answer of `effect`, or the first answer to the same request; a problem 409 when that takes too long.

        `effect` is given the id under which it must record itself, which is the same when it is tried again.
        """
        mark, ends = (asked.retailer_id, asked.key_hash, asked.request), time.monotonic() + self._wait
        while (first := self._in_hand.get(mark)) is not None:  # it waits here, and costs neither thread nor query
            with anyio.move_on_after(ends - time.monotonic()):
                await first.done.wait()
            if first.given is not None:
                return _replayed(first.given)
            if not first.done.is_set():
                raise _in_progress()
        mine = self._in_hand[mark] = _InHand()
        try:
            response, mine.given = await self._alone(asked, effect, ends)
            return response
        finally:
            del self._in_hand[mark]
            mine.done.set()

    async def _alone(self, asked: Asked, effect: Effect, ends: float) -> tuple[Response, Given]:
        """The only one of this process that asks for it now."""
        while True:
            try:
                begun = await run_in_threadpool(self._store.begin, asked)
            except KeyReused:
                raise Problem(
                    422, "idempotency.key_reused", "This Idempotency-Key came before with another request."
                ) from None
            match begun:
                case Given():
                    return _replayed(begun), begun
                case Held():
                    given = await run_in_threadpool(self._make, asked, begun, effect)
                    return _response(given), given
                case Busy() if time.monotonic() > ends:
                    raise _in_progress()
            await anyio.sleep(LOOK_AGAIN)  # what another process answers is seen in the database only

    def _make(self, asked: Asked, held: Held, effect: Effect) -> Given:
        crash.point("api.before_effect")
        try:
            given = _as_given(effect(held.effect_id))
        except Exception as failure:
            given = _as_given(answer_for(failure))
        crash.point("api.after_effect")
        if not _is_worth_keeping(given):
            self._store.release(asked, held)
            return given
        return self._store.answer(asked, given)


def _as_given(response: Response) -> Given:
    headers = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
    return Given(response.status_code, headers, bytes(response.body))


def _response(given: Given) -> Response:
    return Response(given.body, given.status, given.headers)


def _replayed(given: Given) -> Response:
    said = {"Idempotency-Replayed": "true"} if _is_worth_keeping(given) else {}
    return Response(given.body, given.status, given.headers | said)


def _is_worth_keeping(given: Given) -> bool:
    """Whether it is an answer, and not an error of ours that passes."""
    return given.status < 500 and given.status != 429


def _in_progress() -> Problem:
    return Problem(
        409,
        "idempotency.in_progress",
        "The first request with this key is not answered yet. Send the same again.",
        headers={"Retry-After": "2"},
    )


__all__ = ["Effect", "Once"]

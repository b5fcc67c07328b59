"""Calls to the outside: never while a transaction is open, always with a time limit, and with an honest outcome."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from libs.chassis.breaker import Breaker, Open
from libs.chassis.errors import Permanent, Transient
from libs.chassis.metrics import meter

open_unit: ContextVar[str | None] = ContextVar("homeward_open_unit", default=None)


class CallInsideUnit(RuntimeError):
    """A transaction is open: a slow answer would hold its locks. This is an error in our code."""


class NotSent(Transient):
    """Nothing left us, or the outside says it did nothing because we ask too often: safe to repeat."""


class OutcomeUnknown(Exception):
    """Sent, and no usable answer: it may have been done. Read back before anything is repeated."""


class Declined(Permanent):
    """The outside understood and said no. `code` is theirs or the HTTP status, `words` are theirs."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code, self.words = code, words


def forbid_open_unit() -> None:
    """Raise CallInsideUnit when a transaction is open. Every call to the outside begins with it."""
    if (service := open_unit.get()) is not None:
        raise CallInsideUnit(f"a unit of {service} is open")


@contextmanager
def calling(name: str, breaker: Breaker | None = None) -> Iterator[None]:
    """Around one call to the outside: never while a unit is open or `breaker` is (then NotSent), and measured."""
    forbid_open_unit()
    started, outcome = time.monotonic(), "unknown"
    try:
        with breaker.call() if breaker else nullcontext():
            yield
        outcome = "done"
    except Open as left_alone:
        outcome = "open"
        raise NotSent(str(left_alone)) from left_alone
    except (NotSent, Declined) as known:
        outcome = type(known).__name__.lower()
        raise
    finally:
        meter().outside_seconds.labels(name, outcome).observe(time.monotonic() - started)


class Outside:
    """An HTTP party outside. `timeout` is (connect, read) in seconds; redirects are never followed."""

    def __init__(
        self,
        name: str,
        base: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: tuple[float, float] = (3, 20),
        breaker: Breaker | None = None,
    ) -> None:
        self._name, self._base, self._timeout, self._breaker = name, base.rstrip("/"), timeout, breaker
        self._session = requests.Session()
        self._session.headers.update(headers or {})
        self._session.cookies.set_policy(
            DefaultCookiePolicy(allowed_domains=())
        )  # no state from one retailer's call to another's

    def call(self, method: str, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """The JSON answer to one request, sent once. Raises NotSent, OutcomeUnknown or Declined."""
        with calling(self._name, self._breaker):
            return self._send(method, path, json, headers)

    def _send(self, method: str, path: str, json: Any, headers: Mapping[str, str] | None) -> Any:
        try:
            response = self._session.request(
                method, self._base + path, json=json, headers=headers, timeout=self._timeout, allow_redirects=False
            )
        except requests.ConnectTimeout as away:
            raise NotSent(self._name) from away
        except requests.ConnectionError as away:
            raise (NotSent if never_connected(away) else OutcomeUnknown)(self._name) from away
        except requests.RequestException as lost:
            raise OutcomeUnknown(self._name) from lost
        return self._read(response)

    def _read(self, response: requests.Response) -> Any:
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise NotSent(f"{self._name}: HTTP {status}")
        if status >= 500 or 300 <= status < 400:
            raise OutcomeUnknown(f"{self._name}: HTTP {status}")
        if status >= 400:
            raise Declined(str(status), response.text[:300])
        try:
            return response.json()
        except ValueError as odd:
            raise OutcomeUnknown(f"{self._name}: the answer is not JSON") from odd


def never_connected(away: requests.ConnectionError) -> bool:
    """Whether nothing of a request can have reached the other side."""
    return isinstance(
        getattr(away.args[0] if away.args else None, "reason", None), NewConnectionError
    )  # a name not found too

"""Asking another service: one link with a reader thread and direct reply-to, transient, with a deadline on both sides."""

import json
import threading
import time
from itertools import count
from typing import Any, TypeVar, cast
from uuid import UUID

from amqp import Channel, Connection
from amqp import Message as Delivery

from libs.chassis.context import current
from libs.chassis.errors import DeadlineExceeded, Failed, Unavailable
from libs.chassis.logs import log
from libs.chassis.metrics import meter
from libs.chassis.outside import forbid_open_unit
from libs.chassis.wire import close, connect, dispatch, hang_up, publish
from libs.contracts.base import Call, Named, Request, answer_of
from libs.contracts.errors import Refused

REPLY_TO = "amq.rabbitmq.reply-to"
TIMEOUT = 2.0  # seconds a person is kept waiting for another service, unless the caller says otherwise
PATIENCE = 0.3  # seconds a call waits for a link that was lost
TICK = 2.5  # seconds between two looks at an idle link, and for the broker to take a request

AnswerT = TypeVar("AnswerT", bound=Named)


class _Slot:
    """Where one caller waits. A plain lock is the cheapest thing that a thread can wait on."""

    __slots__ = ("body", "kind", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.lock.acquire()
        self.kind, self.body = "", b""

    def fill(self, kind: str, body: bytes) -> None:
        self.kind, self.body = kind, body
        self.lock.release()


class Client:
    """Asks over one connection, from any thread. It survives the broker: calls fail with Unavailable until it is back."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self._connection: Connection | None = None
        self._channel: Channel | None = None
        self._waiting: dict[str, _Slot] = {}
        self._numbers = count(1)
        self._closed = self._tried = False
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._read, name="rpc-reader", daemon=True)
        self._thread.start()

    @property
    def connected(self) -> bool:
        """Whether the broker is reached."""
        return self._up.is_set()

    def ask(self, retailer_id: UUID, request: Request[AnswerT], *, timeout: float = TIMEOUT) -> AnswerT:
        """The answer to `request` within `timeout` seconds. Raises Refused, Unavailable, DeadlineExceeded or Failed."""
        forbid_open_unit()
        started, outcome = time.monotonic(), "failed"
        try:
            kind, body = self._exchange(retailer_id, request, timeout)
            outcome = kind
            return cast(AnswerT, _read_answer(request, kind, body))
        except (Unavailable, DeadlineExceeded) as away:
            outcome = type(away).__name__
            raise
        finally:
            meter().ask_seconds.labels(request.wire(), outcome).observe(time.monotonic() - started)

    def _exchange(self, retailer_id: UUID, request: Request[Any], timeout: float) -> tuple[str, bytes]:
        if not self._up.wait(min(timeout, PATIENCE if self._tried else timeout)):
            raise Unavailable("the broker is away")
        number, slot = str(next(self._numbers)), _Slot()
        self._waiting[number] = slot
        try:
            self._send(number, retailer_id, request, timeout)
            if not slot.lock.acquire(timeout=timeout):
                raise DeadlineExceeded(f"{request.owner()} gave no answer within {timeout:g} s")
        finally:
            self._waiting.pop(number, None)
        return slot.kind, slot.body

    def _send(self, number: str, retailer_id: UUID, request: Request[Any], timeout: float) -> None:
        context = current()
        call: Call[Any] = Call.model_construct(
            retailer_id=retailer_id,
            correlation_id=context.correlation_id,
            traceparent=context.traceparent,
            deadline=time.time() + timeout,
            data=request,
        )
        body = call.model_dump_json(by_alias=True, serialize_as_any=True).encode()
        delivery = Delivery(
            body,
            type=request.wire(),
            reply_to=REPLY_TO,
            correlation_id=number,
            delivery_mode=1,
            expiration=str(int(timeout * 1000)),
        )
        channel = self._channel
        if channel is None:
            raise Unavailable("the broker is away")
        connection = channel.connection
        try:
            publish(channel, "", request.queue(), delivery)
        except Exception as away:  # part of it may be on its way: after that nothing on this link would be understood
            if connection is not None:
                hang_up(connection)
            raise Unavailable(f"broker: {type(away).__name__}") from away

    def _read(self) -> None:
        while not self._closed:
            try:
                self._listen()
            except Exception as away:
                if not self._closed:
                    log.warning("chassis.rpc_link_lost", error=type(away).__name__)
            self._lost()
            if not self._closed:
                time.sleep(0.25)

    def _listen(self) -> None:
        self._connection = connection = connect(self._url, self._name)
        channel = connection.channel()
        channel.auto_decode = False
        channel.basic_consume(REPLY_TO, no_ack=True, callback=self._on_answer)
        channel.events["basic_return"].add(self._on_return)
        connection.transport.sock.settimeout(
            TICK
        )  # once: set anew for each frame, it would change under threads that write
        self._channel = channel
        self._tried = True
        self._up.set()
        for _ in dispatch(connection, tick=TICK):
            if self._closed:
                return

    def _on_answer(self, delivery: Delivery) -> None:
        slot = self._waiting.pop(delivery.properties.get("correlation_id", ""), None)
        if slot is not None:  # a late answer finds nobody, and is ignored
            slot.fill(delivery.properties.get("type", "failed"), delivery.body)

    def _on_return(self, _error: Exception, _exchange: str, key: str, delivery: Delivery) -> None:
        slot = self._waiting.pop(delivery.properties.get("correlation_id", ""), None)
        if slot is not None:
            slot.fill("unavailable", key.encode())

    def _lost(self) -> None:
        self._tried = True
        self._up.clear()
        self._channel = None
        for number in list(self._waiting):
            slot = self._waiting.pop(number, None)
            if slot is not None:  # else its caller has just given up
                slot.fill("unavailable", b"broker")
        if self._connection is not None:
            close(self._connection)
            self._connection = None

    def close(self) -> None:
        """End the link; calls in hand fail with Unavailable."""
        self._closed = True
        if (connection := self._connection) is not None:
            hang_up(connection)
        self._thread.join(TICK)


def _read_answer(request: Request[Any], kind: str, body: bytes) -> Named:
    if kind == "answer":
        return answer_of(type(request)).model_validate_json(body)
    if kind == "refused":
        told = json.loads(body)
        raise Refused(told["code"], told["detail"])
    if kind == "unavailable":
        raise Unavailable(f"{request.owner()} is not running" if body != b"broker" else "the broker is away")
    if kind == "late":
        raise DeadlineExceeded(f"{request.owner()} had no answer in time")
    if kind == "stuck":
        raise DeadlineExceeded(f"{request.owner()} cannot do its work just now")
    raise Failed(f"{request.owner()} met an error of its own ({kind})")


def refusal(code: str, detail: str) -> bytes:
    """The body of a refusal or failure."""
    return json.dumps({"code": code, "detail": detail}).encode()


_client: Client | None = None
_start = threading.Lock()


def client() -> Client:
    """This process's client, opened at its first use."""
    global _client
    if _client is None:
        with _start:
            if _client is None:
                from libs.chassis.settings import load

                _client = Client(load().amqp_url, f"{meter().service}.rpc")
    return _client


def ask(retailer_id: UUID, request: Request[AnswerT], *, timeout: float = TIMEOUT) -> AnswerT:
    """The answer to `request`. Raises Refused, Unavailable, DeadlineExceeded or Failed. Never inside a unit."""
    return client().ask(retailer_id, request, timeout=timeout)

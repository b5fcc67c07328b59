"""nameko entrypoints that lose nothing: facts from quorum queues with delays and a parked list, and answers to requests."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any

import eventlet
from amqp import Channel, Connection
from amqp import Message as Delivery
from eventlet.event import Event
from eventlet.queue import LightQueue
from nameko.extensions import Entrypoint, SharedExtension
from pydantic import ValidationError, create_model

from libs.chassis import crash, rpc, upkeep
from libs.chassis.context import Context, working
from libs.chassis.copies import Copies
from libs.chassis.errors import Malformed, Permanent, Unavailable
from libs.chassis.logs import log
from libs.chassis.metrics import meter
from libs.chassis.retries import Ladder, is_transient, reason
from libs.chassis.settings import Settings, load
from libs.chassis.wire import (
    Outcome,
    Outgoing,
    Publisher,
    close,
    connect,
    declare,
    delay_queue,
    dispatch,
    fact_queue,
    parked,
    publish,
)
from libs.chassis.works import DRAIN_WITHIN, instance_of, works
from libs.contracts.base import Call, Envelope, Message, Request, answer_of
from libs.contracts.errors import Refused

WORKERS = 10  # greenlets for facts, and as many for requests, so that a person never waits behind facts
PREFETCH = 10  # unacknowledged facts per queue
GIVE_BACK_AFTER = 1.0  # seconds: what can be neither handled nor put off would go round without a pause
TICK = 0.5  # seconds after which an idle link sees that it is to be left


class Bus(SharedExtension):
    """One link per process for all that it consumes, its worker greenlets, and the publisher that puts messages off."""

    def __init__(self) -> None:
        self.handlers: list[Handles] = []
        self.responders: dict[str, Answers | upkeep.Responder] = {}
        self.facts: LightQueue = LightQueue()
        self.requests: LightQueue = LightQueue()
        self.busy = 0
        self.connection: Connection | None = None
        self.reply_channel: Channel | None = None
        self._ready = Event()
        self._started = self._stopping = self._listening = False

    def setup(self) -> None:
        """Read the settings; called once by nameko."""
        self.settings: Settings = load()
        self.ladder = Ladder.from_settings(self.settings)
        self.publisher = Publisher(self.settings.amqp_url, f"{self.container.service_name}.parking")
        self.copies = Copies(self.container.service_name)
        self.instance = instance_of(self.container)
        self.responders |= upkeep.responders(self.container.service_name)

    def begin(self) -> None:
        """Consume, once every handler is known. Returns when the broker has been reached for the first time."""
        if not self._started:
            self._started = self._listening = True
            for queue in (self.facts, self.requests):
                for _ in range(WORKERS):
                    self.container.spawn_managed_thread(partial(self._work, queue))
            self.container.spawn_managed_thread(self._consume)
        self._ready.wait()

    def drain(self) -> None:
        """Take nothing new, finish what is in hand, close the link. What was not begun goes back to the broker."""
        self._stopping = True
        with eventlet.Timeout(DRAIN_WITHIN, False):
            while self._listening or not self._idle():
                eventlet.sleep(0.01)
        self.publisher.close()

    def _idle(self) -> bool:
        return not self.busy and self.requests.empty()

    @property
    def connected(self) -> bool:
        """Whether facts and requests are being received."""
        return self.connection is not None and self.connection.connected

    def _work(self, queue: LightQueue) -> None:
        while True:
            run, delivery = queue.get()
            if self._stopping and queue is self.facts:
                continue  # unacknowledged, so the broker gives it to another; a request is not given twice
            self.busy += 1
            try:
                run(delivery)
            finally:
                self.busy -= 1

    def _consume(self) -> None:
        while not self._stopping:
            connection = None
            try:
                connection = connect(self.settings.amqp_url, self.container.service_name)
                self._listen(connection)
            except Exception as away:  # the broker is away: its messages wait there, and we come back within a second
                log.warning("chassis.broker_away", error=type(away).__name__, detail=str(away)[:200])
            self.connection = None
            if connection is not None:
                close(connection)
            if not self._stopping:
                eventlet.sleep(0.5)
        self._listening = False

    def _listen(self, connection: Connection) -> None:
        self._forget_waiting()
        channels = connection.channel(), connection.channel()
        self._open_facts(channels[0])
        self._open_requests(channels[1])
        self.connection = connection
        if not self._ready.ready():
            self._ready.send()
        for _ in dispatch(connection, tick=TICK):
            if self._stopping:
                break
            self.publisher.beat()
        self._leave(connection, *channels)

    def _leave(self, connection: Connection, *channels: Channel) -> None:
        """Take nothing new, see what is in hand to its end, and close only when the broker has read all we sent."""
        for channel in channels:
            for consumer in list(channel.callbacks):
                channel.basic_cancel(consumer)  # a request queue without consumers goes, and callers are told at once
        for _ in dispatch(connection, tick=0.02):
            if self._idle():
                break
        with eventlet.Timeout(1.0, False):
            connection.close()

    def _forget_waiting(self) -> None:
        while not self.facts.empty():  # of the former link: the broker delivers them again
            self.facts.get()

    def _open_facts(self, channel: Channel) -> None:
        channel.auto_decode = False
        declare(channel, *(delay_queue(tier, seconds) for tier, seconds in self.ladder.tiers))
        channel.basic_qos(0, PREFETCH, False)
        for handler in self.handlers:
            fact = handler.contract
            declare(channel, *fact_queue(handler.queue, fact.exchange(), fact.wire(), limit=self.settings.queue_limit))
            channel.basic_consume(handler.queue, callback=partial(self._put, self.facts, handler.run))

    def _open_requests(self, channel: Channel) -> None:
        channel.auto_decode = False
        self.reply_channel = channel
        queue = f"rpc.{self.container.service_name}"
        channel.queue_declare(
            queue, durable=False, auto_delete=True
        )  # a dead service leaves none: its callers know at once
        channel.basic_consume(queue, no_ack=True, callback=partial(self._put, self.requests, self._answer))

    @staticmethod
    def _put(queue: LightQueue, run: Callable[[Delivery], None], delivery: Delivery) -> None:
        queue.put((run, delivery))

    def _answer(self, delivery: Delivery) -> None:
        asked = delivery.properties
        responder = self.responders.get(asked.get("type", ""))
        kind, body = responder.run(delivery) if responder else ("failed", rpc.refusal("failed", "unknown request"))
        answer = Delivery(body, type=kind, correlation_id=asked.get("correlation_id"), delivery_mode=1)
        try:
            publish(self.reply_channel, "", asked.get("reply_to", ""), answer, mandatory=False)
        except Exception as gone:  # the link is gone: the caller is told by its own, or by its deadline
            log.info("chassis.answer_not_sent", error=type(gone).__name__)


class Handles(Entrypoint):
    """Receives one fact of one owner in a queue of its own."""

    bus = Bus()

    def __init__(self, contract: type[Message]) -> None:
        self.contract = contract
        super().__init__()

    def setup(self) -> None:
        """Name the queue and join the bus."""
        self.queue = self.contract.queue(self.container.service_name)
        self.envelope = Envelope[self.contract]  # type: ignore[name-defined]
        self.bus.handlers.append(self)

    def start(self) -> None:
        """Begin to consume."""
        self.bus.begin()

    def stop(self) -> None:
        """Finish what is in hand."""
        self.bus.drain()

    def run(self, delivery: Delivery) -> None:
        """Handle one delivery to its end: done, put off or parked, and then acknowledged. Never raises."""
        started = time.monotonic()
        with ExitStack() as work:
            again = delivery.delivery_info.get("redelivered") and self.bus.copies.has(self.queue, delivery)
            failure = None if again else self._failure(delivery, work)
            self._settle(delivery, failure)
        outcome = "done" if failure is None else type(failure).__name__
        meter().event_seconds.labels(self.contract.type(), outcome).observe(time.monotonic() - started)

    def _failure(self, delivery: Delivery, work: ExitStack) -> Exception | None:
        """What the handler raised. What is logged until `work` ends carries the fact's ids."""
        try:
            fact = self.envelope.parse(delivery.body)
        except ValidationError as wrong:
            return Malformed(reason(wrong))
        fields = {"retailer": str(fact.retailer_id), "message_id": str(fact.id), "fact": fact.type}
        if return_id := getattr(fact.data, "return_id", None):
            fields["return_id"] = str(return_id)
        work.enter_context(working(Context(fact.correlation_id, fact.id, fact.traceparent), **fields))
        try:
            crash.point(f"{self.container.service_name}.before_work")
            getattr(self.bus.instance, self.method_name)(fact)
        except Exception as wrong:
            return wrong
        return None

    def _settle(self, delivery: Delivery, failure: Exception | None) -> None:
        try:
            if failure is not None and not self.bus.copies.has(self.queue, delivery):
                self._put_off(delivery, failure)
                self.bus.copies.note(self.queue, delivery)
            crash.point(f"{self.container.service_name}.before_ack")
            delivery.channel.basic_ack(delivery.delivery_tag)
        except Exception as away:  # not acknowledged: it comes again, and the inbox knows what was done or put off
            log.warning("chassis.ack_failed", queue=self.queue, error=type(away).__name__)
            self._give_back(delivery)

    def _put_off(self, delivery: Delivery, failure: Exception) -> None:
        """Publish a copy, confirmed, to the next delay tier or the parked queue. The bytes stay as they came."""
        headers = dict(delivery.headers or {})
        attempt = int(headers.get("attempt", 1))
        tier = self.bus.ladder.tier_for(failure, attempt)
        headers |= {
            "attempt": attempt + 1,
            "error": reason(failure),
            "queue": self.queue,
            "first_failed_at": headers.get("first_failed_at") or datetime.now(UTC).isoformat(),
        }
        exchange, key = ("", parked(self.queue)) if tier is None else (f"delay.{tier}", self.queue)
        copy = Outgoing(
            exchange,
            key,
            delivery.properties.get("message_id") or "none",
            delivery.body,
            headers,
            delivery.properties.get("content_type") or "application/octet-stream",
        )
        level = log.error if tier is None else log.info if is_transient(failure) else log.warning
        level(
            "chassis.parked" if tier is None else "chassis.put_off",
            queue=self.queue,
            attempt=attempt,
            tier=tier,
            error=headers["error"],
            exc_info=failure if not isinstance(failure, Permanent) and tier is None else None,
        )
        if self.bus.publisher.publish([copy])[copy.message_id] is not Outcome.TAKEN:
            raise Unavailable("the broker did not take the message that was put off")
        if tier is None:
            meter().parked.labels(self.contract.type()).inc()
        else:
            meter().retries.labels(self.contract.type()).inc()

    @staticmethod
    def _give_back(delivery: Delivery) -> None:
        eventlet.sleep(GIVE_BACK_AFTER)
        try:
            delivery.channel.basic_reject(delivery.delivery_tag, requeue=True)
        except Exception:  # the link is gone, and with it our hold on the message
            return


class Answers(Entrypoint):
    """Answers one kind of request. The answer goes straight back; a request whose deadline has passed is dropped."""

    bus = Bus()

    def __init__(self, request: type[Request[Any]]) -> None:
        self.request, self.answer = request, answer_of(request)
        super().__init__()

    def setup(self) -> None:
        """Name the request and join the bus."""
        self.call = create_model(f"{self.request.__name__}Call", __base__=Call, data=(self.request, ...))
        self.bus.responders[self.request.wire()] = self

    def start(self) -> None:
        """Begin to answer."""
        self.bus.begin()

    def stop(self) -> None:
        """Finish what is in hand."""
        self.bus.drain()

    def run(self, delivery: Delivery) -> tuple[str, bytes]:
        """The kind and body of the answer: `answer`, `refused`, `late`, `stuck` or `failed`."""
        started = time.monotonic()
        try:
            call = self.call.model_validate_json(delivery.body)
        except ValidationError as wrong:
            return "refused", rpc.refusal("request.malformed", reason(wrong))
        with working(Context(call.correlation_id, None, call.traceparent), retailer=str(call.retailer_id)):
            kind, body = self._reply(call)
        meter().rpc_seconds.labels(self.request.wire(), kind).observe(time.monotonic() - started)
        return kind, body

    def _reply(self, call: Call[Any]) -> tuple[str, bytes]:
        left = call.deadline - time.time()
        if left <= 0:
            return "late", b""
        try:
            crash.point(f"{self.container.service_name}.before_answer")
            with eventlet.Timeout(left, rpc.DeadlineExceeded(self.request.wire())):
                return "answer", getattr(self.bus.instance, self.method_name)(call).model_dump_json().encode()
        except Refused as refused:
            return "refused", rpc.refusal(refused.code, refused.detail)
        except rpc.DeadlineExceeded:
            return "late", b""  # the caller's own timer runs out at the same moment: it is told the same either way
        except Exception as wrong:
            if time.time() >= call.deadline:  # stopped by its timer: a library in between may have wrapped that
                return "late", b""
            transient = is_transient(wrong)
            (log.warning if transient else log.error)(
                "chassis.answer_failed",
                request=self.request.wire(),
                error=reason(wrong),
                exc_info=None if transient else wrong,
            )
            return "stuck" if transient else "failed", rpc.refusal("failed", type(wrong).__name__)


handles = Handles.decorator
answers = Answers.decorator

__all__ = ["answers", "handles", "works"]

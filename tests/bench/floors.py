"""What the broker and py-amqp give with nothing around them. `python -m tests.bench.floors` answers raw requests."""

import os
import time
from urllib.parse import urlsplit

from amqp import Channel, Connection, Message, spec

ECHO = "floor.echo"
PUBLISHED = "floor.published"
REPLY_TO = "amq.rabbitmq.reply-to"


def connect(url: str) -> Connection:
    """A plain py-amqp connection."""
    parts = urlsplit(url)
    link = Connection(f"{parts.hostname}:{parts.port}", parts.username, parts.password, virtual_host="/")
    link.connect()
    return link


def publish(channel: Channel, key: str, message: Message, *, exchange: str = "") -> None:
    """Send one message without waiting for anything."""
    channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, key, False, False), message)


def calls_per_second(url: str, calls: int, *, at_once: int, size: int) -> float:
    """Raw direct reply-to from one thread, so many in flight."""
    link = connect(url)
    channel = link.channel()
    answered = 0

    def ask(_answer: Message | None = None) -> None:
        nonlocal answered
        answered += _answer is not None
        publish(channel, ECHO, Message(b"." * size, reply_to=REPLY_TO, correlation_id="1", delivery_mode=1))

    channel.basic_consume(REPLY_TO, no_ack=True, callback=ask)
    began = time.perf_counter()
    for _ in range(at_once):
        ask()
    while answered < calls:
        link.drain_events(timeout=10)
    took = time.perf_counter() - began
    link.close()
    return calls / took


def confirms_per_second(url: str, messages: int, *, size: int, batch: int = 100) -> float:
    """Raw confirmed publishing of persistent messages to a quorum queue, so many unconfirmed at once."""
    link = connect(url)
    channel = link.channel()
    channel.queue_declare(PUBLISHED, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    channel.confirm_select()
    confirmed = 0

    def on_ack(tag: int, _multiple: bool) -> None:
        nonlocal confirmed
        confirmed = max(confirmed, tag)

    channel.events["basic_ack"].add(on_ack)
    began = time.perf_counter()
    for sent in range(0, messages, batch):
        for _ in range(batch):
            publish(channel, PUBLISHED, Message(b"." * size, delivery_mode=2))
        while confirmed < sent + batch:
            link.drain_events(timeout=10)
    took = time.perf_counter() - began
    channel.queue_purge(PUBLISHED)
    link.close()
    return messages / took


def answer(url: str) -> None:
    """Answer raw requests until the process ends."""
    link = connect(url)
    channel = link.channel()
    channel.queue_declare(ECHO, durable=False, auto_delete=True)

    def echo(asked: Message) -> None:
        back = Message(asked.body, correlation_id=asked.properties["correlation_id"], delivery_mode=1)
        publish(channel, asked.properties["reply_to"], back)

    channel.basic_consume(ECHO, no_ack=True, callback=echo)
    while True:
        link.drain_events()


if __name__ == "__main__":
    answer(os.environ["AMQP_URL"])

"""The AsyncAPI document of the bus, made from the contracts and the services' own decorators.

`python -m libs.contracts.asyncapi --check` says whether `asyncapi.json` and `docs/messages.md` are current, and
`--write` makes them so.
"""

import json

from libs.contracts import __version__
from libs.contracts.asyncapi.messages import Node, messages, schemas
from libs.contracts.asyncapi.traffic import channels, operations
from libs.contracts.wiring import Wiring, wirings

DESCRIPTION = """Services state facts and answer questions over one RabbitMQ.

A fact is a CloudEvent in structured JSON, persistent, published with `mandatory` and a confirm to the topic exchange of
its owner. Each listener has a durable quorum queue of its own for each fact. A message that fails waits behind one of
the fanout exchanges `delay.1s`, `delay.5s`, `delay.30s`, `delay.5m`, `delay.30m` and `delay.2h`, then comes home; one
that cannot be handled is parked. Readers ignore fields they do not know.

A request is transient and goes to the queue of the service that answers it, which exists while that service runs. It
lives as long as its caller waits. The answer comes straight back, as `answer`, `refused` or `failed` in the AMQP
property `type`."""


def document(services: list[Wiring] | None = None) -> Node:
    """The whole document, for the services as they are wired now."""
    wired = wirings() if services is None else services
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Homeward messages",
            "version": __version__,
            "description": DESCRIPTION,
            "tags": [{"name": service.service} for service in wired],
        },
        "defaultContentType": "application/json",
        "servers": {"broker": _broker()},
        "channels": channels(wired),
        "operations": operations(wired),
        "components": {
            "messages": messages(),
            "schemas": schemas(),
            "correlationIds": {
                "story": {
                    "location": "$message.payload#/correlationid",
                    "description": "One id for all that one act of a person set off",
                }
            },
        },
    }


def written() -> str:
    """The document as the file holds it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _broker() -> Node:
    return {
        "host": "{host}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "The address in AMQP_URL",
        "variables": {"host": {"default": "localhost:5672"}},
    }

"""Where it travels: exchanges, queues, and who states, hears and answers what."""

from libs.contracts.asyncapi.messages import Node, amqp, says
from libs.contracts.base import Message, Named, Request, answer_of
from libs.contracts.catalogue import answers, facts
from libs.contracts.wiring import Wiring

REPLIES = "amq.rabbitmq.reply-to"


def channels(wired: list[Wiring]) -> Node:
    """An exchange for each fact, a queue for each listener and each service that answers, and the way back."""
    stated = {fact.type(): _exchange(fact) for fact in facts()}
    heard = {
        fact.queue(service.service): _queue(service.service, fact) for service in wired for fact in service.listens_to
    }
    asked = {f"rpc.{service.service}": _requests(service) for service in wired if service.answers}
    return stated | heard | asked | {REPLIES: _replies()}


def operations(wired: list[Wiring]) -> Node:
    """What each service does with its channels, named like `portal.hears.payments.fee_waived.v1`."""
    states = {f"{fact.owner()}.states.{fact.wire()}": _state(fact) for fact in facts()}
    hears = {
        f"{service.service}.hears.{fact.type()}": _hear(service.service, fact)
        for service in wired
        for fact in service.listens_to
    }
    told = {
        f"{service.service}.answers.{request.wire()}": _answer(request)
        for service in wired
        for request in service.answers
    }
    return states | hears | told


def _exchange(fact: type[Message]) -> Node:
    return {
        "address": fact.wire(),
        "title": f"{fact.owner()} states {fact.wire()}",
        "messages": _carries(fact),
        "bindings": amqp(
            {
                "is": "routingKey",
                "exchange": {
                    "name": fact.exchange(),
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                    "vhost": "/",
                },
            }
        ),
    }


def _queue(service: str, fact: type[Message]) -> Node:
    name = fact.queue(service)
    return {
        "address": name,
        "title": f"{service} listens to {fact.type()}",
        "messages": _carries(fact),
        "bindings": amqp(
            {
                "is": "queue",
                "queue": {"name": name, "durable": True, "exclusive": False, "autoDelete": False, "vhost": "/"},
            }
        ),
        "x-bound-to": {"exchange": fact.exchange(), "routingKey": fact.wire()},
        "x-queue-type": "quorum",
        "x-parked": f"{name}.parked",
    }


def _requests(service: Wiring) -> Node:
    name = service.answers[0].queue()
    return {
        "address": name,
        "title": f"{service.service} answers",
        "messages": _carries(*service.answers),
        "bindings": amqp(
            {
                "is": "queue",
                "queue": {"name": name, "durable": False, "exclusive": False, "autoDelete": True, "vhost": "/"},
            }
        ),
    }


def _replies() -> Node:
    everything = _carries(*sorted(answers(), key=lambda answer: answer.type()))
    return {
        "address": None,
        "title": "Answers, straight to the caller",
        "bindings": amqp({"is": "queue", "queue": {"name": REPLIES}}),
        "messages": everything | {name: {"$ref": f"#/components/messages/{name}"} for name in ("refused", "failed")},
    }


def _carries(*messages: type[Named]) -> Node:
    return {message.type(): {"$ref": f"#/components/messages/{message.type()}"} for message in messages}


def _state(fact: type[Message]) -> Node:
    return _operation("send", fact.owner(), fact.type(), fact) | {
        "bindings": amqp({"deliveryMode": 2, "mandatory": True})
    }


def _hear(service: str, fact: type[Message]) -> Node:
    return _operation("receive", service, fact.queue(service), fact) | {"bindings": amqp({"ack": True})}


def _answer(request: type[Request]) -> Node:
    possible = (answer_of(request).type(), "refused", "failed")
    return _operation("receive", request.owner(), request.queue(), request) | {
        "bindings": amqp({"ack": False}),
        "reply": {
            "address": {"location": "$message.header#/reply_to"},
            "channel": {"$ref": f"#/channels/{REPLIES}"},
            "messages": [{"$ref": f"#/channels/{REPLIES}/messages/{name}"} for name in possible],
        },
    }


def _operation(action: str, service: str, channel: str, message: type[Named]) -> Node:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": says(message),
        "tags": [{"name": service}],
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message.type()}"}],
    }

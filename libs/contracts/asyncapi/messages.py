"""What travels: every message of the document, the schemas they share, and an example of each."""

from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from libs.contracts.base import Call, Envelope, Message, Named, Request
from libs.contracts.catalogue import answers, contracts, facts, frame_schema, requests, source
from libs.contracts.examples import example, example_of_fact, example_of_request

SHARED = "#/components/schemas/"

Node = dict[str, Any]


def messages() -> Node:
    """The messages by name: facts in their envelope, requests, answers and refusals."""
    return (
        {fact.type(): _fact(fact) for fact in facts()}
        | {request.type(): _request(request) for request in requests()}
        | {answer.type(): _told(answer) for answer in sorted(answers(), key=lambda answer: answer.type())}
        | {
            "refused": _refusal("refused", "The request was understood and declined; `code` is stable"),
            "failed": _refusal("failed", "The service met an error of its own"),
        }
    )


def schemas() -> Node:
    """The schemas that messages refer to, by name."""
    _, shared = _shared()
    text = {"type": "string"}
    return shared | {
        "Envelope": frame_schema(Envelope),
        "Call": frame_schema(Call),
        "Refusal": {"type": "object", "required": ["code", "detail"], "properties": {"code": text, "detail": text}},
        "FactHeaders": {
            "type": "object",
            "properties": {
                "retailer": text,
                "attempt": {"type": "integer", "minimum": 1},
                "error": text,
                "queue": text,
                "first_failed_at": {"type": "string", "format": "date-time"},
            },
        },
        "RequestHeaders": {
            "type": "object",
            "description": "AMQP properties",
            "required": ["reply_to", "correlation_id", "type"],
            "properties": {"reply_to": text, "correlation_id": text, "type": text, "expiration": text},
        },
    }


@cache
def _shared() -> tuple[dict[type[Named], Node], Node]:
    """A reference to the schema of each contract, and all schemas by name; two of one name get longer ones."""
    references, whole = models_json_schema(
        [(each, "validation") for each in contracts()], ref_template=SHARED + "{model}"
    )
    return {each: references[each, "validation"] for each in contracts()}, whole["$defs"]


def _reference(contract: type[Named]) -> Node:
    return _shared()[0][contract]


def amqp(binding: Node) -> Node:
    """An AMQP 0-9-1 binding of a channel, an operation or a message."""
    return {"amqp": binding | {"bindingVersion": "0.3.0"}}


def says(contract: type[Named]) -> str:
    """The docstring of a contract, as prose."""
    return " ".join((contract.__doc__ or "").split())


def _fact(fact: type[Message]) -> Node:
    own = {"type": {"const": fact.type()}, "source": {"const": source(fact)}, "data": _reference(fact)}
    return _message(fact, example_of_fact(fact)) | {
        "contentType": "application/cloudevents+json",
        "correlationId": {"$ref": "#/components/correlationIds/story"},
        "headers": {"$ref": SHARED + "FactHeaders"},
        "payload": {"allOf": [{"$ref": SHARED + "Envelope"}, {"type": "object", "properties": own}]},
    }


def _request(request: type[Request]) -> Node:
    payload = {
        "allOf": [
            {"$ref": SHARED + "Call"},
            {"type": "object", "properties": {"data": _reference(request)}},
        ]
    }
    return _message(request, example_of_request(request)) | {
        "payload": payload,
        "headers": {"$ref": SHARED + "RequestHeaders"},
        "bindings": amqp({"messageType": request.wire()}),
    }


def _told(answer: type[Named]) -> Node:
    return _message(answer, example(answer.model_json_schema())) | {
        "payload": _reference(answer),
        "bindings": amqp({"messageType": "answer"}),
    }


def _refusal(name: str, summary: str) -> Node:
    return {
        "name": name,
        "title": name,
        "summary": summary,
        "contentType": "application/json",
        "payload": {"$ref": SHARED + "Refusal"},
        "bindings": amqp({"messageType": name}),
    }


def _message(contract: type[Named], payload: Any) -> Node:
    return {
        "name": contract.type(),
        "title": contract.__name__,
        "summary": says(contract),
        "tags": [{"name": contract.owner()}],
        "contentType": "application/json",
        "examples": [{"name": contract.wire(), "payload": payload}],
    }

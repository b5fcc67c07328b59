"""Every contract there is: the facts, the requests and the answers, read from the modules of their owners."""

from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import libs.contracts
from libs.contracts.base import Call, Envelope, Message, Named, Request, answer_of

OWNERS = ("portal", "orders", "rules", "labels", "payments", "tracking", "notifications")


class Kind(StrEnum):
    """What a contract is for, which decides who reads it and so what may change in it."""

    FACT = "fact"
    REQUEST = "request"
    ANSWER = "answer"


def kind(contract: type[Named]) -> Kind:
    """Whether `contract` is a fact, a request or an answer."""
    if issubclass(contract, Message):
        return Kind.FACT
    return Kind.REQUEST if issubclass(contract, Request) else Kind.ANSWER


def contracts_of(owner: str) -> list[type[Named]]:
    """The contracts in the modules of `owner`, `orders` and `orders_shops`, in the order they are written."""
    return [
        item
        for module in _modules_of(owner)
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, Named)
        and item.__module__ == module.__name__
        and not _is_alias(item)
    ]


def _modules_of(owner: str) -> list[ModuleType]:
    names = sorted(each.name for each in iter_modules(libs.contracts.__path__) if each.name.partition("_")[0] == owner)
    return [import_module(f"libs.contracts.{name}") for name in names]


def contracts() -> list[type[Named]]:
    """Every contract of every owner."""
    return [contract for owner in OWNERS for contract in contracts_of(owner)]


def facts() -> list[type[Message]]:
    """Every fact."""
    return [contract for contract in contracts() if issubclass(contract, Message)]


def requests() -> list[type[Request]]:
    """Every request."""
    return [contract for contract in contracts() if issubclass(contract, Request)]


def answers() -> set[type[Named]]:
    """Every class that answers a request."""
    return {answer_of(request) for request in requests()}


def source(fact: type[Message]) -> str:
    """The CloudEvents source of a fact: `/homeward/payments`."""
    return f"/homeward/{fact.owner()}"


def frame_schema(frame: type[Envelope[Any]] | type[Call[Any]]) -> dict[str, Any]:
    """The JSON Schema of what travels around a body, with anything for the body."""
    schema = frame.model_json_schema()
    bare = {key: value for key, value in schema.items() if key != "$defs"}
    return bare | {"properties": schema["properties"] | {"data": {}}}


def _is_alias(item: type[Named]) -> bool:
    """Pydantic leaves `Request[OrderV1]` itself among the names of the module that wrote it."""
    return bool(item.__pydantic_generic_metadata__["args"])

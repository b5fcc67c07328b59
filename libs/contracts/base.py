"""What every message is: a fact's body or a request's body, with its names on the wire derived from the class."""

import re
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Generic, Self, TypeVar, get_args
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_NAME = re.compile(r"^(?P<words>[A-Z][A-Za-z]*?)V(?P<version>[0-9]+)$")


class Value(BaseModel):
    """Part of a message. Unknown fields are ignored on the bus, so that a producer may grow first."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64")


class Named(Value):
    """A message with a name on the wire, taken from its module (the owner) and its class (name and version)."""

    @classmethod
    @cache
    def owner(cls) -> str:
        """The service that publishes this fact, or answers this request: `payments`; of our `orders_shops` it is `orders`."""
        package, _, module = cls.__module__.rpartition(".")
        return module.partition("_")[0] if package == "libs.contracts" else module

    @classmethod
    @cache
    def wire(cls) -> str:
        """The class on the wire: `FeePaidV1` is `fee_paid.v1`."""
        match = _NAME.match(cls.__name__)
        if match is None:
            raise TypeError(f"{cls.__name__} must be words followed by V and a number, like FeePaidV1")
        return f"{_WORD.sub('_', match['words']).lower()}.v{match['version']}"

    @classmethod
    @cache
    def type(cls) -> str:
        """The CloudEvents type: `payments.fee_paid.v1`."""
        return f"{cls.owner()}.{cls.wire()}"


class Message(Named):
    """The body of a fact: past tense, owned by the service whose module it stands in, never refused."""

    @classmethod
    def exchange(cls) -> str:
        """The topic exchange its owner publishes to: `payments.events`."""
        return f"{cls.owner()}.events"

    @classmethod
    def queue(cls, service: str) -> str:
        """The queue in which `service` receives this fact: `portal.payments.fee_paid.v1`."""
        return f"{service}.{cls.type()}"


AnswerT = TypeVar("AnswerT", bound=Named)
MessageT = TypeVar("MessageT", bound=Message)


class Request(Named, Generic[AnswerT]):
    """The body of a question a person waits for, answered by its owner with the class named in brackets."""

    answer: ClassVar[Any] = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for base in cls.__mro__:
            args = getattr(base, "__pydantic_generic_metadata__", {}).get("args") or ()
            if args and isinstance(args[0], type):
                cls.answer = args[0]
                return

    @classmethod
    def queue(cls) -> str:
        """The queue every instance of the answering service consumes: `rpc.rules`."""
        return f"rpc.{cls.owner()}"


class Envelope(Value, Generic[MessageT]):
    """A fact as it travels: CloudEvents 1.0, structured JSON. Written once, into the outbox, and sent unchanged."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    specversion: str = "1.0"
    id: UUID
    source: str
    type: str
    time: AwareDatetime
    datacontenttype: str = "application/json"
    subject: str | None = None
    retailer_id: UUID = Field(alias="retailerid")
    correlation_id: UUID = Field(alias="correlationid")
    causation_id: UUID | None = Field(default=None, alias="causationid")
    traceparent: str | None = None
    data: MessageT

    @classmethod
    def of(
        cls,
        body: Message,
        *,
        id: UUID,
        time: datetime,
        retailer_id: UUID,
        correlation_id: UUID,
        causation_id: UUID | None = None,
        traceparent: str | None = None,
    ) -> "Envelope[Any]":
        """Wrap `body` with the facts about the fact. `time` is aware UTC."""
        return Envelope.model_construct(
            id=id,
            source=f"/homeward/{body.owner()}",
            type=body.type(),
            time=time,
            subject=str(subject) if (subject := getattr(body, "return_id", None)) else None,
            retailer_id=retailer_id,
            correlation_id=correlation_id,
            causation_id=causation_id,
            traceparent=traceparent,
            data=body,
        )

    def to_json(self) -> str:
        """The bytes of the message body, with CloudEvents' own attribute names and absent ones left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True, serialize_as_any=True)

    @classmethod
    def parse(cls, body: bytes | str) -> Self:
        """Read an envelope; raises pydantic's ValidationError on anything else."""
        return cls.model_validate_json(body)


class Call(Value, Generic[AnswerT]):
    """A request as it travels. `deadline` is unix seconds by the real clock, after which nobody waits any more."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    retailer_id: UUID = Field(alias="retailerid")
    correlation_id: UUID = Field(alias="correlationid")
    traceparent: str | None = None
    deadline: float
    data: Any


def answer_of(request: type[Request[Any]]) -> type[Named]:
    """The class of the answer to `request`."""
    if request.answer is None:
        raise TypeError(f"{request.__name__} names no answer: derive from Request[SomeAnswerV1]")
    return request.answer


__all__ = ["Call", "Envelope", "Message", "Named", "Request", "Value", "answer_of", "get_args"]

"""Messages of a service that exists only to try the chassis. Their owner is this module's name."""

from uuid import UUID

from libs.contracts.base import Message, Named, Request


class PokedV1(Message):
    """The toy was poked. `mood` tells its handler how to behave; with an account a call is planned."""

    toy_id: UUID
    mood: str = "calm"
    hops: int = 0
    account: str = ""


class ShelvedV1(Message):
    """The toy was put on a shelf. Nobody listens to it."""

    toy_id: UUID


class EchoV1(Named):
    """What was said."""

    words: str
    photo: bytes = b""


class SayV1(Request[EchoV1]):
    """Say something back. `mood` tells the answerer how to behave."""

    words: str
    mood: str = "calm"
    photo: bytes = b""

"""Messages of the service that is measured. Their owner is this module's name."""

from uuid import UUID

from libs.contracts.base import Message, Named, Request


class HoppedV1(Message):
    """A chain made a hop, and makes as many more as `hops` says. `padding` gives the body the size of a usual fact."""

    chain_id: UUID
    hops: int
    padding: str = "." * 120


class EchoV1(Named):
    """What was said, about 1 KiB."""

    words: str


class SayV1(Request[EchoV1]):
    """Say something back."""

    words: str

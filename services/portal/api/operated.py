"""What the platform's operator is told. An answer holds the fields below and no others."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.portal.api.answers import Answer


class Parts(Answer):
    """What every service leans on. Without the database the gateway answers nothing at all, this neither."""

    gateway: Literal["ready"]
    database: Literal["ready"]
    broker: Literal["ready", "away"]


class ServiceTold(Answer):
    """One service. What is null is not known: the broker is away, or the service gave no answer in time."""

    service: str = Field(examples=["labels"])
    listeners: int | None = Field(description="processes that answer requests")
    waiting: int | None = Field(description="messages in its queues")
    parked: int | None = Field(description="messages parked for a person")
    outbox: int | None = Field(description="facts to be sent, in its own database")
    outbox_oldest_at: datetime | None
    work_planned: int | None = Field(description="work outside that is due now or later")
    work_parked: int | None = Field(description="work outside that ran out of tries")


class QueueTold(Answer):
    """A queue that its service has declared."""

    queue: str = Field(examples=["labels.portal.label_requested.v1"])
    waiting: int
    listeners: int
    parked: int


class Status(Answer):
    """Whether the suite is well. `trouble` is empty then; else it says in words what a person should look at."""

    well: bool
    trouble: tuple[str, ...] = Field(examples=[["Nobody answers for labels."]])
    parts: Parts
    services: tuple[ServiceTold, ...]
    queues: tuple[QueueTold, ...]
    not_known: str = Field(description="what cannot be told from here")


class PlaceTold(Answer):
    """Where something is parked: a queue's messages, or the work of one service as `<service>.work`."""

    queue: str = Field(examples=["labels.work"])
    service: str = Field(examples=["labels"])
    parked: int


class Places(Answer):
    """All places where something is parked. `silent` are the services whose parked work is not known now."""

    queues: tuple[PlaceTold, ...]
    silent: tuple[str, ...] = ()


class ParkedTold(Answer):
    """One message, or one piece of work, that waits for a person."""

    id: str = Field(examples=["018f0000-0000-7000-8000-000000000003"])
    what: str | None = Field(description="the fact, or the kind of work", examples=["portal.label_requested.v1"])
    retailer_id: str | None
    subject: str | None = Field(description="the return, or the row of the work's intent")
    account: str | None = Field(None, description="whose turn the work takes: a shop, a carrier")
    error: str = Field(examples=["Permanent: no such lane"])
    attempts: int
    since: datetime | None = Field(description="when it failed first; for work, when it was parked")
    stated_at: str | None = Field(None, description="the time of the fact")
    bytes: int | None = Field(None, description="how long the message is")


class ParkedList(Answer):
    """What is parked in one place, the oldest first. `parked` counts at most 500."""

    queue: str
    parked: int
    messages: tuple[ParkedTold, ...]


class ParkedWhole(ParkedTold):
    """One of them whole. In the envelope names, addresses, words and links are covered."""

    queue: str
    envelope: Any = None


class Replayed(Answer):
    """How many are on their way again, how many are left, and why it stopped there, if it did."""

    queue: str
    replayed: int
    left: int | None = None
    stopped: str | None = None


class DroppedTold(Answer):
    """It is gone for good."""

    queue: str
    dropped: int


class RetailerTold(Answer):
    """A retailer of this suite."""

    id: str
    slug: str = Field(examples=["alder"])
    name: str = Field(examples=["Alder"])
    currency: str = Field(examples=["GBP"])
    portal: str = Field(description="the shoppers' address")
    language: str = Field(examples=["en-GB"])


class Retailers(Answer):
    """Every retailer, by the name of its address."""

    retailers: tuple[RetailerTold, ...]


class ShopEndpoint(Answer):
    """Where the shop's webhooks go, and the secret that signs them."""

    shop: str = Field(examples=["alder.myshopify.com"])
    url: str
    secret: str


class CarrierEndpoint(Answer):
    """Where a carrier's webhooks go, and the secret that signs them."""

    name: str = Field(examples=["own"])
    url: str
    secret: str


class WebhooksMade(Answer):
    """The endpoints of the shop and of each carrier."""

    shopify: ShopEndpoint | None = Field(None, description="none where the retailer brings its orders itself")
    carriers: tuple[CarrierEndpoint, ...] = ()


class RetailerMade(Answer):
    """All that the retailer needs to begin. The key and the secrets are shown here only."""

    id: str
    slug: str
    portal: str
    admin: str
    api_key: str
    link_key: str
    webhooks: WebhooksMade

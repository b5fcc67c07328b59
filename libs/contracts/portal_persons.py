"""What portal states and answers about a person's data."""

from uuid import UUID

from pydantic import AwareDatetime

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.persons import PersonAsked, PersonData


class PersonExportReadyV1(Message):
    """A person's data is gathered: whoever holds the link `url` may fetch it until `expires_at`. It is mailed `to` the retailer."""

    request_id: UUID
    url: str
    expires_at: AwareDatetime
    due_at: AwareDatetime
    to: str


class PersonReminderDueV1(Message):
    """A request about a person's data is late, or about to be; `waits_for` says on whom. It is mailed `to` the retailer."""

    request_id: UUID
    kind: str
    due_at: AwareDatetime
    waits_for: tuple[str, ...] = ()
    manage_url: str
    to: str


class PersonReturn(Value):
    """A return of a person, or an order that was called off; `open` while something of it is awaited."""

    return_id: UUID
    order_id: UUID
    open: bool


class PersonFoundV1(Named):
    """The returns and kept requests of a person."""

    returns: tuple[PersonReturn, ...] = ()
    intake_ids: tuple[UUID, ...] = ()


class FindPersonV1(Request[PersonFoundV1]):
    """The returns of these orders and those made with this email address, and the requests that were kept for it.

    With `everybody` the open returns of the retailer, and no others.
    """

    order_ids: tuple[UUID, ...] = ()
    email: str | None = None
    everybody: bool = False


class PersonDataV1(PersonData, Named):
    """What portal holds of a person in its returns, kept requests, photos and webhooks."""


class ExportPersonV1(PersonAsked, Request[PersonDataV1]):
    """All that portal holds of a person."""

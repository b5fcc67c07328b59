"""What orders states and answers about a person's data: it knows who bought what, so it leads each request to its end."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.persons import PersonRefs


class PersonRequestKind(StrEnum):
    """What is asked about a person's data: to hand it out, or to erase it, of one person or of all that a shop has."""

    EXPORT = "export"
    ERASE = "erase"
    ERASE_SHOP = "erase_shop"


class PersonRequestState(StrEnum):
    """How far a request is. `waiting`: some returns are open, and what they need is kept until they end."""

    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"
    VOID = "void"


class PersonRequestedV1(Message):
    """A person's data is to be exported or erased by `due_at`; `by` is who asked for it, `shopify` or one of the staff."""

    request_id: UUID
    kind: PersonRequestKind
    by: str
    due_at: AwareDatetime


class PersonErasedV1(Message):
    """Who is behind these references is to be known nowhere any more: each service takes the person out of its own rows.

    `pseudonym` stands where a name stood. A repeat, and one that comes before what it erases, changes nothing.
    """

    request_id: UUID
    pseudonym: str
    who: PersonRefs


class PersonExportedV1(Message):
    """A person's data was gathered from every service; it is kept, sealed, until `expires_at`."""

    request_id: UUID
    due_at: AwareDatetime
    expires_at: AwareDatetime


class PersonRequestEndedV1(Message):
    """A request about a person's data is done: no service holds what was to be erased, or the export was gathered.

    `state` is `done`, or `void` where nothing had to be done; `orders` and `returns` are how many of them it was about.
    """

    request_id: UUID
    kind: PersonRequestKind
    state: PersonRequestState
    by: str
    orders: int
    returns: int


class PersonRequestLateV1(Message):
    """A request about a person's data is not done shortly before `due_at`, or after it; `waits_for` says on whom it waits."""

    request_id: UUID
    kind: PersonRequestKind
    due_at: AwareDatetime
    waits_for: tuple[str, ...] = ()


class PersonRequest(Value):
    """A request about a person's data, told without saying who it is.

    `silent` are the services that have not yet answered for it, `open_returns` those whose end is waited for.
    """

    request_id: UUID
    kind: PersonRequestKind
    state: PersonRequestState
    by: str
    received_at: AwareDatetime
    due_at: AwareDatetime
    orders: int = 0
    returns: int = 0
    open_returns: tuple[UUID, ...] = ()
    silent: tuple[str, ...] = ()
    ended_at: AwareDatetime | None = None
    export_until: AwareDatetime | None = None


class PersonRequestV1(Named):
    """A request about a person's data."""

    request: PersonRequest


class BeginPersonRequestV1(Request[PersonRequestV1]):
    """Begin to export or to erase the data of whoever has this email address, for one of the staff.

    The same asked again while it is under way is the same request. Refused as `orders.nobody_meant` without an address.
    """

    kind: PersonRequestKind
    email: str
    by: str


class PersonRequestsV1(Named):
    """Requests about persons' data, the newest first."""

    requests: tuple[PersonRequest, ...]


class ListPersonRequestsV1(Request[PersonRequestsV1]):
    """The newest requests of the retailer about persons' data."""


class PersonExportV1(Named):
    """The export of a person's data with its bytes: a zip with `person.json`, and the photos."""

    filename: str
    content: bytes


class GetPersonExportV1(Request[PersonExportV1]):
    """The export that this request made; refused as `orders.not_found` once its time is over."""

    request_id: UUID


class PersonOrdersV1(Named):
    """The orders with an email address, by their ids."""

    order_ids: tuple[UUID, ...]


class FindPersonOrdersV1(Request[PersonOrdersV1]):
    """The orders with this email address, to say what an erasure would be about. Refused as `orders.nobody_meant`."""

    email: str

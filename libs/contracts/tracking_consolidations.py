"""What tracking states and answers of consolidations: bags and pallets in which a hub sends on what it received."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Message, Named, Request, Value


class ConsolidationDeliveredV1(Message):
    """A bag or pallet came to the retailer, with so many parcels of these returns; each of them states its own milestone."""

    consolidation_id: UUID
    code: str
    return_ids: tuple[UUID, ...]
    parcels: int
    hub: str | None = None
    by: str


class ConsolidationState(StrEnum):
    """Where a consolidation is."""

    OPEN = "open"
    CLOSED = "closed"
    DELIVERED = "delivered"


class PackedParcel(Value):
    """A parcel in a consolidation; its return's `number` is portal's to add."""

    parcel_id: UUID
    return_id: UUID
    tracking_number: str
    number: str | None = None


class ConsolidationV1(Named):
    """A bag or pallet with its own `code`, and what is in it; `repeated` when what was asked was so before."""

    consolidation_id: UUID
    code: str
    state: ConsolidationState
    hub: str | None = None
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    parcels: tuple[PackedParcel, ...] = ()
    repeated: bool = False


class ConsolidationsV1(Named):
    """Consolidations, the newest first."""

    consolidations: tuple[ConsolidationV1, ...]


class OpenConsolidationV1(Request[ConsolidationV1]):
    """Begin a bag or pallet at a hub, once for `key`."""

    key: str = Field(min_length=1, max_length=80)
    hub: str | None = Field(default=None, max_length=40)
    by: str


class RecordPackedV1(Request[ConsolidationV1]):
    """Put a parcel that the hub received into an open consolidation. `return_id` where the code is a return's number.

    Refused as `tracking.not_found`, `tracking.no_parcel`, `tracking.not_received`, `tracking.packed_elsewhere` or
    `tracking.not_open`.
    """

    consolidation_id: UUID
    code: str = Field(min_length=1, max_length=200)
    return_id: UUID | None = None
    by: str


class CloseConsolidationV1(Request[ConsolidationV1]):
    """Close it: all that is in it is exported. Refused as `tracking.not_found` or `tracking.empty`."""

    consolidation_id: UUID
    by: str


class RecordDeliveryV1(Request[ConsolidationV1]):
    """Receive it at the retailer, by its code: so is all that is in it.

    Refused as `tracking.not_found` or `tracking.not_closed`.
    """

    code: str = Field(min_length=1, max_length=200)
    by: str


class ListConsolidationsV1(Request[ConsolidationsV1]):
    """The newest consolidations, or one by its id or its code."""

    consolidation_id: UUID | None = None
    code: str | None = Field(default=None, max_length=200)
    most: int = Field(default=50, ge=1, le=200)

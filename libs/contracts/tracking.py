"""What tracking states and answers: where the parcel is."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import Condition, Milestone


class MilestoneReachedV1(Message):
    """A parcel reached a milestone, once. `implied` when a later scan proves it and its own scan was missed."""

    return_id: UUID
    parcel_id: UUID
    parcel: int
    tracking_number: str
    milestone: Milestone
    occurred_at: AwareDatetime
    implied: bool = False
    place: str | None = None


class UnknownParcelScannedV1(Message):
    """A code was scanned at a hub that belongs to no parcel we know; a person must look."""

    scan_id: UUID
    code: str
    hub: str | None = None


class InspectedLine(Value):
    """What a hub found of one return line: `quantity` units came, in this condition. `missing` came with none."""

    line_id: UUID
    quantity: int = Field(ge=0)
    condition: Condition
    words: str | None = None


class ExtraItem(Value):
    """Something in a parcel that belongs to no line of its return."""

    words: str
    quantity: int = Field(default=1, ge=1)


class ParcelInspectedV1(Message):
    """A hub opened a parcel and says what was in it. Of one parcel there may be several: what they found adds up."""

    return_id: UUID
    inspection_id: UUID
    parcel_id: UUID
    parcel: int
    lines: tuple[InspectedLine, ...]
    extras: tuple[ExtraItem, ...] = ()
    words: str | None = None
    by: str


class ParcelInTroubleV1(Message):
    """A carrier says that a parcel is `lost`, `damaged`, `returned_to_sender` or `rejected`; once each. A person must look."""

    return_id: UUID
    parcel_id: UUID
    parcel: int
    tracking_number: str
    trouble: str
    occurred_at: AwareDatetime
    words: str | None = None


class ScanVoidedV1(Message):
    """A hub scan was made by mistake; a person must look at what it set going."""

    return_id: UUID
    parcel_id: UUID
    parcel: int
    scan_id: UUID
    words: str
    by: str


class InspectionV1(Named):
    """A recorded inspection."""

    inspection_id: UUID
    repeated: bool = False


class RecordInspectionV1(Request[InspectionV1]):
    """Record what was in a parcel; it counts as received at its hub too. `key` makes a repeat harmless.

    A return without a parcel of ours gets one of the shopper's own under `number`. Refused as `tracking.no_parcel`.
    """

    return_id: UUID
    number: str
    parcel: int = Field(default=1, ge=1)
    key: str = Field(min_length=1, max_length=80)
    lines: tuple[InspectedLine, ...]
    extras: tuple[ExtraItem, ...] = ()
    words: str | None = None
    by: str


class MilestoneV1(Named):
    """A milestone of a parcel; `repeated` when it was reached before."""

    parcel_id: UUID
    milestone: Milestone
    repeated: bool = False


class RecordMilestoneV1(Request[MilestoneV1]):
    """Record by hand that a parcel was accepted by its carrier, or received at its hub.

    A return without a parcel of ours gets one of the shopper's own under `number`. Refused as `tracking.no_parcel`.
    """

    return_id: UUID
    number: str
    parcel: int = Field(default=1, ge=1)
    milestone: Milestone
    occurred_at: AwareDatetime | None = None
    words: str | None = None
    by: str


class ScanResult(StrEnum):
    """What a hub scan met."""

    OK = "ok"
    ALREADY = "already"
    UNKNOWN = "unknown"


class ScanAsked(Value):
    """A code read at a hub. `client_scan_id` makes a repeat harmless; `occurred_at` is the device's clock."""

    code: str = Field(min_length=1, max_length=200)
    hub: str | None = Field(default=None, max_length=40)
    occurred_at: AwareDatetime | None = None
    client_scan_id: str | None = Field(default=None, max_length=80)


class ScanAnswer(Value):
    """What one scan did. `received_at` is when the parcel was first received here; by `scan_id` it can be made void."""

    code: str
    result: ScanResult
    return_id: UUID | None = None
    tracking_number: str | None = None
    received_at: AwareDatetime | None = None
    scan_id: UUID | None = None


class ScansV1(Named):
    """The answers, in the order asked."""

    scans: tuple[ScanAnswer, ...]


class RecordScansV1(Request[ScansV1]):
    """Record hub scans, each on its own: one that is unknown holds up no other."""

    scans: tuple[ScanAsked, ...] = Field(min_length=1, max_length=500)
    by: str


class VoidedScanV1(Named):
    """A hub scan that counts no more; `repeated` when it was void before."""

    scan_id: UUID
    repeated: bool = False


class VoidScanV1(Request[VoidedScanV1]):
    """Make void a hub scan that was made by mistake; a repeat changes nothing.

    What it reached stays stated. Refused as `tracking.not_found`, or `tracking.not_a_hub_scan` for any other scan.
    """

    scan_id: UUID
    words: str
    by: str


class Step(Value):
    """A milestone a parcel has reached."""

    milestone: Milestone
    at: AwareDatetime
    implied: bool = False
    place: str | None = None


class ParcelTimeline(Value):
    """One parcel's milestones, oldest first. `void`: its label is not to be used any more."""

    parcel: int
    carrier: str
    tracking_number: str
    steps: tuple[Step, ...]
    void: bool = False


class TimelineV1(Named):
    """Where a return's parcels have been."""

    parcels: tuple[ParcelTimeline, ...]


class GetTimelineV1(Request[TimelineV1]):
    """The milestones of a return's parcels; empty before a label is issued."""

    return_id: UUID

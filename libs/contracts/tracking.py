"""What tracking states and answers: where the parcel is."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import Milestone


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
    """What one scan did. `received_at` is when the parcel was first received here."""

    code: str
    result: ScanResult
    return_id: UUID | None = None
    tracking_number: str | None = None
    received_at: AwareDatetime | None = None


class ScansV1(Named):
    """The answers, in the order asked."""

    scans: tuple[ScanAnswer, ...]


class RecordScansV1(Request[ScansV1]):
    """Record hub scans, each on its own: one that is unknown holds up no other."""

    scans: tuple[ScanAsked, ...] = Field(min_length=1, max_length=500)
    by: str


class Step(Value):
    """A milestone a parcel has reached."""

    milestone: Milestone
    at: AwareDatetime
    implied: bool = False
    place: str | None = None


class ParcelTimeline(Value):
    """One parcel's milestones, oldest first."""

    parcel: int
    carrier: str
    tracking_number: str
    steps: tuple[Step, ...]


class TimelineV1(Named):
    """Where a return's parcels have been."""

    parcels: tuple[ParcelTimeline, ...]


class GetTimelineV1(Request[TimelineV1]):
    """The milestones of a return's parcels; empty before a label is issued."""

    return_id: UUID

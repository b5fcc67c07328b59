"""What tracking states and answers: where the parcel is."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.values import Condition, Disposition, Milestone


class Expected(Value):
    """When a parcel on its way is expected to reach a milestone that is still to come; `processed` is its inspection.

    `at` is when half of the lane's parcels did, `latest` when nine of ten had, by `parcels` of the last 90 days; where that
    is 0, by the lane's setting and its margin.
    """

    milestone: Milestone
    at: AwareDatetime
    latest: AwareDatetime
    parcels: int = 0


class Mishap(Value):
    """Something that went wrong with a parcel, by the name that `ParcelInTroubleV1` has for it, in its carrier's words."""

    name: str
    words: str | None = None


class MilestoneReachedV1(Message):
    """A parcel reached a milestone, once. `implied` when a later scan proves it and its own scan was missed.

    `by` is who said so where no scan did. `upcoming` are the milestones that it makes us expect, the nearest first, as far
    as its lane is known; `expected` is the one of them that is its arrival at the hub. `words` are the carrier's own.
    `troubles` is what was known by then to have gone wrong. `taken_back` is how many scans of the parcel had been taken back
    by then: a milestone that a void scan alone had proved is stated once more when another one proves it.
    """

    return_id: UUID
    parcel_id: UUID
    parcel: int
    tracking_number: str
    milestone: Milestone
    occurred_at: AwareDatetime
    implied: bool = False
    place: str | None = None
    by: str | None = None
    expected: Expected | None = None
    upcoming: tuple[Expected, ...] = ()
    words: str | None = None
    troubles: tuple[Mishap, ...] = ()
    taken_back: int = 0


class ParcelDelayedV1(Message):
    """A parcel did not reach a milestone in the time in which nine of ten of its lane do, or that the lane allows; once each.

    It is over when the parcel reaches that milestone or a later one. `expected` and `latest` are what was expected of it.
    """

    return_id: UUID
    parcel_id: UUID
    parcel: int
    tracking_number: str
    milestone: Milestone
    expected: AwareDatetime
    latest: AwareDatetime


class UnknownParcelScannedV1(Message):
    """A code was scanned at a hub that belongs to no parcel we know; a person must look."""

    scan_id: UUID
    code: str
    hub: str | None = None


class InspectedLine(Value):
    """What a hub found of one return line: `quantity` units came, in this condition. `missing` came with none.

    `disposition` is what is done with them, where the hub decided that. `photos` are portal's.
    """

    line_id: UUID
    quantity: int = Field(ge=0)
    condition: Condition
    words: str | None = None
    disposition: Disposition | None = None
    photos: tuple[UUID, ...] = ()


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
    """A hub scan was made by mistake; a person must look at what it set going.

    `withdraws` are the milestones that were stated and that no scan proves any more; `taken_back` is how many scans of the
    parcel are void with this one. What was stated of these milestones with a lower count stands no more.
    """

    return_id: UUID
    parcel_id: UUID
    parcel: int
    scan_id: UUID
    words: str
    by: str
    withdraws: tuple[Milestone, ...] = ()
    taken_back: int = 0


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
    """What a hub scan met, for readers of the first answers."""

    OK = "ok"
    ALREADY = "already"
    UNKNOWN = "unknown"


class HubResult(StrEnum):
    """What a hub scan met."""

    OK = "ok"
    ALREADY = "already"
    UNKNOWN = "unknown"
    WRONG_HUB = "wrong_hub"  # seen here, and to be sent on to the hub that it belongs to: not received
    ENDED = "ended"  # received, of a return that was called off before: a person must look
    ANOTHER_RETAILER = "another_retailer"  # nothing is recorded, and nothing told of it


class ScanAsked(Value):
    """A code read at a hub. `client_scan_id` makes a repeat harmless; `occurred_at` is the device's clock.

    `return_id` is there where the code is a return's number.
    """

    code: str = Field(min_length=1, max_length=200)
    hub: str | None = Field(default=None, max_length=40)
    occurred_at: AwareDatetime | None = None
    client_scan_id: str | None = Field(default=None, max_length=80)
    return_id: UUID | None = None


class ScanAnswer(Value):
    """What one scan did, for readers of the first answers."""

    code: str
    result: ScanResult
    return_id: UUID | None = None
    tracking_number: str | None = None
    received_at: AwareDatetime | None = None
    scan_id: UUID | None = None


class ScansV1(Named):
    """The answers, in the order asked, for readers of the first answers."""

    scans: tuple[ScanAnswer, ...]


class RecordScansV1(Request[ScansV1]):
    """Record hub scans, as `RecordScansV2` does; its answers know neither another hub, nor another retailer, nor an end."""

    scans: tuple[ScanAsked, ...] = Field(min_length=1, max_length=500)
    by: str


class HubAnswer(Value):
    """What one scan did. `received_at` is when the parcel was first received here; by `scan_id` it can be made void.

    `received_by` is who received it first, `belongs_to` the hub that its label leads to, `parcel` its place in its
    return. The return's `number` and what it is `awaiting` are portal's to add. `consolidation_id` is there where the code
    is no parcel's but that of a bag or pallet: then the result is `unknown`, and nothing is recorded.
    """

    code: str
    result: HubResult
    return_id: UUID | None = None
    tracking_number: str | None = None
    received_at: AwareDatetime | None = None
    scan_id: UUID | None = None
    received_by: str | None = None
    belongs_to: str | None = None
    parcel: int | None = None
    number: str | None = None
    awaiting: str | None = None
    consolidation_id: UUID | None = None


class HubScan(HubAnswer):
    """A hub scan as it stands now: where and when it was made, and whether it is `void`."""

    hub: str | None = None
    scanned_at: AwareDatetime
    void: bool = False


class ScansV2(Named):
    """The answers, in the order asked."""

    scans: tuple[HubAnswer, ...]


class RecordScansV2(Request[ScansV2]):
    """Record hub scans, each on its own: one that is unknown holds up no other."""

    scans: tuple[ScanAsked, ...] = Field(min_length=1, max_length=500)
    by: str


class HubScansV1(Named):
    """Hub scans, the newest first, and the hubs that parcels of the retailer's lead to."""

    scans: tuple[HubScan, ...]
    hubs: tuple[str, ...] = ()


class ListScansV1(Request[HubScansV1]):
    """The last scans that somebody made at a hub, or those with these ids."""

    by: str | None = None
    ids: tuple[UUID, ...] = ()
    since: AwareDatetime | None = None
    most: int = Field(default=100, ge=1, le=500)


class VoidedScanV1(Named):
    """A hub scan that counts no more; `repeated` when it was void before."""

    scan_id: UUID
    repeated: bool = False


class VoidScanV1(Request[VoidedScanV1]):
    """Make void a hub scan that was made by mistake; a repeat changes nothing.

    What it alone proved is withdrawn. Refused as `tracking.not_found`, or `tracking.not_a_hub_scan` for any other scan.
    """

    scan_id: UUID
    words: str
    by: str


class Step(Value):
    """A milestone a parcel has reached; `words` are the carrier's own of it."""

    milestone: Milestone
    at: AwareDatetime
    implied: bool = False
    place: str | None = None
    words: str | None = None


class ParcelTimeline(Value):
    """One parcel's milestones, oldest first. `void`: its label is not to be used any more.

    `upcoming` is what is expected of it, the nearest first, and `expected` the one of them that is its arrival at the hub;
    `late` says that one of them should have been by now. `service` and `country` are of its lane, where they are known.
    """

    parcel: int
    carrier: str
    tracking_number: str
    steps: tuple[Step, ...]
    void: bool = False
    expected: Expected | None = None
    late: bool = False
    upcoming: tuple[Expected, ...] = ()
    service: str | None = None
    country: str | None = None


class TimelineV1(Named):
    """Where a return's parcels have been."""

    parcels: tuple[ParcelTimeline, ...]


class GetTimelineV1(Request[TimelineV1]):
    """The milestones of a return's parcels; empty before a label is issued."""

    return_id: UUID

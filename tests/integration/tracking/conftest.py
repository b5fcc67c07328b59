"""Tracking as its process has it, on a database of its own, and one retailer."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.base import Call, Envelope, Message, Request
from libs.contracts.labels import LabelIssuedV1, LabelVoidedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import (
    GetTimelineV1,
    HubAnswer,
    InspectedLine,
    InspectionV1,
    MilestoneReachedV1,
    MilestoneV1,
    RecordInspectionV1,
    RecordMilestoneV1,
    RecordScansV2,
    ScanAsked,
    VoidedScanV1,
    VoidScanV1,
)
from libs.contracts.values import Condition, Milestone
from services.labels.domain import reference
from services.tracking.service import TrackingService
from tests.integration.facts import fact, said

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
NUMBER = "R-7KQ2M9"
SHIRT = InspectedLine(line_id=UUID(int=1), quantity=1, condition=Condition.AS_EXPECTED)


class Hub:
    """Brings one retailer's facts and scans to tracking, and sees what it states."""

    def __init__(self, service: TrackingService, retailer_id: UUID) -> None:
        self.service, self.retailer_id = service, retailer_id

    def fact(self, body: Message) -> Envelope:
        """`body` as it travels."""
        return fact(self.retailer_id, body)

    def label(self, **changes) -> Envelope[LabelIssuedV1]:
        """The fact that Maya's parcel has its label."""
        booking_id = new_id()
        return self.fact(
            LabelIssuedV1(
                **{
                    "return_id": new_id(),
                    "booking_id": booking_id,
                    "parcel": 1,
                    "carrier": "own",
                    "service": "Standard return",
                    "tracking_number": reference(booking_id),
                    "document_id": new_id(),
                    "hub": "DAV",
                }
                | changes
            )
        )

    def webhook(self, number: str, code: str, *, at=MONDAY, carrier="evri", **data) -> Envelope:
        """The fact that a carrier reported a scan."""
        scan = {"tracking_number": number, "code": code, "occurred_at": at.isoformat()} | data
        body = json.dumps({"type": "tracking.scan", "timestamp": at.isoformat(), "data": scan})
        return self.fact(CarrierWebhookReceivedV1(delivery_id=new_id(), carrier=carrier, received_at=now(), body=body))

    def told(self, sender: str, body: object, *, account: str | None = None) -> Envelope:
        """The fact that a sender's webhook came to the address of an account."""
        raw = json.dumps(body)
        return self.fact(
            CarrierWebhookReceivedV1(
                delivery_id=new_id(), carrier=account or sender, received_at=now(), body=raw, sender=sender
            )
        )

    def tell(self, *args, **kwargs) -> None:
        """A sender's webhook arrives, in the sender's own shape."""
        self.service.on_carrier_webhook_received(self.told(*args, **kwargs))

    def report(self, *args, **kwargs) -> None:
        """A carrier's scan arrives."""
        self.service.on_carrier_webhook_received(self.webhook(*args, **kwargs))

    def scan(self, code: str, **changes) -> HubAnswer:
        """One parcel is scanned at Daventry."""
        return self.scan_all(ScanAsked(**{"code": code, "hub": "DAV"} | changes))[0]

    def scan_all(self, *scans: ScanAsked) -> tuple[HubAnswer, ...]:
        """A batch of scans arrives."""
        return self.service.record_scans(self.call(RecordScansV2(scans=scans, by="ana@alder.example"))).scans

    def reach(self, return_id: UUID, milestone: Milestone = Milestone.ACCEPTED, **changes) -> MilestoneV1:
        """Ana says that a parcel was handed over."""
        asked = {"return_id": return_id, "number": NUMBER, "milestone": milestone, "by": "staff Ana"} | changes
        return self.service.record_milestone(self.call(RecordMilestoneV1(**asked)))

    def inspect(self, return_id: UUID, *lines: InspectedLine, key: str = "tablet/1", **changes) -> InspectionV1:
        """Ana says what was in a parcel: a shirt, as it should be."""
        asked = {"return_id": return_id, "number": NUMBER, "key": key, "lines": lines or (SHIRT,), "by": "staff Ana"}
        return self.service.record_inspection(self.call(RecordInspectionV1(**asked | changes)))

    def void_scan(self, scan_id: UUID, *, words: str = "wrong pile") -> VoidedScanV1:
        """Ana says that a scan was a mistake."""
        return self.service.void_scan(self.call(VoidScanV1(scan_id=scan_id, words=words, by="staff Ana")))

    def void(self, label: Envelope[LabelIssuedV1]) -> Envelope[LabelVoidedV1]:
        """The fact that a label is void."""
        of = label.data
        return self.fact(LabelVoidedV1(return_id=of.return_id, booking_id=of.booking_id, parcel=of.parcel))

    def call(self, request: Request) -> Call:
        """`request` as it travels."""
        return Call(retailer_id=self.retailer_id, correlation_id=new_id(), deadline=0, data=request)

    def parcels(self, return_id: UUID):
        """The timeline of a return."""
        return self.service.get_timeline(self.call(GetTimelineV1(return_id=return_id))).parcels

    def said(self, kind: type[Message]) -> list[Message]:
        """The facts of `kind` that tracking stated for this retailer."""
        return said(self.service.parcels, self.retailer_id, kind)

    def milestones(self) -> list[str]:
        """The milestones stated, in the order stated."""
        return [reached.milestone.value for reached in self.said(MilestoneReachedV1)]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of these at the same moment, each in a thread of its own; what they answer."""
    start = threading.Barrier(len(acts))
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(lambda act: (start.wait(), act())[1], acts))


@pytest.fixture
def new_hub(service_database: Callable[[str], object]) -> Callable[[], Hub]:
    """Makes a hub for a retailer of its own."""
    service_database("tracking")
    service = TrackingService()
    return lambda: Hub(service, new_id())


@pytest.fixture
def hub(new_hub: Callable[[], Hub]) -> Hub:
    """Alder's hub."""
    return new_hub()

"""The entrypoints of tracking: where the parcel is."""

from libs.chassis.bus import answers, handles
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import LabelIssuedV1, LabelVoidedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import (
    GetTimelineV1,
    InspectionV1,
    MilestoneV1,
    RecordInspectionV1,
    RecordMilestoneV1,
    RecordScansV1,
    ScansV1,
    TimelineV1,
    VoidedScanV1,
    VoidScanV1,
)
from services.tracking.domain import check_by_hand
from services.tracking.outside import read
from services.tracking.store import ByHand, Parcels


class TrackingService:
    """Folds scans of carriers, hubs and people into milestones, each stated once, and keeps what hubs find."""

    name = "tracking"
    parcels = Parcels()
    by_hand = ByHand()

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The parcel is known, and so is what was scanned of it before."""
        self.parcels.register(fact)

    @handles(LabelVoidedV1)
    def on_label_voided(self, fact: Envelope[LabelVoidedV1]) -> None:
        """The parcel's label is not to be used any more."""
        self.parcels.void(fact)

    @handles(CarrierWebhookReceivedV1)
    def on_carrier_webhook_received(self, fact: Envelope[CarrierWebhookReceivedV1]) -> None:
        """What the carrier saw is recorded."""
        self.parcels.report(fact, read(fact.data))

    @answers(RecordScansV1)
    def record_scans(self, call: Call[ScansV1]) -> ScansV1:
        """The answers, in the order asked. Each scan is kept by itself, so that one at fault holds up no other."""
        return ScansV1(
            scans=tuple(self.parcels.receive(call.retailer_id, scan, by=call.data.by) for scan in call.data.scans)
        )

    @answers(VoidScanV1)
    def void_scan(self, call: Call[VoidedScanV1]) -> VoidedScanV1:
        """The scan, which counts no more, and whether it was void before."""
        return self.by_hand.void_scan(call.retailer_id, call.data)

    @answers(RecordMilestoneV1)
    def record_milestone(self, call: Call[MilestoneV1]) -> MilestoneV1:
        """The milestone, and whether it was reached before."""
        check_by_hand(call.data.milestone)
        return self.by_hand.reach(call.retailer_id, call.data)

    @answers(RecordInspectionV1)
    def record_inspection(self, call: Call[InspectionV1]) -> InspectionV1:
        """The inspection, the same each time for one key."""
        return self.by_hand.inspect(call.retailer_id, call.data)

    @answers(GetTimelineV1)
    def get_timeline(self, call: Call[TimelineV1]) -> TimelineV1:
        """A return's parcels with their milestones."""
        return self.parcels.timeline(call.retailer_id, call.data.return_id)

"""The entrypoints of tracking: where the parcel is."""

from libs.chassis.bus import answers, handles
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import GetTimelineV1, RecordScansV1, ScansV1, TimelineV1
from services.tracking.outside import read
from services.tracking.store import Parcels


class TrackingService:
    """Folds scans of carriers and hubs into milestones, each stated once."""

    name = "tracking"
    parcels = Parcels()

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The parcel is known, and so is what was scanned of it before."""
        self.parcels.register(fact)

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

    @answers(GetTimelineV1)
    def get_timeline(self, call: Call[TimelineV1]) -> TimelineV1:
        """A return's parcels with their milestones."""
        return self.parcels.timeline(call.retailer_id, call.data.return_id)

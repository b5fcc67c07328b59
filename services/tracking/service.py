"""The entrypoints of tracking: where the parcel is."""

from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.rpc import ask
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import LabelIssuedV1, LabelVoidedV1
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.portal_parcels import ParcelSentV1
from libs.contracts.tracking import (
    GetTimelineV1,
    HubScansV1,
    InspectionV1,
    ListScansV1,
    MilestoneV1,
    RecordInspectionV1,
    RecordMilestoneV1,
    RecordScansV1,
    RecordScansV2,
    ScansV1,
    ScansV2,
    TimelineV1,
    VoidedScanV1,
    VoidScanV1,
)
from libs.contracts.tracking_consolidations import (
    CloseConsolidationV1,
    ConsolidationsV1,
    ConsolidationV1,
    ListConsolidationsV1,
    OpenConsolidationV1,
    RecordDeliveryV1,
    RecordPackedV1,
)
from libs.contracts.tracking_persons import ExportPersonV1, PersonDataV1
from services.tracking.asking import ask_carrier
from services.tracking.carriers import UNSIGNED, read
from services.tracking.domain import check_by_hand
from services.tracking.domain.former import as_before
from services.tracking.store import ByHand, Parcels
from services.tracking.store.consolidations import Consolidations
from services.tracking.store.delays import Delays
from services.tracking.store.hub import HubScans
from services.tracking.store.persons import Persons
from services.tracking.store.polls import KIND, Polls
from services.tracking.store.promises import KIND as PROMISES


class TrackingService:
    """Folds scans of carriers, hubs and people into milestones, each stated once, and keeps what hubs find."""

    name = "tracking"
    parcels = Parcels()
    by_hand = ByHand()
    hub_scans = HubScans()
    consolidations = Consolidations()
    polls = Polls()
    delays = Delays()
    persons = Persons()

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The parcel is known, and so is what was scanned of it before."""
        self.parcels.register(fact)

    @handles(LabelVoidedV1)
    def on_label_voided(self, fact: Envelope[LabelVoidedV1]) -> None:
        """The parcel's label is not to be used any more."""
        self.parcels.void(fact)

    @handles(ParcelSentV1)
    def on_parcel_sent(self, fact: Envelope[ParcelSentV1]) -> None:
        """The number that a shopper's own carrier gave can be scanned, and reported of."""
        self.parcels.register_sent(fact)

    @handles(CarrierWebhookReceivedV1)
    def on_carrier_webhook_received(self, fact: Envelope[CarrierWebhookReceivedV1]) -> None:
        """What the carrier saw is recorded."""
        seen = read(fact.data.sender, fact.data.body)
        self.parcels.report(fact, seen, hints=fact.data.sender in UNSIGNED)

    @works(KIND)
    def poll(self, claim: Claim) -> None:
        """A carrier that was long silent is asked where one parcel is."""
        question = self.polls.take(claim.retailer_id, claim.subject)
        if question is not None:
            ask_carrier(self.polls, ask, claim.retailer_id, question)

    @works(PROMISES)
    def look_after(self, claim: Claim) -> None:
        """A parcel that is not where it should be by now is told of."""
        self.delays.look_after(claim.retailer_id, claim.subject)

    @handles(PersonErasedV1)
    def on_person_erased(self, fact: Envelope[PersonErasedV1]) -> None:
        """What carriers and hubs wrote tells nobody any more."""
        self.persons.erase(fact)

    @answers(ExportPersonV1)
    def export_person(self, call: Call[PersonDataV1]) -> PersonDataV1:
        """What stands here of a person."""
        return self.persons.export(call.retailer_id, call.data)

    @answers(RecordScansV2)
    def record_scans(self, call: Call[ScansV2]) -> ScansV2:
        """The answers, in the order asked. Each scan is kept by itself, so that one at fault holds up no other."""
        return ScansV2(
            scans=tuple(self.hub_scans.receive(call.retailer_id, scan, by=call.data.by) for scan in call.data.scans)
        )

    @answers(RecordScansV1)
    def record_scans_as_before(self, call: Call[ScansV1]) -> ScansV1:
        """The same for a gateway that runs the former answers."""
        received = (self.hub_scans.receive(call.retailer_id, scan, by=call.data.by) for scan in call.data.scans)
        return ScansV1(scans=tuple(as_before(answer) for answer in received))

    @answers(ListScansV1)
    def list_scans(self, call: Call[HubScansV1]) -> HubScansV1:
        """Hub scans as they stand now, the newest first."""
        return self.hub_scans.list(call.retailer_id, call.data)

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

    @answers(OpenConsolidationV1)
    def open_consolidation(self, call: Call[ConsolidationV1]) -> ConsolidationV1:
        """An open bag or pallet, the same each time for one key."""
        return self.consolidations.open(call.retailer_id, call.data)

    @answers(RecordPackedV1)
    def record_packed(self, call: Call[ConsolidationV1]) -> ConsolidationV1:
        """The bag or pallet with the parcel in it."""
        return self.consolidations.pack(call.retailer_id, call.data)

    @answers(CloseConsolidationV1)
    def close_consolidation(self, call: Call[ConsolidationV1]) -> ConsolidationV1:
        """The bag or pallet, sent on."""
        return self.consolidations.close(call.retailer_id, call.data)

    @answers(RecordDeliveryV1)
    def record_delivery(self, call: Call[ConsolidationV1]) -> ConsolidationV1:
        """The bag or pallet, received at the retailer."""
        return self.consolidations.deliver(call.retailer_id, call.data)

    @answers(ListConsolidationsV1)
    def list_consolidations(self, call: Call[ConsolidationsV1]) -> ConsolidationsV1:
        """Bags and pallets, the newest first."""
        return self.consolidations.list(call.retailer_id, call.data)

    @answers(GetTimelineV1)
    def get_timeline(self, call: Call[TimelineV1]) -> TimelineV1:
        """A return's parcels with their milestones."""
        return self.parcels.timeline(call.retailer_id, call.data.return_id)

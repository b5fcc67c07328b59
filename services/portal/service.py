"""Portal's worker: gives every fact to the return it is about, and acts when the clock says so."""

from functools import partial
from typing import Any

from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.objects import ObjectMissing, Objects
from libs.chassis.secrets import Secrets
from libs.contracts.base import Call, Envelope
from libs.contracts.errors import Refused
from libs.contracts.labels import (
    LabelExpiredV1,
    LabelIssuedV1,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidedV1,
    LabelVoidRefusedV1,
)
from libs.contracts.notifications import MessageBouncedV1, MessageDeliveredV1
from libs.contracts.orders import (
    OrderChangedV1,
    SettlementOutcomeUnknownV1,
    SettlementRefusedV1,
    SettlementSucceededV1,
    ShopUpdateFailedV1,
)
from libs.contracts.orders_cancelling import (
    CancellationOutcomeUnknownV1,
    CancellationRefusedV1,
    CancellationSucceededV1,
)
from libs.contracts.orders_persons import (
    PersonErasedV1,
    PersonExportedV1,
    PersonRequestedV1,
    PersonRequestEndedV1,
    PersonRequestLateV1,
)
from libs.contracts.orders_shops import ShopAccessLostV1, ShopConnectedV1
from libs.contracts.payments import (
    FeeFailedV1,
    FeePaidV1,
    FeeRefundedV1,
    FeeWaivedV1,
    HoldCapturedV1,
    HoldPlacedV1,
    HoldReleasedV1,
    PaymentDisputedV1,
    VoucherReleasedV1,
)
from libs.contracts.portal import GetPhotoV1, PhotoV1
from libs.contracts.portal_persons import ExportPersonV1, FindPersonV1, PersonDataV1, PersonFoundV1
from libs.contracts.rules import PolicyPublishedV1
from libs.contracts.tracking import (
    MilestoneReachedV1,
    ParcelDelayedV1,
    ParcelInspectedV1,
    ParcelInTroubleV1,
    ScanVoidedV1,
    UnknownParcelScannedV1,
)
from libs.contracts.tracking_consolidations import ConsolidationDeliveredV1
from services.portal.cancelling import Cancelling
from services.portal.intake import Intake
from services.portal.keeping import sweep
from services.portal.matching import Matching
from services.portal.quoting import quote
from services.portal.store.audit import AUDITS, Audit
from services.portal.store.cancelling import Cancellations
from services.portal.store.erasing import Persons
from services.portal.store.intakes import INTAKES, Intakes
from services.portal.store.people import People
from services.portal.store.quotes import QUOTES
from services.portal.store.returns import TIMERS, Returns
from services.portal.store.sweeps import SWEEPS, Sweeps
from services.portal.store.tasks import Tasks
from services.portal.store.undos import UNDOS
from services.portal.store.uploads import UPLOADS, Uploads
from services.portal.undoing import undo


class PortalService:
    """Drives the life of every return."""

    name = "portal"
    returns = Returns()
    audit = Audit()
    tasks = Tasks()
    cancellations = Cancellations()
    people = People()
    objects = Objects()
    uploads = Uploads()
    sweeps = Sweeps()
    persons = Persons()
    matching = Matching(Intake(returns), Intakes(), People())

    @handles(FeePaidV1)
    def on_fee_paid(self, fact: Envelope[FeePaidV1]) -> None:
        """The label may be asked for."""
        self.returns.change(fact)

    @handles(FeeWaivedV1)
    def on_fee_waived(self, fact: Envelope[FeeWaivedV1]) -> None:
        """The label may be asked for."""
        self.returns.change(fact)

    @handles(FeeFailedV1)
    def on_fee_failed(self, fact: Envelope[FeeFailedV1]) -> None:
        """The fee is still awaited."""
        self.returns.change(fact)

    @handles(FeeRefundedV1)
    def on_fee_refunded(self, fact: Envelope[FeeRefundedV1]) -> None:
        """Nothing more is to be given back."""
        self.returns.change(fact)

    @handles(VoucherReleasedV1)
    def on_voucher_released(self, fact: Envelope[VoucherReleasedV1]) -> None:
        """The code is good again."""
        self.returns.change(fact)

    @handles(HoldPlacedV1)
    def on_hold_placed(self, fact: Envelope[HoldPlacedV1]) -> None:
        """The exchange may be made at once."""
        self.returns.change(fact)

    @handles(HoldReleasedV1)
    def on_hold_released(self, fact: Envelope[HoldReleasedV1]) -> None:
        """Nothing is held any more, or ever was."""
        self.returns.change(fact)

    @handles(HoldCapturedV1)
    def on_hold_captured(self, fact: Envelope[HoldCapturedV1]) -> None:
        """The shopper paid for the exchange."""
        self.returns.change(fact)

    @handles(PaymentDisputedV1)
    def on_payment_disputed(self, fact: Envelope[PaymentDisputedV1]) -> None:
        """A person must act, and no money moves by itself until then."""
        self.returns.change(fact)

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The parcel may be sent."""
        self.returns.change(fact)

    @handles(LabelRefusedV1)
    def on_label_refused(self, fact: Envelope[LabelRefusedV1]) -> None:
        """A person must act."""
        self.returns.change(fact)

    @handles(LabelOutcomeUnknownV1)
    def on_label_outcome_unknown(self, fact: Envelope[LabelOutcomeUnknownV1]) -> None:
        """A person must act."""
        self.returns.change(fact)

    @handles(LabelVoidedV1)
    def on_label_voided(self, fact: Envelope[LabelVoidedV1]) -> None:
        """The label is used no more."""
        self.returns.change(fact)

    @handles(LabelVoidRefusedV1)
    def on_label_void_refused(self, fact: Envelope[LabelVoidRefusedV1]) -> None:
        """A person must act: the label could still be used, and is paid for."""
        self.returns.change(fact)

    @handles(LabelExpiredV1)
    def on_label_expired(self, fact: Envelope[LabelExpiredV1]) -> None:
        """A new label may be asked for."""
        self.returns.change(fact)

    @handles(MilestoneReachedV1)
    def on_milestone_reached(self, fact: Envelope[MilestoneReachedV1]) -> None:
        """The parcel has moved on."""
        self.returns.change(fact)

    @handles(ParcelInspectedV1)
    def on_parcel_inspected(self, fact: Envelope[ParcelInspectedV1]) -> None:
        """What arrived, and how, is known."""
        self.returns.change(fact)

    @handles(ParcelInTroubleV1)
    def on_parcel_in_trouble(self, fact: Envelope[ParcelInTroubleV1]) -> None:
        """A person must look."""
        self.returns.change(fact)

    @handles(ParcelDelayedV1)
    def on_parcel_delayed(self, fact: Envelope[ParcelDelayedV1]) -> None:
        """A person must look, unless the parcel has come along meanwhile."""
        self.returns.change(fact)

    @handles(ScanVoidedV1)
    def on_scan_voided(self, fact: Envelope[ScanVoidedV1]) -> None:
        """A person must look."""
        self.returns.change(fact)

    @handles(SettlementSucceededV1)
    def on_settlement_succeeded(self, fact: Envelope[SettlementSucceededV1]) -> None:
        """The shop gave what was due."""
        self.returns.change(fact)

    @handles(SettlementRefusedV1)
    def on_settlement_refused(self, fact: Envelope[SettlementRefusedV1]) -> None:
        """A person must act."""
        self.returns.change(fact)

    @handles(SettlementOutcomeUnknownV1)
    def on_settlement_outcome_unknown(self, fact: Envelope[SettlementOutcomeUnknownV1]) -> None:
        """A person must look."""
        self.returns.change(fact)

    @handles(ShopUpdateFailedV1)
    def on_shop_update_failed(self, fact: Envelope[ShopUpdateFailedV1]) -> None:
        """The shop's own return says less than ours: a person must write it there."""
        self.returns.change(fact)

    @handles(MessageBouncedV1)
    def on_message_bounced(self, fact: Envelope[MessageBouncedV1]) -> None:
        """The shopper was not told: a person must act."""
        self.returns.change(fact)

    @handles(MessageDeliveredV1)
    def on_message_delivered(self, fact: Envelope[MessageDeliveredV1]) -> None:
        """What the shopper was told is part of the history."""
        self.returns.record(fact)

    @handles(OrderChangedV1)
    def on_order_changed(self, fact: Envelope[OrderChangedV1]) -> None:
        """Kept for reports."""
        self.returns.record(fact)

    @handles(CancellationSucceededV1)
    def on_cancellation_succeeded(self, fact: Envelope[CancellationSucceededV1]) -> None:
        """What was not sent is cancelled, and given back."""
        self._hear_of_cancellation(fact)

    @handles(CancellationRefusedV1)
    def on_cancellation_refused(self, fact: Envelope[CancellationRefusedV1]) -> None:
        """It was sent in between; or a person must act."""
        self._hear_of_cancellation(fact)

    @handles(CancellationOutcomeUnknownV1)
    def on_cancellation_outcome_unknown(self, fact: Envelope[CancellationOutcomeUnknownV1]) -> None:
        """A person must look."""
        self._hear_of_cancellation(fact)

    @handles(ShopAccessLostV1)
    def on_shop_access_lost(self, fact: Envelope[ShopAccessLostV1]) -> None:
        """A person must connect the shop again."""
        self.tasks.hear_of_shop(fact)

    @handles(ShopConnectedV1)
    def on_shop_connected(self, fact: Envelope[ShopConnectedV1]) -> None:
        """Nobody need connect it any more."""
        self.tasks.hear_of_shop(fact)

    @handles(PolicyPublishedV1)
    def on_policy_published(self, fact: Envelope[PolicyPublishedV1]) -> None:
        """Kept for reports."""
        self.returns.record(fact)

    @handles(UnknownParcelScannedV1)
    def on_unknown_parcel_scanned(self, fact: Envelope[UnknownParcelScannedV1]) -> None:
        """A person must find out whose it is."""
        self.returns.record_unknown_parcel(fact)

    @handles(ConsolidationDeliveredV1)
    def on_consolidation_delivered(self, fact: Envelope[ConsolidationDeliveredV1]) -> None:
        """Kept: each of its parcels tells its own return."""
        self.returns.record(fact)

    @handles(PersonRequestedV1)
    def on_person_requested(self, fact: Envelope[PersonRequestedV1]) -> None:
        """Who asked stands in the audit."""
        self.persons.requested(fact)

    @handles(PersonErasedV1)
    def on_person_erased(self, fact: Envelope[PersonErasedV1]) -> None:
        """Nothing here tells any more who it was."""
        self.persons.erase(fact)

    @handles(PersonExportedV1)
    def on_person_exported(self, fact: Envelope[PersonExportedV1]) -> None:
        """The retailer is mailed a link to it."""
        self.persons.exported(fact)

    @handles(PersonRequestEndedV1)
    def on_person_request_ended(self, fact: Envelope[PersonRequestEndedV1]) -> None:
        """What was done stands in the audit."""
        self.persons.ended(fact)

    @handles(PersonRequestLateV1)
    def on_person_request_late(self, fact: Envelope[PersonRequestLateV1]) -> None:
        """A person must look."""
        self.persons.late(fact)

    @answers(FindPersonV1)
    def find_person(self, call: Call[PersonFoundV1]) -> PersonFoundV1:
        """A person's returns, and which of them are open."""
        return self.persons.find(call.retailer_id, call.data)

    @answers(ExportPersonV1)
    def export_person(self, call: Call[PersonDataV1]) -> PersonDataV1:
        """What stands here of a person."""
        return self.persons.export(call.retailer_id, call.data)

    @answers(GetPhotoV1)
    def get_photo(self, call: Call[PhotoV1]) -> PhotoV1:
        """A photo, for the mail to those who review."""
        key = self.returns.photo(call.retailer_id, call.data.photo_id)
        try:
            content = self.objects.get(key) if key else None
        except ObjectMissing:
            content = None
        if content is None:
            raise Refused("portal.not_found", "there is no such photo")
        return PhotoV1(photo_id=call.data.photo_id, media_type="image/webp", content=content)

    @works(INTAKES)
    def match_a_kept_request(self, claim: Claim) -> None:
        """A shopper's request waits for its order to be looked up."""
        self.matching.look_up(claim)

    @works(QUOTES)
    def ask_for_the_way_back(self, claim: Claim) -> None:
        """A return was made while labels was away."""
        quote(self.returns, claim)

    @works(UNDOS)
    def take_scans_back(self, claim: Claim) -> None:
        """A hub scan was taken back, and tracking has not said that it is void."""
        undo(self.returns, claim)

    @works(UPLOADS)
    def forget_a_photo(self, claim: Claim) -> None:
        """A photo was sent a day ago: unless something holds it by now, it goes."""
        self.uploads.forget(claim.retailer_id, claim.subject, self.objects.delete)

    @works(SWEEPS)
    def sweep(self, claim: Claim) -> None:
        """A day has passed: what a retailer's shoppers and programs left is given up where its time is over."""
        sweep(self.sweeps, self.objects, claim.retailer_id)

    @works(TIMERS)
    def tick(self, claim: Claim) -> None:
        """A return has waited: remind, expire, or call a person."""
        self.returns.tick(claim)

    @works(AUDITS)
    def ask_after_an_act(self, claim: Claim) -> None:
        """Somebody set out to do something, and nobody wrote how it ended."""
        self.audit.ask_after(claim.retailer_id, claim.subject)

    def _hear_of_cancellation(self, fact: Envelope[Any]) -> None:
        retailer = self.people.retailer(id=fact.retailer_id)
        if retailer is not None:
            cancelling = Cancelling(self.cancellations, Secrets.from_settings())
            self.cancellations.hear(fact, partial(cancelling.page_of, retailer))

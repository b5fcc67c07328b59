"""The entrypoints of labels: the way back, from the carriers."""

from uuid import UUID

from libs.chassis import crash
from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.objects import Objects
from libs.chassis.outside import NotSent
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import (
    BookingV1,
    DocumentFormsV1,
    DocumentV1,
    GetDocumentV1,
    LanesV1,
    ListDocumentFormsV1,
    PollTrackerV1,
    QuoteLabelV1,
    QuoteV1,
    RecordLabelV1,
    SaveLanesV1,
    TrackerV1,
)
from libs.contracts.labels_accounts import (
    CarrierAccountsV1,
    CarrierAccountV1,
    CheckCarrierAccountV1,
    GetCarrierAccountsV1,
    SaveCarrierAccountV1,
)
from libs.contracts.labels_bags import BagLabelV1, DrawBagLabelV1
from libs.contracts.labels_lanes import ChangeLanesV1, GetLanesV1, LanesChangedV1, LanesInForceV1
from libs.contracts.labels_persons import ExportPersonV1, PersonDataV1
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.portal import (
    CarrierWebhookReceivedV1,
    LabelRequestedV1,
    LabelVoidRequestedV1,
    RetailerChangedV1,
)
from services.labels.carriers.by_hand import outcome_of
from services.labels.carriers.easypost import NAME as EASYPOST
from services.labels.carriers.easypost import refund_told
from services.labels.dispatch import Dispatch
from services.labels.documents.bag import draw_bag_label
from services.labels.documents.forms import FORMS
from services.labels.domain import Booked, Booking, Outcome, check_lanes, is_news, object_key
from services.labels.papers import Printing
from services.labels.polling import Trackers
from services.labels.rating import ask_rate
from services.labels.store import Accounts, Bookings, Expiries, Lanes, Rates, Voids
from services.labels.store.persons import ERASURES, Persons
from services.labels.store.rates import RATES
from services.labels.store.voids import PROMISES


class LabelsService:
    """Quotes lanes, books parcels and keeps their documents."""

    name = "labels"
    lanes = Lanes()
    bookings = Bookings()
    voids = Voids()
    accounts = Accounts()
    dispatch = Dispatch()
    expiries = Expiries()
    rates = Rates()
    persons = Persons()
    trackers = Trackers()
    printing = Printing()
    documents = Objects()

    @handles(RetailerChangedV1)
    def on_retailer_changed(self, fact: Envelope[RetailerChangedV1]) -> None:
        """Labels printed from now on wear the new look."""
        self.lanes.keep_look(fact)

    @handles(LabelRequestedV1)
    def on_label_requested(self, fact: Envelope[LabelRequestedV1]) -> None:
        """The booking is planned; the carrier is asked after the commit."""
        self.bookings.plan(fact)

    @handles(LabelVoidRequestedV1)
    def on_label_void_requested(self, fact: Envelope[LabelVoidRequestedV1]) -> None:
        """The label is void, or will be once its outcome is known."""
        self.voids.ask(fact)

    @handles(PersonErasedV1)
    def on_person_erased(self, fact: Envelope[PersonErasedV1]) -> None:
        """No booking tells any more who sent the parcel, and its documents go."""
        self.persons.erase(fact)

    @handles(CarrierWebhookReceivedV1)
    def on_carrier_webhook_received(self, fact: Envelope[CarrierWebhookReceivedV1]) -> None:
        """What a carrier says became of a refund is asked of it at once."""
        shipment = refund_told(fact.data.body) if fact.data.sender == EASYPOST else None
        if shipment is not None:
            self.voids.hear(fact, shipment)

    @answers(SaveLanesV1)
    def save_lanes(self, call: Call[LanesV1]) -> LanesV1:
        """How many are in force."""
        check_lanes(call.data.hubs, call.data.lanes, carriers=self.dispatch.kinds, rating=self.dispatch.rating)
        return self.lanes.save(call.retailer_id, call.data)

    @answers(ChangeLanesV1)
    def change_lanes(self, call: Call[LanesChangedV1]) -> LanesChangedV1:
        """What came of each lane."""
        known, rating = self.dispatch.kinds, self.dispatch.rating
        return self.lanes.change(call.retailer_id, call.data, carriers=known, rating=rating)

    @answers(GetLanesV1)
    def get_lanes(self, call: Call[LanesInForceV1]) -> LanesInForceV1:
        """The hubs and lanes in force, with the carriers' rates as they are known here: no carrier is asked."""
        return self.lanes.in_force(call.retailer_id, rating=self.dispatch.rating)

    @answers(QuoteLabelV1)
    def quote_label(self, call: Call[QuoteV1]) -> QuoteV1:
        """The lane, with its price."""
        return self.lanes.quote(call.retailer_id, call.data)

    @answers(GetDocumentV1)
    def get_document(self, call: Call[DocumentV1]) -> DocumentV1:
        """The label in one of its forms, the same bytes each time."""
        asked = call.data
        self.bookings.document(call.retailer_id, asked.document_id)
        found, content = self.printing.get(
            self.dispatch, self.documents, call.retailer_id, asked.document_id, asked.form
        )
        return DocumentV1(document_id=found.id, filename=found.filename, media_type=found.media_type, content=content)

    @answers(ListDocumentFormsV1)
    def list_document_forms(self, call: Call[DocumentFormsV1]) -> DocumentFormsV1:
        """In which forms each label may be had."""
        return self.printing.forms(self.dispatch, call.retailer_id, call.data.document_ids)

    @answers(DrawBagLabelV1)
    def draw_bag_label(self, call: Call[BagLabelV1]) -> BagLabelV1:
        """The label of a bag or pallet, in the retailer's look."""
        content = draw_bag_label(call.data, self.lanes.look_of(call.retailer_id))
        return BagLabelV1(filename=f"{call.data.code}.pdf", media_type="application/pdf", content=content)

    @answers(PollTrackerV1)
    def poll_tracker(self, call: Call[TrackerV1]) -> TrackerV1:
        """What the carrier says of a parcel now."""
        return self.trackers.poll(self.dispatch, call.retailer_id, call.data)

    @answers(RecordLabelV1)
    def record_label(self, call: Call[BookingV1]) -> BookingV1:
        """The booking as a person says it is; a label issued by hand has a return slip drawn for it."""
        booking = self.bookings.newest(call.retailer_id, call.data)
        if not is_news(booking, call.data):
            return BookingV1(booking_id=booking.id, state=booking.state)
        outcome = outcome_of(booking, call.data)
        self._keep(call.retailer_id, booking, outcome)
        return self.bookings.record_by_hand(call.retailer_id, booking, outcome, call.data)

    @answers(ExportPersonV1)
    def export_person(self, call: Call[PersonDataV1]) -> PersonDataV1:
        """What stands here of a person."""
        return self.persons.export(call.retailer_id, call.data)

    @answers(SaveCarrierAccountV1)
    def save_carrier_account(self, call: Call[CarrierAccountV1]) -> CarrierAccountV1:
        """The account as it is now, without its secrets."""
        saved = self.accounts.save(call.retailer_id, self.dispatch.kind(call.data.carrier), call.data)
        self.rates.ask_anew(call.retailer_id, call.data.carrier)
        return saved

    @answers(GetCarrierAccountsV1)
    def get_carrier_accounts(self, call: Call[CarrierAccountsV1]) -> CarrierAccountsV1:
        """The carriers there are, and the retailer's accounts with them."""
        kinds = tuple(kind.asks for kind in self.dispatch.kinds.values())
        return CarrierAccountsV1(carriers=kinds, accounts=self.accounts.all(call.retailer_id))

    @answers(CheckCarrierAccountV1)
    def check_carrier_account(self, call: Call[CarrierAccountV1]) -> CarrierAccountV1:
        """The account, tried at its carrier."""
        return self.dispatch.check(call.retailer_id, call.data.account_id)

    @works("bookings")
    def book(self, claim: Claim) -> None:
        """Ask the carrier for one label and record what it said."""
        booking = self.bookings.send(claim.retailer_id, claim.subject)
        if booking is None:
            return
        crash.point("labels.after_send")
        try:
            outcome = self.dispatch.book(claim.retailer_id, booking, tries=claim.tries)
        except NotSent:
            self.bookings.unsend(claim.retailer_id, booking)
            raise
        self._keep(claim.retailer_id, booking, outcome)
        crash.point("labels.after_call")
        self.bookings.record(claim.retailer_id, booking, outcome)

    @works(ERASURES)
    def forget_a_document(self, claim: Claim) -> None:
        """A document of somebody who is erased goes, its bytes first: after a crash in between it is done once more."""
        key = self.persons.object_of(claim.retailer_id, claim.subject)
        if key is not None:
            self.documents.delete(key)
            self.persons.forget(claim.retailer_id, claim.subject)

    @works("voids")
    def void(self, claim: Claim) -> None:
        """Have the carrier make one label void and record what it said."""
        booking = self.voids.take(claim.retailer_id, claim.subject)
        if booking is None:
            return
        outcome = self.dispatch.void(claim.retailer_id, booking, tries=claim.tries)
        crash.point("labels.after_void")
        self.voids.record(claim.retailer_id, booking, outcome)

    @works(PROMISES)
    def settle_void(self, claim: Claim) -> None:
        """Ask a carrier what became of a void that it took, and record that."""
        booking = self.voids.promised(claim.retailer_id, claim.subject)
        if booking is not None:
            self.voids.settle(claim.retailer_id, booking, self.dispatch.settled(claim.retailer_id, booking))

    @works(RATES)
    def ask_rate(self, claim: Claim) -> None:
        """Ask a carrier what it takes for one weight of one lane, and keep it for the quotes to come."""
        parcel = self.rates.take(claim.retailer_id, claim.subject)
        if parcel is not None:
            self.rates.record(
                claim.retailer_id, claim.subject, parcel, ask_rate(self.dispatch, claim.retailer_id, parcel)
            )

    @works("expiries")
    def expire(self, claim: Claim) -> None:
        """End one label whose last day is over."""
        self.expiries.expire(claim.retailer_id, claim.subject)

    def _keep(self, retailer_id: UUID, booking: Booking, outcome: Outcome) -> None:
        if not isinstance(outcome, Booked):
            return
        self.documents.put(object_key(retailer_id, booking.document_id), outcome.label.pdf)
        for form, content in outcome.label.forms.items():
            self.documents.put(object_key(retailer_id, booking.document_id, FORMS[form].ending), content)

"""The entrypoints of labels: the way back, from the carriers."""

from collections.abc import Mapping
from functools import cached_property
from uuid import UUID

from libs.chassis import crash
from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.objects import Objects
from libs.chassis.outside import NotSent
from libs.chassis.settings import load
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import (
    BookingV1,
    DocumentV1,
    GetDocumentV1,
    LanesV1,
    QuoteLabelV1,
    QuoteV1,
    RecordLabelV1,
    SaveLanesV1,
)
from libs.contracts.portal import LabelRequestedV1, LabelVoidRequestedV1, RetailerChangedV1
from services.labels.domain import Booked, Booking, Outcome, check_lanes, is_news, object_key
from services.labels.outside import Carrier, ask, carriers, void
from services.labels.outside.by_hand import outcome_of
from services.labels.settings import LabelsSettings
from services.labels.store import Bookings, Expiries, Lanes, Voids


class LabelsService:
    """Quotes lanes, books parcels and keeps their documents."""

    name = "labels"
    lanes = Lanes()
    bookings = Bookings()
    voids = Voids()
    expiries = Expiries()
    documents = Objects()

    @cached_property
    def carriers(self) -> Mapping[str, Carrier]:
        """Those of this process's settings, by name."""
        return carriers(load(LabelsSettings))

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

    @answers(SaveLanesV1)
    def save_lanes(self, call: Call[LanesV1]) -> LanesV1:
        """How many are in force."""
        check_lanes(call.data.hubs, call.data.lanes, carriers=self.carriers)
        return self.lanes.save(call.retailer_id, call.data)

    @answers(QuoteLabelV1)
    def quote_label(self, call: Call[QuoteV1]) -> QuoteV1:
        """The lane, with its price."""
        return self.lanes.quote(call.retailer_id, call.data.country)

    @answers(GetDocumentV1)
    def get_document(self, call: Call[DocumentV1]) -> DocumentV1:
        """The document with its bytes, the same each time."""
        found = self.bookings.document(call.retailer_id, call.data.document_id)
        return DocumentV1(
            document_id=found.id,
            filename=found.filename,
            media_type=found.media_type,
            content=self.documents.get(found.object_key),
        )

    @answers(RecordLabelV1)
    def record_label(self, call: Call[BookingV1]) -> BookingV1:
        """The booking as a person says it is; a label issued by hand has a return slip drawn for it."""
        booking = self.bookings.newest(call.retailer_id, call.data)
        if not is_news(booking, call.data):
            return BookingV1(booking_id=booking.id, state=booking.state)
        outcome = outcome_of(booking, call.data)
        self._keep(call.retailer_id, booking, outcome)
        return self.bookings.record_by_hand(call.retailer_id, booking, outcome, call.data)

    @works("bookings")
    def book(self, claim: Claim) -> None:
        """Ask the carrier for one label and record what it said."""
        booking = self.bookings.send(claim.retailer_id, claim.subject)
        if booking is None:
            return
        try:
            outcome = ask(self.carriers[booking.carrier], booking)
        except NotSent:
            self.bookings.unsend(claim.retailer_id, booking)
            raise
        self._keep(claim.retailer_id, booking, outcome)
        crash.point("labels.after_call")
        self.bookings.record(claim.retailer_id, booking, outcome)

    @works("voids")
    def void(self, claim: Claim) -> None:
        """Have the carrier make one label void and record that it did."""
        booking = self.voids.take(claim.retailer_id, claim.subject)
        if booking is None:
            return
        void(self.carriers[booking.carrier], booking)
        crash.point("labels.after_void")
        self.voids.record(claim.retailer_id, booking)

    @works("expiries")
    def expire(self, claim: Claim) -> None:
        """End one label whose last day is over."""
        self.expiries.expire(claim.retailer_id, claim.subject)

    def _keep(self, retailer_id: UUID, booking: Booking, outcome: Outcome) -> None:
        if isinstance(outcome, Booked):
            self.documents.put(object_key(retailer_id, booking.document_id), outcome.label.pdf)

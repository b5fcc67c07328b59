"""The entrypoints of labels: the way back, from the carriers."""

from libs.chassis import crash
from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.objects import Objects
from libs.chassis.outside import NotSent
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import DocumentV1, GetDocumentV1, LanesV1, QuoteLabelV1, QuoteV1, SaveLanesV1
from libs.contracts.portal import LabelRequestedV1, RetailerChangedV1
from services.labels.domain import Booked, check_lanes, object_key
from services.labels.outside import CARRIERS, ask
from services.labels.store import Bookings, Lanes


class LabelsService:
    """Quotes lanes, books parcels and keeps their documents."""

    name = "labels"
    lanes = Lanes()
    bookings = Bookings()
    documents = Objects()
    carriers = CARRIERS

    @handles(RetailerChangedV1)
    def on_retailer_changed(self, fact: Envelope[RetailerChangedV1]) -> None:
        """Labels printed from now on wear the new look."""
        self.lanes.keep_look(fact)

    @handles(LabelRequestedV1)
    def on_label_requested(self, fact: Envelope[LabelRequestedV1]) -> None:
        """The booking is planned; the carrier is asked after the commit."""
        self.bookings.plan(fact)

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
        if isinstance(outcome, Booked):
            self.documents.put(object_key(claim.retailer_id, booking.document_id), outcome.label.pdf)
        crash.point("labels.after_call")
        self.bookings.record(claim.retailer_id, booking, outcome)

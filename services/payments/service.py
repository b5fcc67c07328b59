"""The entrypoints of payments: the label fee, exchange money, and disputes of either."""

from libs.chassis.bus import answers, handles
from libs.contracts.base import Call, Envelope
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.payments import DisputeV1, FeeV1, HoldV1, RecordDisputeV1, RecordFeeV1, RecordHoldV1
from libs.contracts.payments_persons import ExportPersonV1, PersonDataV1
from libs.contracts.portal import (
    DifferenceRequestedV1,
    FeeRequestedV1,
    HoldRequestedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
)
from services.payments.store import Charges, Ends, Holds
from services.payments.store.persons import Persons


class PaymentsService:
    """Listens for money asked for, and for returns that end; records by hand what became of it."""

    name = "payments"
    charges = Charges()
    persons = Persons()
    holds = Holds()
    ends = Ends()

    @handles(FeeRequestedV1)
    def on_fee_requested(self, fact: Envelope[FeeRequestedV1]) -> None:
        """Record the charge."""
        self.charges.request(fact)

    @handles(DifferenceRequestedV1)
    def on_difference_requested(self, fact: Envelope[DifferenceRequestedV1]) -> None:
        """Await what an exchange costs more."""
        self.charges.request_difference(fact)

    @handles(HoldRequestedV1)
    def on_hold_requested(self, fact: Envelope[HoldRequestedV1]) -> None:
        """Await the hold for an exchange that is given at once."""
        self.holds.request(fact)

    @handles(ReturnCancelledV1)
    def on_return_cancelled(self, fact: Envelope[ReturnCancelledV1]) -> None:
        """What is still owed is given up."""
        self.ends.end(fact, f"return cancelled by {fact.data.by}")

    @handles(ReturnExpiredV1)
    def on_return_expired(self, fact: Envelope[ReturnExpiredV1]) -> None:
        """What is still owed is given up."""
        self.ends.end(fact, "return expired")

    @handles(ReturnClosedV1)
    def on_return_closed(self, fact: Envelope[ReturnClosedV1]) -> None:
        """What is still owed of one that a person closed is given up."""
        self.ends.close(fact, "return closed")

    @handles(PersonErasedV1)
    def on_person_erased(self, fact: Envelope[PersonErasedV1]) -> None:
        """What was written down of a dispute tells nobody any more."""
        self.persons.erase(fact)

    @answers(ExportPersonV1)
    def export_person(self, call: Call[PersonDataV1]) -> PersonDataV1:
        """What stands here of a person."""
        return self.persons.export(call.retailer_id, call.data)

    @answers(RecordFeeV1)
    def record_fee(self, call: Call[FeeV1]) -> FeeV1:
        """The fee, or the difference, as a person says it is."""
        return self.charges.record(call.retailer_id, call.data)

    @answers(RecordHoldV1)
    def record_hold(self, call: Call[HoldV1]) -> HoldV1:
        """The hold as a person says it is."""
        return self.holds.record(call.retailer_id, call.data)

    @answers(RecordDisputeV1)
    def record_dispute(self, call: Call[DisputeV1]) -> DisputeV1:
        """A dispute, as a person read it at the bank."""
        return self.holds.dispute(call.retailer_id, call.data)

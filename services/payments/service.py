"""The entrypoints of payments: the label fee."""

from libs.chassis.bus import answers, handles
from libs.contracts.base import Call, Envelope
from libs.contracts.payments import FeeV1, RecordFeeV1
from libs.contracts.portal import FeeRequestedV1, ReturnCancelledV1, ReturnExpiredV1
from services.payments.store import Charges


class PaymentsService:
    """Listens for fees asked for, and for returns that end; records by hand what became of a fee."""

    name = "payments"
    charges = Charges()

    @handles(FeeRequestedV1)
    def on_fee_requested(self, fact: Envelope[FeeRequestedV1]) -> None:
        """Record the charge."""
        self.charges.request(fact)

    @handles(ReturnCancelledV1)
    def on_return_cancelled(self, fact: Envelope[ReturnCancelledV1]) -> None:
        """A fee that is still owed is given up."""
        self.charges.end(fact, f"return cancelled by {fact.data.by}")

    @handles(ReturnExpiredV1)
    def on_return_expired(self, fact: Envelope[ReturnExpiredV1]) -> None:
        """A fee that is still owed is given up."""
        self.charges.end(fact, "return expired")

    @answers(RecordFeeV1)
    def record_fee(self, call: Call[FeeV1]) -> FeeV1:
        """The fee as a person says it is."""
        return self.charges.record(call.retailer_id, call.data)

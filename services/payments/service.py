"""The entrypoints of payments: the label fee."""

from libs.chassis.bus import handles
from libs.contracts.base import Envelope
from libs.contracts.portal import FeeRequestedV1
from services.payments.store import Charges


class PaymentsService:
    """Listens for fees asked for; each is waived or awaited."""

    name = "payments"
    charges = Charges()

    @handles(FeeRequestedV1)
    def on_fee_requested(self, fact: Envelope[FeeRequestedV1]) -> None:
        """Record the charge."""
        self.charges.request(fact)

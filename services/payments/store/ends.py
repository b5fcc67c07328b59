"""The end of a return: what it still owes is given up."""

from collections.abc import Callable

from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.portal import ReturnCancelledV1, ReturnClosedV1, ReturnExpiredV1
from services.payments import domain
from services.payments.domain import Charge
from services.payments.store import charges, holds
from services.payments.store.tables import metadata
from services.payments.store.turns import Ended, in_turn, keep_end


class Ends(Store):
    """Gives up what ended returns still owe, whether it is known by now or comes later."""

    service, metadata = "payments", metadata

    def end(self, fact: Envelope[ReturnCancelledV1] | Envelope[ReturnExpiredV1], why: str) -> None:
        """Give up fees, differences and holds that are still awaited, and give a voucher back; `why` goes into the ledger."""
        self._end(fact, domain.end, why)

    def close(self, fact: Envelope[ReturnClosedV1], why: str) -> None:
        """The same for a return closed by hand; its voucher is given back where nothing was sent. Else all is as it is."""
        if fact.data.by_hand or fact.data.nothing_sent:
            self._end(fact, domain.end if fact.data.nothing_sent else domain.give_up, why)

    def _end(self, fact: Ended, become: Callable[[Charge], Charge], why: str) -> None:
        with self.unit(fact) as unit:
            if unit.seen:
                return
            in_turn(unit, fact.data.return_id)
            keep_end(unit, fact)
            charges.end(unit, fact, become, why)
            holds.give_up(unit, fact, why)

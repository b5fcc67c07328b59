"""The end of a return: what it still owes is given up."""

from libs.chassis.store import Store
from services.payments.store import charges, holds
from services.payments.store.tables import metadata
from services.payments.store.turns import Ended, in_turn, keep_end


class Ends(Store):
    """Gives up what ended returns still owe, whether it is known by now or comes later."""

    service, metadata = "payments", metadata

    def end(self, fact: Ended, why: str) -> None:
        """Give up fees, differences and holds that are still awaited, and give a voucher back; `why` goes into the ledger."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            in_turn(unit, fact.data.return_id)
            keep_end(unit, fact)
            charges.give_up(unit, fact, why)
            holds.give_up(unit, fact, why)

"""What payments remembers: charges, holds and disputes, and the ledger that says what became of the money."""

from services.payments.store.charges import Charges
from services.payments.store.ends import Ends
from services.payments.store.holds import Holds
from services.payments.store.tables import ledger_entries, metadata

__all__ = ["Charges", "Ends", "Holds", "ledger_entries", "metadata"]

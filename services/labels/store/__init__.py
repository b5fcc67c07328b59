"""What labels remembers: lanes, hubs and rates, the retailer's look, bookings with their outcome, and where documents lie."""

from services.labels.store.accounts import Accounts
from services.labels.store.bookings import Bookings
from services.labels.store.expiries import Expiries
from services.labels.store.lanes import Lanes
from services.labels.store.rates import Rates
from services.labels.store.tables import metadata
from services.labels.store.voids import Voids

__all__ = ["Accounts", "Bookings", "Expiries", "Lanes", "Rates", "Voids", "metadata"]

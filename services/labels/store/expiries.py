"""Labels whose last day is over."""

from uuid import UUID

from libs.chassis.store import Store
from services.labels import domain
from services.labels.domain import State
from services.labels.store import rows
from services.labels.store.tables import metadata


class Expiries(Store):
    """Ends labels that were never made void, each once."""

    service, metadata = "labels", metadata

    def expire(self, retailer_id: UUID, booking_id: UUID) -> None:
        """Keep that a label is too old to be used, and state it; not one that is void, or is about to be."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = rows.by_id(unit, booking_id)
            if domain.expires(State(found.state), unwanted=rows.is_unwanted(unit, found)):
                rows.mark_expired(unit, found)

"""Labels that are not to be used: the wish, kept whenever it comes, and what became of it."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.portal import LabelVoidRequestedV1
from services.labels.domain import VOIDING, Booking, State, Voiding
from services.labels.store import rows
from services.labels.store.rows import RETURN
from services.labels.store.tables import metadata, voids


class Voids(Store):
    """Makes bookings void, each once, or sees to it that they will be when their time comes."""

    service, metadata = "labels", metadata

    def ask(self, fact: Envelope[LabelVoidRequestedV1]) -> None:
        """Keep that a parcel's label is not to be used, and do now what can be done about it."""
        asked = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            rows.in_turn(unit, asked.return_id)
            unit.db.execute(
                insert(voids)
                .values(
                    retailer_id=unit.retailer_id,
                    return_id=asked.return_id,
                    parcel=asked.parcel,
                    purpose=RETURN,
                    attempt=asked.attempt,
                    asked_at=unit.now,
                )
                .on_conflict_do_nothing()
            )
            for row in rows.of_parcel(unit, asked.return_id, asked.parcel):
                if row.attempt == asked.attempt:
                    rows.make_void(unit, row)

    def take(self, retailer_id: UUID, booking_id: UUID) -> Booking | None:
        """The booking whose carrier is to be told; None where its label is void by now, or wanted."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = rows.by_id(unit, booking_id)
            due = VOIDING[State(row.state)] is Voiding.AT_CARRIER and rows.is_unwanted(unit, row)
            return rows.booking(row, rows.look(unit)) if due else None

    def record(self, retailer_id: UUID, booking: Booking) -> None:
        """Keep that the carrier made the label void, and state it; once."""
        with self.unit(retailer_id=retailer_id) as unit:
            if VOIDING[State(rows.by_id(unit, booking.id).state)] is Voiding.AT_CARRIER:
                rows.mark_void(unit, booking)

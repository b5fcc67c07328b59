"""Labels that are not to be used: the wish, kept whenever it comes, and what became of it."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.portal import LabelVoidRequestedV1
from services.labels import domain
from services.labels.domain import VOIDING, Booking, Kept, State, Voided, Voiding, VoidState
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
                .on_conflict_do_update(
                    index_elements=voids.primary_key.columns,
                    set_={"state": VoidState.PLANNED, "refusal_code": None, "refusal_words": None},
                    where=voids.c.state.in_((VoidState.REFUSED, VoidState.UNKNOWN)),
                )
            )
            for row in rows.of_parcel(unit, asked.return_id, asked.parcel):
                if row.attempt == asked.attempt:
                    rows.make_void(unit, row)

    def take(self, retailer_id: UUID, booking_id: UUID) -> Booking | None:
        """The booking whose carrier is to be told; None where its label is void by now, or wanted."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = rows.by_id(unit, booking_id)
            due = VOIDING[State(row.state)] is Voiding.AT_CARRIER and rows.is_unwanted(unit, row)
            if not due:
                return None
            rows.mark_wish(unit, row, VoidState.SENT, sent_at=unit.now)
            return rows.booking(row, rows.look(unit))

    def record(self, retailer_id: UUID, booking: Booking, outcome: Voided | Kept) -> None:
        """Keep that the carrier made the label void, or that it did not, and state it; once."""
        with self.unit(retailer_id=retailer_id) as unit:
            if VOIDING[State(rows.by_id(unit, booking.id).state)] is not Voiding.AT_CARRIER:
                return
            if isinstance(outcome, Voided):
                rows.mark_void(unit, booking)
                return
            said = {"settled_at": unit.now, "refusal_code": outcome.code, "refusal_words": outcome.words}
            rows.mark_wish(unit, booking, outcome.state, **said)
            unit.announce(domain.told_of_void(booking, outcome))

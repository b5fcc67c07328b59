"""Labels that are not to be used: the wish, kept whenever it comes, and what became of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.portal import CarrierWebhookReceivedV1, LabelVoidRequestedV1
from services.labels import domain
from services.labels.domain import VOIDING, Booking, Kept, State, Voided, Voiding, VoidState
from services.labels.store import rows
from services.labels.store.rows import RETURN
from services.labels.store.tables import bookings, metadata, voids

PROMISES = "promises"  # the kind of planned work that asks what became of a void
_SILENT = Kept(VoidState.UNKNOWN, "not_settled", "The carrier never said whether it gives the label's money back.")


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
            new = unit.db.execute(
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
                    set_={
                        "state": VoidState.PLANNED,
                        "asks": voids.c.asks + 1,
                        "refusal_code": None,
                        "refusal_words": None,
                    },
                    where=voids.c.state.in_((VoidState.REFUSED, VoidState.UNKNOWN)),
                )
                .returning(voids.c.asks)
            ).first()
            for row in rows.of_parcel(unit, asked.return_id, asked.parcel):
                if row.attempt == asked.attempt:
                    _do(unit, row, is_news=new is not None)

    def take(self, retailer_id: UUID, booking_id: UUID) -> Booking | None:
        """The booking whose carrier is to be told; None where its label is void by now, or wanted."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = rows.by_id(unit, booking_id)
            if not _is_due(rows.wish(unit, row), State(row.state)):
                return None
            rows.mark_wish(unit, row, VoidState.SENT, sent_at=unit.now)
            return rows.booking(row, rows.look(unit))

    def record(self, retailer_id: UUID, booking: Booking, outcome: Voided | Kept) -> None:
        """Keep that the carrier made the label void, or that it did not, and state it; once."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = rows.by_id(unit, booking.id)
            wish = rows.wish(unit, booking)
            if not _is_due(wish, State(row.state)):
                return
            if isinstance(outcome, Kept):
                _refuse(unit, row, wish, outcome)
                return
            state = VoidState.DONE if outcome.is_final else VoidState.PROMISED
            if State(row.state) is State.VOID:  # it was promised before, and is told of already
                rows.mark_wish(unit, row, state, settled_at=unit.now)
            else:
                rows.mark_void(unit, row, state)
            if not outcome.is_final:
                rows.claim(unit, PROMISES, row, after=domain.asked_next(timedelta()) or timedelta())

    def promised(self, retailer_id: UUID, booking_id: UUID) -> Booking | None:
        """The booking whose carrier has not said yet what became of its void; None where it has."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = rows.by_id(unit, booking_id)
            return rows.booking(row, rows.look(unit)) if _is_promised(rows.wish(unit, row)) else None

    def settle(self, retailer_id: UUID, booking: Booking, outcome: Voided | Kept) -> None:
        """Keep the carrier's last word on a void, and state a no; where there is none yet, it is asked again later."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = rows.by_id(unit, booking.id)
            wish = rows.wish(unit, booking)
            if wish is None or not _is_promised(wish):
                return
            if isinstance(outcome, Kept):
                _refuse(unit, row, wish, outcome)
            elif outcome.is_final:
                rows.mark_wish(unit, row, VoidState.DONE, settled_at=unit.now)
            elif (pause := domain.asked_next(unit.now - wish.settled_at)) is not None:
                rows.claim(unit, PROMISES, row, after=pause)
            else:
                _refuse(unit, row, wish, _SILENT)

    def hear(self, fact: Envelope[CarrierWebhookReceivedV1], carrier_ref: str) -> None:
        """A carrier tells that something became of a void it had promised: it is asked at once."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            found = unit.db.execute(select(bookings).where(bookings.c.carrier_ref == carrier_ref)).first()
            if found is not None and _is_promised(rows.wish(unit, found)):
                rows.claim(unit, PROMISES, found)


def _do(unit: Unit, row: Row[Any], *, is_news: bool) -> None:
    """What the wish needs. Of a label that is void, and whose carrier took its yes back, the money is asked for again."""
    if State(row.state) is not State.VOID:
        rows.make_void(unit, row)
    elif is_news:
        rows.claim(unit, "voids", row)


def _is_due(wish: Row[Any] | None, state: State) -> bool:
    """Whether a label is still to be made void by its carrier, or its money is asked for once more."""
    if wish is None:
        return False
    open_ = VoidState(wish.state) in (VoidState.PLANNED, VoidState.SENT)
    return VOIDING[state] is Voiding.AT_CARRIER or (state is State.VOID and open_)


def _is_promised(wish: Row[Any] | None) -> bool:
    return wish is not None and VoidState(wish.state) is VoidState.PROMISED


def _refuse(unit: Unit, row: Row[Any], wish: Row[Any] | None, no: Kept) -> None:
    said = {"settled_at": unit.now, "refusal_code": no.code, "refusal_words": no.words}
    rows.mark_wish(unit, row, no.state, **said)
    booking = rows.booking(row, rows.look(unit))
    unit.announce(domain.told_of_void(booking, no, asked=wish.asks if wish is not None else 1))

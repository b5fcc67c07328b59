"""Each parcel's bookings, from intent to outcome, by a carrier's word or a person's."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.labels import BookingV1, RecordLabelV1
from libs.contracts.portal import LabelRequestedV1
from services.labels import domain
from services.labels.domain import Booked, Booking, Declined, Outcome, State
from services.labels.store import rows
from services.labels.store.accounts import on_now
from services.labels.store.rates import cost_now
from services.labels.store.rows import RETURN
from services.labels.store.tables import bookings, documents, metadata
from services.labels.store.ways import ways_of


class Bookings(Store):
    """Plans bookings, sends each once and records what the carrier said."""

    service, metadata = "labels", metadata

    def plan(self, fact: Envelope[LabelRequestedV1]) -> None:
        """Write the intent, once per return, parcel, purpose and attempt, and have it booked after the commit.

        An attempt waits for those before it to end. One whose label is not to be used is never booked.
        """
        asked = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            rows.in_turn(unit, asked.return_id)
            attempts = {row.attempt: State(row.state) for row in rows.of_parcel(unit, asked.return_id, asked.parcel)}
            if asked.attempt in attempts:
                return
            if not domain.may_book(asked.attempt, attempts):
                raise Transient(f"an earlier booking of parcel {asked.parcel} has not ended")
            planned = rows.by_id(unit, _insert(unit, asked, _request(unit, asked)))
            if rows.is_unwanted(unit, planned):
                rows.make_void(unit, planned)
            else:
                rows.claim(unit, "bookings", planned)

    def send(self, retailer_id: UUID, booking_id: UUID) -> Booking | None:
        """The booking as it was, now marked as sent; None when it has its outcome."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = rows.by_id(unit, booking_id)
            if row.state not in (State.PLANNED, State.SENT):
                return None
            account_id = row.account_id or on_now(unit, row.carrier)
            sent = {"state": State.SENT, "sent_at": func.coalesce(bookings.c.sent_at, unit.now)}
            unit.db.execute(update(bookings).where(bookings.c.id == booking_id).values(**sent, account_id=account_id))
            return replace(rows.booking(row, rows.look(unit)), account_id=account_id)

    def unsend(self, retailer_id: UUID, booking: Booking) -> None:
        """Put the booking back as `send` found it: nothing reached the carrier."""
        with self.unit(retailer_id=retailer_id) as unit:
            rows.in_turn(unit, booking.return_id)
            put_back = (
                update(bookings)
                .where(bookings.c.id == booking.id, bookings.c.state == State.SENT)
                .values(state=booking.state)
                .returning(bookings.c.id)
            )
            if unit.db.execute(put_back).first() is not None and rows.is_unwanted(unit, booking):
                rows.make_void(unit, booking)

    def keep_reference(self, retailer_id: UUID, booking: Booking, carrier_ref: str) -> None:
        """Keep the carrier's own name for a booking, before what must not be repeated."""
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(update(bookings).where(bookings.c.id == booking.id).values(carrier_ref=carrier_ref))

    def record(self, retailer_id: UUID, booking: Booking, outcome: Outcome) -> None:
        """Keep what the carrier said, and state it; once. After a no the parcel takes the next way its lane allows, if any."""
        with self.unit(retailer_id=retailer_id) as unit:
            rows.in_turn(unit, booking.return_id)
            turned = domain.diverted(booking) if isinstance(outcome, Declined) else None
            if turned is None:
                rows.end(unit, booking, outcome, was=(State.SENT,))
            else:
                _divert(unit, turned, outcome)

    def newest(self, retailer_id: UUID, asked: RecordLabelV1) -> Booking:
        """A parcel's last booking, with an id of its own for a new document; refused as `labels.not_found`."""
        with self.unit(retailer_id=retailer_id) as unit:
            return replace(_newest(unit, asked), document_id=new_id())

    def record_by_hand(self, retailer_id: UUID, booking: Booking, outcome: Outcome, asked: RecordLabelV1) -> BookingV1:
        """Keep what a person said in the carrier's place, and state it; once. Refused as `labels.not_now`."""
        with self.unit(retailer_id=retailer_id) as unit:
            rows.in_turn(unit, booking.return_id)
            now = _newest(unit, asked)
            if domain.is_news(now, asked):
                _not_anothers(unit, booking, outcome)
                by = {"recorded_by": asked.by, "recorded_words": asked.words}
                rows.end(unit, booking, outcome, was=(State.UNKNOWN, State.REFUSED), **by)
            return BookingV1(booking_id=now.id, state=rows.by_id(unit, now.id).state)

    def document(self, retailer_id: UUID, document_id: UUID) -> Row[Any]:
        """Where the document lies and what it is called; refused as `labels.not_found`."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(select(documents).where(documents.c.id == document_id)).first()
        if found is None:
            raise domain.NotFound()
        return found


def _request(unit: Unit, asked: LabelRequestedV1) -> dict[str, Any]:
    """The exact request, as the carrier will be told it whatever is saved meanwhile."""
    way, *others = ways_of(unit, asked)
    told = {
        "return_number": asked.number,
        "parcels": asked.parcels,
        "sender": asked.sender.model_dump(mode="json"),
        "order_number": asked.order_number,
        "goods": [each.model_dump(mode="json") for each in asked.goods],
        "grams": asked.grams,
        "reasons": asked.reasons,
        "product_types": asked.product_types,
    }
    return told | way | {"others": others}


def _divert(unit: Unit, booking: Booking, no: Outcome) -> None:
    """Plan a booking anew on its next way, and keep who turned it down."""
    found = rows.by_id(unit, booking.id)
    if found.state != State.SENT or not isinstance(no, Declined):
        return
    refusal = {"carrier": found.carrier, "code": no.code, "words": no.words, "at": unit.now.isoformat()}
    way = {
        "carrier": booking.carrier,
        "service": booking.service,
        "method": booking.method,
        "expected_days": booking.expected_days,
        "hub": booking.hub.model_dump(mode="json"),
    }
    others = found.request["others"][1:]
    planned = unit.db.execute(
        update(bookings)
        .where(bookings.c.id == booking.id)
        .values(
            state=State.PLANNED,
            carrier=booking.carrier,
            account_id=on_now(unit, booking.carrier),
            carrier_ref=None,
            sent_at=None,
            request=found.request | way | {"others": others},
            turned_down=[*found.turned_down, refusal],
        )
        .returning(bookings)
    ).one()
    if rows.is_unwanted(unit, planned):
        rows.make_void(unit, planned)
    else:
        rows.claim(unit, "bookings", planned)


def _insert(unit: Unit, asked: LabelRequestedV1, request: dict[str, Any]) -> UUID:
    """The id of the new booking, drawn again where its reference is another's already."""
    quoted = cost_now(unit, asked.lane_id, asked.grams)
    planned: UUID | None = None
    while planned is None:
        booking_id = new_id()
        planned = unit.db.execute(
            insert(bookings)
            .values(
                id=booking_id,
                retailer_id=unit.retailer_id,
                reference=domain.reference(booking_id),
                return_id=asked.return_id,
                parcel=asked.parcel,
                purpose=RETURN,
                attempt=asked.attempt,
                carrier=request["carrier"],
                account_id=on_now(unit, request["carrier"]),
                request=request,
                document_id=new_id(),
                state=State.PLANNED,
                planned_at=unit.now,
                quoted_amount=quoted.amount if quoted else None,
                quoted_currency=quoted.currency if quoted else None,
            )
            .on_conflict_do_nothing(index_elements=["reference"])
            .returning(bookings.c.id)
        ).scalar_one_or_none()
    return planned


def _newest(unit: Unit, asked: RecordLabelV1) -> Booking:
    found = rows.of_parcel(unit, asked.return_id, asked.parcel)
    if not found:
        raise domain.NotFound()
    return rows.booking(found[-1], rows.look(unit))


def _not_anothers(unit: Unit, booking: Booking, outcome: Outcome) -> None:
    """Raise NotNow where the number that a person gave is the carrier's for another parcel."""
    if not isinstance(outcome, Booked):
        return
    others = select(bookings.c.id).where(
        bookings.c.carrier == booking.carrier,
        bookings.c.tracking_number == outcome.label.tracking_number,
        bookings.c.id != booking.id,
    )
    if unit.db.execute(others).first() is not None:
        raise domain.NotNow("the tracking number is another parcel's")

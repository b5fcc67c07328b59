"""Each parcel's booking, from intent to outcome."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent, Transient
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope, Message
from libs.contracts.labels import Hub, LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1
from libs.contracts.portal import LabelRequestedV1
from libs.contracts.values import Address, Look
from services.labels import domain
from services.labels.domain import Booked, Booking, Declined, Outcome, State
from services.labels.store.tables import bookings, documents, hubs, lanes, looks, metadata

RETURN = "return"  # what a parcel travels for; an exchange sent out will be another purpose
LABEL = "label"


class Bookings(Store):
    """Plans bookings, sends each once and records what the carrier said."""

    service, metadata = "labels", metadata

    def plan(self, fact: Envelope[LabelRequestedV1]) -> None:
        """Write the intent, once per return, parcel and purpose, and have it booked after the commit."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            request = _request(unit, fact.data)
            while not _is_planned(unit, fact.data):
                booking_id = new_id()
                if _insert(unit, booking_id, fact.data, request):  # not, where its reference is another's already
                    unit.claim("bookings", account=request["carrier"], subject=booking_id)

    def send(self, retailer_id: UUID, booking_id: UUID) -> Booking | None:
        """The booking as it was, now marked as sent; None when it has its outcome."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(bookings).where(bookings.c.id == booking_id).with_for_update()).one()
            if row.state not in (State.PLANNED, State.SENT):
                return None
            booking = _booking(row, _look(unit))
            unit.db.execute(
                update(bookings)
                .where(bookings.c.id == booking_id)
                .values(state=State.SENT, sent_at=func.coalesce(bookings.c.sent_at, unit.now))
            )
            return booking

    def unsend(self, retailer_id: UUID, booking: Booking) -> None:
        """Put the booking back as `send` found it: nothing reached the carrier."""
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(
                update(bookings)
                .where(bookings.c.id == booking.id, bookings.c.state == State.SENT)
                .values(state=booking.state)
            )

    def record(self, retailer_id: UUID, booking: Booking, outcome: Outcome) -> None:
        """Keep what the carrier said, and state it; once."""
        with self.unit(retailer_id=retailer_id) as unit:
            ended = unit.db.execute(
                update(bookings)
                .where(bookings.c.id == booking.id, bookings.c.state == State.SENT)
                .values(settled_at=unit.now, **_ending(outcome))
                .returning(bookings.c.id)
            ).first()
            if ended is None:
                return
            if isinstance(outcome, Booked):
                _keep_document(unit, booking)
            unit.announce(_fact(booking, outcome))

    def document(self, retailer_id: UUID, document_id: UUID) -> Row[Any]:
        """Where the document lies and what it is called; refused as `labels.not_found`."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(select(documents).where(documents.c.id == document_id)).first()
        if found is None:
            raise domain.NotFound()
        return found


def _request(unit: Unit, asked: LabelRequestedV1) -> dict[str, Any]:
    """The exact request, as the carrier will be told it whatever is saved meanwhile."""
    lane = unit.db.execute(
        select(lanes, hubs.c.address).join(hubs, lanes.c.hub == hubs.c.code).where(lanes.c.id == asked.lane_id)
    ).first()
    if lane is None:
        raise Permanent(f"no lane {asked.lane_id}")
    return {
        "return_number": asked.number,
        "parcels": asked.parcels,
        "carrier": lane.carrier,
        "service": lane.service,
        "hub": {"code": lane.hub, "address": lane.address},
        "sender": asked.sender.model_dump(mode="json"),
    }


def _is_planned(unit: Unit, asked: LabelRequestedV1) -> bool:
    return (
        unit.db.execute(
            select(bookings.c.id).where(
                bookings.c.return_id == asked.return_id, bookings.c.parcel == asked.parcel, bookings.c.purpose == RETURN
            )
        ).first()
        is not None
    )


def _insert(unit: Unit, booking_id: UUID, asked: LabelRequestedV1, request: dict[str, Any]) -> bool:
    return (
        unit.db.execute(
            insert(bookings)
            .values(
                id=booking_id,
                retailer_id=unit.retailer_id,
                reference=domain.reference(booking_id),
                return_id=asked.return_id,
                parcel=asked.parcel,
                purpose=RETURN,
                carrier=request["carrier"],
                request=request,
                document_id=new_id(),
                state=State.PLANNED,
                planned_at=unit.now,
            )
            .on_conflict_do_nothing()
            .returning(bookings.c.id)
        ).first()
        is not None
    )


def _look(unit: Unit) -> Look:
    look = unit.db.execute(select(looks.c.look)).scalar_one_or_none()
    if look is None:
        raise Transient("the retailer's look has not come yet")
    return Look.model_validate(look)


def _booking(row: Row[Any], look: Look) -> Booking:
    asked = row.request
    return Booking(
        id=row.id,
        reference=row.reference,
        return_id=row.return_id,
        return_number=asked["return_number"],
        parcel=row.parcel,
        parcels=asked["parcels"],
        carrier=row.carrier,
        service=asked["service"],
        hub=Hub.model_validate(asked["hub"]),
        sender=Address.model_validate(asked["sender"]),
        look=look,
        document_id=row.document_id,
        state=State(row.state),
    )


def _ending(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Booked(label):
            return {"state": State.DONE, "tracking_number": label.tracking_number}
        case Declined(code, words):
            return {"state": State.REFUSED, "refusal_code": code, "refusal_words": words}
        case _:
            return {"state": State.UNKNOWN}


def _fact(booking: Booking, outcome: Outcome) -> Message:
    of: dict[str, Any] = {"return_id": booking.return_id, "booking_id": booking.id, "parcel": booking.parcel}
    match outcome:
        case Booked(label):
            return LabelIssuedV1(
                **of,
                carrier=booking.carrier,
                service=booking.service,
                hub=booking.hub.code,
                tracking_number=label.tracking_number,
                document_id=booking.document_id,
            )
        case Declined(code, words):
            return LabelRefusedV1(**of, code=code, words=words)
        case _:
            return LabelOutcomeUnknownV1(**of)


def _keep_document(unit: Unit, booking: Booking) -> None:
    unit.db.execute(
        insert(documents).values(
            id=booking.document_id,
            retailer_id=unit.retailer_id,
            booking_id=booking.id,
            kind=LABEL,
            filename=domain.filename(booking.return_number, booking.parcel),
            media_type="application/pdf",
            object_key=domain.object_key(unit.retailer_id, booking.document_id),
            created_at=unit.now,
        )
    )

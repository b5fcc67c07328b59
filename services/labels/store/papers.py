"""Forms of labels: where each lies once it was drawn, and how often each was handed out."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store
from libs.contracts.labels import DocumentForm
from services.labels import domain
from services.labels.domain import OWN, Booking
from services.labels.store import rows
from services.labels.store.tables import bookings, documents, metadata


@dataclass(frozen=True, slots=True)
class Labelled:
    """A booking that has its label: the number on it, whether we drew it, where it lies, and the forms that are kept of it."""

    booking: Booking
    number: str
    is_ours: bool
    object_key: str
    kept: frozenset[DocumentForm]


class Papers(Store):
    """Finds and keeps forms of labels."""

    service, metadata = "labels", metadata

    def find(self, retailer_id: UUID, label_id: UUID, kind: str) -> Row[Any] | None:
        """A form of the label with this id, where it was drawn before; that is counted."""
        its_booking = select(documents.c.booking_id).where(documents.c.id == label_id).scalar_subquery()
        with self.unit(retailer_id=retailer_id) as unit:
            return unit.db.execute(
                update(documents)
                .where(documents.c.booking_id == its_booking, documents.c.kind == kind)
                .values(reads=documents.c.reads + 1, read_at=func.greatest(documents.c.read_at, unit.now))
                .returning(documents)
            ).first()

    def of_label(self, retailer_id: UUID, label_id: UUID) -> Labelled:
        """The booking of a label, with all the parcels that its return has by now; refused as `labels.not_found`."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(
                select(bookings, documents.c.object_key)
                .join(documents, documents.c.booking_id == bookings.c.id)
                .where(documents.c.id == label_id, documents.c.kind == rows.LABEL)
            ).first()
            if found is None or found.tracking_number is None:
                raise domain.NotFound()
            booking = rows.booking(found, rows.look(unit))
            last = unit.db.scalar(select(func.max(bookings.c.parcel)).where(bookings.c.return_id == found.return_id))
            kept = unit.db.scalars(select(documents.c.kind).where(documents.c.booking_id == found.id)).all()
            return Labelled(
                replace(booking, parcels=max(booking.parcels, last or 1)),
                found.tracking_number,
                found.carrier == OWN or found.recorded_by is not None,
                found.object_key,
                frozenset(DocumentForm(kind) for kind in kept),
            )

    def keep(self, retailer_id: UUID, booking_id: UUID, **document: Any) -> bool:
        """Keep where a form lies; False where another was kept meanwhile, which is the one that counts."""
        with self.unit(retailer_id=retailer_id) as unit:
            new = insert(documents).values(
                retailer_id=retailer_id, booking_id=booking_id, created_at=unit.now, **document
            )
            kept = new.on_conflict_do_nothing(index_elements=["booking_id", "kind"]).returning(documents.c.id)
            return unit.db.execute(kept).first() is not None

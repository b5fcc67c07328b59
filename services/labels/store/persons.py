"""Which columns of labels tell who a person is, and what stays of them once the person is erased."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, true

from libs.chassis.personal import ADDRESS, Holding, as_document, erase, export, scrubbed, word
from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.labels_persons import PersonDataV1
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.persons import PersonAsked, PersonRefs
from services.labels.store.tables import bookings, documents, metadata, voids

ERASURES = "erasures"  # the kind of planned work that deletes a document


def _bookings_of(who: PersonRefs) -> ColumnElement[bool]:
    return true() if who.everybody else bookings.c.return_id.in_(who.return_ids)


def _voids_of(who: PersonRefs) -> ColumnElement[bool]:
    return true() if who.everybody else voids.c.return_id.in_(who.return_ids)


def _documents_of(who: PersonRefs) -> ColumnElement[bool]:
    return documents.c.booking_id.in_(select(bookings.c.id).where(_bookings_of(who)))


HOLDINGS = (
    Holding(
        bookings,
        _bookings_of,
        {
            "request": scrubbed({"sender": ADDRESS}),
            "refusal_words": word,
            "recorded_words": word,
            "turned_down": scrubbed({"words": word}),
        },
        shown=("return_id", "carrier", "tracking_number"),
    ),
    Holding(voids, _voids_of, {"refusal_words": word}, shown=("return_id",)),
    Holding(documents, _documents_of, shown=("filename",), elsewhere=True),
)
# Every other column, so that a new one cannot be forgotten: it is about the order, the goods or the retailer's own people.
IMPERSONAL: dict[str, str] = {
    "bookings": (
        "id retailer_id reference return_id parcel purpose attempt carrier document_id state tracking_number "
        "refusal_code planned_at sent_at settled_at recorded_by expires_at voided_at account_id carrier_ref "
        "cost_amount cost_currency quoted_amount quoted_currency"
    ),
    "carrier_accounts": (
        "id retailer_id carrier mode on options secrets kept saved_at saved_by checked_at checked_words"
    ),
    "hubs": "retailer_id code address hours reasons product_types on",
    "lanes": (
        "id retailer_id country hub carrier service price_amount price_currency on place retired_at fallback "
        "postcode_from postcode_to method pricing percent cost_amount cost_currency least_grams most_grams default "
        "rates_city rates_postcode expected_days"
    ),
    "looks": "retailer_id look as_of",
    "rates": ("id retailer_id lane_id up_to place cost_amount cost_currency service fetched_at error_words failed_at"),
    "voids": "retailer_id return_id parcel purpose attempt asked_at state sent_at settled_at refusal_code asks",
}


class Persons(Store):
    """What labels holds of a person."""

    service, metadata = "labels", metadata

    def export(self, retailer_id: UUID, asked: PersonAsked) -> PersonDataV1:
        """The person's rows that still tell who it is."""
        with self.look(retailer_id) as db:
            rows, document = as_document(export(db, HOLDINGS, asked.who, most=asked.most))
        return PersonDataV1(rows=rows, document=document)

    def erase(self, fact: Envelope[PersonErasedV1]) -> None:
        """Take the person out of the bookings, and have their documents deleted after the commit."""
        told = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            erase(unit.db, HOLDINGS, told.who, told.pseudonym)
            for document_id in unit.db.execute(select(documents.c.id).where(_documents_of(told.who))).scalars():
                unit.claim(ERASURES, account=str(unit.retailer_id), subject=document_id)

    def object_of(self, retailer_id: UUID, document_id: UUID) -> str | None:
        """Where the document that is to be deleted lies; None when it is gone."""
        with self.look(retailer_id) as db:
            key: Any = db.scalar(select(documents.c.object_key).where(documents.c.id == document_id))
        return None if key is None else str(key)

    def forget(self, retailer_id: UUID, document_id: UUID) -> None:
        """Forget a document whose bytes are deleted."""
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(delete(documents).where(documents.c.id == document_id))

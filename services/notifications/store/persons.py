"""Which columns of notifications tell who a person is, and what stays of them once the person is erased."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from libs.chassis.personal import CONTACT, Holding, as_document, empty, erase, export, nothing, scrubbed, word
from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.notifications_persons import PersonDataV1
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.persons import PersonAsked, PersonRefs
from services.notifications.domain import Template
from services.notifications.store.tables import addressees, messages, metadata, recipients

_OF_INTAKES = (Template.INTAKE_KEPT, Template.INTAKE_MATCHED, Template.INTAKE_UNMATCHED)


def _recipients_of(who: PersonRefs) -> ColumnElement[bool]:
    return recipients.c.return_id.is_not(None) if who.everybody else recipients.c.return_id.in_(who.return_ids)


def _messages_of(who: PersonRefs) -> ColumnElement[bool]:
    if who.everybody:
        return or_(messages.c.return_id.is_not(None), messages.c.template.in_(_OF_INTAKES))
    return messages.c.subject_id.in_((*who.return_ids, *who.intake_ids))


def _addressees_of(who: PersonRefs) -> ColumnElement[bool]:
    return addressees.c.message_id.in_(select(messages.c.id).where(_messages_of(who)))


HOLDINGS = (
    Holding(
        recipients,
        _recipients_of,
        {"contact": scrubbed(CONTACT), "lines": scrubbed({"comment": word}), "status_url": empty},
        shown=("number", "order_number"),
    ),
    Holding(
        messages,
        _messages_of,
        {"details": scrubbed({"words": word, "link": nothing}), "refusal_words": word},
        shown=("template", "state", "planned_at", "settled_at"),
    ),
    Holding(addressees, _addressees_of, {"contact": scrubbed(CONTACT)}),
)


class Persons(Store):
    """What notifications holds of a person."""

    service, metadata = "notifications", metadata

    def export(self, retailer_id: UUID, asked: PersonAsked) -> PersonDataV1:
        """The person's rows that still tell who it is."""
        with self.look(retailer_id) as db:
            rows, document = as_document(export(db, HOLDINGS, asked.who, most=asked.most))
        return PersonDataV1(rows=rows, document=document)

    def erase(self, fact: Envelope[PersonErasedV1]) -> None:
        """Take the person out of the mails. One that is still planned is not sent: it has no address any more."""
        with self.unit(fact) as unit:
            if not unit.seen:
                erase(unit.db, HOLDINGS, fact.data.who, fact.data.pseudonym)


# Every other column, so that a new one cannot be forgotten: it is about the order, the goods or the retailer's own people.
IMPERSONAL: dict[str, str] = {
    "addressees": "message_id retailer_id",
    "happenings": "subject_id what about retailer_id first_at last_at",
    "looks": "retailer_id look as_of",
    "messages": (
        "id retailer_id subject_id return_id template part about state at tracking_number document_id "
        "amount_amount amount_currency planned_at sent_at settled_at"
    ),
    "recipients": "return_id retailer_id number order_number created_at",
}

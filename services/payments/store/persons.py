"""Which columns of payments tell who a person is, and what stays of them once the person is erased. The ledger stays."""

from uuid import UUID

from sqlalchemy import ColumnElement, true

from libs.chassis.personal import Holding, as_document, erase, export, word
from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.payments_persons import PersonDataV1
from libs.contracts.persons import PersonAsked, PersonRefs
from services.payments.store.tables import disputes, metadata


def _disputes_of(who: PersonRefs) -> ColumnElement[bool]:
    return true() if who.everybody else disputes.c.return_id.in_(who.return_ids)


HOLDINGS = (Holding(disputes, _disputes_of, {"words": word}, shown=("return_id", "reference")),)


class Persons(Store):
    """What payments holds of a person."""

    service, metadata = "payments", metadata

    def export(self, retailer_id: UUID, asked: PersonAsked) -> PersonDataV1:
        """The person's rows that still tell who it is."""
        with self.look(retailer_id) as db:
            rows, document = as_document(export(db, HOLDINGS, asked.who, most=asked.most))
        return PersonDataV1(rows=rows, document=document)

    def erase(self, fact: Envelope[PersonErasedV1]) -> None:
        """Take the person out of what people wrote down of disputes."""
        with self.unit(fact) as unit:
            if not unit.seen:
                erase(unit.db, HOLDINGS, fact.data.who, fact.data.pseudonym)


# Every other column, so that a new one cannot be forgotten: it is about the order, the goods or the retailer's own people.
IMPERSONAL: dict[str, str] = {
    "charges": (
        "id retailer_id return_id purpose part state label price_amount price_currency voucher reason "
        "reference line_id attempt asked_at created_at changed_at"
    ),
    "disputes": (
        "id retailer_id return_id charge_id line_id amount_amount amount_currency reference recorded_by created_at"
    ),
    "ended_returns": "retailer_id return_id ended_at",
    "holds": (
        "id retailer_id return_id line_id state amount_amount amount_currency reference attempt asked_at "
        "created_at changed_at"
    ),
    "ledger_entries": (
        "id retailer_id at return_id line_id account amount_amount amount_currency effect_id note seq prev_hash hash"
    ),
}

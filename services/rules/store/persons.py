"""Which columns of rules tell who a person is, and what stays of them once the person is erased."""

from uuid import UUID

from sqlalchemy import ColumnElement, true

from libs.chassis.personal import Holding, Rules, all_of, as_document, erase, export, nothing, scrubbed, word
from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.persons import PersonAsked, PersonRefs
from libs.contracts.rules_persons import PersonDataV1
from services.rules.store.tables import cases, metadata


def _cases_of(who: PersonRefs) -> ColumnElement[bool]:
    return true() if who.everybody else cases.c.return_id.in_(who.return_ids)


_OF_A_PERSON: Rules = {"customer": nothing, "customer_tags": all_of, "comment": word}
HOLDINGS = (
    Holding(
        cases,
        _cases_of,
        {"asked": scrubbed(_OF_A_PERSON), "given": scrubbed(_OF_A_PERSON)},
        shown=("number", "decided_at"),
    ),
)


class Persons(Store):
    """What rules holds of a person: what a policy was asked, which is of a hash of their address and their tags."""

    service, metadata = "rules", metadata

    def export(self, retailer_id: UUID, asked: PersonAsked) -> PersonDataV1:
        """The person's rows that still tell who it is."""
        with self.look(retailer_id) as db:
            rows, document = as_document(export(db, HOLDINGS, asked.who, most=asked.most))
        return PersonDataV1(rows=rows, document=document)

    def erase(self, fact: Envelope[PersonErasedV1]) -> None:
        """Take the person out of the kept cases. What a policy decides of them stays the same but for rules on customers."""
        with self.unit(fact) as unit:
            if not unit.seen:
                erase(unit.db, HOLDINGS, fact.data.who, fact.data.pseudonym)


# Every other column, so that a new one cannot be forgotten: it is about the order, the goods or the retailer's own people.
IMPERSONAL: dict[str, str] = {
    "cases": "return_id retailer_id number policy_version decided_at chosen",
    "policies": "id retailer_id version state document by words restores created_at published_at superseded_at",
    "replays": (
        "id retailer_id state document by since until total tally reached_at reached_id started_at ended_at words"
    ),
}

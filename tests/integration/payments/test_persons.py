"""What people wrote down of a dispute is forgotten; the books stay."""

from libs.chassis.ids import new_id
from libs.contracts.base import Call
from libs.contracts.payments import FeeOutcome, RecordDisputeV1
from libs.contracts.payments_persons import ExportPersonV1
from libs.contracts.persons import PersonRefs
from libs.contracts.values import Money
from tests.integration.forgetting import everything, forget, held, where
from tests.integration.payments.test_life import Till


def test_the_words_of_a_dispute_go_and_the_ledger_stays(service_database):
    service_database("payments")
    till = Till()
    till.ask()
    till.record(FeeOutcome.PAID)
    asked = RecordDisputeV1(
        return_id=till.return_id,
        amount=Money(amount=495, currency="GBP"),
        reference="dp_1",
        words="Maya Quill says she never paid",
        by="staff Ana",
    )
    till.service.record_dispute(Call(retailer_id=till.retailer_id, correlation_id=new_id(), deadline=0, data=asked))
    who = PersonRefs(return_ids=(till.return_id,))
    books = everything(till.service.charges, till.retailer_id)["ledger_entries"]

    forget(till.service, till.service.charges, till.retailer_id, who)

    assert where(till.service.charges, till.retailer_id, "quill") == []
    assert everything(till.service.charges, till.retailer_id)["ledger_entries"] == books
    assert held(till.service, till.retailer_id, ExportPersonV1, who) == 0

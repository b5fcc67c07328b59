"""Payments over the broker: a fee asked for by portal is answered."""

from libs.chassis.ids import new_id
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.portal import FeeRequestedV1
from libs.contracts.values import LabelTerms, Money
from tests.integration.facts import bus, fact
from tests.waiting import until


def test_a_free_label_asked_for_is_waived(start, broker_url):
    start("payments")
    alder, return_id = new_id(), new_id()
    asked = FeeRequestedV1(
        return_id=return_id, number="R-7KQ2M9", label=LabelTerms.FREE, price=Money(amount=0, currency="GBP")
    )

    with bus(broker_url) as broker:
        broker.listen(FeeWaivedV1)
        broker.state(fact(alder, asked))
        waived = until(lambda: broker.heard(FeeWaivedV1, of=alder))

    assert (waived.return_id, waived.reason) == (return_id, "free_label")

"""Payments over the broker: a fee asked for by portal is answered, paid by hand or given up."""

import pytest

from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.payments import FeeOutcome, FeePaidV1, FeeWaivedV1, RecordFeeV1
from libs.contracts.portal import FeeRequestedV1, ReturnCancelledV1
from libs.contracts.values import LabelTerms, Money
from tests.integration.facts import bus, fact
from tests.waiting import until


def answered(retailer_id, asked):
    """The answer, once the fee has come; None while it has not."""
    try:
        return ask(retailer_id, asked, timeout=5)
    except Refused:
        return None


def refusal(retailer_id, asked, code):
    """The refusal with this code, once it is given; None while another is."""
    with pytest.raises(Refused) as refused:
        ask(retailer_id, asked, timeout=5)
    return refused.value if refused.value.code == code else None


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


def test_a_fee_paid_by_hand_reaches_the_return(start, broker_url):
    start("payments")
    alder, return_id = new_id(), new_id()
    asked = FeeRequestedV1(
        return_id=return_id, number="R-7KQ2M9", label=LabelTerms.PAID, price=Money(amount=495, currency="GBP")
    )
    paid = RecordFeeV1(return_id=return_id, outcome=FeeOutcome.PAID, words="receipt 17", by="staff Ana")

    with bus(broker_url) as broker:
        broker.listen(FeePaidV1)
        broker.state(fact(alder, asked))
        answer = until(lambda: answered(alder, paid))
        stated = until(lambda: broker.heard(FeePaidV1, of=alder))

    assert answer.state == "paid"
    assert (stated.return_id, stated.charge_id, stated.reference) == (return_id, answer.charge_id, "receipt 17")


def test_a_return_called_off_before_its_fee_was_asked_for_takes_no_money(start, broker_url):
    start("payments")
    alder, return_id = new_id(), new_id()
    off = ReturnCancelledV1(return_id=return_id, number="R-7KQ2M9", order_id=new_id(), by="shopper")
    asked = FeeRequestedV1(
        return_id=return_id, number="R-7KQ2M9", label=LabelTerms.PAID, price=Money(amount=495, currency="GBP")
    )
    paid = RecordFeeV1(return_id=return_id, outcome=FeeOutcome.PAID, words="receipt 17", by="staff Ana")
    first, then = fact(alder, asked), fact(alder, off)

    with bus(broker_url) as broker:
        broker.state(then)
        broker.state(first)
        refused = until(lambda: refusal(alder, paid, "payments.not_now"))

    assert "cancelled" in refused.detail

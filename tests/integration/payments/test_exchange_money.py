"""Exchange money and disputes as staff record them, beside the label's fee of the same return."""

from collections.abc import Callable
from uuid import UUID

import pytest

from libs.chassis.ids import new_id
from libs.contracts.base import Call
from libs.contracts.errors import Refused
from libs.contracts.payments import (
    DisputeV1,
    FeeFailedV1,
    FeeOutcome,
    FeePaidV1,
    FeeV1,
    FeeWaivedV1,
    HoldCapturedV1,
    HoldOutcome,
    HoldPlacedV1,
    HoldReleasedV1,
    HoldV1,
    PaymentDisputedV1,
    RecordDisputeV1,
    RecordFeeV1,
    RecordHoldV1,
    VoucherReleasedV1,
)
from libs.contracts.portal import DifferenceRequestedV1, HoldRequestedV1
from libs.contracts.values import Money
from tests.integration.facts import said
from tests.integration.payments.test_life import Till

FIVE, FORTY_FIVE = Money(amount=500, currency="GBP"), Money(amount=4500, currency="GBP")


class Counter(Till):
    """The same return, with an exchange that costs more and is given at once."""

    def __init__(self) -> None:
        super().__init__()
        self.line_id = new_id()

    def ask_difference(self, *, hours: int = 0, attempt: int = 1) -> None:
        """The exchange costs five pounds more."""
        body = DifferenceRequestedV1(**self._line(), price=FIVE, attempt=attempt)
        self.service.on_difference_requested(self._fact(body, hours))

    def ask_hold(self, *, hours: int = 0, attempt: int = 1) -> None:
        """Its value is to be held."""
        body = HoldRequestedV1(**self._line(), amount=FORTY_FIVE, attempt=attempt)
        self.service.on_hold_requested(self._fact(body, hours))

    def record_difference(self, outcome: FeeOutcome) -> FeeV1:
        """Ana says what became of the difference."""
        return self.service.record_fee(
            self._call(RecordFeeV1(**self._told(), line_id=self.line_id, outcome=outcome, words="receipt 17"))
        )

    def record_voucher(self, code: str) -> FeeV1:
        """Ana writes down the code that pays for the label."""
        asked = RecordFeeV1(**self._told(), outcome=FeeOutcome.WAIVED, words="by phone", voucher=code)
        return self.service.record_fee(self._call(asked))

    def record_hold(self, outcome: HoldOutcome) -> HoldV1:
        """Ana says what became of the hold."""
        asked = RecordHoldV1(**self._told(), line_id=self.line_id, outcome=outcome, words="auth 4711")
        return self.service.record_hold(self._call(asked))

    def dispute(self, reference: str = "dp_1", line_id: UUID | None = None) -> DisputeV1:
        """Ana read of a dispute."""
        asked = RecordDisputeV1(**self._told(), line_id=line_id, reference=reference, words="Not recognised")
        return self.service.record_dispute(self._call(asked))

    def heard(self, kind: type) -> list:
        """What payments stated of a kind."""
        return said(self.service.charges, self.retailer_id, kind)

    def _line(self) -> dict[str, object]:
        return {"return_id": self.return_id, "number": "R-7KQ2M9", "line_id": self.line_id}

    def _told(self) -> dict[str, object]:
        return {"return_id": self.return_id, "by": "staff Ana"}

    def _call(self, asked) -> Call:
        return Call(retailer_id=self.retailer_id, correlation_id=new_id(), deadline=0, data=asked)


@pytest.fixture
def counter(service_database: Callable[[str], str]) -> Counter:
    service_database("payments")
    return Counter()


def test_a_difference_is_awaited_beside_the_label_s_fee_and_stated_for_its_line(counter):
    counter.ask()
    counter.ask_difference()

    paid = counter.record_difference(FeeOutcome.PAID)
    counter.record_difference(FeeOutcome.PAID)

    assert sorted(counter.states()) == ["awaiting", "paid"]
    assert counter.heard(FeePaidV1) == [
        FeePaidV1(
            return_id=counter.return_id,
            charge_id=paid.charge_id,
            price=FIVE,
            reference="receipt 17",
            line_id=counter.line_id,
            by="staff Ana",
        )
    ]
    assert counter.balances() == {"owed": -995, "awaiting": 495, "paid": 500}
    assert counter.broken_at() is None


def test_a_difference_that_failed_may_be_paid_after_all(counter):
    counter.ask_difference()

    counter.record_difference(FeeOutcome.FAILED)
    counter.record_difference(FeeOutcome.PAID)

    assert [fact.line_id for kind in (FeeFailedV1, FeePaidV1) for fact in counter.heard(kind)] == [counter.line_id] * 2


def test_an_end_gives_up_what_is_owed_and_says_nothing_is_held(counter):
    counter.ask_difference()
    counter.ask_hold()

    counter.cancel()
    counter.ask_hold(hours=2, attempt=2)
    counter.record_hold(HoldOutcome.PLACED)

    [released] = counter.heard(HoldReleasedV1)
    assert counter.states() == ["cancelled"]
    assert (released.placed, released.attempt) == (False, 1)
    assert [fact.attempt for fact in counter.heard(HoldPlacedV1)] == [2]


def test_a_hold_that_stands_over_the_end_is_stated_again_for_the_next_life(counter):
    counter.ask_hold()
    counter.record_hold(HoldOutcome.PLACED)

    counter.cancel()
    counter.ask_hold(hours=2, attempt=2)

    assert [(fact.attempt, fact.by) for fact in counter.heard(HoldPlacedV1)] == [(1, "staff Ana"), (2, None)]
    assert counter.heard(HoldReleasedV1) == []


@pytest.mark.parametrize("outcome", [HoldOutcome.RELEASED, HoldOutcome.CAPTURED])
def test_a_hold_is_placed_and_ends_once_and_its_amount_is_in_the_ledger(counter, outcome):
    counter.ask_hold()
    counter.record_hold(HoldOutcome.PLACED)
    counter.record_hold(outcome)
    counter.record_hold(outcome)

    ended = counter.heard(HoldReleasedV1) + counter.heard(HoldCapturedV1)
    assert [fact.amount for fact in ended] == [FORTY_FIVE]
    taken = {"unheld": -4500, "captured": 4500}
    assert counter.balances() == (taken if outcome is HoldOutcome.CAPTURED else {})
    assert counter.broken_at() is None


def test_a_hold_that_is_over_cannot_be_taken(counter):
    counter.ask_hold()
    counter.record_hold(HoldOutcome.RELEASED)

    with pytest.raises(Refused, match=r"payments.not_now"):
        counter.record_hold(HoldOutcome.CAPTURED)


def test_nothing_is_recorded_of_a_hold_that_was_not_asked_for(counter):
    with pytest.raises(Refused, match=r"payments.no_hold"):
        counter.record_hold(HoldOutcome.PLACED)


def test_a_voucher_that_waived_the_label_is_good_again_when_the_return_ends(counter):
    counter.ask()
    waived = counter.record_voucher("WINTER")

    counter.cancel()
    counter.expire(hours=2)
    counter.ask(hours=3, attempt=2)

    [fact] = counter.heard(FeeWaivedV1)
    assert (fact.reason, fact.voucher, fact.by) == ("voucher", "WINTER", "staff Ana")
    assert counter.heard(VoucherReleasedV1) == [
        VoucherReleasedV1(return_id=counter.return_id, charge_id=waived.charge_id, voucher="WINTER")
    ]
    assert counter.states() == ["awaiting"]


def test_a_dispute_is_stated_once_for_its_reference(counter):
    counter.ask()
    paid = counter.record(FeeOutcome.PAID)

    first, second = counter.dispute(), counter.dispute()

    assert first == second
    assert counter.heard(PaymentDisputedV1) == [
        PaymentDisputedV1(
            return_id=counter.return_id,
            charge_id=paid.charge_id,
            amount=paid.price,
            reference="dp_1",
            words="Not recognised",
            by="staff Ana",
        )
    ]


def test_a_hold_that_was_taken_may_be_disputed(counter):
    counter.ask_hold()
    counter.record_hold(HoldOutcome.PLACED)
    captured = counter.record_hold(HoldOutcome.CAPTURED)

    counter.dispute(line_id=counter.line_id)

    assert [fact.charge_id for fact in counter.heard(PaymentDisputedV1)] == [captured.hold_id]


def test_what_was_not_paid_cannot_be_disputed(counter):
    counter.ask()

    with pytest.raises(Refused, match=r"payments.not_paid"):
        counter.dispute()

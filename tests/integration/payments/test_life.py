"""What becomes of a fee after it was asked for: by a person's word, or because its return has ended."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from libs.chassis import ledger
from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.contracts.base import Call, Message
from libs.contracts.errors import Refused
from libs.contracts.payments import (
    FeeFailedV1,
    FeeOutcome,
    FeePaidV1,
    FeeRefundedV1,
    FeeV1,
    FeeWaivedV1,
    RecordFeeV1,
    VoucherReleasedV1,
)
from libs.contracts.portal import FeeRequestedV1, ReturnCancelledV1, ReturnClosedV1, ReturnExpiredV1
from libs.contracts.values import LabelTerms, Money
from services.payments.service import PaymentsService
from services.payments.store import ledger_entries
from tests.integration.facts import fact, said

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOLD = (FeeWaivedV1, FeePaidV1, FeeFailedV1, FeeRefundedV1)


class Till:
    """One return of a retailer, whose fee is asked for, recorded and given up."""

    def __init__(self) -> None:
        self.service, self.retailer_id, self.return_id = PaymentsService(), new_id(), new_id()

    def ask(self, pence: int = 495, *, label: LabelTerms = LabelTerms.PAID, hours: int = 0, **more) -> None:
        """The fee is asked for."""
        price = Money(amount=pence, currency="GBP")
        body = FeeRequestedV1(return_id=self.return_id, number="R-7KQ2M9", label=label, price=price, **more)
        self.service.on_fee_requested(self._fact(body, hours))

    def cancel(self, *, hours: int = 1) -> None:
        """The shopper calls the return off."""
        body = ReturnCancelledV1(return_id=self.return_id, number="R-7KQ2M9", order_id=new_id(), by="shopper")
        self.service.on_return_cancelled(self._fact(body, hours))

    def expire(self, *, hours: int = 1) -> None:
        """Nothing came in time."""
        body = ReturnExpiredV1(
            return_id=self.return_id, number="R-7KQ2M9", order_id=new_id(), awaiting="awaiting_payment"
        )
        self.service.on_return_expired(self._fact(body, hours))

    def close(self, *, hours: int = 1, **how: bool) -> None:
        """The return is closed, in one way or another."""
        body = ReturnClosedV1(return_id=self.return_id, number="R-7KQ2M9", **how)
        self.service.on_return_closed(self._fact(body, hours))

    def record(self, outcome: FeeOutcome, words: str = "receipt 17", **more: str) -> FeeV1:
        """Ana says what became of the fee."""
        asked = RecordFeeV1(return_id=self.return_id, outcome=outcome, words=words, by="staff Ana", **more)
        return self.service.record_fee(
            Call(retailer_id=self.retailer_id, correlation_id=new_id(), deadline=0, data=asked)
        )

    def told(self) -> list[Message]:
        """The facts that payments stated, by kind and then oldest first."""
        return [each for kind in TOLD for each in said(self.service.charges, self.retailer_id, kind)]

    def states(self) -> list[str]:
        """The state of each charge."""
        return [state for (state,) in self.rows("SELECT state FROM charges")]

    def entered(self) -> list[tuple]:
        """The ledger."""
        return self.rows("SELECT account, amount_amount, note FROM ledger_entries ORDER BY seq")

    def balances(self) -> dict[str, int]:
        """What each account holds."""
        sums = self.rows("SELECT account, sum(amount_amount)::int FROM ledger_entries GROUP BY account")
        return {account: amount for account, amount in sums if amount}

    def broken_at(self) -> int | None:
        """Where the ledger's chain is broken."""
        with self.service.charges.unit(retailer_id=self.retailer_id) as unit:
            return ledger.broken_at(unit.db, ledger_entries, self.retailer_id)

    def rows(self, query: str) -> list[tuple]:
        """What the database says for this retailer."""
        with self.service.charges.unit(retailer_id=self.retailer_id) as unit:
            return [tuple(row) for row in unit.db.exec_driver_sql(query)]

    def _fact(self, body: Message, hours: int):
        return fact(self.retailer_id, body, time=MONDAY + timedelta(hours=hours))


@pytest.fixture
def new_till(service_database: Callable[[str], str]) -> Callable[[], Till]:
    service_database("payments")
    return Till


@pytest.fixture
def till(new_till) -> Till:
    return new_till()


def test_a_fee_paid_by_hand_is_stated_with_what_was_written_down(till):
    till.ask()

    fee = till.record(FeeOutcome.PAID, "bank transfer of 2 November")

    assert till.told() == [
        FeePaidV1(
            return_id=till.return_id,
            charge_id=fee.charge_id,
            price=Money(amount=495, currency="GBP"),
            reference="bank transfer of 2 November",
            by="staff Ana",
        )
    ]
    assert till.entered()[2:] == [
        ("awaiting", -495, "staff Ana: bank transfer of 2 November"),
        ("paid", 495, "staff Ana: bank transfer of 2 November"),
    ]


def test_a_fee_that_failed_is_still_owed_and_may_be_waived(till):
    till.ask()

    answers = [till.record(outcome).state for outcome in (FeeOutcome.FAILED, FeeOutcome.WAIVED)]

    assert answers == ["failed", "waived"]
    assert [(type(each), each.reason) for each in till.told()] == [(FeeWaivedV1, "staff"), (FeeFailedV1, "declined")]
    assert till.balances() == {"owed": -495, "waived": 495}


def test_a_fee_given_back_says_how_much(till):
    till.ask()
    till.record(FeeOutcome.PAID)

    till.record(FeeOutcome.REFUNDED, "by bank transfer")

    refunded = till.told()[-1]
    assert (refunded.amount.amount, refunded.reference) == (495, "by bank transfer")
    assert till.balances() == {"owed": -495, "refunded": 495}


def test_the_same_word_twice_changes_nothing(till):
    till.ask()

    answers = [till.record(FeeOutcome.PAID, words) for words in ("receipt 17", "receipt 17", "receipt 18")]

    assert answers == [answers[0]] * 3
    assert [each.reference for each in till.told()] == ["receipt 17"]
    assert len(till.entered()) == 4


def test_a_fee_that_nobody_asked_for_cannot_be_paid(till):
    with pytest.raises(Refused) as refused:
        till.record(FeeOutcome.PAID)

    assert refused.value.code == "payments.no_fee"
    assert till.entered() == []


def test_a_fee_that_was_never_paid_cannot_be_given_back(till):
    till.ask()

    with pytest.raises(Refused) as refused:
        till.record(FeeOutcome.REFUNDED)

    assert refused.value.code == "payments.not_now"
    assert till.states() == ["awaiting"]


def test_another_retailer_cannot_record_the_fee(till, new_till):
    till.ask()
    kite = new_till()
    kite.return_id = till.return_id

    with pytest.raises(Refused) as refused:
        kite.record(FeeOutcome.PAID)

    assert refused.value.code == "payments.no_fee"
    assert till.states() == ["awaiting"]


def test_a_return_called_off_owes_nothing_more(till):
    till.ask()

    till.cancel()

    assert till.states() == ["cancelled"]
    assert till.told() == []
    assert till.entered()[2:] == [
        ("awaiting", -495, "return cancelled by shopper"),
        ("cancelled", 495, "return cancelled by shopper"),
    ]


def test_a_return_that_expires_gives_up_a_fee_that_failed(till):
    till.ask()
    till.record(FeeOutcome.FAILED)

    till.expire()

    assert till.states() == ["cancelled"]
    assert till.balances() == {"owed": -495, "cancelled": 495}


def test_a_fee_paid_before_its_return_was_called_off_is_given_back_by_a_person(till):
    till.ask()
    till.record(FeeOutcome.PAID)
    till.cancel()
    before = till.states()

    till.record(FeeOutcome.REFUNDED)

    assert (before, till.states()) == (["paid"], ["refunded"])
    assert [type(each) for each in till.told()] == [FeePaidV1, FeeRefundedV1]


UNSENT = {"by_hand": True, "nothing_sent": True}


def test_a_return_closed_by_hand_owes_nothing_more_and_takes_no_payment(till):
    till.ask()
    till.close(**UNSENT)

    with pytest.raises(Refused) as refused:
        till.record(FeeOutcome.PAID, "too late")

    assert (till.states(), refused.value.code) == (["cancelled"], "payments.not_now")
    assert till.entered()[-1] == ("cancelled", 495, "return closed")


@pytest.mark.parametrize(("nothing_sent", "state"), [(True, "released"), (False, "waived")])
def test_a_voucher_is_good_again_when_its_return_is_closed_with_nothing_sent(till, nothing_sent, state):
    till.ask()
    till.record(FeeOutcome.WAIVED, voucher="WINTER")

    till.close(by_hand=True, nothing_sent=nothing_sent)

    released = [each.voucher for each in said(till.service.charges, till.retailer_id, VoucherReleasedV1)]
    assert (till.states(), released) == ([state], ["WINTER"] if nothing_sent else [])


def test_a_fee_paid_before_its_return_was_closed_by_hand_is_given_back_by_a_person(till):
    till.ask()
    till.record(FeeOutcome.PAID)
    till.close(**UNSENT)

    assert till.record(FeeOutcome.REFUNDED).state == "refunded"


def test_a_return_that_is_settled_and_closed_changes_nothing_of_its_money(till):
    till.ask()

    till.close()

    assert till.states() == ["awaiting"]


def test_a_close_that_overtakes_its_fee_ends_in_the_same_state(till):
    till.close(**UNSENT)
    till.ask()

    assert (till.states(), till.told()) == (["cancelled"], [])


def test_a_fee_given_up_can_no_longer_be_paid(till):
    till.ask()
    till.cancel()

    with pytest.raises(Refused) as refused:
        till.record(FeeOutcome.PAID)

    assert refused.value.code == "payments.not_now"


def test_a_fee_asked_for_after_its_return_was_called_off_is_given_up_at_once(till):
    till.cancel()

    till.ask()

    assert till.states() == ["cancelled"]
    assert till.told() == []
    assert till.balances() == {"owed": -495, "cancelled": 495}


def test_a_free_label_asked_for_after_its_return_was_called_off_is_not_stated(till):
    till.cancel()

    till.ask(label=LabelTerms.FREE)

    assert till.states() == ["waived"]
    assert till.told() == []


def test_a_return_that_goes_on_after_it_expired_owes_its_fee_again(till):
    till.ask()
    till.expire()

    till.ask(295, hours=2)

    assert till.states() == ["awaiting"]
    assert till.balances() == {"owed": -790, "cancelled": 495, "awaiting": 295}


def test_a_return_that_goes_on_with_its_fee_paid_is_told_so_once_more(till):
    till.ask()
    till.record(FeeOutcome.PAID)
    till.expire()

    till.ask(hours=2)

    assert till.states() == ["paid"]
    assert [type(each) for each in till.told()] == [FeePaidV1] * 2
    assert till.balances() == {"owed": -495, "paid": 495}


def test_a_fee_paid_on_other_terms_than_those_asked_for_since_is_parked(till):
    till.ask()
    till.record(FeeOutcome.PAID)
    till.expire()

    with pytest.raises(Permanent):
        till.ask(595, hours=2)

    assert till.states() == ["paid"]


def test_an_end_that_comes_late_does_not_give_up_what_was_asked_for_after_it(till):
    till.ask()
    till.ask(hours=2)

    till.expire(hours=1)

    assert till.states() == ["awaiting"]


def test_a_voucher_is_kept_with_its_charge(till):
    till.ask(voucher="FREEWAY")

    assert till.rows("SELECT voucher, state FROM charges") == [("FREEWAY", "awaiting")]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("label", [LabelTerms.PAID, LabelTerms.FREE])
def test_any_order_of_a_returns_facts_ends_in_one_state(till, seed, label):
    facts = [lambda: till.ask(label=label), till.cancel, lambda: till.expire(hours=2)] * 2
    Random(seed).shuffle(facts)

    for bring in facts:
        bring()

    end = "cancelled" if label is LabelTerms.PAID else "waived"
    assert till.states() == [end]
    assert till.balances() == {"owed": -495, end: 495}
    assert till.broken_at() is None


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_asked_ended_and_asked_again_ends_in_one_state(till, seed):
    facts = [till.ask, till.cancel, lambda: till.ask(hours=2)] * 2
    Random(seed).shuffle(facts)

    for bring in facts:
        bring()

    assert till.states() == ["awaiting"]
    assert till.balances()["awaiting"] == 495
    assert sum(till.balances().values()) == 0


def test_a_fee_and_the_end_of_its_return_at_the_same_moment_do_not_miss_each_other(new_till):
    tills = [new_till() for _ in range(10)]
    for till in tills:
        start = threading.Barrier(2)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda act, start=start: (start.wait(), act()), (till.ask, till.cancel)))

    assert [till.states() for till in tills] == [["cancelled"]] * 10
    assert [till.balances() for till in tills] == [{"owed": -495, "cancelled": 495}] * 10

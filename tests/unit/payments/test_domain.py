"""What a label costs the shopper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.values import LabelTerms, Money
from services.payments.domain import Charge, Entry, NegativePrice, Reason, State, assess, entries


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


def test_a_label_the_retailer_pays_for_is_waived_whatever_the_lane_costs():
    charge = assess(LabelTerms.FREE, pounds(495))

    assert (charge.state, charge.reason, charge.price) == (State.WAIVED, Reason.FREE_LABEL, pounds(495))


def test_a_label_on_a_lane_without_a_price_is_waived():
    charge = assess(LabelTerms.PAID, pounds(0))

    assert (charge.state, charge.reason) == (State.WAIVED, Reason.FREE_LANE)


def test_a_label_with_a_price_awaits_the_shoppers_payment():
    charge = assess(LabelTerms.PAID, pounds(495))

    assert (charge.state, charge.reason) == (State.AWAITING, None)


def test_a_fee_below_zero_is_no_fee():
    with pytest.raises(NegativePrice):
        assess(LabelTerms.PAID, pounds(-1))


def test_what_is_owed_enters_the_account_of_the_charges_state():
    charge = Charge(LabelTerms.PAID, pounds(495), State.AWAITING)

    assert entries(charge) == (Entry("owed", pounds(-495)), Entry("awaiting", pounds(495)))


@given(st.sampled_from(LabelTerms), st.integers(0, 10_000), st.sampled_from(["GBP", "EUR"]))
def test_every_charge_is_balanced_in_the_ledger_and_waived_only_with_a_reason(label, amount, currency):
    charge = assess(label, Money(amount=amount, currency=currency))

    assert sum(entry.amount.amount for entry in entries(charge)) == 0
    assert {entry.amount.currency for entry in entries(charge)} == {currency}
    assert (charge.state is State.WAIVED) == (charge.reason is not None)

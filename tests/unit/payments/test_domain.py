"""What a label costs the shopper, and what may become of that fee."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.payments import FeeFailedV1, FeeOutcome, FeePaidV1, FeeRefundedV1, FeeWaivedV1, VoucherReleasedV1
from libs.contracts.values import LabelTerms, Money
from services.payments.domain import (
    MOVES,
    OWED,
    Charge,
    Entry,
    NegativePrice,
    NotNow,
    Reason,
    State,
    again,
    assess,
    end,
    entries,
    give_up,
    record,
    told,
)

RETURN, CHARGE = UUID(int=1), UUID(int=2)


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


def fee(state: State, **more) -> Charge:
    return Charge(LabelTerms.PAID, pounds(495), state, **more)


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
    charge = fee(State.AWAITING)

    assert entries(OWED, charge) == (Entry("owed", pounds(-495)), Entry("awaiting", pounds(495)))


@given(st.sampled_from(LabelTerms), st.integers(0, 10_000), st.sampled_from(["GBP", "EUR"]))
def test_every_charge_is_balanced_in_the_ledger_and_waived_only_with_a_reason(label, amount, currency):
    charge = assess(label, Money(amount=amount, currency=currency))

    assert sum(entry.amount.amount for entry in entries(OWED, charge)) == 0
    assert {entry.amount.currency for entry in entries(OWED, charge)} == {currency}
    assert (charge.state is State.WAIVED) == (charge.reason is not None)


@pytest.mark.parametrize(
    ("before", "outcomes"),
    [
        (State.AWAITING, {"waived", "paid", "failed"}),
        (State.FAILED, {"waived", "paid", "failed"}),
        (State.PAID, {"paid", "refunded"}),
        (State.WAIVED, {"waived"}),
        (State.CANCELLED, set()),
        (State.RELEASED, set()),
        (State.REFUNDED, {"refunded"}),
    ],
)
def test_a_person_may_say_of_a_fee_only_what_can_become_of_it(before, outcomes):
    taken = set()
    for outcome in FeeOutcome:
        try:
            assert record(fee(before), outcome, "by bank transfer").state == outcome
            taken.add(outcome.value)
        except NotNow as refused:
            assert refused.code == "payments.not_now"

    assert taken == outcomes


@pytest.mark.parametrize("state", State)
def test_every_state_says_what_it_may_become(state):
    assert state in MOVES
    assert state not in MOVES[state]


def test_what_a_person_wrote_down_stays_when_the_same_is_said_again():
    paid = record(fee(State.AWAITING), FeeOutcome.PAID, "cash, receipt 17")

    assert paid.reference == "cash, receipt 17"
    assert record(paid, FeeOutcome.PAID, "cash") is paid


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.AWAITING, State.CANCELLED),
        (State.FAILED, State.CANCELLED),
        (State.PAID, State.PAID),
        (State.WAIVED, State.WAIVED),
        (State.REFUNDED, State.REFUNDED),
        (State.CANCELLED, State.CANCELLED),
    ],
)
def test_a_return_that_ends_gives_up_what_is_owed_and_keeps_what_is_paid(before, after):
    assert end(fee(before)).state is after


def test_a_voucher_that_waived_a_fee_is_given_back_with_the_end_of_its_return():
    waived = record(fee(State.AWAITING), FeeOutcome.WAIVED, "by phone", voucher="WINTER")

    assert (waived.reason, waived.voucher) == (Reason.VOUCHER, "WINTER")
    assert end(waived).state is State.RELEASED
    assert end(end(waived)) == end(waived)
    assert end(record(fee(State.AWAITING), FeeOutcome.WAIVED, "kindness")).state is State.WAIVED


def test_a_return_closed_by_hand_after_its_parcel_was_sent_has_used_its_voucher():
    waived = record(fee(State.AWAITING), FeeOutcome.WAIVED, "by phone", voucher="WINTER")

    assert give_up(waived) == waived
    assert [give_up(fee(state)).state for state in (State.AWAITING, State.FAILED, State.PAID)] == [
        State.CANCELLED,
        State.CANCELLED,
        State.PAID,
    ]


@pytest.mark.parametrize("before", [State.CANCELLED, State.RELEASED, State.REFUNDED])
def test_a_return_that_goes_on_owes_its_fee_again(before):
    asked = assess(LabelTerms.PAID, pounds(295))

    assert again(fee(before), asked) == asked


@pytest.mark.parametrize("before", [State.PAID, State.WAIVED])
def test_a_return_that_goes_on_does_not_owe_twice_what_is_settled(before):
    assert again(fee(before), assess(LabelTerms.PAID, pounds(495))) == fee(before)


def test_each_state_is_told_as_one_fact_and_what_is_awaited_or_given_up_as_none():
    charge = {"reference": "receipt 17", "voucher": "WINTER"}
    whole = {state: told(RETURN, CHARGE, fee(state, **charge)) for state in State}
    of = {"return_id": RETURN, "charge_id": CHARGE}

    assert whole == {
        State.AWAITING: (),
        State.CANCELLED: (),
        State.WAIVED: (FeeWaivedV1(**of, reason="staff", price=pounds(495)),),
        State.PAID: (FeePaidV1(**of, price=pounds(495), reference="receipt 17"),),
        State.FAILED: (FeeFailedV1(**of, reason="declined", words="receipt 17"),),
        State.RELEASED: (VoucherReleasedV1(**of, voucher="WINTER"),),
        State.REFUNDED: (FeeRefundedV1(**of, amount=pounds(495), reference="receipt 17"),),
    }


@given(st.lists(st.sampled_from([*FeeOutcome, None])))
def test_whatever_is_said_and_whenever_it_ends_a_fee_is_paid_and_given_back_once_at_most(story):
    charge, states = fee(State.AWAITING), []
    for said in story:
        before = charge.state
        try:
            charge = end(charge) if said is None else record(charge, said, "")
        except NotNow:
            continue
        if charge.state is not before:
            states.append(charge.state)

    assert states.count(State.PAID) <= 1
    assert State.REFUNDED not in states or states.index(State.REFUNDED) > states.index(State.PAID)

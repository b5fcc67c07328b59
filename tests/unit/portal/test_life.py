"""The life of a return: where the goods are, where the money is, and facts in any order."""

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.labels import LabelRefusedV1
from libs.contracts.portal import (
    FeeRequestedV1,
    LabelRequestedV1,
    ReturnApprovedV1,
    ReturnClosedV1,
    ReturnHeldForReviewV1,
    ReturnSubmittedV1,
    SettlementRequestedV1,
)
from libs.contracts.values import Milestone, Money, Resolution, Stage
from services.portal.domain import (
    Awaiting,
    Contradiction,
    Effect,
    Line,
    MoneyState,
    Parcel,
    Return,
    TaskKind,
    advance,
    share,
    submit,
    tasks_of,
    total,
)
from tests.unit.portal.lives import (
    a_line,
    a_return,
    after,
    fee_waived,
    first_scan,
    hub_scan,
    label_issued,
    milestone,
    pounds,
    settled,
    settlement_refused,
)


def test_a_submitted_return_is_approved_by_policy_and_asks_for_its_fee():
    ret, said = submit(a_return())

    assert ret.awaiting is Awaiting.PAYMENT
    assert [type(message) for message in said] == [ReturnSubmittedV1, ReturnApprovedV1, FeeRequestedV1]


def test_a_return_held_for_review_asks_for_nothing_yet():
    ret, said = submit(a_return().knowing(held=frozenset({"photo"})))

    assert ret.awaiting is Awaiting.REVIEW
    assert [type(message) for message in said] == [ReturnSubmittedV1, ReturnHeldForReviewV1]


def test_a_waived_fee_asks_for_the_label():
    ret, said, effect = advance(a_return(), fee_waived(a_return()))

    assert (ret.awaiting, effect) == (Awaiting.LABEL, Effect.APPLIED)
    assert [type(message) for message in said] == [LabelRequestedV1]


def labels_of(ret: Return) -> list[LabelRequestedV1]:
    return [said for said in advance(ret, fee_waived(ret))[1] if isinstance(said, LabelRequestedV1)]


def weighed(line: Line, grams: int | None) -> Line:
    known = {"hs_code": "620690", "origin": "PT", "grams": grams, "shipped_as": ("SBX1",), "product_type": "Shirt"}
    return replace(line, asked=line.asked.model_copy(update=known))


def test_a_label_is_asked_for_with_what_carriers_and_customs_ask_for():
    (asked,) = labels_of(a_return(weighed(a_line(quantity=3), 210)))

    (shirts,) = asked.goods
    assert (shirts.hs_code, shirts.origin, shirts.grams, shirts.shipped_as) == ("620690", "PT", 210, ("SBX1",))
    assert (asked.grams, asked.product_types, asked.reasons) == (630, ("Shirt",), (a_line().asked.reason,))


def test_a_parcel_weighs_its_part_of_what_is_sent_and_what_is_kept_weighs_nothing():
    kept = weighed(a_line("hat", keep_item=True), None)
    ret = a_return(weighed(a_line(), 215), kept)
    two = ret.knowing(parcels=(Parcel(1), Parcel(2)))

    assert [asked.grams for asked in labels_of(ret)] == [215]
    assert [asked.grams for asked in labels_of(two)] == [108, 108]


def test_a_weight_that_is_not_known_of_every_item_is_not_known():
    (asked,) = labels_of(a_return(weighed(a_line(), 215), weighed(a_line("scarf"), None)))

    assert asked.grams is None


def test_the_hub_scan_asks_for_the_refund_and_its_success_closes_the_return():
    ret = after(a_return(), fee_waived(a_return()), label_issued(a_return()), first_scan(a_return()))

    ret, asked, _ = advance(ret, hub_scan(ret))
    ret, said, _ = advance(ret, settled(ret))

    assert [type(message) for message in asked] == [SettlementRequestedV1]
    assert ret.awaiting is Awaiting.CLOSED
    assert [type(message) for message in said] == [ReturnClosedV1]


def test_money_moves_at_the_first_scan_where_the_policy_says_so():
    ret = a_return(a_line(stage=Stage.FIRST_SCAN))
    ret = after(ret, fee_waived(ret), label_issued(ret))

    ret, said, _ = advance(ret, first_scan(ret))

    assert ret.awaiting is Awaiting.IN_TRANSIT
    assert [type(message) for message in said] == [SettlementRequestedV1]
    assert after(ret, settled(ret)).awaiting is Awaiting.IN_TRANSIT


def test_lines_of_two_stages_are_asked_for_apart():
    ret = a_return(a_line("shirt", stage=Stage.FIRST_SCAN), a_line("scarf", stage=Stage.HUB_SCAN))
    ret = after(ret, fee_waived(ret), label_issued(ret))

    ret, first, _ = advance(ret, first_scan(ret))
    ret, second, _ = advance(ret, hub_scan(ret))

    assert [line.title for line in first[0].lines] == ["Linen shirt"]
    assert [line.title for line in second[0].lines] == ["Linen scarf"]


def test_a_line_that_gives_nothing_has_no_money_to_move():
    ret, _ = submit(a_return(a_line(owed=0, resolution=Resolution.NONE)))

    ret = after(ret, fee_waived(ret), label_issued(ret), first_scan(ret), hub_scan(ret))

    assert ret.awaiting is Awaiting.CLOSED
    assert ret.lines[0].money is MoneyState.WAIVED


def test_a_hub_scan_that_overtakes_the_first_scan_proves_it():
    ret = after(a_return(), fee_waived(a_return()), label_issued(a_return()))

    ret, _, effect = advance(ret, hub_scan(ret))
    again, said, late = advance(ret, first_scan(ret))

    assert effect is Effect.APPLIED
    assert ret.awaiting is again.awaiting is Awaiting.SETTLEMENT
    assert (again.lines, said, late) == (ret.lines, [], Effect.LATE)


def test_a_fact_that_comes_before_its_turn_is_kept_and_applied_in_it():
    ret, said, effect = advance(a_return(), hub_scan(a_return()))

    assert (ret.awaiting, said, effect) == (Awaiting.PAYMENT, [], Effect.KEPT)
    assert after(ret, fee_waived(ret), label_issued(ret)).awaiting is Awaiting.SETTLEMENT


def test_a_repeated_fact_changes_nothing():
    ret = after(a_return(), fee_waived(a_return()), label_issued(a_return()))

    again, said, effect = advance(ret, label_issued(ret))

    assert (again, said, effect) == (ret, [], Effect.LATE)


def test_every_order_of_one_return_s_facts_with_repeats_ends_in_one_state():
    start = a_return()
    facts = [
        fee_waived(start),
        label_issued(start),
        first_scan(start),
        milestone(start, Milestone.IN_TRANSIT),
        hub_scan(start),
    ]
    ends = set()

    for seed in range(500):
        order = facts * 2
        random.Random(seed).shuffle(order)
        ret = after(start, *order)
        ends.add(after(ret, settled(ret)))

    assert len(ends) == 1
    assert ends.pop().awaiting is Awaiting.CLOSED


def test_a_second_label_for_a_parcel_contradicts():
    ret = after(a_return(), fee_waived(a_return()), label_issued(a_return()))

    with pytest.raises(Contradiction, match="second label"):
        advance(ret, label_issued(ret, "HW2"))


def test_a_second_label_contradicts_also_while_the_first_waits_for_its_turn():
    ret = after(a_return(), label_issued(a_return()))

    with pytest.raises(Contradiction, match="second label"):
        advance(ret, label_issued(ret, "HW2"))


def test_a_refusal_that_a_label_has_overtaken_leaves_nothing_behind():
    start = a_return()
    refused = LabelRefusedV1(return_id=start.id, booking_id=start.lane_id, parcel=1, code="down", words="Try later")

    ends = {after(start, *order) for order in permutations([fee_waived(start), refused, label_issued(start)])}

    assert len(ends) == 1
    assert tasks_of(ends.pop()) == frozenset()


def test_a_settlement_of_another_amount_contradicts():
    ret = after(
        a_return(), fee_waived(a_return()), label_issued(a_return()), first_scan(a_return()), hub_scan(a_return())
    )

    with pytest.raises(Contradiction, match="not what is due"):
        advance(ret, settled(ret, amount=4501))


def test_a_settlement_that_nobody_asked_for_contradicts():
    with pytest.raises(Contradiction, match="not asked for"):
        advance(a_return(), settled(a_return()))


def test_a_settlement_of_lines_of_another_return_contradicts():
    stranger = a_return(a_line("jacket"))

    with pytest.raises(Contradiction, match="not in this return"):
        advance(a_return(), settled(stranger))


def test_a_refused_settlement_leaves_the_return_waiting_for_a_person():
    ret = after(
        a_return(), fee_waived(a_return()), label_issued(a_return()), first_scan(a_return()), hub_scan(a_return())
    )

    ret, said, _ = advance(ret, settlement_refused(ret))

    assert (ret.awaiting, said) == (Awaiting.SETTLEMENT, [])
    assert [task.kind for task in tasks_of(ret)] == [TaskKind.SETTLEMENT_REFUSED]
    assert after(ret, settled(ret)).awaiting is Awaiting.CLOSED


def test_a_return_to_be_inspected_waits_at_the_hub():
    ret = a_return(inspect=True)

    ret = after(ret, fee_waived(ret), label_issued(ret), first_scan(ret), hub_scan(ret))

    assert ret.awaiting is Awaiting.AT_HUB


@given(st.integers(0, 10**9), st.integers(1, 40))
def test_the_shares_of_all_units_add_up_to_what_was_paid(paid: int, quantity: int):
    shares = [share(pounds(paid), quantity=quantity, units=1, before=unit) for unit in range(quantity)]

    assert total(shares) == pounds(paid)
    assert max(s.amount for s in shares) - min(s.amount for s in shares) <= 1


def test_amounts_in_two_currencies_have_no_sum():
    with pytest.raises(ValueError, match="several currencies"):
        total([pounds(1), Money(amount=1, currency="EUR")])

"""The money of each line, to the minor unit: by stage, by what arrived, and by what a person decides."""

import pytest

from libs.contracts.orders import SettlementOutcomeUnknownV1
from libs.contracts.portal import SettlementRequestedV1
from libs.contracts.tracking import ExtraItem
from libs.contracts.values import Condition, Disposition, Resolution, Stage
from services.portal.domain import Awaiting, MoneyState, NotNow, TaskKind, act, acts, advance, tasks_of
from services.portal.domain.returns import NO_SHOP
from tests.unit.portal.lives import (
    a_line,
    a_return,
    after,
    an_id,
    bonus_refused,
    found,
    held,
    hub_scan,
    inspected,
    posted,
    pounds,
    settled,
    settlement_refused,
)


def at_hub(*lines):
    """A return whose parcel is at a hub that opens it."""
    ret = a_return(*lines, inspect=True)
    return after(posted(ret), hub_scan(ret))


def kinds(ret):
    return [task.kind for task in sorted(tasks_of(ret))]


def a_settlement(name="shirt", amount=None, resolution=None, words=None):
    return acts.Settle((acts.LineSettlement(an_id(name), pounds(amount) if amount else None, resolution, words),))


def test_only_what_arrived_is_settled_and_the_rest_is_taken_off_with_its_reason():
    ret = at_hub(a_line(owed=10_000, quantity=3, stage=Stage.INSPECTED))

    ret, said, _ = advance(ret, inspected(ret, found(ret.lines[0], 2)))

    [asked] = said
    line = ret.lines[0]
    assert (asked.lines[0].quantity, asked.lines[0].owed) == (2, pounds(6667))
    assert [(each.code, each.amount, each.words) for each in line.deductions] == [
        ("not_arrived", pounds(3333), "1 of 3 did not arrive")
    ]
    assert after(ret, settled(ret)).lines[0].paid == pounds(6667)


def test_a_line_of_which_nothing_came_gives_nothing():
    ret = at_hub(a_line("shirt", stage=Stage.INSPECTED), a_line("scarf", stage=Stage.INSPECTED))

    ret, said, _ = advance(ret, inspected(ret, found(ret.lines[0]), found(ret.lines[1], 0, Condition.MISSING)))

    assert [line.title for line in said[0].lines] == ["Linen shirt"]
    assert (ret.lines[1].money, ret.lines[1].due) == (MoneyState.WAIVED, pounds(0))
    assert after(ret, settled(ret, None, "shirt")).awaiting is Awaiting.CLOSED


def test_an_empty_box_closes_the_return_without_a_payment():
    ret = at_hub(a_line(stage=Stage.INSPECTED))

    ret, said, _ = advance(ret, inspected(ret, found(ret.lines[0], 0, Condition.MISSING)))

    assert ret.awaiting is Awaiting.CLOSED
    assert not any(isinstance(message, SettlementRequestedV1) for message in said)


@pytest.mark.parametrize("condition", [Condition.WORN, Condition.DAMAGED, Condition.WRONG_ITEM])
def test_what_came_back_otherwise_than_expected_waits_for_a_person(condition):
    ret = at_hub(a_line(stage=Stage.INSPECTED))

    ret, said, _ = advance(ret, inspected(ret, found(ret.lines[0], 1, condition)))

    assert (ret.lines[0].money, said, kinds(ret)) == (MoneyState.DUE, [], [TaskKind.DECIDE_LINE])


def test_a_person_may_take_something_off_and_says_why():
    ret = at_hub(a_line(stage=Stage.INSPECTED))
    ret = after(ret, inspected(ret, found(ret.lines[0], 1, Condition.WORN)))

    ret, said = act(ret, a_settlement(amount=3000, words="The collar is stained."))

    assert said[0].lines[0].owed == pounds(3000)
    assert [(each.code, each.amount, each.words) for each in ret.lines[0].deductions] == [
        ("by_hand", pounds(1500), "The collar is stained.")
    ]
    assert after(ret, settled(ret)).awaiting is Awaiting.CLOSED


def test_a_person_may_give_nothing_and_says_why():
    ret = at_hub(a_line(stage=Stage.INSPECTED))
    ret = after(ret, inspected(ret, found(ret.lines[0], 1, Condition.WRONG_ITEM)))

    ret, _ = act(ret, acts.WaiveLine(an_id("shirt"), "It is not ours."))

    assert (ret.awaiting, ret.lines[0].money, ret.lines[0].due) == (Awaiting.CLOSED, MoneyState.WAIVED, pounds(0))


@pytest.mark.parametrize("amount", [-1, 4501])
def test_nobody_is_given_more_than_is_owed_or_less_than_nothing(amount):
    with pytest.raises(NotNow) as told:
        act(posted(a_return()), a_settlement(amount=amount))

    assert told.value.code == "portal.not_an_amount"


def test_a_line_may_be_settled_by_hand_long_before_its_stage_and_only_once():
    ret, said = act(a_return(), a_settlement())

    assert [message.lines[0].owed for message in said] == [pounds(4500)]
    with pytest.raises(NotNow, match="settling"):
        act(ret, a_settlement())
    assert [type(m) for m in advance(posted(ret), hub_scan(ret))[1]] == []


def test_another_resolution_may_be_given_than_was_asked_for():
    ret, said = act(posted(a_return()), a_settlement(resolution=Resolution.STORE_CREDIT))

    assert said[0].lines[0].resolution is Resolution.STORE_CREDIT
    assert ret.lines[0].resolution is Resolution.STORE_CREDIT


def test_lines_of_several_resolutions_are_owed_side_by_side():
    refund, credit = a_line("shirt"), a_line("scarf", owed=3800, resolution=Resolution.STORE_CREDIT)
    ret = a_return(refund, credit, a_line("hat", owed=0, resolution=Resolution.NONE))

    ret, said, _ = advance(posted(ret), hub_scan(ret))

    asked = {line.title: (line.resolution, line.owed) for line in said[0].lines if line.owed.amount}
    assert asked == {"Linen shirt": ("refund", pounds(4500)), "Linen scarf": ("store_credit", pounds(3800))}


def test_a_manual_line_waits_for_a_person_after_everything_else():
    ret = a_return(a_line(stage=Stage.MANUAL))

    ret = after(posted(ret), hub_scan(ret))
    done, said = act(ret, a_settlement())

    assert (ret.awaiting, kinds(ret)) == (Awaiting.SETTLEMENT, [TaskKind.SETTLE_BY_HAND])
    assert (kinds(done), len(said)) == ([], 1)


def test_a_refused_settlement_is_asked_for_again_as_another_one():
    ret = after(posted(a_return()), hub_scan(a_return()))
    refused = after(ret, settlement_refused(ret))

    again, said = act(refused, a_settlement())

    assert kinds(refused) == [TaskKind.SETTLEMENT_REFUSED]
    assert (said[0].attempt, kinds(again)) == (2, [])
    assert after(again, settled(again)).awaiting is Awaiting.CLOSED


def test_what_no_shop_can_give_is_a_task_of_its_own_that_what_a_person_records_clears():
    ret = after(posted(a_return()), hub_scan(a_return()))
    left = after(ret, settlement_refused(ret).model_copy(update={"code": NO_SHOP}))

    assert kinds(left) == [TaskKind.GIVE_BY_HAND]
    assert kinds(after(left, settlement_refused(ret))) == [TaskKind.GIVE_BY_HAND]
    assert after(left, settled(left)).awaiting is Awaiting.CLOSED


def test_a_settlement_whose_outcome_is_unknown_is_never_asked_for_again():
    ret = after(posted(a_return()), hub_scan(a_return()))
    unknown = after(
        ret, SettlementOutcomeUnknownV1(return_id=ret.id, settlement_id=an_id("s"), line_ids=(an_id("shirt"),))
    )

    with pytest.raises(NotNow, match="unknown"):
        act(unknown, a_settlement())

    assert kinds(unknown) == [TaskKind.SETTLEMENT_UNKNOWN]
    assert after(unknown, settled(unknown)).awaiting is Awaiting.CLOSED


def test_money_that_did_not_wait_for_the_inspection_is_not_held_by_it():
    ret = at_hub(a_line(stage=Stage.HUB_SCAN))
    paid = after(ret, settled(ret))

    ret = after(paid, inspected(paid, found(paid.lines[0], 1, Condition.DAMAGED)))

    assert (ret.awaiting, ret.lines[0].paid) == (Awaiting.CLOSED, pounds(4500))
    assert kinds(ret) == [TaskKind.NOT_AS_EXPECTED]


def test_what_is_not_of_this_return_is_a_task_until_somebody_has_looked():
    ret = at_hub(a_line(stage=Stage.INSPECTED))
    ret = after(ret, inspected(ret, extras=(ExtraItem(words="A blue scarf"),)))
    [task] = tasks_of(ret)

    seen, said = act(ret, acts.ClearMark(task.kind, task.subject, "Sent back to the shopper"))

    assert (task.kind, task.words) == (TaskKind.EXTRA_ITEM, "1 x A blue scarf")
    assert (tasks_of(seen), said) == (frozenset(), [])
    assert tasks_of(after(seen, inspected(ret, extras=(ExtraItem(words="A blue scarf"),)))) == frozenset()


def test_each_parcels_inspection_adds_to_the_others():
    line = a_line(owed=9000, quantity=2, stage=Stage.INSPECTED)
    ret = a_return(line, inspect=True)
    ret = posted(ret)
    ret, _ = act(ret, acts.AddParcel())
    ret = after(ret, hub_scan(ret, 1), hub_scan(ret, 2))

    half, nothing, _ = advance(ret, inspected(ret, found(line, 1), parcel=2))
    whole, said, _ = advance(half, inspected(ret, found(line, 1), parcel=1))

    assert (half.awaiting, nothing) == (Awaiting.AT_HUB, [])
    assert (whole.awaiting, said[0].lines[0].quantity, said[0].lines[0].owed) == (Awaiting.SETTLEMENT, 2, pounds(9000))


def test_settling_needs_an_accepted_return():
    with pytest.raises(NotNow, match="Accept the return first"):
        act(held(), a_settlement())


@pytest.mark.parametrize("first", [True, False])
def test_credit_on_top_that_is_refused_is_a_task_and_takes_nothing_from_what_was_given(first):
    ret = posted(a_return())
    ret = after(ret, hub_scan(ret))
    facts = [settled(ret), bonus_refused(ret)]

    ret = after(ret, *(facts if first else reversed(facts)))

    assert (ret.awaiting, ret.lines[0].money) == (Awaiting.CLOSED, MoneyState.SETTLED)
    assert [(task.kind, task.words) for task in tasks_of(ret)] == [(TaskKind.BONUS_REFUSED, "Not today")]


def test_what_becomes_of_the_goods_goes_with_the_money_that_waited_for_the_inspection():
    ret = at_hub(a_line(quantity=3, stage=Stage.INSPECTED))
    line = ret.lines[0]
    shelf = found(line, 2).model_copy(update={"disposition": Disposition.RESTOCK})
    away = found(line).model_copy(update={"disposition": Disposition.DONATE})

    _, said, _ = advance(ret, inspected(ret, shelf, away))

    [asked] = [each for each in said if isinstance(each, SettlementRequestedV1)]
    assert [(each.disposition, each.quantity) for each in asked.lines[0].disposed] == [("restock", 2), ("donate", 1)]

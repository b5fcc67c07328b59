"""Facts in any order, with repeats: five hundred shuffles of one life end in one state."""

import random

import pytest

from libs.contracts.labels import LabelOutcomeUnknownV1, LabelRefusedV1
from libs.contracts.notifications import MessageBouncedV1
from libs.contracts.payments import FeeFailedV1, FeePaidV1, HoldCapturedV1
from libs.contracts.tracking import ExtraItem, ParcelInTroubleV1
from libs.contracts.values import Condition, Milestone, Stage
from services.portal.domain import Awaiting, HoldState, MoneyState, Parcel, TaskKind, act, acts, advance, tasks_of
from services.portal.domain.returns import DISPUTED
from tests.unit.portal.lives import (
    NOON,
    a_line,
    a_return,
    after,
    an_id,
    delayed,
    difference_paid,
    disputed,
    fee_waived,
    first_scan,
    found,
    hold,
    hub_scan,
    inspected,
    label_issued,
    milestone,
    pounds,
    settled,
)

SHUFFLES = 500


def two_parcels():
    """Three units and a scarf in two parcels, inspected; what was found differs."""
    shirts = a_line("shirt", owed=10_001, quantity=3, stage=Stage.INSPECTED)
    scarf = a_line("scarf", owed=3800, stage=Stage.FIRST_SCAN)
    ret = a_return(shirts, scarf, inspect=True).knowing(parcels=(Parcel(1), Parcel(2)))
    return ret, [
        FeeFailedV1(return_id=ret.id, charge_id=an_id("charge"), reason="declined"),
        FeePaidV1(return_id=ret.id, charge_id=an_id("charge"), price=pounds(395), reference="pi_1"),
        LabelRefusedV1(return_id=ret.id, booking_id=an_id("b"), parcel=1, code="busy", words="Later"),
        LabelOutcomeUnknownV1(return_id=ret.id, booking_id=an_id("b"), parcel=2),
        label_issued(ret, "HW1", parcel=1),
        label_issued(ret, "HW2", parcel=2),
        first_scan(ret, 1),
        milestone(ret, Milestone.IN_TRANSIT, 1),
        delayed(ret, parcel=2),
        first_scan(ret, 2),
        hub_scan(ret, 1),
        hub_scan(ret, 2),
        inspected(ret, found(shirts, 1), found(scarf, 1, Condition.WORN), parcel=1),
        inspected(ret, found(shirts, 1), parcel=2, extras=(ExtraItem(words="A hat"),)),
        ParcelInTroubleV1(
            return_id=ret.id,
            parcel_id=an_id("parcel 2"),
            parcel=2,
            tracking_number="HW2",
            trouble="damaged",
            occurred_at=NOON,
        ),
        MessageBouncedV1(return_id=ret.id, message_id=an_id("mail"), template="in_transit", words="No such box"),
    ]


def one_parcel():
    ret = a_return(a_line("shirt"), a_line("scarf", stage=Stage.FIRST_SCAN))
    return ret, [fee_waived(ret), label_issued(ret), first_scan(ret), hub_scan(ret)]


def two_exchanges():
    """A shirt exchanged at once against a hold that is taken, and a scarf that waits for what the new one costs more.

    The parcel comes late, and what was paid for the label is disputed meanwhile: Finance clears that in the end.
    """
    shirt = a_line("shirt", stage=Stage.INSPECTED, instant=True)
    scarf = a_line("scarf", owed=3800, stage=Stage.HUB_SCAN, difference=500)
    ret = a_return(shirt, scarf, inspect=True)
    failed = FeeFailedV1(return_id=ret.id, charge_id=an_id("d"), line_id=an_id("scarf"), reason="declined")
    return ret, [
        FeePaidV1(return_id=ret.id, charge_id=an_id("charge"), price=pounds(395), reference="pi_1"),
        failed,
        difference_paid(ret, name="scarf"),
        hold(ret),
        hold(ret, HoldCapturedV1),
        disputed(ret),
        label_issued(ret),
        first_scan(ret),
        hub_scan(ret),
        inspected(ret, found(shirt, 1, Condition.WORN), found(scarf, 1)),
    ]


def seen_to(ret):
    """The return once a person has looked at what is disputed; and what is asked for then."""
    marks = [mark for mark in ret.known.marks if mark.kind == DISPUTED and not mark.cleared]
    return act(ret, acts.ClearMark(marks[0].kind, marks[0].subject)) if marks else (ret, [])


@pytest.mark.parametrize("life", [one_parcel, two_parcels, two_exchanges])
def test_five_hundred_orders_of_one_return_s_facts_end_in_one_state(life):
    start, facts = life()
    ends, settled_amounts = set(), set()

    for seed in range(SHUFFLES):
        shuffled = random.Random(seed)
        order = facts + shuffled.sample(facts, k=len(facts) // 2)
        shuffled.shuffle(order)
        ret, asked = start, {}
        for fact in order:
            ret, said, _ = advance(ret, fact)
            for line in (line for message in said for line in getattr(message, "lines", ())):
                asked.setdefault(line.id, []).append((line.quantity, line.owed.amount))
        ret, said = seen_to(ret)
        for line in (line for message in said for line in message.lines):
            asked.setdefault(line.id, []).append((line.quantity, line.owed.amount))
        ends.add(ret)
        settled_amounts.add(tuple(sorted((str(id), tuple(amounts)) for id, amounts in asked.items())))

    assert len(ends) == 1
    assert len(settled_amounts) == 1, "the same lines are asked for once, for the same amounts"
    [end] = ends
    assert after(end, settled(end)).awaiting is Awaiting.CLOSED


def test_the_end_of_the_two_parcels_is_the_right_one():
    start, facts = two_parcels()

    end = after(start, *facts)

    shirts, scarf = end.lines
    assert (end.awaiting, shirts.due, scarf.due) == (Awaiting.SETTLEMENT, pounds(6667), pounds(3800))
    assert (shirts.arrived, shirts.condition, scarf.condition) == (2, Condition.AS_EXPECTED, Condition.WORN)
    assert [(mark.kind, mark.subject.split("/")[0]) for mark in end.known.marks] == [
        ("extra_item", str(an_id("inspection 2"))),
        ("message_bounced", str(an_id("mail"))),
        ("not_as_expected", str(scarf.asked.id)),
        ("parcel_delayed", "2"),
        ("parcel_in_trouble", "2"),
    ]
    assert TaskKind.PARCEL_DELAYED not in {task.kind for task in tasks_of(end)}  # it came


def test_the_end_of_the_two_exchanges_is_the_right_one():
    start, facts = two_exchanges()

    end, said = seen_to(after(start, *facts))

    shirt, scarf = end.lines
    assert (shirt.hold, shirt.due, shirt.deductions) == (HoldState.CAPTURED, pounds(4500), ())
    assert {shirt.money, scarf.money} == {MoneyState.SETTLING}
    assert [line.id for message in said for line in message.lines] == [scarf.asked.id]
    assert [mark.kind for mark in end.known.marks] == ["not_as_expected", "payment_disputed", "taken_yet_back"]


def test_a_second_time_any_fact_changes_nothing():
    start, facts = two_parcels()
    end = after(start, *facts)

    again = [advance(end, fact) for fact in facts]

    assert {ret for ret, _, _ in again} == {end}
    assert [said for _, said, _ in again if said] == []


def test_the_shuffles_are_not_all_alike():
    _, facts = one_parcel()
    orders = {tuple(map(id, random.Random(seed).sample(facts, len(facts)))) for seed in range(SHUFFLES)}

    assert len(orders) == 24  # all orders of four facts

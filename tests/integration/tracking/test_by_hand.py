"""What people record of a parcel: handed over, received, opened; and what carriers and labels say went wrong."""

from datetime import timedelta
from functools import partial
from random import Random

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.tracking import (
    ExtraItem,
    HubResult,
    InspectedLine,
    MilestoneReachedV1,
    ParcelInspectedV1,
    ParcelInTroubleV1,
)
from libs.contracts.values import Condition, Disposition, Milestone
from tests.integration.tracking.conftest import MONDAY, NUMBER, SHIRT, at_once


@pytest.fixture
def label(hub):
    """Maya's parcel has its label."""
    label = hub.label()
    hub.service.on_label_issued(label)
    return label


@pytest.fixture
def unlabelled():
    """A return that Maya brings or posts without a label of ours."""
    return new_id()


def rows(hub, query):
    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        return [tuple(row) for row in unit.db.exec_driver_sql(query)]


def test_a_parcel_handed_over_by_a_persons_word_is_accepted(hub, label):
    answer = hub.reach(label.data.return_id, occurred_at=MONDAY, words="receipt of posting seen")

    accepted = hub.said(MilestoneReachedV1)[-1]
    assert (accepted.milestone, accepted.occurred_at, accepted.implied) == (Milestone.ACCEPTED, MONDAY, False)
    assert (answer.parcel_id, answer.repeated, accepted.by) == (accepted.parcel_id, False, "staff Ana")
    assert rows(hub, "SELECT source, by, description FROM scans WHERE source = 'staff'") == [
        ("staff", "staff Ana", "receipt of posting seen")
    ]


def test_a_persons_word_that_is_said_twice_is_stated_once(hub, label):
    answers = [hub.reach(label.data.return_id).repeated for _ in range(2)]

    assert answers == [False, True]
    assert hub.milestones() == ["label_created", "accepted"]


def test_what_a_carrier_has_said_is_not_stated_again(hub, label):
    hub.report(label.data.tracking_number, "accepted")

    assert hub.reach(label.data.return_id).repeated
    assert hub.milestones() == ["label_created", "accepted"]


@pytest.mark.parametrize("milestone", [Milestone.DELIVERED, Milestone.IN_TRANSIT, Milestone.PROCESSED])
def test_what_a_person_cannot_have_seen_is_refused(hub, label, milestone):
    with pytest.raises(Refused) as refused:
        hub.reach(label.data.return_id, milestone)

    assert refused.value.code == "tracking.not_by_hand"
    assert hub.milestones() == ["label_created"]


def test_a_parcel_received_by_a_persons_word_was_received_before_it_is_scanned(hub, label):
    hub.reach(label.data.return_id, Milestone.HUB_RECEIVED)

    answer = hub.scan(label.data.tracking_number)

    assert answer.result is HubResult.ALREADY
    assert hub.milestones() == ["label_created", "accepted", "hub_received"]


def test_a_return_without_a_label_has_a_parcel_of_the_shoppers_own(hub, unlabelled):
    hub.reach(unlabelled)

    (parcel,) = hub.parcels(unlabelled)
    assert (parcel.parcel, parcel.carrier, parcel.tracking_number) == (1, "shopper", NUMBER)
    assert hub.milestones() == ["accepted"]


def test_the_returns_number_is_scanned_where_the_parcel_is_the_shoppers_own(hub, unlabelled):
    hub.reach(unlabelled)

    answer = hub.scan("r-7kq2m9")

    assert (answer.result, answer.return_id) == (HubResult.OK, unlabelled)
    assert hub.milestones() == ["accepted", "hub_received"]


def test_a_returns_number_that_was_scanned_before_its_parcel_was_known_counts_when_it_is(hub, unlabelled):
    early = hub.scan(NUMBER, client_scan_id="phone-1/20")

    answer = hub.reach(unlabelled)

    assert (early.result, answer.repeated) == (HubResult.UNKNOWN, False)
    assert hub.milestones() == ["accepted", "hub_received"]


@pytest.mark.parametrize("place", [2, 3])
def test_a_parcel_that_the_return_does_not_have_is_refused(hub, label, unlabelled, place):
    codes = []
    for return_id in (label.data.return_id, unlabelled):
        for record in (hub.reach, hub.inspect):
            with pytest.raises(Refused) as refused:
                record(return_id, parcel=place)
            codes.append(refused.value.code)

    assert codes == ["tracking.no_parcel"] * 4
    assert hub.milestones() == ["label_created"]


def test_two_people_at_once_make_one_parcel_of_the_shoppers_own(hub):
    returns = [(new_id(), f"R-00000{place}") for place in range(5)]
    for return_id, number in returns:
        at_once(partial(hub.reach, return_id, number=number), partial(hub.inspect, return_id, number=number))

    assert [len(hub.parcels(return_id)) for return_id, _ in returns] == [1] * 5
    assert sorted(hub.milestones()) == ["accepted"] * 5 + ["hub_received"] * 5


def test_what_was_in_a_parcel_is_stated_line_by_line(hub, label):
    worn = InspectedLine(line_id=new_id(), quantity=1, condition=Condition.WORN, words="grass on the sleeve")
    missing = InspectedLine(line_id=new_id(), quantity=0, condition=Condition.MISSING)

    answer = hub.inspect(
        label.data.return_id, SHIRT, worn, missing, extras=(ExtraItem(words="a scarf"),), words="box torn"
    )

    (inspected,) = hub.said(ParcelInspectedV1)
    assert (inspected.inspection_id, inspected.return_id) == (answer.inspection_id, label.data.return_id)
    assert (inspected.lines, inspected.extras) == ((SHIRT, worn, missing), (ExtraItem(words="a scarf"),))
    assert rows(hub, "SELECT quantity, condition, words FROM inspection_lines ORDER BY place") == [
        (1, "as_expected", None),
        (1, "worn", "grass on the sleeve"),
        (0, "missing", None),
    ]
    assert rows(hub, "SELECT extras, words, by FROM inspections") == [
        ([{"words": "a scarf", "quantity": 1}], "box torn", "staff Ana")
    ]


def test_what_becomes_of_it_and_its_photos_are_kept_and_stated(hub, label):
    torn = SHIRT.model_copy(
        update={"condition": Condition.DAMAGED, "disposition": Disposition.DESTROY, "photos": (new_id(), new_id())}
    )

    hub.inspect(label.data.return_id, torn)

    assert hub.said(ParcelInspectedV1)[0].lines == (torn,)
    assert rows(hub, "SELECT disposition, photos FROM inspection_lines") == [
        ("destroy", [str(id) for id in torn.photos])
    ]


def test_one_line_may_have_come_in_two_conditions(hub, label):
    worn = SHIRT.model_copy(update={"condition": Condition.WORN})

    hub.inspect(label.data.return_id, SHIRT, worn)

    assert hub.said(ParcelInspectedV1)[0].lines == (SHIRT, worn)


def test_an_empty_parcel_is_inspected_too(hub, label):
    hub.inspect(label.data.return_id, lines=())

    assert [inspected.lines for inspected in hub.said(ParcelInspectedV1)] == [()]


def test_a_parcel_that_was_opened_was_received(hub, label):
    hub.inspect(label.data.return_id)

    reached = [(each.milestone.value, each.implied) for each in hub.said(MilestoneReachedV1)]
    assert reached == [("label_created", False), ("accepted", True), ("hub_received", True)]


def test_a_parcel_that_was_scanned_and_then_opened_is_received_once(hub, label):
    hub.scan(label.data.tracking_number)

    hub.inspect(label.data.return_id)

    assert hub.milestones() == ["label_created", "accepted", "hub_received"]


def test_an_inspection_sent_again_is_one(hub, label):
    answers = [hub.inspect(label.data.return_id) for _ in range(3)]

    assert {answer.inspection_id for answer in answers} == {answers[0].inspection_id}
    assert [answer.repeated for answer in answers] == [False, True, True]
    assert len(hub.said(ParcelInspectedV1)) == 1


def test_two_inspections_of_one_parcel_are_two(hub, label):
    for key in ("tablet/1", "tablet/2"):
        hub.inspect(label.data.return_id, key=key)

    assert len(hub.said(ParcelInspectedV1)) == 2
    assert hub.milestones() == ["label_created", "accepted", "hub_received"]


def test_an_inspection_sent_twice_at_the_same_moment_is_one(hub, label):
    answers = at_once(*[partial(hub.inspect, label.data.return_id)] * 4)

    assert sorted(answer.repeated for answer in answers) == [False, True, True, True]
    assert len(hub.said(ParcelInspectedV1)) == 1


def test_a_return_without_a_label_is_inspected_as_the_shoppers_own_parcel(hub, unlabelled):
    hub.inspect(unlabelled)

    (inspected,) = hub.said(ParcelInspectedV1)
    assert (inspected.return_id, inspected.parcel) == (unlabelled, 1)
    assert hub.milestones() == ["accepted", "hub_received"]


def test_one_retailer_cannot_speak_of_anothers_parcel(new_hub):
    alder, kite = new_hub(), new_hub()
    label = alder.label()
    alder.service.on_label_issued(label)

    kite.reach(label.data.return_id)

    assert alder.milestones() == ["label_created"]
    assert [parcel.carrier for parcel in kite.parcels(label.data.return_id)] == ["shopper"]


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("lost", "lost"),
        ("damaged", "damaged"),
        ("return_to_sender", "returned_to_sender"),
        ("rejected", "rejected"),
    ],
)
def test_a_parcel_in_trouble_is_a_persons_task_once(hub, label, code, trouble):
    for hours in (0, 5):
        hub.report(label.data.tracking_number, code, at=MONDAY + timedelta(hours=hours), description="Seen at depot")

    (stated,) = hub.said(ParcelInTroubleV1)
    assert (stated.trouble, stated.occurred_at, stated.words) == (trouble, MONDAY, "Seen at depot")
    assert (stated.return_id, stated.tracking_number) == (label.data.return_id, label.data.tracking_number)


def test_a_trouble_that_overtakes_its_label_is_stated_when_it_comes(hub):
    label = hub.label()
    hub.report(label.data.tracking_number, "lost")
    before = hub.said(ParcelInTroubleV1)

    hub.service.on_label_issued(label)

    assert before == []
    assert [stated.trouble for stated in hub.said(ParcelInTroubleV1)] == ["lost"]


def test_a_parcel_whose_label_is_void_is_marked_and_still_scanned(hub, label):
    hub.service.on_label_voided(hub.void(label))

    answer = hub.scan(label.data.tracking_number)

    (parcel,) = hub.parcels(label.data.return_id)
    assert (parcel.void, answer.result) == (True, HubResult.OK)
    assert hub.milestones() == ["label_created", "accepted", "hub_received"]


def test_a_person_means_the_parcel_with_the_new_label_not_the_void_one(hub, label):
    hub.service.on_label_voided(hub.void(label))
    again = hub.label(return_id=label.data.return_id)
    hub.service.on_label_issued(again)

    hub.reach(label.data.return_id)

    assert hub.said(MilestoneReachedV1)[-1].tracking_number == again.data.tracking_number
    assert [parcel.void for parcel in hub.parcels(label.data.return_id)] == [True, False]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_labels_scans_and_voids_ends_in_one_state(hub, seed):
    label = hub.label()
    number = label.data.tracking_number
    facts = [
        partial(hub.service.on_label_issued, label),
        partial(hub.service.on_label_voided, hub.void(label)),
        partial(hub.report, number, "accepted"),
        partial(hub.report, number, "lost", at=MONDAY + timedelta(hours=1)),
        partial(hub.report, number, "return_to_sender", at=MONDAY + timedelta(hours=2)),
        partial(hub.scan, number, occurred_at=MONDAY + timedelta(hours=3), client_scan_id="phone-1/21"),
    ] * 2
    Random(seed).shuffle(facts)

    for bring in facts:
        bring()

    (parcel,) = hub.parcels(label.data.return_id)
    assert (parcel.void, len(parcel.steps)) == (True, 3)
    assert sorted(hub.milestones()) == ["accepted", "hub_received", "label_created"]
    assert sorted(stated.trouble for stated in hub.said(ParcelInTroubleV1)) == ["lost", "returned_to_sender"]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_scans_and_peoples_words_states_each_milestone_once(hub, label, seed):
    return_id, number = label.data.return_id, label.data.tracking_number
    acts = [
        partial(hub.reach, return_id, occurred_at=MONDAY),
        partial(hub.reach, return_id, Milestone.HUB_RECEIVED),
        partial(hub.inspect, return_id),
        partial(hub.scan, number, client_scan_id="phone-1/22"),
        partial(hub.report, number, "in_transit"),
    ] * 2
    Random(seed).shuffle(acts)

    for act in acts:
        act()

    assert sorted(hub.milestones()) == ["accepted", "hub_received", "in_transit", "label_created"]
    assert len(hub.said(ParcelInspectedV1)) == 1

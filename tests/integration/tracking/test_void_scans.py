"""A hub scan made by mistake is void: it counts no more, and what it alone proved is withdrawn, to be reached anew."""

from functools import partial
from random import Random

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.tracking import HubResult, MilestoneReachedV1, ScanVoidedV1, UnknownParcelScannedV1
from libs.contracts.values import Milestone
from tests.integration.tracking.conftest import MONDAY, at_once


@pytest.fixture
def label(hub):
    """Maya's parcel has its label."""
    label = hub.label()
    hub.service.on_label_issued(label)
    return label


@pytest.fixture
def number(label):
    """What stands on Maya's parcel."""
    return label.data.tracking_number


def steps(hub, label):
    (parcel,) = hub.parcels(label.data.return_id)
    return [step.milestone.value for step in parcel.steps]


def scan_ids(hub, source):
    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        query = "SELECT id FROM scans WHERE source = %s ORDER BY arrival"
        return list(unit.db.exec_driver_sql(query, (source,)).scalars())


def test_a_scan_made_by_mistake_is_void_and_the_parcel_is_not_there(hub, label, number):
    scan = hub.scan(number)

    answer = hub.void_scan(scan.scan_id)

    (stated,) = hub.said(ScanVoidedV1)
    assert (stated.return_id, stated.parcel, stated.scan_id) == (label.data.return_id, 1, scan.scan_id)
    assert (stated.words, stated.by) == ("wrong pile", "staff Ana")
    assert (answer.scan_id, answer.repeated) == (scan.scan_id, False)
    assert steps(hub, label) == ["label_created"]


def test_who_took_a_scan_back_and_why_is_kept_with_it(hub, number):
    hub.void_scan(hub.scan(number).scan_id)

    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        query = "SELECT voided_at IS NOT NULL, voided_by, voided_words FROM scans WHERE source = 'hub'"
        assert [tuple(row) for row in unit.db.exec_driver_sql(query)] == [(True, "staff Ana", "wrong pile")]


def test_a_scan_made_void_again_is_stated_once(hub, number):
    scan = hub.scan(number)

    answers = [hub.void_scan(scan.scan_id, words=words) for words in ("wrong pile", "wrong pile", "yes, wrong")]

    assert [answer.repeated for answer in answers] == [False, True, True]
    assert [stated.words for stated in hub.said(ScanVoidedV1)] == ["wrong pile"]


def test_what_a_void_scan_alone_had_proved_is_withdrawn_and_stated_once_more_by_the_next(hub, label, number):
    hub.void_scan(hub.scan(number).scan_id)
    before = hub.milestones()

    again = hub.scan(number, occurred_at=MONDAY)
    hub.scan(number)

    assert before == ["label_created", "accepted", "hub_received"]
    assert (again.result, hub.milestones()) == (HubResult.OK, [*before, "accepted", "hub_received"])
    assert [told.taken_back for told in hub.said(MilestoneReachedV1)] == [0, 0, 0, 1, 1]
    [void] = hub.said(ScanVoidedV1)
    assert (void.withdraws, void.taken_back) == ((Milestone.ACCEPTED, Milestone.HUB_RECEIVED), 1)
    assert sorted(steps(hub, label)) == ["accepted", "hub_received", "label_created"]


def test_a_void_scan_withdraws_only_what_nothing_else_proves(hub, number):
    hub.report(number, "accepted")
    first, second = hub.scan(number), hub.scan(number)

    hub.void_scan(first.scan_id)
    hub.void_scan(second.scan_id)

    assert [(void.withdraws, void.taken_back) for void in hub.said(ScanVoidedV1)] == [
        ((), 1),
        ((Milestone.HUB_RECEIVED,), 2),
    ]


def test_a_parcel_that_is_not_here_after_all_is_not_looked_for_here(hub, label, number):
    scan = hub.scan(number)
    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        promise = """INSERT INTO promises (parcel_id, retailer_id, milestone, expected_at, latest_at, parcels)
            SELECT id, retailer_id, 'processed', now(), now(), 30 FROM parcels ON CONFLICT DO NOTHING"""
        unit.db.exec_driver_sql(promise)

    hub.void_scan(scan.scan_id)

    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        left = unit.db.exec_driver_sql("SELECT count(*) FROM promises WHERE milestone = 'processed'").scalar_one()
    assert left == 0


def test_a_milestone_that_another_scan_proves_stays_in_the_timeline(hub, label, number):
    first, second = hub.scan(number), hub.scan(number)

    hub.void_scan(first.scan_id)
    third = hub.scan(number)

    assert (third.result, third.received_at) == (HubResult.ALREADY, hub_time(hub, second.scan_id))
    assert steps(hub, label) == ["label_created", "accepted", "hub_received"]


def hub_time(hub, scan_id):
    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        return unit.db.exec_driver_sql("SELECT received_at FROM scans WHERE id = %s", (scan_id,)).scalar_one()


def test_what_its_carrier_saw_stays_when_the_hubs_scan_is_void(hub, label, number):
    hub.report(number, "accepted")

    hub.void_scan(hub.scan(number).scan_id)

    assert steps(hub, label) == ["accepted", "label_created"]


def test_a_parcel_that_was_opened_was_received_though_its_scan_is_void(hub, label, number):
    scan = hub.scan(number)
    hub.inspect(label.data.return_id)

    hub.void_scan(scan.scan_id)

    assert steps(hub, label) == ["label_created", "accepted", "hub_received", "processed"]


def test_a_void_scan_sent_again_is_answered_as_it_was_and_counts_no_more(hub, label, number):
    first = hub.scan(number, client_scan_id="phone-1/30")
    hub.void_scan(first.scan_id)

    assert hub.scan(number, client_scan_id="phone-1/30") == first
    assert steps(hub, label) == ["label_created"]


def test_a_scan_of_an_unknown_parcel_that_was_void_does_not_count_when_its_label_comes(hub):
    label = hub.label()
    scan = hub.scan(label.data.tracking_number)

    hub.void_scan(scan.scan_id)
    hub.service.on_label_issued(label)

    (unknown,) = hub.said(UnknownParcelScannedV1)
    assert (scan.result, unknown.scan_id) == (HubResult.UNKNOWN, scan.scan_id)
    assert hub.milestones() == steps(hub, label) == ["label_created"]
    assert hub.said(ScanVoidedV1) == []


def test_a_scan_that_counted_since_its_label_came_can_be_void(hub):
    label = hub.label()
    scan = hub.scan(label.data.tracking_number)
    hub.service.on_label_issued(label)

    hub.void_scan(scan.scan_id)

    assert [stated.return_id for stated in hub.said(ScanVoidedV1)] == [label.data.return_id]
    assert steps(hub, label) == ["label_created"]


@pytest.mark.parametrize("source", ["label", "carrier", "staff", "hub"])
def test_what_nobody_scanned_at_a_hub_cannot_be_void(hub, label, number, source):
    hub.report(number, "accepted")
    hub.reach(label.data.return_id, Milestone.HUB_RECEIVED)
    hub.inspect(label.data.return_id)
    (scan_id,) = scan_ids(hub, source)

    with pytest.raises(Refused) as refused:
        hub.void_scan(scan_id)

    assert refused.value.code == "tracking.not_a_hub_scan"
    assert hub.said(ScanVoidedV1) == []


def test_a_scan_that_never_was_cannot_be_void(hub):
    with pytest.raises(Refused) as refused:
        hub.void_scan(new_id())

    assert refused.value.code == "tracking.not_found"


def test_one_retailer_cannot_make_anothers_scan_void(hub, new_hub, label, number):
    scan = hub.scan(number)

    with pytest.raises(Refused) as refused:
        new_hub().void_scan(scan.scan_id)

    assert refused.value.code == "tracking.not_found"
    assert steps(hub, label) == ["label_created", "accepted", "hub_received"]


def test_two_people_at_once_make_a_scan_void_once(hub):
    labels = [hub.label() for _ in range(5)]
    for label in labels:
        hub.service.on_label_issued(label)
        scan = hub.scan(label.data.tracking_number)
        at_once(*[partial(hub.void_scan, scan.scan_id)] * 2)

    assert [stated.return_id for stated in hub.said(ScanVoidedV1)] == [label.data.return_id for label in labels]


def test_a_label_that_comes_while_its_scan_is_made_void_tells_both_or_neither(hub):
    for _ in range(8):
        label = hub.label()
        scan = hub.scan(label.data.tracking_number)
        at_once(partial(hub.service.on_label_issued, label), partial(hub.void_scan, scan.scan_id))

    assert len(hub.said(ScanVoidedV1)) == hub.milestones().count("hub_received")


@pytest.mark.parametrize("seed", range(4))
def test_any_order_after_the_scan_ends_in_one_timeline(hub, seed):
    label = hub.label()
    number = label.data.tracking_number
    scan = partial(hub.scan, number, client_scan_id="phone-1/31")
    mistake = scan().scan_id
    story = [
        partial(hub.service.on_label_issued, label),
        partial(hub.void_scan, mistake),
        partial(hub.report, number, "accepted"),
        scan,
    ] * 2
    Random(seed).shuffle(story)

    for part in story:
        part()

    assert sorted(steps(hub, label)) == ["accepted", "label_created"]
    assert len(hub.said(ScanVoidedV1)) == hub.milestones().count("hub_received")

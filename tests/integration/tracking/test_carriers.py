"""What each sender reports, folded into one parcel's milestones: in any order, twice, with clocks that differ."""

import time
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from libs.chassis.errors import Permanent
from libs.contracts.tracking import MilestoneReachedV1, ParcelInTroubleV1
from tests.integration.tracking.conftest import MONDAY
from tests.unit.tracking import senders
from tests.unit.tracking.senders import NUMBER

CHECKPOINTS = [
    ("InTransit", "InTransit_002", "2026-11-02T10:00:00+00:00"),
    ("InTransit", "InTransit_007", "2026-11-02T14:00:00+00:00"),
    ("InTransit", "InTransit_003", "2026-11-03T02:00:00+00:00"),
    ("Exception", "Exception_012", "2026-11-03T04:00:00+00:00"),
    ("OutForDelivery", "OutForDelivery_001", "2026-11-03T08:00:00+00:00"),
    ("Delivered", "Delivered_001", "2026-11-03T11:00:00+00:00"),
    ("InTransit", "InTransit_001", "2026-11-03T12:00:00+00:00"),
    ("SomethingNew", "New_001", "2026-11-03T13:00:00+00:00"),
]
WHOLE = [
    ("accepted", MONDAY + timedelta(hours=1), False),
    ("in_transit", MONDAY + timedelta(hours=5), False),
    ("out_for_delivery", MONDAY + timedelta(hours=23), False),
    ("delivered", MONDAY + timedelta(hours=26), False),
]
ENDED = ["accepted", "delivered", "in_transit", "label_created", "out_for_delivery"]


@pytest.fixture
def label(hub):
    """Maya's parcel travels with Evri."""
    label = hub.label(carrier="evri", tracking_number=NUMBER)
    hub.service.on_label_issued(label)
    return label


def rows(hub, query):
    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        return [tuple(row) for row in unit.db.exec_driver_sql(query)]


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_three_hundred_shuffles_with_every_scan_twice_end_in_one_state_and_state_each_milestone_once(hub, first):
    timelines, labels = [], []
    for seed in range(first, first + 50):
        random, number = Random(seed), f"{NUMBER}{seed}"
        label = hub.label(carrier="evri", tracking_number=number)
        doubled = CHECKPOINTS * 2
        random.shuffle(doubled)
        facts = [hub.told("aftership", senders.aftership(*doubled[n : n + 6], number=number)) for n in (0, 6, 12)]
        acts = [
            *((hub.service.on_carrier_webhook_received, each) for each in facts),
            (hub.service.on_label_issued, label),
        ]
        random.shuffle(acts)
        for act, what in [*acts, random.choice(acts)]:
            act(what)
        labels.append(label.data.return_id)
        (parcel,) = hub.parcels(label.data.return_id)
        timelines.append(
            [(step.milestone, step.at, step.implied) for step in parcel.steps if step.milestone != "label_created"]
        )

    assert [timeline == WHOLE for timeline in timelines] == [True] * 50
    stated = {return_id: [] for return_id in labels}
    for reached in hub.said(MilestoneReachedV1):
        stated[reached.return_id].append(reached.milestone.value)
    assert [sorted(each) == ENDED for each in stated.values()] == [True] * 50
    assert sorted(str(met.return_id) for met in hub.said(ParcelInTroubleV1)) == sorted(map(str, labels))


@pytest.mark.parametrize(
    ("sender", "body"),
    [
        ("easypost", senders.easypost(("pre_transit", None, "Made", 8), ("in_transit", None, "Seen", 9))),
        ("aftership", senders.aftership(*CHECKPOINTS[1:2])),
        (
            "shippo",
            senders.shippo(
                ("TRANSIT", "package_accepted", "2026-11-02T09:00:00Z"), ("TRANSIT", None, "2026-11-02T10:00:00Z")
            ),
        ),
    ],
)
def test_what_a_sender_reports_to_an_accounts_address_moves_the_parcels_of_that_account(hub, label, sender, body):
    hub.tell(sender, body, account="evri")

    assert hub.milestones()[:2] == ["label_created", "accepted"]
    assert len(hub.milestones()) == 3


def test_a_sender_that_speaks_for_many_carriers_names_the_one(hub, label):
    hub.tell("aftership", senders.aftership(*CHECKPOINTS[:1]))

    assert hub.milestones() == ["label_created", "accepted"]


def test_one_number_in_two_accounts_is_two_parcels(hub):
    first = hub.label(carrier="evri", account="evri-uk", tracking_number=NUMBER)
    second = hub.label(carrier="evri", account="evri-ie", tracking_number=NUMBER)
    hub.service.on_label_issued(first)
    hub.service.on_label_issued(second)

    hub.tell("aftership", senders.aftership(*CHECKPOINTS[:1]), account="evri-ie")

    accepted = [reached.return_id for reached in hub.said(MilestoneReachedV1) if reached.milestone == "accepted"]
    assert accepted == [second.data.return_id]


def test_one_webhook_tells_of_many_parcels(hub):
    labels = [hub.label(carrier="seko", tracking_number=f"{NUMBER}{n}") for n in range(3)]
    for label in labels[:2]:
        hub.service.on_label_issued(label)
    told = [senders.row("RT", "2026-11-02 10:00:00", number=label.data.tracking_number) for label in labels]

    hub.tell("seko", told)
    hub.service.on_label_issued(labels[2])

    seen = "SELECT return_id FROM scans JOIN parcels ON parcels.id = parcel_id WHERE scans.source = 'carrier'"
    assert {return_id for (return_id,) in rows(hub, seen)} == {label.data.return_id for label in labels}


@pytest.mark.parametrize("account", ["evri", "seko"])
def test_who_signs_nothing_moves_no_parcel_of_another_carrier_and_none_of_ours(hub, label, account):
    own = hub.label()
    hub.service.on_label_issued(own)

    for number in (NUMBER, own.data.tracking_number):
        hub.tell(
            "seko", [senders.row(code, "2026-11-02 10:00:00", number=number) for code in ("RT", "DS")], account=account
        )

    assert hub.milestones() == ["label_created"] * 2


def test_a_milestone_says_what_went_wrong_with_its_parcel_and_trouble_is_stated_first(hub):
    label = hub.label(carrier="easypost", tracking_number=NUMBER)
    hub.service.on_label_issued(label)

    turned = ("return_to_sender", "return", "Returned to sender", 15)
    hub.tell("easypost", senders.easypost(("in_transit", None, "Accepted", 9), turned))

    known = [(told.milestone, [each.name for each in told.troubles]) for told in hub.said(MilestoneReachedV1)]
    wrong = ["returned_to_sender"]
    assert known == [("label_created", []), ("accepted", wrong), ("in_transit", wrong)]
    [trouble] = hub.said(ParcelInTroubleV1)
    [told, *_] = hub.said(MilestoneReachedV1)[1:]
    assert (trouble.trouble, trouble.words) == (told.troubles[0].name, told.troubles[0].words)
    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        query = "SELECT routing_key FROM outbox WHERE retailer_id = %s ORDER BY id"
        stated = list(unit.db.exec_driver_sql(query, (hub.retailer_id,)).scalars())
    assert stated.index(ParcelInTroubleV1.wire()) < stated.index(MilestoneReachedV1.wire(), 1)


def test_scans_that_are_dated_anew_change_nothing(hub):
    label = hub.label(carrier="easypost", tracking_number=NUMBER)
    hub.service.on_label_issued(label)
    seen = [("in_transit", "arrived", "Arrived", 9), ("delivered", None, "Delivered", 20)]
    hub.tell("easypost", senders.easypost(*seen[:1]))
    (before,) = hub.parcels(label.data.return_id)

    hub.tell("easypost", senders.easypost(*[(*each[:3], each[3] + 2) for each in seen]))
    hub.tell("easypost", senders.easypost(*seen[:1]))

    (after,) = hub.parcels(label.data.return_id)
    assert [step for step in after.steps if step.milestone != "delivered"] == list(before.steps)
    assert hub.milestones() == ["label_created", "accepted", "in_transit", "delivered"]
    assert len(rows(hub, "SELECT 1 FROM scans WHERE source = 'carrier'")) == 2


def test_three_clocks_are_kept_apart(hub, label):
    hub.tell(
        "seko", [senders.row("RT", "2026-07-02 10:00:00"), senders.row("RC", "2026-10-25 01:30:00")], account="evri"
    )

    clocks = "carrier_time, occurred_at, received_at > now() - interval '1 minute'"
    kept = rows(hub, f"SELECT {clocks} FROM scans WHERE source = 'carrier' ORDER BY carrier_time")
    assert kept == [
        ("2026-07-02 10:00:00", datetime(2026, 7, 2, 9, tzinfo=UTC), True),
        ("2026-10-25 01:30:00", None, True),  # this hour comes twice
    ]


@pytest.mark.parametrize("at", ["2019-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00", "not a time at all"])
def test_a_carriers_clock_that_is_wrong_loses_no_scan(hub, label, at):
    hub.tell("aftership", senders.aftership(("InTransit", "InTransit_002", at)))

    assert hub.milestones() == ["label_created", "accepted"]


def test_what_a_sender_says_of_no_parcel_is_taken_and_leaves_nothing(hub):
    hub.tell("aftership", senders.aftership(event="edd_revise"))

    assert rows(hub, "SELECT 1 FROM scans") == []


def test_what_is_not_the_senders_shape_is_parked_whole(hub):
    with pytest.raises(Permanent):
        hub.tell("easypost", senders.aftership(*CHECKPOINTS))

    assert rows(hub, "SELECT 1 FROM scans") == []


def test_a_long_history_is_kept_in_one_go(hub, label):
    history = [
        ("InTransit", "InTransit_007", f"2026-11-{day:02}T{hour:02}:00:00Z")
        for day in range(2, 22)
        for hour in range(24)
    ]
    began = time.monotonic()

    hub.tell("aftership", senders.aftership(*history))

    assert len(rows(hub, "SELECT 1 FROM scans WHERE source = 'carrier'")) == 480
    assert time.monotonic() - began < 5
    (moved,) = (reached for reached in hub.said(MilestoneReachedV1) if reached.milestone == "in_transit")
    assert moved.occurred_at == MONDAY.replace(hour=0)

from datetime import timedelta
from functools import partial
from random import Random

import pytest

from libs.chassis.errors import Permanent
from libs.contracts.tracking import HubResult, MilestoneReachedV1, ScanAsked, UnknownParcelScannedV1
from libs.contracts.values import Milestone
from tests.integration.tracking.conftest import MONDAY, at_once

JOURNEY = [
    ("accepted", 5),
    ("in_transit", 9),
    ("in_transit", 20),
    ("delayed", 22),
    ("out_for_delivery", 30),
    ("delivered", 33),
    ("OP-99", 34),
]
FIRST = {"accepted": 5, "in_transit": 9, "out_for_delivery": 30, "delivered": 33}


def test_a_label_is_a_parcels_first_milestone(hub):
    label = hub.label()
    hub.service.on_label_issued(label)

    (reached,) = hub.said(MilestoneReachedV1)

    assert reached.milestone is Milestone.LABEL_CREATED
    assert reached.return_id == label.data.return_id
    assert reached.occurred_at == label.time


def test_the_first_scan_of_a_carrier_reaches_the_return(hub):
    label = hub.label()
    hub.service.on_label_issued(label)
    hub.report(label.data.tracking_number, "accepted", location="Bristol")

    accepted = hub.said(MilestoneReachedV1)[-1]

    assert (accepted.milestone, accepted.occurred_at, accepted.place, accepted.implied) == (
        Milestone.ACCEPTED,
        MONDAY,
        "Bristol",
        False,
    )


def test_a_webhook_that_comes_twice_states_nothing_new(hub):
    label = hub.label()
    hub.service.on_label_issued(label)
    webhook = hub.webhook(label.data.tracking_number, "accepted")

    for fact in (webhook, webhook, hub.fact(webhook.data)):
        hub.service.on_carrier_webhook_received(fact)

    assert hub.milestones() == ["label_created", "accepted"]


def test_a_label_that_comes_twice_is_one_parcel(hub):
    label = hub.label()

    for fact in (label, label, hub.fact(label.data)):
        hub.service.on_label_issued(fact)

    assert len(hub.parcels(label.data.return_id)) == 1
    assert hub.milestones() == ["label_created"]


def test_scans_that_overtake_their_label_count_when_it_comes(hub):
    label = hub.label()
    hub.report(label.data.tracking_number, "in_transit", at=MONDAY)
    before = hub.milestones()

    hub.service.on_label_issued(label)

    assert before == []
    assert hub.milestones() == ["label_created", "accepted", "in_transit"]
    assert [reached.implied for reached in hub.said(MilestoneReachedV1)] == [False, True, False]


def test_a_scan_of_another_carriers_number_does_not_count(hub):
    label = hub.label(carrier="seko", tracking_number="999880931315")
    hub.report("999880931315", "accepted", carrier="evri")
    hub.service.on_label_issued(label)

    assert hub.milestones() == ["label_created"]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_facts_ends_in_one_state(hub, seed):
    label = hub.label()
    number = label.data.tracking_number
    facts = [lambda: hub.service.on_label_issued(label), lambda: hub.scan(number, occurred_at=MONDAY)]
    facts += [partial(hub.report, number, code, at=MONDAY + timedelta(hours=hours)) for code, hours in JOURNEY]
    facts *= 2
    Random(seed).shuffle(facts)

    for bring in facts:
        bring()

    (parcel,) = hub.parcels(label.data.return_id)
    steps = {step.milestone.value: step.at for step in parcel.steps}
    assert steps == {"label_created": label.time, "hub_received": MONDAY} | {
        code: MONDAY + timedelta(hours=hours) for code, hours in FIRST.items()
    }
    assert sorted(hub.milestones()) == sorted(steps)


def test_a_code_that_nobody_knows_is_kept_and_states_nothing(hub):
    label = hub.label()
    hub.service.on_label_issued(label)
    hub.report(label.data.tracking_number, "OP-99")

    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        kept = unit.db.exec_driver_sql("SELECT code, raw_code FROM scans WHERE source = 'carrier'").all()

    assert [tuple(row) for row in kept] == [("unknown", "OP-99")]
    assert hub.milestones() == ["label_created"]


def test_a_webhook_that_is_no_scan_is_parked_and_leaves_nothing(hub):
    webhook = hub.webhook("OR1", "accepted", occurred_at="yesterday")

    with pytest.raises(Permanent):
        hub.service.on_carrier_webhook_received(webhook)

    assert hub.milestones() == []


def test_one_number_for_two_bookings_is_parked(hub):
    first = hub.label()
    second = hub.label(tracking_number=first.data.tracking_number)
    hub.service.on_label_issued(first)

    with pytest.raises(Permanent):
        hub.service.on_label_issued(second)

    assert hub.parcels(second.data.return_id) == ()


def test_the_hubs_scan_receives_the_parcel_and_proves_that_it_was_accepted(hub):
    label = hub.label()
    hub.service.on_label_issued(label)

    answer = hub.scan(label.data.tracking_number, occurred_at=MONDAY)

    assert (answer.result, answer.return_id) == (HubResult.OK, label.data.return_id)
    assert hub.milestones() == ["label_created", "accepted", "hub_received"]
    assert hub.said(MilestoneReachedV1)[-1].place == "DAV"


def test_a_second_scan_says_when_the_first_was(hub):
    label = hub.label()
    hub.service.on_label_issued(label)
    first = hub.scan(label.data.tracking_number)

    second = hub.scan(f"]C1{label.data.tracking_number.lower()}")

    assert (second.result, second.received_at) == (HubResult.ALREADY, first.received_at)
    assert hub.milestones() == ["label_created", "accepted", "hub_received"]


def test_a_scan_sent_again_is_answered_as_before(hub):
    label = hub.label()
    hub.service.on_label_issued(label)

    answers = [hub.scan(label.data.tracking_number, client_scan_id="phone-1/17") for _ in range(3)]

    assert answers[0].result is HubResult.OK
    assert answers == [answers[0]] * 3


def test_the_link_in_the_qr_code_is_the_parcel_too(hub):
    label = hub.label()
    hub.service.on_label_issued(label)

    assert hub.scan(f"https://returns.alder.example/p/{label.data.tracking_number}").result is HubResult.OK


def test_an_unknown_parcel_is_a_persons_task_once(hub):
    for _ in range(2):
        answer = hub.scan("JD0002", client_scan_id="phone-1/18")

    (unknown,) = hub.said(UnknownParcelScannedV1)
    assert answer.result is HubResult.UNKNOWN
    assert (unknown.code, unknown.hub) == ("JD0002", "DAV")


def test_a_parcel_scanned_before_its_label_is_known_is_received_when_it_is(hub):
    label = hub.label()
    early = hub.scan(label.data.tracking_number, client_scan_id="phone-1/19")
    hub.service.on_label_issued(label)

    again = hub.scan(label.data.tracking_number, client_scan_id="phone-1/19")

    assert (early.result, again.result) == (HubResult.UNKNOWN, HubResult.OK)
    assert hub.milestones() == ["label_created", "accepted", "hub_received"]


def test_a_batch_is_answered_in_its_order_and_one_unknown_holds_up_no_other(hub):
    first, second = hub.label(), hub.label()
    for label in (first, second):
        hub.service.on_label_issued(label)
    codes = [first.data.tracking_number, "no parcel", second.data.tracking_number, first.data.tracking_number]

    answers = hub.scan_all(*(ScanAsked(code=code) for code in codes))

    assert [answer.code for answer in answers] == codes
    assert [answer.result.value for answer in answers] == ["ok", "unknown", "ok", "already"]


def test_characters_that_a_database_cannot_keep_do_no_harm(hub):
    answer = hub.scan("JD\x000003", hub="D\x00AV", client_scan_id="\x00")

    assert answer.result is HubResult.UNKNOWN


def test_one_retailer_cannot_scan_or_see_anothers_parcel(new_hub):
    alder, kite = new_hub(), new_hub()
    label = alder.label()
    alder.service.on_label_issued(label)

    assert kite.scan(label.data.tracking_number).result is HubResult.ANOTHER_RETAILER
    assert kite.parcels(label.data.return_id) == ()
    assert alder.milestones() == ["label_created"]


def test_a_label_and_a_scan_at_the_same_moment_do_not_miss_each_other(hub):
    for _ in range(10):
        label = hub.label()
        number = label.data.tracking_number
        at_once(partial(hub.service.on_label_issued, label), partial(hub.report, number, "accepted"))

    assert sorted(hub.milestones()) == ["accepted"] * 10 + ["label_created"] * 10


def test_two_people_who_scan_one_parcel_at_once_receive_it_once(hub):
    results = []
    for _ in range(10):
        label = hub.label()
        hub.service.on_label_issued(label)
        answers = at_once(*[partial(hub.scan, label.data.tracking_number)] * 2)
        results.append(sorted(answer.result.value for answer in answers))

    assert results == [["already", "ok"]] * 10
    assert hub.milestones().count("hub_received") == 10


def test_a_return_without_a_label_has_an_empty_timeline(hub):
    assert hub.parcels(hub.label().data.return_id) == ()

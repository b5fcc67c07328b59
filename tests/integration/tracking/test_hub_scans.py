"""What a hub is answered: for its own parcels, for those of another hub or retailer, and for a return's number."""

from libs.chassis.ids import new_id
from libs.contracts.tracking import HubResult, ListScansV1, ScanAsked, UnknownParcelScannedV1
from libs.contracts.values import Milestone
from tests.integration.tracking.conftest import NUMBER, Hub, at_once


def listed(hub: Hub, **asked):
    return hub.service.list_scans(hub.call(ListScansV1(**asked)))


def test_a_repeat_says_who_received_the_parcel_and_when(new_hub):
    hub = new_hub()
    label = hub.label()
    hub.service.on_label_issued(label)
    first = hub.scan(label.data.tracking_number)

    again = hub.scan(f"]C1 {label.data.tracking_number.lower()}")

    assert (first.result, again.result) == (HubResult.OK, HubResult.ALREADY)
    assert (again.received_by, again.received_at) == ("ana@alder.example", first.received_at)


def test_a_parcel_of_another_hub_is_to_be_sent_on_and_is_not_received(new_hub):
    hub = new_hub()
    label = hub.label(hub="TIL")
    hub.service.on_label_issued(label)

    answer = hub.scan(label.data.tracking_number, hub="DAV")

    assert (answer.result, answer.belongs_to) == (HubResult.WRONG_HUB, "TIL")
    assert hub.milestones() == ["label_created", "accepted", "in_transit"]
    assert hub.scan(label.data.tracking_number, hub="til").result is HubResult.OK


def test_the_code_of_another_retailers_parcel_is_named_as_such_and_leaves_nothing(new_hub):
    alder, kite = new_hub(), new_hub()
    label = alder.label()
    alder.service.on_label_issued(label)

    answer = kite.scan(label.data.tracking_number)

    told = answer.model_dump(exclude_none=True)
    assert told == {"code": label.data.tracking_number, "result": HubResult.ANOTHER_RETAILER}
    assert (listed(kite).scans, kite.said(UnknownParcelScannedV1)) == ((), [])


def test_two_retailers_may_each_have_a_parcel_of_one_carriers_number(new_hub):
    alder, kite = new_hub(), new_hub()
    for hub in (alder, kite):
        hub.service.on_label_issued(hub.label(carrier="evri", tracking_number="H00AA0001"))

    assert [hub.scan("H00AA0001").result for hub in (alder, kite)] == [HubResult.OK, HubResult.OK]


def test_a_returns_number_receives_its_parcels_one_after_the_other(new_hub):
    hub, return_id = new_hub(), new_id()
    labels = [hub.label(return_id=return_id, parcel=place) for place in (1, 2)]
    for label in labels:
        hub.service.on_label_issued(label)

    answers = [hub.scan(NUMBER, return_id=return_id) for _ in range(3)]

    assert [answer.result for answer in answers] == [HubResult.OK, HubResult.OK, HubResult.ALREADY]
    assert [answer.tracking_number for answer in answers[:2]] == [label.data.tracking_number for label in labels]


def test_a_return_without_a_label_is_received_by_its_number(new_hub):
    hub, return_id = new_hub(), new_id()

    answer = hub.scan(NUMBER, return_id=return_id)

    assert (answer.result, answer.return_id, answer.tracking_number) == (HubResult.OK, return_id, NUMBER)
    assert Milestone.HUB_RECEIVED in hub.milestones()


def test_one_scan_of_a_returns_number_sent_twice_at_one_moment_counts_once(new_hub):
    hub, return_id = new_hub(), new_id()

    answers = at_once(*[lambda: hub.scan(NUMBER, return_id=return_id, client_scan_id="s-1")] * 4)

    assert {answer.result for answer in answers} == {HubResult.OK}
    assert len(listed(hub).scans) == 1


def test_the_last_scans_of_a_person_stand_as_they_are_now(new_hub):
    hub = new_hub()
    label = hub.label()
    hub.service.on_label_issued(label)
    first, unknown = hub.scan(label.data.tracking_number), hub.scan("XX1")
    hub.void_scan(first.scan_id)

    found = listed(hub, by="ana@alder.example")

    assert [(scan.scan_id, scan.result, scan.void) for scan in found.scans] == [
        (unknown.scan_id, HubResult.UNKNOWN, False),
        (first.scan_id, HubResult.OK, True),
    ]
    assert (found.hubs, found.scans[0].hub) == (("DAV",), "DAV")
    assert [scan.scan_id for scan in listed(hub, ids=(first.scan_id,)).scans] == [first.scan_id]
    assert listed(hub, by="staff Piotr").scans == ()


def test_a_batch_of_500_is_answered_one_by_one(new_hub):
    hub = new_hub()
    label = hub.label()
    hub.service.on_label_issued(label)

    asked = [ScanAsked(code=f"XX{n}", client_scan_id=f"s-{n}") for n in range(499)]
    answers = hub.scan_all(*asked, ScanAsked(code=label.data.tracking_number))

    assert [answer.result for answer in answers] == [HubResult.UNKNOWN] * 499 + [HubResult.OK]

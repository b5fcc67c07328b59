"""Tracking over the broker: a parcel's journey reaches the return, each milestone once."""

import json

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import LabelIssuedV1, LabelVoidedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import (
    GetTimelineV1,
    InspectedLine,
    MilestoneReachedV1,
    ParcelInspectedV1,
    RecordInspectionV1,
    RecordMilestoneV1,
    RecordScansV2,
    ScanAsked,
    ScanVoidedV1,
    UnknownParcelScannedV1,
    VoidScanV1,
)
from libs.contracts.values import Condition, Milestone
from services.labels.domain import reference
from tests.integration.facts import bus, fact
from tests.waiting import until


@pytest.fixture
def broker(broker_url):
    with bus(broker_url) as link:
        link.listen(MilestoneReachedV1)
        link.listen(UnknownParcelScannedV1)
        link.listen(ParcelInspectedV1)
        link.listen(ScanVoidedV1)
        yield link


def label():
    booking_id = new_id()
    return LabelIssuedV1(
        return_id=new_id(),
        booking_id=booking_id,
        parcel=1,
        carrier="own",
        service="Standard return",
        tracking_number=reference(booking_id),
        document_id=new_id(),
        hub="DAV",
    )


def webhook(number, code):
    at = now().isoformat()
    body = {
        "type": "tracking.scan",
        "timestamp": at,
        "data": {"tracking_number": number, "code": code, "occurred_at": at, "location": "Bristol"},
    }
    return CarrierWebhookReceivedV1(delivery_id=new_id(), carrier="evri", received_at=now(), body=json.dumps(body))


def milestones(broker, alder, *, many):
    return [until(lambda: broker.heard(MilestoneReachedV1, of=alder)).milestone.value for _ in range(many)]


def test_a_journey_reaches_the_return_milestone_by_milestone(start, broker):
    start("tracking")
    alder, issued = new_id(), label()
    number = issued.tracking_number
    broker.state(fact(alder, issued))
    reached = milestones(broker, alder, many=1)
    scanned = fact(alder, webhook(number, "accepted"))
    for _ in range(2):
        broker.state(scanned)
    reached += milestones(broker, alder, many=1)

    answer = ask(alder, RecordScansV2(scans=(ScanAsked(code=number, hub="DAV"),), by="ana"), timeout=5)
    reached += milestones(broker, alder, many=1)
    timeline = ask(alder, GetTimelineV1(return_id=issued.return_id), timeout=5)

    assert answer.scans[0].result.value == "ok"
    assert reached == ["label_created", "accepted", "hub_received"]
    assert [step.milestone.value for step in timeline.parcels[0].steps] == reached
    assert broker.heard(MilestoneReachedV1, of=alder) is None


def test_a_parcel_without_a_label_is_handed_over_and_inspected_by_peoples_words(start, broker):
    start("tracking")
    alder, return_id = new_id(), new_id()
    of = {"return_id": return_id, "number": "R-7KQ2M9", "by": "staff Ana"}
    shirt = InspectedLine(line_id=new_id(), quantity=1, condition=Condition.AS_EXPECTED)

    handed = ask(alder, RecordMilestoneV1(**of, milestone=Milestone.ACCEPTED), timeout=5)
    opened = [ask(alder, RecordInspectionV1(**of, key="tablet/1", lines=(shirt,)), timeout=5) for _ in range(2)]
    inspected = until(lambda: broker.heard(ParcelInspectedV1, of=alder))

    assert (inspected.inspection_id, inspected.parcel_id) == (opened[0].inspection_id, handed.parcel_id)
    assert (inspected.lines, [each.repeated for each in opened]) == ((shirt,), [False, True])
    assert milestones(broker, alder, many=2) == ["accepted", "hub_received"]


def test_a_scanner_takes_back_what_it_scanned_by_mistake(start, broker):
    start("tracking")
    alder, issued = new_id(), label()
    broker.state(fact(alder, issued))
    milestones(broker, alder, many=1)
    scans = RecordScansV2(scans=(ScanAsked(code=issued.tracking_number, hub="DAV"),), by="ana")
    (scan,) = ask(alder, scans, timeout=5).scans
    void = VoidScanV1(scan_id=scan.scan_id, words="wrong pile", by="ana")

    answers = [ask(alder, void, timeout=5).repeated for _ in range(2)]
    stated = until(lambda: broker.heard(ScanVoidedV1, of=alder))
    timeline = ask(alder, GetTimelineV1(return_id=issued.return_id), timeout=5)

    assert (answers, stated.scan_id, stated.return_id) == ([False, True], scan.scan_id, issued.return_id)
    assert [step.milestone.value for step in timeline.parcels[0].steps] == ["label_created"]
    assert broker.heard(ScanVoidedV1, of=alder) is None


def test_a_refusal_crosses_the_broker_with_its_code(start, broker):
    start("tracking")
    asked = RecordMilestoneV1(return_id=new_id(), number="R-7KQ2M9", milestone=Milestone.DELIVERED, by="staff Ana")

    with pytest.raises(Refused) as refused:
        ask(new_id(), asked, timeout=5)

    assert refused.value.code == "tracking.not_by_hand"


def test_a_label_that_is_void_marks_its_parcel(start, broker):
    start("tracking")
    alder, issued = new_id(), label()
    timeline = GetTimelineV1(return_id=issued.return_id)

    broker.state(fact(alder, LabelVoidedV1(return_id=issued.return_id, booking_id=issued.booking_id, parcel=1)))
    broker.state(fact(alder, issued))
    parcel = until(lambda: next((p for p in ask(alder, timeline, timeout=5).parcels if p.void), None))

    assert parcel.tracking_number == issued.tracking_number


def test_a_batch_of_five_hundred_is_answered_within_its_deadline(start, broker):
    start("tracking")
    alder = new_id()
    scans = tuple(ScanAsked(code=f"JD{number:04}", hub="DAV") for number in range(500))

    answer = ask(alder, RecordScansV2(scans=scans, by="ana"), timeout=20)

    assert [scan.code for scan in answer.scans] == [scan.code for scan in scans]
    assert until(lambda: broker.heard(UnknownParcelScannedV1, of=alder)).hub == "DAV"

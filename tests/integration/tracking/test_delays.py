"""Two processes of tracking and one clock: a parcel that is late is stated once."""

import json
from datetime import timedelta

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import GetTimelineV1, MilestoneReachedV1, ParcelDelayedV1
from libs.contracts.values import Milestone
from services.labels.domain import reference
from tests.integration.facts import bus, fact
from tests.waiting import until


def label() -> LabelIssuedV1:
    """A parcel of a lane that takes three days."""
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
        country="GB",
        expected_days=3,
    )


def accepted(issued: LabelIssuedV1) -> CarrierWebhookReceivedV1:
    at = now().isoformat()
    scan = {"tracking_number": issued.tracking_number, "code": "accepted", "occurred_at": at}
    body = json.dumps({"type": "tracking.scan", "timestamp": at, "data": scan})
    return CarrierWebhookReceivedV1(delivery_id=new_id(), carrier="own", received_at=now(), body=body)


def test_the_clock_passes_what_was_promised_and_two_processes_state_it_once(start, broker_url, tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("0")
    for _ in range(2):
        start("tracking", CLOCK_FILE=str(clock))
    alder, sent = new_id(), [label() for _ in range(8)]
    with bus(broker_url) as broker:
        for kind in (MilestoneReachedV1, ParcelDelayedV1):
            broker.listen(kind)
        for issued in sent:
            broker.state(fact(alder, issued))
            broker.state(fact(alder, accepted(issued)))
        told = [until(lambda: broker.heard(MilestoneReachedV1, of=alder)) for _ in range(2 * len(sent))]

        clock.write_text(str(timedelta(days=6).total_seconds()))

        late = [until(lambda: broker.heard(ParcelDelayedV1, of=alder)) for _ in sent]
        [parcel] = ask(alder, GetTimelineV1(return_id=sent[0].return_id), timeout=5).parcels
        clock.write_text(str(timedelta(days=60).total_seconds()))
        more = ask(alder, GetTimelineV1(return_id=sent[1].return_id), timeout=5).parcels[0].late
        assert broker.heard(ParcelDelayedV1, of=alder) is None
    promised = {fact.return_id: fact.expected for fact in told if fact.milestone is Milestone.ACCEPTED}
    assert {fact.return_id: fact.latest for fact in late} == {of: each.latest for of, each in promised.items()}
    assert (parcel.late, parcel.upcoming, more) == (True, (promised[sent[0].return_id],), True)

"""One sender's webhooks that hold far too much: what is of use in them counts, and nobody else waits."""

import json
from contextlib import closing

import kombu
import pytest

from libs.chassis.clock import now
from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import HubResult, MilestoneReachedV1, RecordScansV2, ScanAsked
from tests.integration.facts import bus, fact
from tests.unit.tracking import senders
from tests.unit.tracking.senders import NUMBER
from tests.waiting import until

GOOD = ("in_transit", "arrived", "Arrived", 9)
WAITS = 5  # seconds a hub waits at most: reading 60,000 scans at once took ten times as long
PARKED = f"{CarrierWebhookReceivedV1.queue('tracking')}.parked"


def tracker(many, *details, first=(), number=NUMBER):
    """EasyPost's event of so many details that say nothing, among those that do."""
    event = senders.easypost(*first, *details, number=number)
    told = event["result"]["tracking_details"]
    event["result"]["tracking_details"] = [*told[: len(first)], *({} for _ in range(many)), *told[len(first) :]]
    return event


def kept(hub):
    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        count = "SELECT count(*) FROM scans WHERE source = 'carrier'"
        return unit.db.exec_driver_sql(count).scalar_one()


@pytest.fixture
def label(hub):
    """Maya's parcel was booked through EasyPost."""
    label = hub.label(carrier="easypost", tracking_number=NUMBER)
    hub.service.on_label_issued(label)
    return label


@pytest.mark.parametrize("where", ["first", "last"])
def test_of_5001_scans_the_one_that_says_something_counts(hub, label, where):
    body = tracker(5_000, first=[GOOD]) if where == "first" else tracker(5_000, GOOD)

    hub.tell("easypost", body)

    assert hub.milestones() == ["label_created", "accepted", "in_transit"]
    assert kept(hub) == 1_000


def test_a_history_that_grows_past_its_bound_keeps_the_names_of_its_scans(hub, label):
    seen = [("in_transit", "arrived", "Arrived", hour % 24) for hour in range(1_500)]

    for many in (1_499, 1_500, 1_500):
        hub.tell("easypost", senders.easypost(*seen[:many]))

    assert 1_000 <= kept(hub) <= 1_500
    assert hub.milestones() == ["label_created", "accepted", "in_transit"]


def test_sixty_thousand_scans_of_one_parcel_are_parked_whole(hub, label):
    with pytest.raises(Permanent, match="60001 scans"):
        hub.tell("easypost", tracker(60_000, GOOD))

    assert (kept(hub), hub.milestones()) == (0, ["label_created"])


def test_what_tells_of_too_many_parcels_at_once_is_parked_whole(hub):
    rows = [senders.row("RT", "2026-11-02 10:00:00", number=f"{NUMBER}{place}") for place in range(1_001)]

    with pytest.raises(Permanent, match="1001 parcels"):
        hub.tell("seko", rows)

    assert kept(hub) == 0


def test_hubs_of_other_retailers_are_served_while_sixty_thousand_scans_are_read(start, broker_url):
    start("tracking")
    alder, kite = new_id(), new_id()
    flood = json.dumps(tracker(60_000, GOOD), separators=(",", ":"))
    history = json.dumps(tracker(9_000, GOOD), separators=(",", ":"))
    answers = []
    with bus(broker_url) as broker, closing(kombu.Connection(broker_url)) as link:
        broker.listen(MilestoneReachedV1)
        for body in (*[flood] * 3, *[history] * 3):
            told = {"delivery_id": new_id(), "carrier": "easypost", "received_at": now(), "sender": "easypost"}
            broker.state(fact(alder, CarrierWebhookReceivedV1(**told, body=body)))

        def scan():
            asked = RecordScansV2(scans=(ScanAsked(code=f"JD{len(answers):04}", hub="TIL"),), by="bo")
            answers.append(ask(kite, asked, timeout=WAITS).scans[0].result)
            return link.default_channel.queue_declare(PARKED, passive=True).message_count >= 3

        until(scan, within=30)
        for _ in range(20):
            scan()

    assert set(answers) == {HubResult.UNKNOWN}

"""Labels of a carrier behind the bridge, as the sandbox plays it: well, refused, lost and void."""

from types import SimpleNamespace

import httpx
import pytest

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.outside import NotSent
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import (
    LabelIssuedV1,
    LabelOutcome,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidedV1,
    QuoteLabelV1,
    RecordLabelV1,
    SaveLanesV1,
)
from libs.contracts.portal import LabelRequestedV1, RetailerChangedV1
from services.labels.outside import carriers
from tests.integration.facts import bus, fact
from tests.integration.labels.conftest import HOME
from tests.integration.sandbox.running import running
from tests.unit.labels.parcels import ALDER, DAVENTRY, MAYA
from tests.waiting import until

BRIDGED = HOME.model_copy(update={"carrier": "bridge"})


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def bridged(new_desk, world):
    """A retailer whose parcels travel with the carrier behind the bridge."""
    desk = new_desk()
    desk.service.carriers = carriers(SimpleNamespace(bridge_url=world.carrier, bridge_token="let me in"))
    desk.open(BRIDGED)
    yield desk
    httpx.delete(f"{world.carrier}/control/faults").raise_for_status()


@pytest.fixture
def maya(bridged):
    """Maya's return, whose label is planned."""
    return_id = new_id()
    bridged.plan(return_id=return_id)
    return return_id


def misbehave(world, *kinds):
    """What the carrier's next calls meet."""
    for kind, operation in kinds:
        fault = {"kind": kind, "operation": operation}
        httpx.post(f"{world.carrier}/control/faults", json=fault).raise_for_status()


def labels(world, desk):
    """The labels that the carrier made for the desk's bookings."""
    with desk.service.bookings.unit(retailer_id=desk.retailer_id) as unit:
        ours = set(unit.db.exec_driver_sql("SELECT reference FROM bookings").scalars())
    return [each for each in httpx.get(f"{world.carrier}/control/labels").json()["labels"] if each["reference"] in ours]


def test_a_label_has_the_carriers_number_and_says_where_the_parcel_goes(world, bridged, maya):
    bridged.work()

    (issued,), (made,) = bridged.said(LabelIssuedV1), labels(world, bridged)
    assert (issued.return_id, issued.carrier, issued.tracking_number) == (maya, "bridge", made["tracking_number"])
    assert made["asked"]["hub"]["address"]["city"] == "Daventry"
    assert made["asked"]["sender"]["name"] == "Maya Okafor"


def test_a_carrier_that_says_no_is_quoted(world, bridged, maya):
    misbehave(world, ("refuse", "book"))

    bridged.work()

    (refused,) = bridged.said(LabelRefusedV1)
    assert (refused.return_id, refused.code) == (maya, "422")
    assert "this postcode is not served" in refused.words


def test_an_answer_that_was_lost_is_read_back_and_not_booked_twice(world, bridged, maya):
    misbehave(world, ("fail_after", "book"))
    with pytest.raises(Transient):
        bridged.work()

    bridged.work()

    assert len(labels(world, bridged)) == 1
    assert [issued.return_id for issued in bridged.said(LabelIssuedV1)] == [maya]


def test_a_request_that_was_lost_is_sent_again_once_the_carrier_says_that_it_has_nothing(world, bridged, maya):
    misbehave(world, ("fail_before", "book"))
    with pytest.raises(Transient):
        bridged.work()

    bridged.work()

    assert len(labels(world, bridged)) == 1
    assert [issued.return_id for issued in bridged.said(LabelIssuedV1)] == [maya]


def test_an_answer_that_was_lost_and_cannot_be_read_back_is_unknown(world, bridged, maya):
    misbehave(world, ("fail_after", "book"), ("fail_before", "find"))
    with pytest.raises(Transient):
        bridged.work()

    bridged.work()

    assert [lost.return_id for lost in bridged.said(LabelOutcomeUnknownV1)] == [maya]
    assert bridged.states(maya) == ["unknown"]


def test_a_carrier_that_is_asked_too_often_is_asked_later(world, bridged, maya):
    misbehave(world, ("throttled", "book"))

    with pytest.raises(NotSent):
        bridged.work()

    assert (bridged.states(maya), labels(world, bridged)) == (["planned"], [])


def test_a_label_that_is_not_wanted_any_more_is_void_at_the_carrier(world, bridged, maya):
    bridged.work()
    bridged.unwant(maya)
    misbehave(world, ("fail_after", "void"))
    with pytest.raises(Transient):
        bridged.work()

    bridged.work()

    assert [each["voided_at"] is not None for each in labels(world, bridged)] == [True]
    assert (bridged.states(maya), len(bridged.said(LabelVoidedV1))) == (["void"], 1)


def test_a_lane_of_a_bridge_that_is_not_there_is_refused(new_desk):
    with pytest.raises(Refused) as refused:
        new_desk().open(BRIDGED)

    assert refused.value.code == "labels.unknown_carrier"


def test_a_refused_parcel_gets_its_label_by_a_persons_word(start, broker_url, world):
    start("labels", LABELS_BRIDGE_URL=world.carrier)
    alder, return_id = new_id(), new_id()
    ask(alder, SaveLanesV1(hubs=(DAVENTRY,), lanes=(BRIDGED,)), timeout=5)
    lane_id = ask(alder, QuoteLabelV1(country="GB"), timeout=5).lane_id
    said = {"return_id": return_id, "parcel": 1, "words": "bought at the counter", "by": "staff Ana"}
    misbehave(world, ("refuse", "ZE2 9QX"))  # by postcode: the process finds work that other tests left, too
    sender = MAYA.model_copy(update={"postcode": "ZE2 9QX"})

    with bus(broker_url) as broker:
        broker.listen(LabelRefusedV1)
        broker.listen(LabelIssuedV1)
        broker.state(fact(alder, RetailerChangedV1(look=ALDER)))
        asked = LabelRequestedV1(return_id=return_id, number="R-7KQ2M9", parcel=1, lane_id=lane_id, sender=sender)
        broker.state(fact(alder, asked))
        refused = until(lambda: broker.heard(LabelRefusedV1, of=alder))
        answer = ask(alder, RecordLabelV1(**said, outcome=LabelOutcome.ISSUED, tracking_number="JD0010"), timeout=5)
        issued = until(lambda: broker.heard(LabelIssuedV1, of=alder))

    assert (refused.code, answer.state) == ("422", "done")
    assert (issued.booking_id, issued.tracking_number) == (refused.booking_id, "JD0010")

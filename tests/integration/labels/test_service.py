"""Labels over the broker: quotes are answered, a parcel asked for gets one label, whatever dies between."""

import signal
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp

from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import (
    GetDocumentV1,
    LabelExpiredV1,
    LabelIssuedV1,
    LabelOutcome,
    LabelVoidedV1,
    QuoteLabelV1,
    RecordLabelV1,
    SaveLanesV1,
)
from libs.contracts.portal import LabelRequestedV1, LabelVoidRequestedV1, RetailerChangedV1
from tests.integration.facts import bus, fact
from tests.integration.labels.conftest import HOME
from tests.unit.labels.parcels import ALDER, DAVENTRY, MAYA
from tests.waiting import until


@pytest.fixture
def broker(broker_url):
    with bus(broker_url) as link:
        link.listen(LabelIssuedV1)
        link.listen(LabelVoidedV1)
        link.listen(LabelExpiredV1)
        yield link


def take_parcels_back(retailer_id):
    """A lane from GB in force; its id."""
    home = HOME.model_copy(update={"expected_days": 3})
    ask(retailer_id, SaveLanesV1(hubs=(DAVENTRY,), lanes=(home,)), timeout=5)
    return ask(retailer_id, QuoteLabelV1(country="GB"), timeout=5).lane_id


def ask_for_a_label(broker, retailer_id, lane_id):
    """The fact, twice, as a broker may deliver it, and the look only after it."""
    asked = fact(
        retailer_id, LabelRequestedV1(return_id=new_id(), number="R-7KQ2M9", parcel=1, lane_id=lane_id, sender=MAYA)
    )
    for envelope in (asked, asked, fact(retailer_id, RetailerChangedV1(look=ALDER))):
        broker.state(envelope)
    return asked.data.return_id


def codes(pdf):
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    return {code.text for code in zxingcpp.read_barcodes(image)}


def test_a_parcel_asked_for_gets_a_label_that_can_be_scanned(start, broker):
    start("labels")
    alder = new_id()
    return_id = ask_for_a_label(broker, alder, take_parcels_back(alder))

    issued = until(lambda: broker.heard(LabelIssuedV1, of=alder))
    document = ask(alder, GetDocumentV1(document_id=issued.document_id), timeout=5)

    assert issued.return_id == return_id
    assert (issued.country, issued.expected_days) == ("GB", 3)  # by its lane it is expected at the hub
    assert issued.tracking_number in codes(document.content)
    assert broker.heard(LabelIssuedV1, of=alder) is None


def test_killed_between_the_carriers_answer_and_its_record_there_is_one_label(start, broker):
    dying = start("labels", CRASH_AT="labels.after_call")
    alder = new_id()
    return_id = ask_for_a_label(broker, alder, take_parcels_back(alder))
    until(lambda: dying.running.poll() is not None)
    before = (dying.running.returncode, broker.heard(LabelIssuedV1, of=alder))

    start("labels")
    issued = until(lambda: broker.heard(LabelIssuedV1, of=alder))
    document = ask(alder, GetDocumentV1(document_id=issued.document_id), timeout=5)

    assert before == (-signal.SIGKILL, None)
    assert issued.return_id == return_id
    assert issued.tracking_number in codes(document.content)
    assert broker.heard(LabelIssuedV1, of=alder) is None


def test_a_label_that_is_not_wanted_any_more_is_void_though_the_process_dies_on_the_way(start, broker):
    dying = start("labels", CRASH_AT="labels.after_void")
    alder = new_id()
    return_id = ask_for_a_label(broker, alder, take_parcels_back(alder))
    issued = until(lambda: broker.heard(LabelIssuedV1, of=alder))
    broker.state(fact(alder, LabelVoidRequestedV1(return_id=return_id, number="R-7KQ2M9", parcel=1)))
    until(lambda: dying.running.poll() is not None)
    before = broker.heard(LabelVoidedV1, of=alder)

    start("labels")
    voided = until(lambda: broker.heard(LabelVoidedV1, of=alder))

    assert before is None
    assert (voided.return_id, voided.booking_id) == (return_id, issued.booking_id)


def test_a_new_label_asked_for_with_the_old_one_not_wanted_waits_for_it(start, broker):
    start("labels")
    alder = new_id()
    lane_id = take_parcels_back(alder)
    return_id = ask_for_a_label(broker, alder, lane_id)
    first = until(lambda: broker.heard(LabelIssuedV1, of=alder))
    again = {"return_id": return_id, "number": "R-7KQ2M9", "parcel": 1}

    broker.state(fact(alder, LabelRequestedV1(**again, lane_id=lane_id, sender=MAYA, attempt=2)))
    broker.state(fact(alder, LabelVoidRequestedV1(**again)))
    second = until(lambda: broker.heard(LabelIssuedV1, of=alder))

    assert (first.attempt, second.attempt) == (1, 2)
    assert broker.heard(LabelVoidedV1, of=alder).booking_id == first.booking_id


def days(number):
    """What a clock's file says where so many are over."""
    return str(timedelta(days=number).total_seconds())


def test_a_label_expires_when_its_days_are_over_and_a_new_one_takes_its_place(start, broker, tmp_path):
    clock = tmp_path / "clock"
    process = start("labels", CLOCK_FILE=str(clock), LABELS_VALID_DAYS="30")
    alder = new_id()
    lane_id = take_parcels_back(alder)
    return_id = ask_for_a_label(broker, alder, lane_id)
    first = until(lambda: broker.heard(LabelIssuedV1, of=alder))
    process.stop()
    clock.write_text(days(20))
    start("labels", CLOCK_FILE=str(clock), LABELS_VALID_DAYS="30")
    ask_for_a_label(broker, alder, lane_id)
    until(lambda: broker.heard(LabelIssuedV1, of=alder))
    before = broker.heard(LabelExpiredV1, of=alder)

    clock.write_text(days(31))
    expired = until(lambda: broker.heard(LabelExpiredV1, of=alder))
    again = {"return_id": return_id, "number": "R-7KQ2M9", "parcel": 1}
    broker.state(fact(alder, LabelRequestedV1(**again, lane_id=lane_id, sender=MAYA, attempt=2)))
    second = until(lambda: broker.heard(LabelIssuedV1, of=alder))

    assert before is None
    assert (expired.return_id, expired.booking_id) == (return_id, first.booking_id)
    assert (second.return_id, second.attempt) == (return_id, 2)
    assert broker.heard(LabelExpiredV1, of=alder) is None


def test_a_word_on_a_label_that_is_there_is_refused_over_the_broker(start, broker):
    start("labels")
    alder = new_id()
    return_id = ask_for_a_label(broker, alder, take_parcels_back(alder))
    until(lambda: broker.heard(LabelIssuedV1, of=alder))
    said = RecordLabelV1(return_id=return_id, parcel=1, outcome=LabelOutcome.REFUSED, words="by phone", by="staff Ana")

    with pytest.raises(Refused) as refused:
        ask(alder, said, timeout=5)

    assert refused.value.code == "labels.not_now"


def test_a_refusal_crosses_the_broker_with_its_code(start):
    start("labels")

    with pytest.raises(Refused) as refused:
        ask(new_id(), QuoteLabelV1(country="FR"), timeout=5)

    assert refused.value.code == "labels.no_lane"

from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp

from libs.chassis.clock import now
from libs.chassis.errors import Permanent, Transient
from libs.chassis.ids import new_id
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown
from libs.contracts.errors import Refused
from libs.contracts.labels import (
    GetDocumentV1,
    LabelIssuedV1,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LanesV1,
    SaveLanesV1,
)
from libs.contracts.portal import RetailerChangedV1
from services.labels.carriers.own import Own
from services.labels.domain import Booked
from tests.integration.labels.conftest import HOME
from tests.unit.labels.carriers import Answering
from tests.unit.labels.parcels import ALDER, DAVENTRY, KITE


def document(desk, issued):
    return desk.service.get_document(desk.call(GetDocumentV1(document_id=issued.document_id)))


def codes(pdf):
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    return {code.text for code in zxingcpp.read_barcodes(image)}


def test_a_booked_parcel_has_a_label_that_a_scanner_reads(desk):
    asked = desk.request()
    desk.service.on_label_requested(asked)
    desk.service.book(desk.claims()[0])

    (issued,) = desk.said(LabelIssuedV1)
    pdf = document(desk, issued)

    assert (issued.return_id, issued.parcel, issued.carrier, issued.hub) == (asked.data.return_id, 1, "own", "DAV")
    assert (pdf.media_type, pdf.filename) == ("application/pdf", "return-label-R-7KQ2M9-1.pdf")
    assert codes(pdf.content) == {issued.tracking_number, f"https://returns.alder.example/p/{issued.tracking_number}"}


def test_a_reprint_is_the_same_to_the_byte_though_the_look_has_changed(desk):
    desk.service.book(desk.plan())
    (issued,) = desk.said(LabelIssuedV1)
    first = document(desk, issued)
    desk.service.on_retailer_changed(desk.fact(RetailerChangedV1(look=KITE)))

    assert document(desk, issued) == first


def test_a_request_that_comes_twice_is_one_booking(desk):
    asked = desk.request()

    desk.service.on_label_requested(asked)
    desk.service.on_label_requested(asked)
    desk.service.on_label_requested(desk.fact(asked.data))

    assert len(desk.claims()) == 1


def test_each_parcel_of_a_return_has_a_label_of_its_own(desk):
    return_id = new_id()
    for number in (1, 2):
        desk.service.book(desk.plan(return_id=return_id, parcel=number, parcels=2))

    issued = desk.said(LabelIssuedV1)

    assert [label.parcel for label in issued] == [1, 2]
    assert len({label.tracking_number for label in issued}) == 2
    assert len({label.document_id for label in issued}) == 2


def test_work_that_is_claimed_twice_states_one_label(desk):
    claim = desk.plan()

    desk.service.book(claim)
    desk.service.book(claim)

    assert len(desk.said(LabelIssuedV1)) == 1


def test_two_processes_that_hold_one_claim_state_one_label(desk):
    claim = desk.plan()
    bookings = desk.service.bookings
    slow = bookings.send(desk.retailer_id, claim.subject)
    desk.service.book(claim)
    (issued,) = desk.said(LabelIssuedV1)

    late = Own().book(slow, print)
    bookings.record(desk.retailer_id, slow, Booked(late))

    assert late.tracking_number == issued.tracking_number
    assert len(desk.said(LabelIssuedV1)) == 1


def test_a_booking_waits_for_the_retailers_look(new_desk):
    desk = new_desk()
    assert desk.service.save_lanes(desk.call(SaveLanesV1(hubs=(DAVENTRY,), lanes=(HOME,)))) == LanesV1(hubs=1, lanes=1)
    claim = desk.plan()

    with pytest.raises(Transient):
        desk.service.book(claim)
    waiting = desk.state(claim.subject)
    desk.service.on_retailer_changed(desk.fact(RetailerChangedV1(look=ALDER)))
    desk.service.book(claim)

    assert waiting == "planned"
    assert desk.state(claim.subject) == "done"


def test_an_old_look_that_comes_late_does_not_replace_the_new_one(desk):
    claim = desk.plan()
    desk.service.on_retailer_changed(desk.fact(RetailerChangedV1(look=KITE)))
    desk.service.on_retailer_changed(desk.fact(RetailerChangedV1(look=ALDER), time=now() - timedelta(hours=1)))

    booking = desk.service.bookings.send(desk.retailer_id, claim.subject)

    assert booking.look == KITE


def test_a_request_for_a_lane_that_never_was_is_parked(desk):
    asked = desk.request(lane_id=new_id())

    with pytest.raises(Permanent):
        desk.service.on_label_requested(asked)

    assert desk.claims() == []


def test_the_carriers_no_is_stated_in_its_words(desk):
    claim = desk.plan()
    desk.use(Answering(book=Declined("422", "postcode not served")))

    desk.service.book(claim)

    (refused,) = desk.said(LabelRefusedV1)
    assert (refused.booking_id, refused.code, refused.words) == (claim.subject, "422", "postcode not served")
    assert desk.state(claim.subject) == "refused"


def test_an_answer_that_is_lost_and_cannot_be_read_back_is_never_booked_again(desk):
    claim = desk.plan()
    carrier = Answering(book=OutcomeUnknown("HTTP 500"), find=OutcomeUnknown("no search by reference"))
    desk.use(carrier)

    with pytest.raises(Transient):
        desk.service.book(claim)
    desk.service.book(claim)
    desk.service.book(claim)

    assert carrier.booked == 1
    assert [lost.booking_id for lost in desk.said(LabelOutcomeUnknownV1)] == [claim.subject]
    assert desk.state(claim.subject) == "unknown"


def test_a_carrier_that_is_away_leaves_the_booking_planned(desk):
    claim = desk.plan()
    desk.use(Answering(book=NotSent("refused")))

    with pytest.raises(NotSent):
        desk.service.book(claim)

    assert desk.state(claim.subject) == "planned"


def test_a_carrier_that_is_away_while_read_back_leaves_the_booking_sent(desk):
    claim = desk.plan()
    desk.service.bookings.send(desk.retailer_id, claim.subject)
    desk.use(Answering(find=NotSent("refused")))

    with pytest.raises(NotSent):
        desk.service.book(claim)

    assert desk.state(claim.subject) == "sent"


def test_one_retailer_cannot_read_anothers_documents(new_desk):
    alder, kite = new_desk(), new_desk()
    alder.open()
    alder.service.book(alder.plan())
    (issued,) = alder.said(LabelIssuedV1)

    with pytest.raises(Refused) as refused:
        document(kite, issued)

    assert refused.value.code == "labels.not_found"

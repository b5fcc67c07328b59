"""A person says what became of a booking where the carrier did not, or said no."""

import pypdfium2
import pytest
import zxingcpp

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.outside import Declined, OutcomeUnknown
from libs.contracts.errors import Refused
from libs.contracts.labels import GetDocumentV1, LabelIssuedV1, LabelOutcome, LabelRefusedV1
from tests.unit.labels.carriers import Answering

ISSUED, REFUSED = LabelOutcome.ISSUED, LabelOutcome.REFUSED


@pytest.fixture
def refused(desk):
    """A return whose label the carrier refused."""
    desk.use(Answering(book=Declined("422", "postcode not served")))
    return_id = new_id()
    desk.plan(return_id=return_id)
    desk.work()
    return return_id


@pytest.fixture
def unknown(desk):
    """A return whose label the carrier may have."""
    lost = OutcomeUnknown("HTTP 500")
    desk.use(Answering(book=lost, find=lost))
    return_id = new_id()
    claim = desk.plan(return_id=return_id)
    with pytest.raises(Transient):
        desk.service.book(claim)
    desk.work()
    return return_id


def codes(desk, issued):
    document = desk.service.get_document(desk.call(GetDocumentV1(document_id=issued.document_id)))
    image = pypdfium2.PdfDocument(document.content)[0].render(scale=203 / 72).to_pil()
    return {code.text for code in zxingcpp.read_barcodes(image)}


def test_a_label_found_at_the_carrier_is_issued_with_a_slip_that_a_scanner_reads(desk, unknown):
    booking = desk.record(unknown, ISSUED, "jd00 0222 4455")

    (issued,) = desk.said(LabelIssuedV1)
    assert (issued.return_id, issued.booking_id, issued.tracking_number) == (
        unknown,
        booking.booking_id,
        "JD0002224455",
    )
    assert (booking.state, desk.states(unknown)) == ("done", ["done"])
    assert "JD0002224455" in codes(desk, issued)


def test_a_label_got_elsewhere_takes_the_place_of_one_refused(desk, refused):
    desk.record(refused, ISSUED, "JD0003")

    assert [issued.tracking_number for issued in desk.said(LabelIssuedV1)] == ["JD0003"]
    assert desk.states(refused) == ["done"]


def test_an_unknown_label_that_the_carrier_does_not_have_is_refused_by_hand(desk, unknown):
    booking = desk.record(unknown, REFUSED)

    (no,) = desk.said(LabelRefusedV1)
    assert (no.code, no.words, booking.state) == ("by_hand", "told by phone", "refused")


def test_the_same_word_twice_changes_nothing(desk, unknown):
    answers = [desk.record(unknown, ISSUED, number) for number in ("JD0004", "JD0004", "jd 0004")]

    assert answers == [answers[0]] * 3
    assert len(desk.said(LabelIssuedV1)) == 1


def test_a_refusal_of_the_carriers_is_not_told_again_by_hand(desk, refused):
    assert desk.record(refused, REFUSED).state == "refused"
    assert len(desk.said(LabelRefusedV1)) == 1


def test_a_label_that_is_there_cannot_be_given_another_number(desk, unknown):
    desk.record(unknown, ISSUED, "JD0005")

    with pytest.raises(Refused) as no:
        desk.record(unknown, ISSUED, "JD0006")

    assert no.value.code == "labels.not_now"
    assert [issued.tracking_number for issued in desk.said(LabelIssuedV1)] == ["JD0005"]


def test_the_number_of_another_parcel_is_not_taken(desk, unknown):
    desk.record(unknown, ISSUED, "JD0007")
    other = new_id()
    desk.use(Answering(book=Declined("422", "postcode not served")))
    desk.plan(return_id=other)
    desk.work()

    with pytest.raises(Refused) as no:
        desk.record(other, ISSUED, "JD0007")

    assert no.value.code == "labels.not_now"
    assert desk.states(other) == ["refused"]


@pytest.mark.parametrize("outcome", [ISSUED, REFUSED])
def test_nothing_can_be_said_of_a_booking_that_the_carrier_has_not_answered(desk, outcome):
    return_id = new_id()
    desk.plan(return_id=return_id)

    with pytest.raises(Refused) as no:
        desk.record(return_id, outcome, "JD0008")

    assert no.value.code == "labels.not_now"
    assert desk.states(return_id) == ["planned"]


def test_a_label_without_a_number_is_not_issued(desk, unknown):
    with pytest.raises(Refused) as no:
        desk.record(unknown, ISSUED)

    assert no.value.code == "labels.number_needed"
    assert desk.states(unknown) == ["unknown"]


def test_nothing_can_be_said_of_a_parcel_that_was_never_booked(desk):
    with pytest.raises(Refused) as no:
        desk.record(new_id(), REFUSED)

    assert no.value.code == "labels.not_found"


def test_one_retailer_cannot_speak_of_anothers_booking(desk, new_desk, unknown):
    with pytest.raises(Refused) as no:
        new_desk().record(unknown, REFUSED)

    assert no.value.code == "labels.not_found"
    assert desk.states(unknown) == ["unknown"]


def test_a_new_label_may_be_asked_for_where_a_person_said_that_there_is_none(desk, unknown):
    desk.record(unknown, REFUSED)
    desk.use(Answering())

    desk.plan(return_id=unknown, attempt=2)
    desk.work()

    assert [issued.attempt for issued in desk.said(LabelIssuedV1)] == [2]
    assert desk.states(unknown) == ["refused", "done"]


def test_a_persons_word_is_of_the_last_booking(desk, refused):
    desk.plan(return_id=refused, attempt=2)
    desk.work()

    desk.record(refused, ISSUED, "JD0009")

    assert [issued.attempt for issued in desk.said(LabelIssuedV1)] == [2]
    assert desk.states(refused) == ["refused", "done"]


def test_who_said_it_is_kept(desk, unknown):
    desk.record(unknown, REFUSED)

    with desk.service.bookings.unit(retailer_id=desk.retailer_id) as unit:
        kept = unit.db.exec_driver_sql("SELECT recorded_by, recorded_words FROM bookings").one()
    assert tuple(kept) == ("staff Ana", "told by phone")
    assert [refused.by for refused in desk.said(LabelRefusedV1)] == ["staff Ana"]

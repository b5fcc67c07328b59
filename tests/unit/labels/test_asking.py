import pytest

from libs.chassis.errors import Transient
from libs.chassis.outside import Declined as SaysNo
from libs.chassis.outside import NotSent, OutcomeUnknown
from libs.contracts.errors import Refused
from libs.contracts.labels import LabelOutcome, RecordLabelV1
from services.labels.carriers import ask, void
from services.labels.carriers.by_hand import outcome_of
from services.labels.carriers.own import Own
from services.labels.domain import Booked, Declined, Kept, State, Unknown, Voided, VoidState
from tests.unit.labels.carriers import LABEL, Answering
from tests.unit.labels.parcels import parcel

PLANNED, SENT = parcel(state=State.PLANNED), parcel(state=State.SENT)


def forget(carrier_ref):
    """Where a carrier's own name for a booking goes in tests that do not look at it."""


def test_the_own_carrier_gives_one_booking_the_same_label_again():
    first, again = ask(Own(), PLANNED, forget), ask(Own(), SENT, forget)

    assert first == again
    assert first.label.tracking_number == PLANNED.reference


def test_a_planned_booking_is_booked():
    carrier = Answering()

    assert ask(carrier, PLANNED, forget) == Booked(LABEL)


def test_a_booking_that_may_have_been_sent_is_found_again_and_not_booked_twice():
    carrier = Answering(find=LABEL)

    outcome = ask(carrier, SENT, forget)

    assert outcome == Booked(LABEL)
    assert carrier.booked == 0


def test_a_booking_the_carrier_is_sure_not_to_have_is_sent_again():
    carrier = Answering(find=None)

    outcome = ask(carrier, SENT, forget)

    assert outcome == Booked(LABEL)
    assert carrier.booked == 1


def test_a_carrier_that_cannot_tell_is_not_asked_again():
    carrier = Answering(find=OutcomeUnknown("no search by reference"))

    outcome = ask(carrier, SENT, forget)

    assert outcome == Unknown()
    assert carrier.booked == 0


def test_a_lost_answer_is_read_back_later():
    with pytest.raises(Transient):
        ask(Answering(book=OutcomeUnknown("HTTP 500")), PLANNED, forget)


def test_a_carrier_that_says_no_is_quoted():
    outcome = ask(Answering(book=SaysNo("422", "postcode not served")), PLANNED, forget)

    assert outcome == Declined("422", "postcode not served")


def test_a_carrier_that_is_away_leaves_the_booking_as_it_was():
    with pytest.raises(NotSent):
        ask(Answering(book=NotSent("refused")), PLANNED, forget)


def test_a_carrier_that_does_not_let_a_label_be_read_back_is_asked_later():
    carrier = Answering(find=SaysNo("401", "not this key"))

    with pytest.raises(Transient):
        ask(carrier, SENT, forget)

    assert carrier.booked == 0


def test_a_carrier_is_told_that_a_label_is_void():
    carrier = Answering()

    outcome = void(carrier, parcel(state=State.DONE))

    assert (outcome, carrier.voided) == (Voided(), 1)


def test_a_carrier_whose_answer_to_a_void_was_lost_is_told_again():
    with pytest.raises(Transient):
        void(Answering(void=OutcomeUnknown("HTTP 500")), parcel(state=State.DONE))


def test_a_carrier_that_will_not_make_a_label_void_is_quoted():
    outcome = void(Answering(void=SaysNo("409", "already used")), parcel(state=State.DONE))

    assert outcome == Kept(VoidState.REFUSED, "409", "already used")


def said(outcome, number=None):
    return RecordLabelV1(
        return_id=parcel().return_id,
        parcel=1,
        outcome=outcome,
        tracking_number=number,
        words="by phone",
        by="staff Ana",
    )


def test_a_number_that_a_person_gives_is_printed_on_a_slip():
    outcome = outcome_of(parcel(), said(LabelOutcome.ISSUED, " jd00 0222 4455 6677 "))

    assert outcome.label.tracking_number == "JD00022244556677"
    assert outcome.label.pdf.startswith(b"%PDF")


def test_a_person_may_say_that_there_is_no_label():
    assert outcome_of(parcel(), said(LabelOutcome.REFUSED)) == Declined("by_hand", "by phone")


@pytest.mark.parametrize("number", [None, "", "  ", "-1", "JD0002é", "1" * 31])
def test_a_label_issued_by_hand_needs_a_number_that_can_be_printed(number):
    with pytest.raises(Refused) as refused:
        outcome_of(parcel(), said(LabelOutcome.ISSUED, number))

    assert refused.value.code == "labels.number_needed"

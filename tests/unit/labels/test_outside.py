import pytest

from libs.chassis.errors import Transient
from libs.chassis.outside import Declined as SaysNo
from libs.chassis.outside import NotSent, OutcomeUnknown
from services.labels.domain import Booked, Declined, State, Unknown
from services.labels.outside import CARRIERS, ask
from tests.unit.labels.carriers import LABEL, Answering
from tests.unit.labels.parcels import parcel

PLANNED, SENT = parcel(state=State.PLANNED), parcel(state=State.SENT)


def test_the_own_carrier_gives_one_booking_the_same_label_again():
    own = CARRIERS["own"]

    assert own.book(PLANNED) == own.find(SENT)
    assert own.book(PLANNED).tracking_number == PLANNED.reference


def test_a_planned_booking_is_booked():
    carrier = Answering()

    assert ask(carrier, PLANNED) == Booked(LABEL)


def test_a_booking_that_may_have_been_sent_is_found_again_and_not_booked_twice():
    carrier = Answering(find=LABEL)

    outcome = ask(carrier, SENT)

    assert outcome == Booked(LABEL)
    assert carrier.booked == 0


def test_a_booking_the_carrier_is_sure_not_to_have_is_sent_again():
    carrier = Answering(find=None)

    outcome = ask(carrier, SENT)

    assert outcome == Booked(LABEL)
    assert carrier.booked == 1


def test_a_carrier_that_cannot_tell_is_not_asked_again():
    carrier = Answering(find=OutcomeUnknown("no search by reference"))

    outcome = ask(carrier, SENT)

    assert outcome == Unknown()
    assert carrier.booked == 0


def test_a_lost_answer_is_read_back_later():
    with pytest.raises(Transient):
        ask(Answering(book=OutcomeUnknown("HTTP 500")), PLANNED)


def test_a_carrier_that_says_no_is_quoted():
    outcome = ask(Answering(book=SaysNo("422", "postcode not served")), PLANNED)

    assert outcome == Declined("422", "postcode not served")


def test_a_carrier_that_is_away_leaves_the_booking_as_it_was():
    with pytest.raises(NotSent):
        ask(Answering(book=NotSent("refused")), PLANNED)

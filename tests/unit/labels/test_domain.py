from string import ascii_uppercase, digits
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.errors import Refused
from libs.contracts.labels import LabelOutcome, Lane, RecordLabelV1
from libs.contracts.values import Money
from services.labels.domain import (
    VOIDING,
    Repeated,
    State,
    UnknownCarrier,
    UnknownHub,
    Way,
    address_lines,
    check_character,
    check_lanes,
    diverted,
    expires,
    filename,
    is_news,
    may_book,
    reference,
    scan_url,
)
from tests.unit.labels.parcels import ALDER, DAVENTRY, address, parcel

FREE = Money(amount=0, currency="GBP")


def lane(**changes):
    return Lane(country="GB", hub="DAV", service="Standard return", price=FREE).model_copy(update=changes)


def test_the_check_character_is_that_of_the_published_example():
    # The Global Release Identifier (GRid) of its standard's own example uses the same system.
    assert check_character("A12425GABC1234002") == "M"


@given(st.uuids())
def test_a_reference_is_two_letters_ten_characters_and_a_check_character(booking_id):
    text = reference(booking_id)

    assert len(text) == 13
    assert text.startswith("OR")
    assert set(text[2:12]) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert text[-1] == check_character(text[:-1])
    assert text[-1] not in "ILO"


@given(st.uuids())
def test_a_booking_has_the_same_reference_after_a_restart(booking_id):
    assert reference(booking_id) == reference(UUID(str(booking_id)))


def test_the_references_of_neighbours_are_no_neighbours():
    references = [reference(UUID(int=number)) for number in range(1000)]

    assert len(set(references)) == 1000
    assert references != sorted(references)
    assert len({text[2:5] for text in references}) > 900


@given(st.uuids(), st.integers(0, 12), st.sampled_from(digits + ascii_uppercase))
def test_one_wrong_character_betrays_itself(booking_id, place, wrong):
    right = reference(booking_id)
    misread = right[:place] + wrong + right[place + 1 :]

    assert (check_character(misread[:-1]) == misread[-1]) == (misread == right)


def test_the_code_on_the_parcel_leads_to_the_retailers_portal():
    assert scan_url(ALDER, "OR7KQ2M9XC4TA") == "https://returns.alder.example/p/OR7KQ2M9XC4TA"


def test_a_label_is_saved_under_the_returns_number():
    assert filename("R-7KQ2M9", 2) == "return-label-R-7KQ2M9-2.pdf"


@pytest.mark.parametrize(
    ("country", "region", "last_lines"),
    [
        ("GB", None, ("Bristol", "BS8 2HY")),
        ("DE", None, ("BS8 2HY Bristol",)),
        ("US", "CT", ("Bristol CT BS8 2HY",)),
    ],
)
def test_the_town_is_written_as_its_post_sorts_it(country, region, last_lines):
    lines = address_lines(address(country=country, region=region))

    assert lines == ("Flat 2, 18 Alma Vale Road", "Clifton", *last_lines)


def test_an_address_without_postcode_has_no_empty_line():
    lines = address_lines(address(line2=" ", postcode=None, company=None))

    assert lines == ("Flat 2, 18 Alma Vale Road", "Bristol")


def test_a_lane_must_end_at_a_hub_that_is_saved_with_it():
    with pytest.raises(UnknownHub) as refused:
        check_lanes((DAVENTRY,), (lane(hub="TIL"),), carriers={"own"})

    assert refused.value.code == "labels.unknown_hub"


def test_a_lane_must_name_a_carrier_we_can_talk_to():
    with pytest.raises(UnknownCarrier):
        check_lanes((DAVENTRY,), (lane(carrier="pigeon"),), carriers={"own"})


def test_a_lane_stands_once_though_its_price_differs():
    with pytest.raises(Repeated):
        check_lanes((DAVENTRY,), (lane(), lane(price=Money(amount=295, currency="GBP"))), carriers={"own"})


def test_two_services_from_one_country_are_two_lanes():
    lanes = (lane(), lane(service="Express return"))

    assert check_lanes((DAVENTRY,), lanes, carriers={"own"}) is None


@pytest.mark.parametrize("state", State)
def test_every_state_says_how_its_label_is_made_void(state):
    assert state in VOIDING


@pytest.mark.parametrize(
    ("attempt", "attempts", "may"),
    [
        (1, {}, True),
        (2, {1: State.REFUSED}, True),
        (2, {1: State.VOID}, True),
        (2, {1: State.EXPIRED}, True),
        (4, {1: State.VOID, 2: State.REFUSED, 3: State.EXPIRED}, True),
        (2, {}, False),
        (3, {2: State.VOID}, False),
        (2, {1: State.PLANNED}, False),
        (2, {1: State.SENT}, False),
        (2, {1: State.DONE}, False),
        (2, {1: State.UNKNOWN}, False),
    ],
)
def test_a_parcel_is_booked_again_only_when_it_is_sure_to_have_no_label_to_use(attempt, attempts, may):
    assert may_book(attempt, attempts) is may


@pytest.mark.parametrize(
    ("state", "number", "issued", "refused"),
    [
        (State.PLANNED, None, "labels.not_now", "labels.not_now"),
        (State.SENT, None, "labels.not_now", "labels.not_now"),
        (State.DONE, "JD0002", False, "labels.not_now"),
        (State.DONE, "JD0003", "labels.not_now", "labels.not_now"),
        (State.EXPIRED, "JD0002", "labels.not_now", "labels.not_now"),
        (State.REFUSED, None, True, False),
        (State.UNKNOWN, None, True, True),
        (State.VOID, "JD0002", False, False),
        (State.VOID, None, "labels.not_now", False),
    ],
)
def test_a_person_may_say_of_a_booking_only_what_is_not_known_to_be_otherwise(state, number, issued, refused):
    booking = parcel(state=state, tracking_number=number)

    assert [said_of(booking, outcome) for outcome in LabelOutcome] == [issued, refused]


@pytest.mark.parametrize("state", State)
def test_a_label_expires_only_where_it_is_there_and_not_about_to_be_void(state):
    assert (expires(state, unwanted=False), expires(state, unwanted=True)) == (state is State.DONE, False)


def said_of(booking, outcome):
    """Whether it is news, or the code of its refusal."""
    said = RecordLabelV1(
        return_id=booking.return_id, parcel=1, outcome=outcome, tracking_number="jd 0002", words="", by="staff Ana"
    )
    try:
        return is_news(booking, said)
    except Refused as no:
        return no.code


def test_a_parcel_that_takes_another_way_is_expected_by_the_lane_of_that_one():
    asked = parcel(expected_days=3, others=(Way("own", "Slow", DAVENTRY, expected_days=7),))

    turned = diverted(asked)

    assert turned is not None
    assert (turned.service, turned.expected_days) == ("Slow", 7)

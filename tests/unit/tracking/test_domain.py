from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.errors import Refused
from libs.contracts.tracking import Step
from libs.contracts.values import Milestone
from services.labels.domain import reference
from services.tracking.domain import (
    RANK,
    TROUBLES,
    Known,
    NoParcel,
    Note,
    Scan,
    Trouble,
    account_of,
    check_by_hand,
    fold,
    meant,
    news,
    normal,
    own_number,
    timeline,
    tracking_number,
    troubles,
)

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
NUMBER = reference(UUID(int=7))


def scan(code, *, hours=0, at=..., **more):
    moment = MONDAY + timedelta(hours=hours)
    known = {"key": f"{code} {hours}", "code": normal(code), "at": moment if at is ... else at, "received_at": moment}
    return Scan(**known | more)


def reached(scans):
    return [step.milestone.value for step in fold(scans)]


JOURNEY = (
    scan("label_created"),
    scan("accepted", hours=5, place="Bristol"),
    scan("in_transit", hours=9),
    scan("in_transit", hours=20, place="Birmingham"),
    scan("delayed", hours=22),
    scan("out_for_delivery", hours=30),
    scan("delivered", hours=33),
    scan("in_transit", hours=34),
    scan("hub_received", hours=40, place="DAV"),
    scan("OP-99", hours=41),
)


def test_a_journey_reaches_its_milestones_in_rank():
    assert reached(JOURNEY) == [
        "label_created",
        "accepted",
        "in_transit",
        "out_for_delivery",
        "delivered",
        "hub_received",
    ]


def test_the_ranks_are_those_of_the_normal_form():
    assert list(RANK.values()) == [0, 10, 20, 30, 40, 50, 60, 70, 80]


def test_three_hundred_shuffles_with_every_scan_twice_end_in_one_state():
    whole = timeline(JOURNEY)

    for seed in range(300):
        shuffled = list(JOURNEY * 2)
        Random(seed).shuffle(shuffled)
        kept, told = {}, []
        for seen in shuffled:
            kept.setdefault(seen.key, seen)
            told += [step.milestone for step in news(kept.values(), told=told)]

        assert timeline(kept.values()) == whole
        assert sorted(told, key=RANK.get) == [step.milestone for step in fold(JOURNEY)]


@given(st.lists(st.sampled_from(JOURNEY)), st.randoms(use_true_random=False))
def test_no_order_and_no_repeat_changes_what_scans_prove(scans, random):
    again = scans * 2
    random.shuffle(again)

    assert fold(again) == fold(scans)


@given(st.lists(st.sampled_from(JOURNEY), min_size=1))
def test_more_scans_never_take_a_milestone_back(scans):
    before = {step.milestone for step in fold(scans[:-1])}

    assert before <= {step.milestone for step in fold(scans)}


@given(st.lists(st.sampled_from(JOURNEY)))
def test_nothing_moves_unless_it_was_accepted(scans):
    ranks = {RANK[step.milestone] for step in fold(scans)}

    assert RANK[Milestone.ACCEPTED] in ranks or max(ranks, default=0) == 0


def test_a_hub_scan_proves_that_the_parcel_was_accepted():
    steps = fold([scan("hub_received", hours=40, place="DAV")])

    at = MONDAY + timedelta(hours=40)
    assert steps == (
        Step(milestone=Milestone.ACCEPTED, at=at, implied=True, place="DAV"),
        Step(milestone=Milestone.HUB_RECEIVED, at=at, place="DAV"),
    )


def test_a_scan_of_its_own_is_better_than_an_implied_one():
    accepted = fold(JOURNEY)[1]

    assert accepted == Step(milestone=Milestone.ACCEPTED, at=MONDAY + timedelta(hours=5), place="Bristol")


@pytest.mark.parametrize("code", ["label_created", *Note])
def test_what_is_no_movement_implies_nothing(code):
    assert Milestone.ACCEPTED not in reached([scan(code)])


def test_a_later_scan_of_a_lower_rank_states_nothing():
    told = {step.milestone for step in fold(JOURNEY)}

    assert news([*JOURNEY, scan("in_transit", hours=50)], told=told) == ()


def test_of_many_scans_the_earliest_says_when_it_happened():
    steps = {step.milestone: step for step in fold(JOURNEY)}

    assert steps[Milestone.IN_TRANSIT].at == MONDAY + timedelta(hours=9)


def test_a_scan_without_a_known_time_counts_from_when_it_came():
    steps = fold([scan("accepted", hours=6, at=None)])

    assert steps[0].at == MONDAY + timedelta(hours=6)


def test_the_timeline_goes_by_time_where_clocks_disagree_with_ranks():
    steps = timeline([scan("accepted", hours=3), scan("delivered", hours=1)])

    assert [step.milestone for step in steps] == [Milestone.DELIVERED, Milestone.ACCEPTED]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("accepted", Milestone.ACCEPTED),
        (" Hub_Received ", Milestone.HUB_RECEIVED),
        ("lost", Note.LOST),
        ("OP-99", Note.UNKNOWN),
        ("", Note.UNKNOWN),
    ],
)
def test_a_word_outside_the_normal_form_is_unknown(word, code):
    assert normal(word) is code


@pytest.mark.parametrize(
    "code",
    [
        NUMBER,
        NUMBER.lower(),
        f" {NUMBER}\n",
        f"]C0{NUMBER}",
        f"]C1{NUMBER}",
        f"]Q1{NUMBER}",
        f"\x1d{NUMBER}",
        f"{NUMBER[:2]} {NUMBER[2:6]} {NUMBER[6:10]} {NUMBER[10:]}",
        f"https://returns.alder.example/p/{NUMBER}",
        f"]Q1http://127.0.0.1:8080/alder/p/{NUMBER}/",
        f"HTTPS://RETURNS.ALDER.EXAMPLE/P/{NUMBER}?from=label",
        f"https://hub.example/hub?code={NUMBER}",
        f"]C1 {NUMBER[:2].lower()} {NUMBER[2:]}",
    ],
)
def test_a_scanner_finds_the_number_whatever_stands_around_it(code):
    assert tracking_number(code) == NUMBER


USPS = [  # the ZIP code of the hub stands before the carrier's own number
    ("]C1420 10001 9400 1000 0000 0000 0000 00", "9400100000000000000000"),
    ("42010001123492001000000000000000", "92001000000000000000"),
    ("4201000112345", "4201000112345"),
]


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("1Z 999 aa1", "1Z999AA1"),
        ("http://[", "HTTP://["),
        ("https://x.example/", ""),
        ("]C1(00)123", "(00)123"),
        *USPS,
    ],
)
def test_any_other_code_is_kept_as_it_reads(code, number):
    assert tracking_number(code) == number


@given(st.uuids())
def test_every_number_that_labels_draws_is_known_as_our_own(booking_id):
    assert own_number(reference(booking_id)) == reference(booking_id)


@given(st.uuids())
def test_a_number_typed_with_letters_for_digits_is_understood(booking_id):
    number = reference(booking_id)
    typed = number.replace("0", "O").replace("1", "I")

    assert own_number(typed) == number


@given(st.uuids(), st.integers(2, 11), st.sampled_from("23456789ABCDEFGH"))
def test_a_number_with_one_wrong_character_is_not_our_own(booking_id, place, wrong):
    number = reference(booking_id)
    misread = number[:place] + wrong + number[place + 1 :]

    assert own_number(misread) == (number if misread == number else None)


@pytest.mark.parametrize("text", ["", "OR", "OR!!!!!!!!!!A", NUMBER + "0", "RO" + NUMBER[2:], "OR" + "é" * 11])
def test_what_is_no_number_of_ours_is_not_taken_for_one(text):
    assert own_number(text) is None


@pytest.mark.parametrize(
    ("reporter", "number", "carrier", "account"),
    [
        ("evri", NUMBER, None, "own"),
        ("evri", "H00ABC123", None, "evri"),
        ("aftership", "H00ABC123", "evri", "evri"),
        ("aftership", "H00ABC123", None, "aftership"),
        ("seko-uk", "H00ABC123", "royal-mail", "seko-uk"),
    ],
)
def test_a_number_belongs_to_the_account_that_gave_it_whoever_reports_of_it(reporter, number, carrier, account):
    assert account_of(reporter, number, sender="aftership", carrier=carrier) == account


def test_a_parcel_that_was_opened_at_a_hub_was_received_there():
    steps = fold([scan("hub_received", hours=40, implied=True)])

    assert [(step.milestone.value, step.implied) for step in steps] == [("accepted", True), ("hub_received", True)]


def test_a_scan_at_the_hub_is_better_than_what_its_inspection_proves():
    steps = fold([scan("hub_received", hours=40, implied=True), scan("hub_received", hours=41, place="DAV")])

    assert steps[-1] == Step(milestone=Milestone.HUB_RECEIVED, at=MONDAY + timedelta(hours=41), place="DAV")


@given(st.lists(st.sampled_from(JOURNEY)), st.lists(st.sampled_from(JOURNEY)))
def test_a_void_scan_proves_nothing(scans, mistakes):
    void = [replace(mistake, void=True) for mistake in mistakes]

    assert fold([*void, *scans]) == fold(scans)


def test_what_another_scan_proves_too_stays_when_one_is_void():
    steps = fold([scan("hub_received", hours=40, place="TIL", void=True), scan("hub_received", hours=45, place="DAV")])

    assert [(step.milestone.value, step.place) for step in steps] == [("accepted", "DAV"), ("hub_received", "DAV")]


def test_what_was_stated_is_not_stated_again_after_its_scan_was_void():
    told = {Milestone.ACCEPTED, Milestone.HUB_RECEIVED}

    assert news([scan("hub_received", void=True), scan("hub_received", hours=1)], told=told) == ()


def test_a_void_scan_is_no_trouble():
    assert troubles([scan("lost", void=True)]) == ()


@given(st.permutations([*JOURNEY, scan("lost", hours=23), scan("lost", hours=25), scan("return_to_sender", hours=26)]))
def test_each_trouble_is_met_once_whatever_the_order_of_scans(scans):
    met = troubles(scans * 2)

    assert [(trouble.name, trouble.at) for trouble in met] == [
        ("lost", MONDAY + timedelta(hours=23)),
        ("returned_to_sender", MONDAY + timedelta(hours=26)),
    ]


def test_a_trouble_is_told_in_the_carriers_words():
    met = troubles([scan("damaged", hours=3, description="Box crushed")])

    assert met == (Trouble("damaged", MONDAY + timedelta(hours=3), "Box crushed"),)


@pytest.mark.parametrize("code", [*Milestone, *(note for note in Note if note not in TROUBLES), "OP-99"])
def test_what_is_no_trouble_is_not_told_as_one(code):
    assert troubles([scan(code)]) == ()


@pytest.mark.parametrize("milestone", Milestone)
def test_a_person_sees_a_parcel_handed_over_or_received_and_nothing_else(milestone):
    try:
        seen = check_by_hand(milestone) is None
    except Refused as refused:
        seen = refused.code != "tracking.not_by_hand"

    assert seen == (milestone in (Milestone.ACCEPTED, Milestone.HUB_RECEIVED))


OLD, NEW, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("parcels", "place", "expected"),
    [
        ([], 1, None),
        ([Known(OLD, 1)], 1, OLD),
        ([Known(OLD, 1), Known(OTHER, 2)], 2, OTHER),
        ([Known(OLD, 1, void=True), Known(NEW, 1)], 1, NEW),
        ([Known(OLD, 1), Known(NEW, 1)], 1, NEW),
        ([Known(OLD, 1), Known(NEW, 1, void=True)], 1, OLD),
        ([Known(OLD, 1, void=True), Known(NEW, 1, void=True)], 1, NEW),
    ],
)
def test_a_person_means_the_parcel_whose_label_is_in_use(parcels, place, expected):
    assert meant(parcels, place) == expected


@pytest.mark.parametrize(("parcels", "place"), [([], 2), ([Known(OLD, 1)], 2), ([Known(OTHER, 2)], 1)])
def test_a_parcel_that_a_return_does_not_have_cannot_be_meant(parcels, place):
    with pytest.raises(NoParcel) as refused:
        meant(parcels, place)

    assert refused.value.code == "tracking.no_parcel"


def test_a_hint_proves_nothing_until_it_is_confirmed():
    hint = scan("accepted", hours=5, hint=True)

    assert fold([hint]) == ()
    assert reached([replace(hint, hint=False)]) == ["accepted"]


def test_a_hint_is_no_trouble_either():
    assert troubles([scan("lost", hint=True)]) == ()


def test_a_clock_that_runs_ahead_changes_nothing_for_it_was_not_seen_after_we_were_told():
    skewed = [replace(each, at=each.at + timedelta(days=400)) if each.code == "accepted" else each for each in JOURNEY]

    assert reached(skewed) == reached(JOURNEY)
    assert fold(skewed) == fold(JOURNEY)

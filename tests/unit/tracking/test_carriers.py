import json
from datetime import UTC, datetime

import pytest

from libs.chassis.errors import Permanent
from libs.contracts.values import Milestone
from services.tracking.carriers import ANSWERS, READERS, UNSIGNED, aftership, easypost, read, read_answer, seko, shippo
from services.tracking.domain import GAPS, Note
from tests.unit.tracking import senders
from tests.unit.tracking.senders import NUMBER, text

AT = "2026-11-02T10:00:00Z"


def codes(scans):
    return [str(scan.code) for scan in scans]


@pytest.mark.parametrize(("status", "code"), easypost.STATUSES.items())
def test_each_status_of_easypost_is_read(status, code):
    (scan,) = read("easypost", text(senders.easypost((status, None, "Seen", 9))))

    assert (scan.code, scan.tracking_number, scan.place) == (code, NUMBER, "BRISTOL, GB")
    assert scan.at == datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_what_is_wrong_with_an_easypost_parcel_stands_beside_its_status():
    scans = read("easypost", text(senders.easypost(("in_transit", "damaged", "Box crushed", 9))))

    assert codes(scans) == ["in_transit", "damaged"]
    assert {scan.raw_code for scan in scans} == {"in_transit/damaged"}


def test_a_failure_that_is_a_loss_is_told_as_one():
    assert codes(read("easypost", text(senders.easypost(("failure", "lost", "Lost", 9))))) == [
        "delivery_failed",
        "lost",
    ]


def test_easyposts_scans_that_are_dated_anew_are_the_same_scans():
    first = senders.easypost(("in_transit", "arrived_at_facility", "Arrived", 9), ("in_transit", "x", "Left", 11))
    later = senders.easypost(("in_transit", "arrived_at_facility", "Arrived", 10), ("in_transit", "x", "Left", 12))

    keys = [[scan.key for scan in read("easypost", text(snapshot))] for snapshot in (first, later)]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 2


def test_one_place_visited_twice_is_two_scans():
    twice = senders.easypost(("in_transit", "arrived", "Arrived", 9), ("in_transit", "arrived", "Arrived", 20))

    assert len({scan.key for scan in read("easypost", text(twice))}) == 2


def test_what_easypost_says_of_anything_but_a_tracker_is_no_scan():
    batch = {"object": "Event", "description": "batch.created", "result": {"id": "batch_1"}}

    assert read("easypost", text(batch)) == ()


@pytest.mark.parametrize("answer", [lambda tracker: tracker, lambda tracker: {"trackers": [tracker]}])
def test_easyposts_answer_is_read_as_its_webhook(answer):
    event = senders.easypost(("in_transit", None, "Arrived", 9))

    assert read_answer("easypost", text(answer(event["result"]))) == read("easypost", text(event))


@pytest.mark.parametrize(("code", "expected"), seko.PARCELS.items())
def test_each_code_of_a_seko_parcel_is_read(code, expected):
    body = text([senders.consignment((code, "2026-11-02T10:00:00", "Essen, DE"))])

    (scan,) = read("seko", body)

    assert (scan.code, scan.raw_code) == (expected, code)
    assert scan.at == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert read_answer("seko", body) == (scan,)


@pytest.mark.parametrize(("code", "expected"), seko.RETURNS.items())
def test_each_code_of_a_seko_return_is_read(code, expected):
    (scan,) = read("seko", text([senders.row(code, "2026-11-02 10:00:00")]))

    assert (scan.code, scan.raw_code, scan.time) == (expected, code, "2026-11-02 10:00:00")


def test_a_seko_return_is_seen_where_it_is_and_dated_by_that_places_clock():
    leeds, tilburg = read(
        "seko", text([senders.row("RT", "2026-07-02 10:00:00"), senders.row("DS", "2026-07-02 10:00:00")])
    )

    assert (leeds.place, leeds.at.hour) == ("Leeds, United Kingdom-GB", 9)
    assert (tilburg.place, tilburg.at.hour) == ("Tilburg, Netherlands-NL", 8)


def test_a_seko_return_of_two_items_is_one_scan():
    scans = read(
        "seko", text([senders.row("RP", "2026-11-02 10:00:00", item=item) for item in ("SHIRT-8", "SHIRT-10")])
    )

    assert len(scans) == 2
    assert len({scan.key for scan in scans}) == 1


def test_a_rejected_seko_return_is_known_by_its_words():
    (scan,) = read("seko", text([senders.row("RX", "2026-11-02 10:00:00", status="Return Rejected")]))

    assert scan.code is Note.REJECTED


def test_three_seko_events_of_one_second_are_three_scans():
    events = [(code, "2026-11-02T10:00:00", "NL") for code in ("OP-4", "OP-79", "OP-50")]

    assert len({scan.key for scan in read("seko", text(senders.consignment(*events)))}) == 3


def test_a_seko_event_without_a_country_has_no_known_moment_and_keeps_its_own_time():
    (scan,) = read("seko", text(senders.consignment(("OP-4", "2026-11-02T10:00:00", "in the air"))))

    assert (scan.at, scan.time) == (None, "2026-11-02T10:00:00")


@pytest.mark.parametrize(("subtag", "code"), aftership.SUBTAGS.items())
def test_each_subtag_of_aftership_is_read(subtag, code):
    (scan,) = read("aftership", text(senders.aftership((subtag.partition("_")[0], subtag, AT))))

    assert (scan.code, scan.raw_code, scan.carrier, scan.tracking_number) == (code, subtag, "evri", NUMBER)


@pytest.mark.parametrize(
    ("tag", "subtag", "code"),
    [
        ("InTransit", "InTransit_099", Milestone.IN_TRANSIT),
        ("Delivered", "Delivered_005", Milestone.DELIVERED),
        ("OutForDelivery", "OutForDelivery_003", Milestone.OUT_FOR_DELIVERY),
        ("Exception", "Exception_099", Note.UNKNOWN),
        (None, "InTransit_007", Milestone.IN_TRANSIT),
        ("SomethingNew", None, Note.UNKNOWN),
    ],
)
def test_a_subtag_that_is_new_counts_as_its_tag(tag, subtag, code):
    (scan,) = read("aftership", text(senders.aftership((tag, subtag, AT))))

    assert scan.code is code


def test_a_checkpoint_without_an_offset_is_dated_by_its_countrys_clock():
    (scan,) = read("aftership", text(senders.aftership(("InTransit", "InTransit_002", "2026-07-02T10:00:00"))))

    assert (scan.at.hour, scan.place) == (9, "Leeds, GBR")


@pytest.mark.parametrize(("status", "code"), shippo.STATUSES.items())
def test_each_status_of_shippo_is_read(status, code):
    (scan,) = read("shippo", text(senders.shippo((status, None, AT))))

    assert (scan.code, scan.carrier, scan.place) == (code, "evri", "Leeds, GB")


@pytest.mark.parametrize(("substatus", "code"), shippo.SUBSTATUSES.items())
def test_each_substatus_of_shippo_is_read(substatus, code):
    (scan,) = read("shippo", text(senders.shippo(("TRANSIT", substatus, AT))))

    assert (scan.code, scan.raw_code) == (code, f"TRANSIT/{substatus}")


def test_shippos_present_status_is_the_last_of_its_history():
    scans = read("shippo", text(senders.shippo(("PRE_TRANSIT", None, AT), ("TRANSIT", "package_accepted", AT))))

    assert codes(scans) == ["label_created", "accepted"]


@pytest.mark.parametrize(
    ("sender", "body"),
    [
        ("aftership", senders.aftership(event="edd_revise")),
        ("shippo", senders.shippo(event="transaction_created")),
        ("easypost", senders.easypost(event="tracker.created")),
    ],
)
def test_what_tells_of_no_scan_is_none(sender, body):
    assert read(sender, text(body)) == ()


@pytest.mark.parametrize("sender", READERS)
@pytest.mark.parametrize("body", ["", "null", "[]x", "7", '"text"', "{}", '{"event": "x" ', '[{"a": 1}]'])
def test_what_is_not_the_senders_is_parked_and_never_breaks(sender, body):
    with pytest.raises(Permanent, match=r"^not a"):
        read(sender, body)


@pytest.mark.parametrize("sender", READERS)
def test_the_reason_repeats_nothing_of_the_message(sender):
    with pytest.raises(Permanent) as parked:
        read(sender, json.dumps({"event": ["Maya Okafor"], "description": ["Maya Okafor"], "ConsignmentNo": ["Maya"]}))

    assert "Maya" not in str(parked.value)


def test_a_sender_that_nobody_knows_is_parked():
    with pytest.raises(Permanent, match="nothing here reads"):
        read("pigeon", "{}")


def test_what_postgresql_cannot_keep_is_left_out_and_long_words_are_cut():
    (scan,) = read("easypost", text(senders.easypost(("in_transit", None, "a\0b" * 1000, 9))))

    assert "\0" not in scan.description
    assert len(scan.description) == 1000


@pytest.mark.parametrize(
    "odd", [{"tracking_details": None}, {"tracking_details": [{"status": 7, "datetime": {"a": 1}, "message": []}]}]
)
def test_odd_values_in_a_history_do_not_lose_the_rest(odd):
    event = senders.easypost()
    event["result"] |= odd

    assert {scan.code for scan in read("easypost", text(event))} <= {Note.UNKNOWN}


def test_every_carrier_that_is_asked_is_read_too():
    assert GAPS.keys() == ANSWERS.keys()
    assert READERS.keys() >= UNSIGNED

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.chassis.errors import Permanent
from libs.contracts.values import Milestone
from services.labels.domain import reference
from services.tracking.carriers import read
from services.tracking.domain import Note, Reported

NUMBER = reference(UUID(int=7))


def webhook(body=None, **data):
    scan = {"tracking_number": NUMBER, "code": "accepted", "occurred_at": "2026-11-02T10:15:00+01:00"} | data
    whole = {"type": "tracking.scan", "timestamp": "2026-11-02T09:15:02Z", "data": scan}
    return json.dumps(whole) if body is None else body


def seen(body):
    (scan,) = read("standard", body)
    return scan


def test_a_scan_is_read_with_its_place_and_in_utc():
    assert seen(webhook(location="Bristol", description="Collected from shop")) == Reported(
        tracking_number=NUMBER,
        code=Milestone.ACCEPTED,
        raw_code="accepted",
        key="accepted 2026-11-02T09:15:00+00:00",
        time="2026-11-02T10:15:00+01:00",
        at=datetime(2026, 11, 2, 9, 15, tzinfo=UTC),
        place="Bristol",
        description="Collected from shop",
    )


def test_a_carriers_own_number_is_read_without_its_spaces():
    assert seen(webhook(tracking_number="h00 abc 123")).tracking_number == "H00ABC123"


def test_one_moment_written_with_two_offsets_is_one_scan():
    assert seen(webhook(occurred_at="2026-11-02T09:15:00Z")).key == seen(webhook()).key


def test_two_local_times_are_two_scans():
    first, second = (seen(webhook(occurred_at=f"2026-10-25T0{hour}:30:00")) for hour in (1, 2))

    assert first.key != second.key


def test_a_code_that_nobody_knows_is_kept_as_the_carrier_wrote_it():
    scan = seen(webhook(code="OP-99"))

    assert (scan.code, scan.raw_code) == (Note.UNKNOWN, "OP-99")


def test_a_time_without_an_offset_is_kept_but_not_believed():
    scan = seen(webhook(occurred_at="2026-10-25T01:30:00"))

    assert (scan.time, scan.at) == ("2026-10-25T01:30:00", None)


def test_fields_that_we_do_not_know_are_ignored():
    assert seen(webhook(weight_g=300)).tracking_number == NUMBER


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"type": "tracking.scan"}',
        '{"type": "parcel.sold", "timestamp": "2026-11-02T09:15:02Z", "data": {}}',
    ],
)
def test_what_is_no_scan_is_parked_with_the_reason(body):
    with pytest.raises(Permanent, match=r"not a tracking\.scan"):
        read("standard", webhook(body))


@pytest.mark.parametrize(
    "wrong",
    [
        {"tracking_number": ""},
        {"tracking_number": None},
        {"code": 7},
        {"code": "a\x00b"},
        {"occurred_at": "yesterday"},
        {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"tracking_number": "9" * 201},
    ],
)
def test_a_scan_with_a_wrong_field_is_parked(wrong):
    with pytest.raises(Permanent):
        read("standard", webhook(**wrong))


def test_the_reason_repeats_nothing_of_the_message():
    with pytest.raises(Permanent) as parked:
        read("standard", webhook(code=["Maya Okafor, 18 Alma Vale Road"]))

    assert "Maya" not in str(parked.value)

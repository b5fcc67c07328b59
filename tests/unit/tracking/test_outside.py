import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.chassis.errors import Permanent
from libs.contracts.portal import CarrierWebhookReceivedV1
from services.labels.domain import reference
from services.tracking.domain import Reported
from services.tracking.outside import read

NUMBER = reference(UUID(int=7))


def webhook(body=None, *, carrier="evri", **data):
    scan = {"tracking_number": NUMBER, "code": "accepted", "occurred_at": "2026-11-02T10:15:00+01:00"} | data
    whole = {"type": "tracking.scan", "timestamp": "2026-11-02T09:15:02Z", "data": scan}
    return CarrierWebhookReceivedV1(
        delivery_id=UUID(int=1),
        carrier=carrier,
        received_at=datetime(2026, 11, 2, 9, 15, 3, tzinfo=UTC),
        body=json.dumps(whole) if body is None else body,
    )


def test_a_scan_is_read_with_its_place_and_in_utc():
    seen = read(webhook(location="Bristol", description="Collected from shop"))

    assert seen == Reported(
        carrier="own",
        tracking_number=NUMBER,
        raw_code="accepted",
        time="2026-11-02T10:15:00+01:00",
        at=datetime(2026, 11, 2, 9, 15, tzinfo=UTC),
        place="Bristol",
        description="Collected from shop",
    )


def test_a_carriers_own_number_belongs_to_that_carrier():
    seen = read(webhook(tracking_number="h00 abc 123"))

    assert (seen.carrier, seen.tracking_number) == ("evri", "H00ABC123")


def test_a_code_that_nobody_knows_is_kept_as_the_carrier_wrote_it():
    assert read(webhook(code="OP-99")).raw_code == "OP-99"


def test_a_time_without_an_offset_is_kept_but_not_believed():
    seen = read(webhook(occurred_at="2026-10-25T01:30:00"))

    assert (seen.time, seen.at) == ("2026-10-25T01:30:00", None)


def test_fields_that_we_do_not_know_are_ignored():
    assert read(webhook(weight_g=300)).tracking_number == NUMBER


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
        read(webhook(body))


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
        read(webhook(**wrong))


def test_the_reason_repeats_nothing_of_the_message():
    with pytest.raises(Permanent) as parked:
        read(webhook(code=["Maya Okafor, 18 Alma Vale Road"]))

    assert "Maya" not in str(parked.value)

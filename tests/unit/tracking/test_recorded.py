"""What carriers really answered, kept outside the project: each case gives what carriers.md says of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.tracking.carriers import read, read_answer
from services.tracking.domain import Scan, fold

CASES = Path(__file__).parents[4] / "shared" / "carriers"
NOW = datetime(2026, 11, 23, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the recorded answers of carriers in ../shared are absent")


def case(name: str) -> dict[str, Any]:
    return json.loads((CASES / f"{name}.json").read_text())


def trackers() -> list[tuple[str, dict[str, Any]]]:
    """Every tracker in any answer of EasyPost, by the case it stands in."""
    if not CASES.exists():
        return [("none", {})]
    return [
        (file.stem, tracker)
        for file in sorted((CASES / "easypost").glob("*.json"))
        for tracker in _trackers_in(json.loads(file.read_text()))
    ]


def _trackers_in(told: Any) -> Iterator[dict[str, Any]]:
    if isinstance(told, dict):
        if told.get("object") == "Tracker":
            yield told
        told = list(told.values())
    for each in told if isinstance(told, list) else ():
        yield from _trackers_in(each)


def reached(*reports) -> list[tuple[str, bool]]:
    kept = {}
    for report in reports:
        for seen in report:
            kept.setdefault(seen.key, Scan(seen.key, seen.code, seen.at, NOW, seen.place, seen.description))
    return [(step.milestone.value, step.implied) for step in fold(kept.values())]


def test_a_seko_parcel_that_was_delivered():
    answer = case("seko/statusv2_delivered")["interactions"][0]["response"]["body"]

    scans = read_answer("seko", json.dumps(answer))

    assert len({scan.key for scan in scans}) == len(answer[0]["Events"]) == 10
    assert {scan.tracking_number for scan in scans} == {"999880931315"}
    assert reached(scans) == [
        ("label_created", False),
        ("accepted", True),
        ("in_transit", False),
        ("out_for_delivery", False),
        ("delivered", False),
    ]
    assert scans[-1].at == datetime(2024, 12, 24, 12, 31, 47, tzinfo=UTC)


def test_a_return_through_a_seko_hub():
    scans = read("seko", json.dumps(case("seko/omnirps_webhook_shape")["body"]))

    assert len({scan.key for scan in scans}) == 4
    assert [name for name, _ in reached(scans)] == ["label_created", "accepted", "delivered", "hub_received"]


def test_easyposts_official_webhook():
    scans = read("easypost", case("easypost/webhook_tracker_updated_in_transit")["raw_body"])

    assert len(scans) == len({scan.key for scan in scans}) == 7
    assert reached(scans) == [("label_created", False), ("accepted", True), ("in_transit", False)]


def test_two_snapshots_of_one_tracker_whose_scans_were_dated_anew():
    first, second = (
        read_answer("easypost", json.dumps(snapshot))
        for snapshot in case("easypost/tracker_snapshots_same_code")["snapshots"]
    )

    assert {scan.key for scan in first} < {scan.key for scan in second}
    assert reached(first, second) == reached(second, first)
    assert [name for name, _ in reached(first, second)][-1] == "delivered"


def test_a_number_that_the_carrier_does_not_know_says_nothing_of_the_parcel():
    scans = read_answer("easypost", json.dumps(case("easypost/tracker_status_error")["tracker"]))

    assert len(scans) == 1
    assert reached(scans) == []


@pytest.mark.parametrize(("name", "tracker"), trackers())
def test_every_recorded_tracker_is_read_whole(name, tracker):
    scans = read_answer("easypost", json.dumps(tracker))

    assert {scan.time for scan in scans} == {detail["datetime"] for detail in tracker["tracking_details"] or ()}
    assert all(scan.at is not None for scan in scans)

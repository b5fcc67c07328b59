from datetime import UTC, datetime

import pytest

from services.tracking.carriers.clocks import ZONES, moment, zone_of


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-02T10:15:00+01:00", datetime(2026, 11, 2, 9, 15, tzinfo=UTC)),
        ("2026-11-02T09:15:00Z", datetime(2026, 11, 2, 9, 15, tzinfo=UTC)),
        ("2026-11-02T09:15:00.043Z", datetime(2026, 11, 2, 9, 15, 0, 43000, tzinfo=UTC)),
    ],
)
def test_a_time_with_an_offset_names_a_moment(written, at):
    assert moment(written) == at


@pytest.mark.parametrize(
    "written", ["2026-11-02T09:15:00", "2026-11-02 09:15:00", "", None, "soon", "2026-13-02T09:15:00Z"]
)
def test_a_time_without_an_offset_or_no_time_at_all_names_none(written):
    assert moment(written) is None


@pytest.mark.parametrize(
    ("written", "country", "hour"),
    [
        ("2026-07-02T10:15:00", "GB", 9),
        ("2026-11-02T10:15:00", "GB", 10),
        ("2026-07-02T10:15:00", "NLD", 8),
        ("2026-11-02 10:15:00", "nl", 9),
    ],
)
def test_a_local_time_is_one_of_its_country_in_summer_and_in_winter(written, country, hour):
    assert moment(written, country=country).hour == hour


@pytest.mark.parametrize("country", ["US", "AU", "PT", "XX", "", None])
def test_a_local_time_of_a_country_with_several_zones_names_no_moment(country):
    assert moment("2026-11-02T10:15:00", country=country) is None


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("2026-10-25T01:30:00", "GB"),  # comes twice
        ("2026-03-29T01:30:00", "GB"),  # is left out
        ("2026-10-25T02:30:00", "NL"),
        ("2026-03-29T02:30:00", "NL"),
    ],
)
def test_an_hour_that_comes_twice_or_never_names_no_moment(written, country):
    assert moment(written, country=country) is None


def test_the_hours_beside_the_change_are_known():
    before, after = (moment(f"2026-10-25T{hour}:30:00", country="GB") for hour in ("00", "02"))

    assert (after - before).total_seconds() == 3 * 3600


def test_a_moment_outside_the_calendar_is_none():
    assert moment("0001-01-01T00:00:00+14:00") is None


@pytest.mark.parametrize("code", ZONES)
def test_every_zone_of_the_table_is_there(code):
    assert zone_of(code) is not None
